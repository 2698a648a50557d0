"""What readers of several formats need: requirements, markers, TOML, addresses. Internal."""
