"""One file a rule, under the name of its module: where it fires, and where it must not."""
