"""Daemon of a room, its supervisor, HTTP API, authentication and web page."""
