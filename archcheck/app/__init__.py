"""One request from beginning to end: its inputs read, its indexes opened, every audit made. Internal."""
