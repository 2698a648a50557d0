"""Pipfile and Pipfile.lock. Internal."""
