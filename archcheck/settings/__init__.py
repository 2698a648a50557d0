"""archcheck's own settings: `[tool.archcheck]` in pyproject.toml, `archcheck.toml`, and `ARCHCHECK_*`.

Text in, values out: nothing is expanded, looked up or run, since a pull request may bring its own settings.
Internal.
"""
