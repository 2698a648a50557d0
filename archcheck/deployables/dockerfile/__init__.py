"""What a Dockerfile builds: its base, its architecture, and the requirements that go into it. Internal."""

from archcheck.deployables.dockerfile.reader import read_dockerfile

__all__ = ["read_dockerfile"]
