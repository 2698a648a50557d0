"""GitHub and GitLab as the bot needs them: one pull request and its comments. Internal."""
