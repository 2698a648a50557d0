"""Logs of failed builds and installs: what they say, and what to do about it. Internal."""
