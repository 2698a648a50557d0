"""Why an answer is what it is, worked out once it is known: nothing here decides. Internal."""
