"""Sound of a room in a process of its own, and what the engine's process has of it."""
