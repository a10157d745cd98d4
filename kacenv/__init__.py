"""kacenv drives the room in which ketamine-assisted (couple) therapy happens."""

__version__ = "0.1.0"
