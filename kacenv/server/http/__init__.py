"""HTTP API: every client reads and drives the room through it."""
