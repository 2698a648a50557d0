"""conda's environment.yml: the `pip:` part of it, which pip installs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import yaml
from msgspec.structs import replace

from archcheck.inputs.parsing.logical_lines import decode
from archcheck.inputs.parsing.messages import failure, redacted, shown
from archcheck.inputs.parsing.yaml_nodes import YamlNodes
from archcheck.inputs.requirement_files import open_home
from archcheck.inputs.requirements.reader import read_embedded
from archcheck.manifest.manifest import Location, Skipped
from archcheck.manifest.specifiers import parse_specifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.specifiers import SpecifierSet

    from archcheck.files import Files
    from archcheck.manifest.manifest import Manifest, Selection

INSTEAD: Final = (
    "what conda installs is not audited here; `archcheck --environment PREFIX` audits the Python packages of "
    "an environment that has been made"
)
REASON: Final = "a conda package is not audited"

MAX_BYTES = 2**19  # YAML is read at about a megabyte a second; the longest exports have some thousand lines
MAX_ITEMS = 10_000  # aliases can name one list many times

_INTERPRETER = re.compile(
    r"(?:[^:]*::)?(?P<name>python|pip)(?![A-Za-z0-9_.-])\s*"
    r"""(?:\[\s*version\s*=\s*(?:['"](?P<quoted>[^'"]*)|(?P<bare>[^\],]*))|(?P<versions>[^\[]*))"""
)
_VERSION = re.compile(
    r"(?P<operator>[=<>!~]*)\s*(?P<version>3(?:\.[0-9]{1,3}){1,2})(?P<star>\.?\*)?(?:[\s=].*)?"
)


def read_conda(
    path: str, *, files: Files, environ: Mapping[str, str], cwd: str, selection: Selection
) -> Manifest:
    """Return what the `pip:` section of the environment file at *path* asks for, read as pip would.

    conda's own packages are `Skipped`, except for Python, which is the project's, and pip: beside pip's part
    where there is one. Raises InputError.
    """
    _ = selection  # the format has neither extras nor groups
    expected = "a conda environment file"
    home, data = open_home(path, files=files, cwd=cwd, expected=expected)
    if len(data) > MAX_BYTES:
        raise failure(Location(path=path), f"{len(data):,} bytes; expected at most {MAX_BYTES:,}")
    conda, pip = _split(decode(data, path), path)
    manifest = read_embedded(path, data, pip, files=files, environ=environ, cwd=cwd, folder=home.folder)
    elsewhere = "conda" if manifest.requirements else ""
    others = tuple(
        Skipped(
            text=redacted(text).rpartition("::")[2],
            reason=REASON,
            location=Location(path=path, line=line),
            elsewhere=elsewhere,
        )
        for line, text in conda
        if not _INTERPRETER.match(text)
    )
    interpreters = filter(None, (_INTERPRETER.match(text) for _, text in conda))
    pythons = [
        found["quoted"] or found["bare"] or found["versions"] or ""
        for found in interpreters
        if found["name"] == "python"
    ]
    return replace(
        manifest,
        skipped=(*manifest.skipped, *others),
        requires_python=_pythons(pythons[0]) if pythons else None,
        warnings=(*manifest.warnings, *([INSTEAD] if others else [])),
    )


def _pythons(text: str) -> SpecifierSet | None:
    """Return conda's versions (`=3.11`, `>=3.10,<3.12`) in PEP 440's words; None where there are none."""
    clauses = []
    for part in text.split(","):
        found = _VERSION.fullmatch(part.strip())
        if found is None:
            return None
        exact = found["operator"] in {"", "=", "=="}
        # conda's `python=3.11` is any 3.11; nobody means 3.11.0 by `==3.11`.
        prefix = found["star"] or (exact and found["version"].count(".") == 1)
        clauses.append(f"{'==' if exact else found['operator']}{found['version']}{'.*' if prefix else ''}")
    try:
        return parse_specifier(",".join(clauses))
    except ValueError:
        return None


def _split(text: str, path: str) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Return conda's own packages and pip's lines of an environment file, each with its line number."""
    nodes = YamlNodes(path, expected="a conda environment file", most=MAX_ITEMS)
    conda: list[tuple[int, str]] = []
    pip: list[tuple[int, str]] = []
    listed = dict(nodes.pairs(nodes.root(text), "the file")).get("dependencies")
    for item in nodes.items(listed, "dependencies"):
        if isinstance(item, yaml.ScalarNode):
            conda.append(_numbered(item))
            continue
        for key, value in nodes.pairs(item, "dependencies"):
            if key != "pip":
                nodes.refuse(f"dependencies: {shown(key)}; expected packages, or pip", item)
            lines = (
                nodes.scalar(each, "pip", "a line of a requirements file")
                for each in nodes.items(value, "pip")
            )
            pip.extend(map(_numbered, lines))
    return conda, pip


def _numbered(node: yaml.ScalarNode) -> tuple[int, str]:
    return node.start_mark.line + 1, node.value
