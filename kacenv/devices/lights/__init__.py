"""Lights: looks performed on lamps over the clinic's MQTT broker."""
