"""What declares arm64 for what is deployed, as changes of lines in its own files. Internal."""
