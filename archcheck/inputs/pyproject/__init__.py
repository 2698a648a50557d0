"""pyproject.toml: the standard tables, and those of uv, Poetry, PDM and setuptools. Internal."""
