"""Models that clinics write, the compiled timeline, commands and requests."""
