"""The entry for pre-commit: at the end of a configuration that is there, else in a new one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from archcheck.cli.setup.starting.step import Step
from archcheck.deployables.yaml_documents import read_documents
from archcheck.errors import InputError
from archcheck.remedy.edits.model import NotEditable
from archcheck.remedy.edits.text import newline_of, recoded

if TYPE_CHECKING:
    from collections.abc import Mapping

PATH: Final = ".pre-commit-config.yaml"
# A hook of the project's own, which runs the archcheck that is installed and follows no repository.
_ENTRY: Final = """\
- repo: local
  hooks:
    - id: archcheck
      name: archcheck
      entry: archcheck check
      language: system
      types: [file]
      files: {files}
      require_serial: true
"""
FILES: Final = (
    r"(^|/)(requirements[^/]*\.(txt|in|lock)|uv\.lock|poetry\.lock|pdm\.lock|pylock(\.[^/]+)?\.toml|"
    r"Pipfile\.lock|pixi\.lock)$"
)
"""Those of `.pre-commit-hooks.yaml`."""
_ITEM: Final = re.compile(r"(?m)^([ ]*)-[ ]+repo:")


def hook_step(before: bytes | None) -> Step:
    """Return what adds the hook to the configuration *before*, all of which stays byte for byte."""
    entry = _ENTRY.format(files=FILES)
    if before is None:
        return Step(path=PATH, after=f"repos:\n{_indented(entry, '  ')}".encode())
    try:
        return Step(path=PATH, before=before, after=recoded(before, lambda text: _with_hook(text, entry)))
    except NotEditable as error:
        return Step(path=PATH, before=before, said=error.reason)


def _with_hook(text: str, entry: str) -> str:
    """Return *text* with *entry* as the last of its `repos`; raises NotEditable where it ends otherwise."""
    document = _read(text)
    if "archcheck" in _hooks(document):
        raise NotEditable("it has the hook already")
    items = _ITEM.findall(text)
    newline = newline_of(text)
    block = _indented(entry, items[-1] if items else "").replace("\n", newline)
    changed = f"{text}{'' if text.endswith(newline) else newline}{block}"
    (own,) = _read(f"repos:\n{entry}")["repos"]
    wanted = {**document, "repos": [*document["repos"], own]}
    try:
        found = _read(changed)
    except NotEditable:
        found = {}
    if not items or found != wanted:
        raise NotEditable("`repos` is not what it ends with; add the hook by hand (docs/pre-commit.md)")
    return changed


def _hooks(document: Mapping[str, Any]) -> set[str]:
    hooks = [each.get("hooks") for each in document["repos"] if isinstance(each, dict)]
    own = [hook for each in hooks if isinstance(each, list) for hook in each if isinstance(hook, dict)]
    return {str(hook.get(key)) for hook in own for key in ("id", "alias")}


def _read(text: str) -> dict[str, Any]:
    try:
        documents = [each for each in read_documents(text.encode(), PATH) if each is not None]
    except InputError as error:
        raise NotEditable(error.message) from None
    if len(documents) != 1 or not isinstance(documents[0], dict):
        raise NotEditable("it is no configuration of pre-commit")
    if not isinstance(documents[0].get("repos"), list):
        raise NotEditable("it has no list of `repos`")
    return documents[0]


def _indented(text: str, indent: str) -> str:
    return "".join(f"{indent}{line}" for line in text.splitlines(keepends=True))
