"""What an audit says: the typed report that every renderer, the bot and the Python API share.

Field names are the names in the JSON (schema_version "1.0", `report/schema.json`); the order is stable.
Public; the modules in it are internal.
"""

from __future__ import annotations

from archcheck.manifest.surroundings import Surroundings
from archcheck.model.answers import Effort, Recommendation, Summary, Trouble
from archcheck.model.deployables import Common, Deployable, DeployableKind, Fleet, RunsOn
from archcheck.model.findings import Evidence, Finding, Ignored
from archcheck.model.packages import Contents, Package, Place, Remedy, RemedyKind, Result
from archcheck.model.plans import Change, ChangeKind, Moved, Outlook, Plan, Replacement, Then
from archcheck.model.report import (
    SCHEMA_VERSION,
    Audit,
    Baseline,
    Input,
    Report,
    Shard,
    TargetInfo,
    TargetSource,
    Tool,
)
from archcheck.model.sizes import Limits, Load, Ship, Sizes, Way
from archcheck.model.standing import Standing, standing_for
from archcheck.model.status import READY, Severity, Status
from archcheck.platforms.architectures import Architecture
from archcheck.savings.workload import CostAt, Savings, Workload

__all__ = [
    "READY",
    "SCHEMA_VERSION",
    "Architecture",
    "Audit",
    "Baseline",
    "Change",
    "ChangeKind",
    "Common",
    "Contents",
    "CostAt",
    "Deployable",
    "DeployableKind",
    "Effort",
    "Evidence",
    "Finding",
    "Fleet",
    "Ignored",
    "Input",
    "Limits",
    "Load",
    "Moved",
    "Outlook",
    "Package",
    "Place",
    "Plan",
    "Recommendation",
    "Remedy",
    "RemedyKind",
    "Replacement",
    "Report",
    "Result",
    "RunsOn",
    "Savings",
    "Severity",
    "Shard",
    "Ship",
    "Sizes",
    "Standing",
    "Status",
    "Summary",
    "Surroundings",
    "TargetInfo",
    "TargetSource",
    "Then",
    "Tool",
    "Trouble",
    "Way",
    "Workload",
    "standing_for",
]
