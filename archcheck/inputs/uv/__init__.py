"""uv.lock, and the lock of a script. Internal."""
