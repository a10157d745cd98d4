"""Shelly's lights."""
