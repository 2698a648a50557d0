"""Commands that look something up, and audit nothing. Internal."""
