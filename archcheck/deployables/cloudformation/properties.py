"""What functions and layers state alike: architectures, runtimes, memory, the method of the build."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.model import Stated
from archcheck.deployables.yaml_documents import Table
from archcheck.platforms.architectures import Architecture

if TYPE_CHECKING:
    from archcheck.deployables.cloudformation.context import Context
    from archcheck.deployables.cloudformation.intrinsics.loops import Resource

Architectures = tuple[tuple[Stated[Architecture], ...], tuple[str, ...]]
"""What it may have, and what is unclear of that."""

_ARCHITECTURES: Final[dict[str, Architecture]] = {"x86_64": "x86_64", "arm64": "aarch64"}
_LARGEST: Final = 10**6
"""MiB; more is a slip, and no number of thousands of digits is kept."""
_LONGEST: Final = 100


def architectures_of(context: Context, table: Table, key: str, line: int) -> Architectures:
    """Return what *key* of *table* states, x86_64 where it states nothing, and what is unclear of it."""
    value = table.get(key)
    where = table.line_of(key) if key in table else line
    found: Architectures = context.stated(context.scope.items(value, where), _architecture, key)
    if isinstance(value, list) and len(value) > 1:
        return found[0], (*found[1], f"{key}: {len(value)} are stated; a function has one")
    return found


def labels_of(context: Context, properties: Table) -> tuple[Stated[Architecture], ...]:
    """Return the architectures that a layer is labelled with."""
    value = properties.get("CompatibleArchitectures")
    if value is None:
        return ()
    outcomes = context.scope.items(value, properties.line_of("CompatibleArchitectures"))
    there = [each for each in outcomes if each.value is not None]
    found: Architectures = context.stated(there, _architecture, "CompatibleArchitectures")
    return found[0]


def runtimes_of(
    context: Context, properties: Table, key: str = "Runtime"
) -> tuple[tuple[Stated[str], ...], tuple[str, ...]]:
    """Return the runtimes that *key* of *properties* states, and what is unclear."""
    if properties.get(key) is None:
        return (), (f"{key}: none is stated",)
    return context.stated(context.scope.items(properties[key], properties.line_of(key)), _word, key)


def build_of(context: Context, resource: Resource) -> Stated[str] | None:
    """Return the method by which SAM builds *resource*, where its metadata state one."""
    metadata = metadata_of(resource)
    if "BuildMethod" not in metadata:
        return None
    outcomes = context.scope.outcomes(metadata["BuildMethod"], metadata.line_of("BuildMethod"))
    stated, _ = context.stated(outcomes, _word, "BuildMethod")
    return stated[0] if stated else None


def memory_of(context: Context, value: Any, line: int) -> int | None:
    """Return the MiB of memory that *value* comes to by default; None where that is not told."""
    text = context.scope.text(value, line)[0].value
    if text is None or not text.isascii() or not text.isdigit() or len(text) > len(str(_LARGEST)):
        return None
    return int(text)


def _architecture(value: Any) -> Architecture | None:
    if value is None:
        return "x86_64"
    return _ARCHITECTURES.get(value) if isinstance(value, str) else None


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) and value.isprintable() and 0 < len(value) <= _LONGEST else None


def metadata_of(resource: Resource) -> Table:
    """Return the metadata of *resource*; an empty table where it has none."""
    metadata = resource.value.get("Metadata")
    return metadata if isinstance(metadata, Table) else Table(resource.line)
