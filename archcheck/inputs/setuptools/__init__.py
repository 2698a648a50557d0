"""setup.cfg and setup.py; nothing is run. Internal."""
