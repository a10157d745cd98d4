"""Doctor and preflight: probes of the machine and of the room."""
