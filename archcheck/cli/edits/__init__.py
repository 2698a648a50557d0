"""What `archcheck fix` prints of changed files. Internal."""
