"""Where code is to run: targets by name, their machines, and whether a wheel fits there. Internal."""
