"""The set as a CycloneDX 1.6 SBOM, with what archcheck found as properties of its components.

Written by hand: the library of that name takes longer to import than a whole warm audit and brings eight
packages along, for the few fields that are needed. The tests hold the result to that library's own validator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from msgspec import Struct, field

from archcheck.model import Status
from archcheck.platforms.architectures import ARCHITECTURES
from archcheck.report import phrases
from archcheck.report.formats import forge_terms
from archcheck.report.json import encoded
from archcheck.report.layout import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.model import Audit, Finding, Package, Report, Result

_ROOT = "archcheck:set"

Json = dict[str, Any]
# A name of a property and its value; the order is kept, a pair is told once.
Properties = dict[tuple[str, str], None]


class _Component(Struct, kw_only=True):
    """One version of a package, over all audits."""

    name: str
    version: str | None
    properties: Properties = field(default_factory=dict)
    needs: set[str] = field(default_factory=set)
    required: bool = False


def to_cyclonedx(report: Report) -> str:
    """Return *report* as a JSON document that is the same for the same report, serial number included."""
    components: dict[str, _Component] = {}
    direct: set[str] = set()
    for audit in report.audits:
        direct |= _add(audit, components, prefix=_prefix(audit, report))
    inputs = ", ".join(dict.fromkeys(audit.input.path for audit in report.audits)) or "nothing"
    parts = [_component(ref, one) for ref, one in sorted(components.items())]
    graph = {_ROOT: direct} | {ref: one.needs for ref, one in sorted(components.items())}
    document: Json = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": clean(report.generated_at),
            "tools": {"components": [_tool(report)]},
            "component": {"type": "application", "bom-ref": _ROOT, "name": clean(inputs)},
            "properties": _listed(_verdicts(report)),
        },
        "components": parts,
        "dependencies": [{"ref": ref, "dependsOn": sorted(needs)} for ref, needs in graph.items()],
    }
    return encoded({**document, "serialNumber": uuid5(NAMESPACE_URL, encoded(document)).urn})


def _tool(report: Report) -> Json:
    return {"type": "application", "name": clean(report.tool.name), "version": clean(report.tool.version)}


def _prefix(audit: Audit, report: Report) -> str:
    """Return what the names of an audit's properties begin with; the target only where there are several."""
    alone = len(report.audits) == 1
    return "archcheck" if alone else clean(f"archcheck:{audit.target.id}")


def _verdicts(report: Report) -> Properties:
    found: Properties = {}
    for audit in report.audits:
        prefix = _prefix(audit, report)
        answer = audit.recommendation
        found[f"{prefix}:target", audit.target.id] = None
        found[f"{prefix}:input", audit.input.path] = None
        found[f"{prefix}:recommendation", " ".join(filter(None, (answer.architecture, answer.when)))] = None
        found[f"{prefix}:confidence", answer.confidence] = None
        found[f"{prefix}:complete", str(audit.complete).lower()] = None
        # What is wrong with the set as a whole (a lock for other machines, conda's part) has no component.
        packages = {package.name for package in audit.packages}
        of_the_set = (each for each in phrases.all_findings(audit) if each.package not in packages)
        found |= dict.fromkeys(_told(finding, prefix) for finding in of_the_set)
    return found


def _add(audit: Audit, components: dict[str, _Component], *, prefix: str) -> set[str]:
    """Add the packages of *audit* to *components*; return what its input asks for itself."""
    packages = {package.name: package for package in audit.packages}
    for package in audit.packages:
        told = list(_findings(package, audit, prefix))
        for result in package.results:
            one = components.setdefault(
                _ref(package, result), _Component(name=package.name, version=result.version)
            )
            one.required |= result.status is not Status.NOT_REQUIRED
            one.properties |= dict.fromkeys(_stand(result, f"{prefix}:{result.architecture}"))
            one.properties |= dict.fromkeys(told)
    for package in audit.packages:
        for parent in package.required_by:
            if parent in packages:
                _connect(packages[parent], package, components)
    return {
        _ref(package, result) for package in audit.packages if package.direct for result in package.results
    }


def _connect(parent: Package, child: Package, components: dict[str, _Component]) -> None:
    for architecture in ARCHITECTURES:
        refs = {_ref(child, result) for result in child.results if result.architecture == architecture}
        for result in parent.results:
            if result.architecture == architecture:
                ref = _ref(parent, result)
                components[ref].needs |= refs - {ref}


def _stand(result: Result, prefix: str) -> Iterator[tuple[str, str]]:
    yield f"{prefix}:status", result.status
    if result.file:
        yield f"{prefix}:file", result.file
    if result.reason:
        yield f"{prefix}:reason", result.reason


def _findings(package: Package, audit: Audit, prefix: str) -> Iterator[tuple[str, str]]:
    for finding in phrases.all_findings(audit):
        if finding.package == package.name:
            yield _told(finding, prefix)
    if package.remedy:
        yield f"{prefix}:remedy", phrases.remedy(package.remedy)


def _told(finding: Finding, prefix: str) -> tuple[str, str]:
    accepted = phrases.accepted(finding)
    parts = (forge_terms.title(finding), *forge_terms.sentences(finding), accepted)
    return f"{prefix}:{'ignored' if accepted else 'finding'}", "; ".join(filter(None, parts))


def _ref(package: Package, result: Result) -> str:
    """Return the package URL of one version: the type is that of Python's packages (ECMA-427)."""
    version = f"@{quote(result.version, safe='', errors='replace')}" if result.version else ""
    return f"pkg:pypi/{quote(package.name, safe='', errors='replace')}{version}"


def _component(ref: str, one: _Component) -> Json:
    version: Json = {"version": clean(one.version)} if one.version else {}
    return {
        "type": "library",
        "bom-ref": ref,
        "name": clean(one.name),
        **version,
        "scope": "required" if one.required else "excluded",
        "purl": ref,
        "properties": _listed(one.properties),
    }


def _listed(properties: Properties) -> list[Json]:
    return [{"name": clean(name), "value": clean(value)} for name, value in properties]
