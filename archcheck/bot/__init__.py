"""The comment on a pull request: what it says, whether it has to be written, and the forges that have it.

Internal.
"""
