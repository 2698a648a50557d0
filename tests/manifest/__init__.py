"""What a project asks for, as values."""
