"""Real sets and a repository against recorded pages, from the command line to the last line of the report."""
