"""Preflight: the real room, minutes before a session, with one answer: go or no-go."""
