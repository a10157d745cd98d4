"""Pure state machine of a session: `(state, now, request) -> (state, commands)`."""
