"""What `archcheck init` writes into a project: settings, a job for its CI, a hook. Internal."""
