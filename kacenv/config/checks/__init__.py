"""Checks of the clinic's files, and warnings."""
