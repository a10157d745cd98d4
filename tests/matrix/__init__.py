"""The matrix of sound files and playlists: what is heard is what was checked."""
