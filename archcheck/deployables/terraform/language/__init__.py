"""Terraform's language: from the text of a file to blocks, and from expressions to values. Internal."""
