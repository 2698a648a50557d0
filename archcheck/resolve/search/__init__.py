"""One pass for one machine: the order in which pip looks for versions, and how far it is followed.

Internal.
"""
