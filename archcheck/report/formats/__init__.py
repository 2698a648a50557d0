"""A module for each format that a report or a comparison is written in. Internal."""
