"""Simulated lamps, their faults, and a broker for them."""
