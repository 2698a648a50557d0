"""The replayed index: recorded and generated projects, served from memory by `python -m benchmarks.index`."""
