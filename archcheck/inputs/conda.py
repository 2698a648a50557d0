"""conda's environment.yml: the `pip:` part of it, which pip installs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

import yaml
from msgspec.structs import replace

from archcheck.inputs.parsing.logical_lines import decode
from archcheck.inputs.parsing.messages import escaped, failure, redacted, shown
from archcheck.inputs.requirement_files import open_home
from archcheck.inputs.requirements.reader import read_embedded
from archcheck.manifest.manifest import Location, Skipped
from archcheck.manifest.specifiers import parse_specifier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.specifiers import SpecifierSet

    from archcheck.files import Files
    from archcheck.manifest.manifest import Manifest, Selection

_INSTEAD = (
    "what conda installs is not audited here; `archcheck --environment PREFIX` audits the Python packages of "
    "an environment that has been made"
)

MAX_BYTES = 2**19  # YAML is read at about a megabyte a second; the longest exports have some thousand lines
MAX_ITEMS = 10_000  # aliases can name one list many times

_INTERPRETER = re.compile(r"(?:[^:]*::)?(?P<name>python|pip)(?![A-Za-z0-9_.-])\s*(?P<versions>[^\[]*)")
_VERSION = re.compile(
    r"(?P<operator>[=<>!]*)\s*(?P<version>3(?:\.[0-9]{1,3}){1,2})(?P<star>\.?\*)?(?:[\s=].*)?"
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
    conda, pip = _EnvironmentFile(path).split(decode(data, path))
    manifest = read_embedded(path, data, pip, files=files, environ=environ, cwd=cwd, folder=home.folder)
    elsewhere = "conda" if manifest.requirements else ""
    reason = "a conda package is not audited"
    others = tuple(
        Skipped(
            text=redacted(text).rpartition("::")[2],
            reason=reason,
            location=_at(path, line),
            elsewhere=elsewhere,
        )
        for line, text in conda
        if not _INTERPRETER.match(text)
    )
    interpreters = filter(None, (_INTERPRETER.match(text) for _, text in conda))
    pythons = [found["versions"] for found in interpreters if found["name"] == "python"]
    return replace(
        manifest,
        skipped=(*manifest.skipped, *others),
        requires_python=_pythons(pythons[0]) if pythons else None,
        warnings=(*manifest.warnings, *([_INSTEAD] if others else [])),
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


class _EnvironmentFile:
    """One environment file: the scalars of its `dependencies`, with their lines."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._count = 0

    def split(self, text: str) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
        """Return conda's own packages and pip's lines, each with its line number."""
        conda: list[tuple[int, str]] = []
        pip: list[tuple[int, str]] = []
        for item in self._items(self._dependencies(text), "dependencies"):
            if isinstance(item, yaml.ScalarNode):
                conda.append(_numbered(item))
                continue
            for key, value in self._pairs(item, "dependencies"):
                if key != "pip":
                    self._refuse(f"dependencies: {shown(key)}; expected packages, or pip", item)
                pip.extend(_numbered(self._text(each)) for each in self._items(value, "pip"))
        return conda, pip

    def _dependencies(self, text: str) -> yaml.Node | None:
        """Return the node of `dependencies`; no values are made of nodes, so that an alias costs nothing."""
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 0
            message = f"not YAML: {escaped(error.problem or '')[:200]}; expected a conda environment file"
            raise failure(_at(self._path, line), message) from None
        except (yaml.YAMLError, ValueError, RecursionError):
            raise failure(_at(self._path, 0), "not YAML; expected a conda environment file") from None
        if root is None:
            raise failure(_at(self._path, 0), "it is empty; expected a conda environment file")
        return dict(self._pairs(root, "the file")).get("dependencies")

    def _items(self, node: yaml.Node | None, key: str) -> Iterator[yaml.Node]:
        if node is None or (isinstance(node, yaml.ScalarNode) and not node.value):
            return
        if not isinstance(node, yaml.SequenceNode):
            self._refuse(f"{key}: expected a list", node)
        for item in node.value:
            self._count += 1
            if self._count > MAX_ITEMS:
                self._refuse(f"{key}: expected at most {MAX_ITEMS:,} packages", node)
            yield item

    def _pairs(self, node: yaml.Node, key: str) -> Iterator[tuple[str, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            self._refuse(f"{key}: expected keys with values", node)
        for name, value in node.value:
            if name.tag == "tag:yaml.org,2002:merge":
                self._refuse(f"{key}: '<<' is not followed; expected keys with values", name)
            yield str(name.value), value

    def _text(self, node: yaml.Node) -> yaml.ScalarNode:
        if not isinstance(node, yaml.ScalarNode):
            self._refuse("pip: expected a line of a requirements file", node)
        return node

    def _refuse(self, message: str, node: yaml.Node) -> NoReturn:
        raise failure(_at(self._path, node.start_mark.line + 1), message)


def _numbered(node: yaml.ScalarNode) -> tuple[int, str]:
    return node.start_mark.line + 1, node.value


def _at(path: str, line: int) -> Location:
    return Location(path=path, line=line)
