"""What building an sdist takes, told from its files alone: nothing is unpacked or run. Internal."""
