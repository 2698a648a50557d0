"""CycloneDX and SPDX documents: from JSON to the parts that they list, and who needs whom."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ARCHITECTURES: Final = ("x86_64", "aarch64")
_OWN: Final = re.compile(rf"archcheck:(?:.+:)?(?P<architecture>{'|'.join(ARCHITECTURES)}):status")
_NOT_REQUIRED: Final = "not-required"
_NEWEST_CYCLONEDX: Final = 7  # of 1.x
_SPDX: Final = ("SPDX-2.2", "SPDX-2.3")


class Part(Struct, frozen=True, kw_only=True):
    """One component: its package URL ("" for none), and the `ref` by which the document's graph calls it.

    `on` are the architectures that archcheck's own properties say it is for; all where there are none.
    """

    purl: str
    ref: str = ""
    on: tuple[str, ...] = ARCHITECTURES
    excluded: bool = False


class Sbom(Struct, frozen=True, kw_only=True):
    """One document. `needs` has the refs that each ref needs; `root` is the ref of the product itself."""

    parts: tuple[Part, ...]
    needs: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    root: str = ""
    warnings: tuple[str, ...] = ()


class _Property(Struct, frozen=True):
    name: str = ""
    value: str | None = None


class _Component(Struct, frozen=True, rename={"bom_ref": "bom-ref"}):
    purl: str | None = None
    bom_ref: str | None = None
    scope: str | None = None
    properties: tuple[_Property, ...] | None = None
    components: tuple[dict[str, Any], ...] | None = None


class _Metadata(Struct, frozen=True):
    component: _Component | None = None


class _Dependency(Struct, frozen=True, rename="camel"):
    ref: str
    depends_on: tuple[str, ...] | None = None


class _CycloneDX(Struct, frozen=True, rename="camel"):
    spec_version: str
    metadata: _Metadata | None = None
    components: tuple[dict[str, Any], ...] | None = None
    dependencies: tuple[_Dependency, ...] | None = None


class _Reference(Struct, frozen=True, rename="camel"):
    reference_type: str = ""
    reference_locator: str = ""


class _Package(Struct, frozen=True, rename="camel"):
    external_refs: tuple[_Reference, ...] | None = None


class _Spdx(Struct, frozen=True, rename="camel"):
    spdx_version: str
    packages: tuple[_Package, ...] | None = None


def document_in(table: Mapping[str, Any]) -> Sbom:
    """Return what the document *table* lists; raises ValueError for one of another kind."""
    inner = table.get("sbom")  # as GitHub's dependency graph exports it
    if isinstance(inner, dict) and "spdxVersion" in inner:
        table = inner
    if table.get("bomFormat") == "CycloneDX":
        return _of_cyclonedx(msgspec.convert(table, _CycloneDX))
    if "spdxVersion" in table:
        return _of_spdx(msgspec.convert(table, _Spdx))
    if "spdx.org/rdf/3" in str(table.get("@context"))[:200]:
        raise ValueError("@context: SPDX 3 is not supported; expected SPDX 2.2 or 2.3, or CycloneDX")
    raise ValueError("neither CycloneDX nor SPDX; expected bomFormat or spdxVersion")


def _of_cyclonedx(stated: _CycloneDX) -> Sbom:
    version = re.fullmatch(r"1\.(?P<minor>[0-9]{1,3})", stated.spec_version)
    if version is None:
        raise ValueError("specVersion: another major version is not supported; expected 1.4 to 1.6")
    newer = int(version["minor"]) > _NEWEST_CYCLONEDX
    parts = tuple(map(_part, _components(stated)))
    graph = stated.dependencies or ()
    root = stated.metadata.component if stated.metadata else None
    return Sbom(
        parts=parts,
        needs={each.ref: each.depends_on or () for each in graph},
        root=(root.bom_ref or "") if root else "",
        warnings=("it is of a newer version of CycloneDX than is known",) if newer else (),
    )


def _components(stated: _CycloneDX) -> Iterator[_Component]:
    """Yield all components; a component may be made of others, at any depth."""
    waiting = list(reversed(stated.components or ()))
    while waiting:
        component = msgspec.convert(waiting.pop(), _Component)
        waiting.extend(reversed(component.components or ()))
        yield component


def _part(component: _Component) -> Part:
    told = [
        (found["architecture"], each.value)
        for each in component.properties or ()
        if (found := _OWN.fullmatch(each.name))
    ]
    on = tuple(each for each in ARCHITECTURES if any(each == one and s != _NOT_REQUIRED for one, s in told))
    return Part(
        purl=component.purl or "",
        ref=component.bom_ref or "",
        on=on if told else ARCHITECTURES,
        excluded=component.scope == "excluded",
    )


def _of_spdx(stated: _Spdx) -> Sbom:
    if stated.spdx_version not in _SPDX:
        raise ValueError("spdxVersion: not supported; expected SPDX-2.2 or SPDX-2.3")
    return Sbom(parts=tuple(Part(purl=_locator(each)) for each in stated.packages or ()))


def _locator(package: _Package) -> str:
    found = (each.reference_locator for each in package.external_refs or () if each.reference_type == "purl")
    return next(found, "")
