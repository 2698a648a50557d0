"""How large the set is, and how it can be shipped to the target. Internal."""
