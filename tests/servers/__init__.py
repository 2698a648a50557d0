"""Real index servers, each started by its own test; one that is not installed is skipped by name."""
