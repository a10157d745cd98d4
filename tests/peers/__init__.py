"""Vendors' own code beside kacenv: Zigbee2MQTT's converters and Home Assistant (`make peers`)."""
