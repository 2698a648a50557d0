"""Which images the workflows of GitHub build, and for which architectures. Internal."""

from archcheck.deployables.workflows.reader import read_workflow

__all__ = ["read_workflow"]
