"""Zigbee2MQTT's devices."""
