"""One running session, its journal and its records."""
