"""The record: what a session was, as planned and as it went, for afterwards."""
