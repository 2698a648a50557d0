"""How fast archcheck is beside uv and pip, on one replayed index: `python -m benchmarks`."""
