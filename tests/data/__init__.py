"""Facts that change without the code, and what is read off them."""
