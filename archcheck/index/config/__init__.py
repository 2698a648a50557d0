"""Which indexes an installer would ask, and with what: pip's, uv's and Poetry's settings. Internal."""
