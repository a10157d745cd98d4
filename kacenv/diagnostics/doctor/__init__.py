"""Diagnosis of the machine, the devices and the rooms, with remedies."""
