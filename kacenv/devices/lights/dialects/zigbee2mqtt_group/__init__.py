"""Zigbee2MQTT's groups."""
