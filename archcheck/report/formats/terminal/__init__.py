"""The parts of the report for a terminal. Internal."""
