"""pdm.lock. Internal."""
