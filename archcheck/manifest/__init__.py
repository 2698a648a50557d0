"""What a project asks for, as the values that every reader of an input returns. Internal."""
