"""Breaks the core in one place at a time, and sees whether its tests notice: `python -m tests.mutation`."""
