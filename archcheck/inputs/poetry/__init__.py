"""poetry.lock. Internal."""
