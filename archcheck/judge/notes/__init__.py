"""What a reader should know of a set though it is no finding: notes, a module for each kind. Internal."""
