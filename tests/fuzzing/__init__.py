"""Damaged files of every format that is read: a few in the tests, many by hand (`python -m tests.fuzzing`)."""
