"""From obstacles to plans: what to change, tried by auditing the changed input. Internal."""
