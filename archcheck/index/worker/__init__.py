"""Who asks the index while the run resolves. Internal."""
