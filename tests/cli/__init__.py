"""Whole runs of the command line."""
