"""Z-Wave JS UI's lights."""
