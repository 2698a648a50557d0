"""Inside distributions: what sdists and wheels hold, judged without running anything. Internal."""
