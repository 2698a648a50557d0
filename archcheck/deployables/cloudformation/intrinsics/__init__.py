"""What the functions, parameters, conditions and loops of a template come to. Internal."""
