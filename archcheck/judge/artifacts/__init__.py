"""What is built already: whether its native files load on a machine, and what is wrong with it. Internal."""
