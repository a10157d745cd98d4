"""Playlists: read, found on disk, checked."""
