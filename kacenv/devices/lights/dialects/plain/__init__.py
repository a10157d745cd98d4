"""Dimmers that take a number."""
