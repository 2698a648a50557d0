"""What packages do on a real (emulated) aarch64 Linux: opt-in, `make arm64`; tests read what it recorded."""
