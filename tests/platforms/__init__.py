"""Targets, their machines and whether a wheel fits there, against packaging itself."""
