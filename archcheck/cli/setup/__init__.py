"""Commands for whoever begins: what a project needs, and what this installation is. Internal."""
