"""The options that several commands share, and their way into a request. Internal."""
