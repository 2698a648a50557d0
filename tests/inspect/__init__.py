"""Tests of archcheck.inspect."""
