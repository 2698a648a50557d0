"""Project pages and file names, from what an index sends to values that are kept. Internal."""
