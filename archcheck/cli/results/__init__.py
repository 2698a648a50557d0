"""Commands on saved results: what changed between two of them, and several as one. Internal."""
