"""The user's own files with other versions in them, and every other byte as it was. Internal."""
