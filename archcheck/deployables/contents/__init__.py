"""What is in the folder of a deployable's code: native files, and what its modules import. Internal."""
