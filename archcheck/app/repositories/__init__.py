"""A whole repository from beginning to end: what it deploys, audited. Internal."""
