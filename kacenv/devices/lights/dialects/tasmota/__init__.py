"""Tasmota's lights."""
