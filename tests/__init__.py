"""The tests of archcheck; a package, so that they can share the loopback index."""
