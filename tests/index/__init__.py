"""Tests of archcheck.index: pages, metadata, parts of wheels, sdists."""
