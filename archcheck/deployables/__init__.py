"""What a repository deploys, as its infrastructure files say. Internal."""
