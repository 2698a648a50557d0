"""What archcheck says, held against what pip, uv and packaging say of the same recorded pages.

`fixtures/oracle/` has their answers as data; `record_fits` and `record_builds` beside this file, and `tests.record`, make
them again.
"""
