"""What changed between two reports, a module for each format. Internal."""
