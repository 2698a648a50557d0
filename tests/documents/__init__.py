"""The documents: what of them is made from the program, and what in them is held against it.

`python -m tests.documents` (`make docs`, `make man`) makes the first anew.
"""
