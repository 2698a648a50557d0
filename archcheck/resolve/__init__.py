"""What `pip install` would choose on one machine: a manifest, a machine and an index give a resolution.

Internal.
"""
