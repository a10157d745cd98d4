"""Home Assistant's MQTT lights with a JSON schema, and ESPHome's."""
