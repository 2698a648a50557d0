"""archcheck's own settings."""
