"""Running session, its journal and its records."""
