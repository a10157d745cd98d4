"""Control of the room for ketamine-assisted (couple) therapy: music, lamps and chimes."""

__version__ = "0.1.0"
