"""What an index said, kept on disk. Internal."""
