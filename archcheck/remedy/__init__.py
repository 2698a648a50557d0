"""What to change so that an obstacle is gone. Internal."""
