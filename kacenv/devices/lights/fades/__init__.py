"""Fades of one lamp as functions of time."""
