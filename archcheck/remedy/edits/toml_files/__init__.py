"""Projects that are kept in TOML: pyproject.toml and Pipfile, with other versions in them. Internal."""
