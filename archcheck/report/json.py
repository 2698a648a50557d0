"""The report as JSON, schema_version 1.0 (`schema.json` beside this file), and back."""

from __future__ import annotations

import re

import msgspec
from msgspec.structs import replace

from archcheck.errors import InputError
from archcheck.judge.obstacles import obstacles, order
from archcheck.model import SCHEMA_VERSION, Audit, Report
from archcheck.platforms.architectures import ARCHITECTURES
from archcheck.report.groups import grouped, ungrouped

__all__ = ["from_json", "to_json"]


class _Versioned(msgspec.Struct):
    schema_version: str


class _Told(msgspec.Struct):
    """What an audit says of its obstacles; None where it was saved before audits said so."""

    obstacles: tuple[str, ...] | None = None


class _Audits(msgspec.Struct):
    audits: tuple[_Told, ...]


def to_json(report: Report) -> str:
    """Return *report* as JSON, indented by 2, keys in the order of the schema, with a final newline."""
    return encoded(grouped(report))


def encoded(value: object) -> str:
    """Return any value of ours as JSON, indented by 2, with a final newline."""
    try:
        document = msgspec.json.encode(value)
    except UnicodeEncodeError:
        # A file name that is no UTF-8 reaches us with lone surrogates (PEP 383), which JSON cannot carry.
        document = msgspec.json.encode(_encodable(msgspec.to_builtins(value)))
    document = msgspec.json.format(document, indent=2)
    return (document + b"\n").decode()


def _encodable(value: object) -> object:
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode()
        case list() | tuple():
            return [_encodable(item) for item in value]
        case dict():
            return {key: _encodable(item) for key, item in value.items()}
        case _:
            return value


def from_json(text: str, *, path: str = "-") -> Report:
    """Return the report that *text* holds; fields that a newer minor version adds are passed over.

    The obstacles of an older result, which does not name them, are worked out from its findings.
    `path` names the file in errors. Raises `InputError` with the place in the document (`$.audits[0].input`)
    where it is no JSON, no result of archcheck, or of another major schema version.
    """
    from archcheck.report.layout import clean  # noqa: PLC0415 - what is written needs no laying out

    try:
        _check_version(msgspec.json.decode(text, type=_Versioned).schema_version, path)
        report = ungrouped(_with_obstacles(msgspec.json.decode(text, type=Report), text), path)
    except msgspec.ValidationError as error:
        said = re.sub(r"'[^']*'", "'…'", clean(str(error)))  # a value out of a file that may be anyone's
        raise InputError(f"not a result of archcheck: {said}", path=path) from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise InputError(f"not JSON: {clean(str(error))}", path=path) from None
    except RecursionError:
        raise InputError("not a result of archcheck: nested too deeply", path=path) from None
    _check_results(report, path)
    return report


def _with_obstacles(report: Report, text: str) -> Report:
    told = msgspec.json.decode(text, type=_Audits).audits
    pairs = zip(report.audits, told, strict=True)
    return replace(
        report, audits=tuple(_worked_out(audit) if one.obstacles is None else audit for audit, one in pairs)
    )


def _worked_out(audit: Audit) -> Audit:
    found = sorted((*audit.findings, *audit.ignored), key=order)
    return replace(audit, obstacles=obstacles(found))


def _check_version(version: str, path: str) -> None:
    if version.partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
        stated = version if re.fullmatch(r"[0-9.]{1,20}", version) else "…"
        found = f"schema_version is {stated!r}, and this archcheck reads {SCHEMA_VERSION}"
        raise InputError(f"{found} - at `$.schema_version`", path=path)


def _check_results(report: Report, path: str) -> None:
    """Refuse what the types cannot: a package that stands nowhere on one of the architectures."""
    for i, audit in enumerate(report.audits):
        for j, package in enumerate(audit.packages):
            for architecture in ARCHITECTURES:
                if not any(result.architecture == architecture for result in package.results):
                    where = f"$.audits[{i}].packages[{j}].results"
                    raise InputError(f"expected a result for {architecture} - at `{where}`", path=path)
