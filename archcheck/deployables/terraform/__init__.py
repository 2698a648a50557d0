"""What Terraform deploys: its files (with the extra `[terraform]`), and its plans. Internal."""

from archcheck.deployables.terraform.changes.block import declare_arm64
from archcheck.deployables.terraform.plan import is_plan, read_plan
from archcheck.deployables.terraform.reader import read_module

__all__ = ["declare_arm64", "is_plan", "read_module", "read_plan"]
