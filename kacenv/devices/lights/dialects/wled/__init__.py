"""WLED's light strips."""
