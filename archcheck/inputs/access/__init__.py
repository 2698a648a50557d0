"""Files that are not simply the disk's: those of a git commit, those inside a checkout. Internal."""
