"""State machine of one lamp, with its estimate, reports and retries."""
