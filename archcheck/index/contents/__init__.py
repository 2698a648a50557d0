"""What wheels hold, read over the network or from disk as far as is asked for. Internal."""
