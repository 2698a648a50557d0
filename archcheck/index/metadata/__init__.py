"""What a distribution depends on and holds: METADATA, wheels and sdists. Internal."""
