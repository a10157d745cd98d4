"""Units, fades and errors: no I/O, and nothing else of kacenv."""
