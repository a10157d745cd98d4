"""Light: from looks to lamps, over the clinic's MQTT broker."""
