"""pyproject.toml: other versions in the lists of PEP 621 and 735, and in Poetry's, uv's and PDM's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from packaging.utils import canonicalize_name

from archcheck.remedy.edits.model import Addition, Edit, NotEditable, Setting, swapped
from archcheck.remedy.edits.ranges import pipenvs, poetrys
from archcheck.remedy.edits.requirement import changed, check, head_of
from archcheck.remedy.edits.text import recoded
from archcheck.remedy.edits.toml_files.draft import Draft
from archcheck.remedy.edits.toml_files.entries import change_entry, entries_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archcheck.remedy.edits.toml_files.places import Path

# The lists of requirements that are read: a star stands for every key.
_LISTS: Final[tuple[Path, ...]] = (
    ("dependencies",),  # of a script
    ("project", "dependencies"),
    ("project", "optional-dependencies", "*"),
    ("dependency-groups", "*"),
    ("tool", "uv", "dev-dependencies"),
    ("tool", "uv", "constraint-dependencies"),
    ("tool", "uv", "override-dependencies"),
    ("tool", "pdm", "dev-dependencies", "*"),
)
_POETRYS: Final[tuple[Path, ...]] = (
    ("tool", "poetry", "dependencies"),
    ("tool", "poetry", "dev-dependencies"),
    ("tool", "poetry", "group", "*", "dependencies"),
)
_OVERRIDES: Final[Path] = ("tool", "pdm", "resolution", "overrides")
_BOUNDS: Final[Path] = ("tool", "uv", "constraint-dependencies")


def edit_pyproject(data: bytes, edits: Sequence[Edit], additions: Sequence[Addition | Setting]) -> bytes:
    """Return the pyproject.toml *data* with *edits* and *additions* made; raises NotEditable."""
    return recoded(data, lambda text: edit_text(text, edits, additions), toml=True)


def edit_text(text: str, edits: Sequence[Edit], additions: Sequence[Addition | Setting]) -> str:
    """Return the TOML *text* with *edits* and *additions* made; raises NotEditable."""
    draft = Draft(text)
    for edit in edits:
        _edit(draft, edit)
    for addition in additions:
        if isinstance(addition, Setting):
            _set(draft, addition)
        else:
            _add(draft, addition)
    return draft.finished()


def _edit(draft: Draft, edit: Edit) -> None:
    listed = [path for path in _listed(draft) if _name_at(draft, path) == edit.name]
    tabled = [path for table in _tables(draft, _POETRYS) for path in entries_in(draft, table, edit.name)]
    overridden = entries_in(draft, _OVERRIDES, edit.name)
    every = [*listed, *tabled, *overridden]
    if not every:
        raise NotEditable(f"it does not ask for {edit.name}")
    for path in draft.meant(every, edit.line):
        if path in listed:
            _change_listed(draft, path, edit)
        else:
            change_entry(draft, path, edit, poetrys if path in tabled else pipenvs)


def _listed(draft: Draft) -> Iterator[Path]:
    """Yield the paths of the requirements in the file's lists."""
    for pattern in _LISTS:
        for path in _expanded(draft, pattern):
            found = draft.reach(path)
            if isinstance(found, list):
                yield from ((*path, place) for place, item in enumerate(found) if isinstance(item, str))


def _tables(draft: Draft, patterns: Sequence[Path]) -> Iterator[Path]:
    for pattern in patterns:
        yield from _expanded(draft, pattern)


def _expanded(draft: Draft, pattern: Path) -> Iterator[Path]:
    if "*" not in pattern:
        yield pattern
        return
    at = pattern.index("*")
    found = draft.reach(pattern[:at])
    for key in found if isinstance(found, dict) else ():
        yield (*pattern[:at], key, *pattern[at + 1 :])


def _name_at(draft: Draft, path: Path) -> str | None:
    head = head_of(str(draft.reach(path)))
    return head.name if head else None


def _change_listed(draft: Draft, path: Path, edit: Edit) -> None:
    if edit.becomes == "":
        draft.drop(path)
        return
    text = str(draft.reach(path))
    if "${" in text or "{{" in text:
        raise NotEditable(f"the line of {edit.name} is filled in elsewhere")
    head = head_of(text)
    if head is None:
        raise NotEditable(f"it does not ask for {edit.name}")
    swaps = changed(text, edit, head)
    if swaps:
        check(text, swapped(text, swaps), edit)
        draft.rewrite(path, swaps)


def _set(draft: Draft, setting: Setting) -> None:
    path = (*setting.table.split("."), setting.key)
    if setting.item not in (draft.reach(path) or ()):
        draft.append(path, setting.item)


def _add(draft: Draft, addition: Addition) -> None:
    """State a bound on a package that the project does not name, by the means of its tool."""
    tool = addition.tool or _tool_of(draft)
    text = f"{addition.name}{addition.specifier}"
    if tool == "uv":
        _bound(draft, _BOUNDS, addition, text)
    elif tool == "pdm":
        if found := entries_in(draft, _OVERRIDES, addition.name):
            _again(draft, found[0], addition)
        else:
            draft.put((*_OVERRIDES, addition.name), addition.specifier)
    elif tool == "poetry" and draft.reach(("project", "dependencies")) is None:
        if found := entries_in(draft, _POETRYS[0], addition.name):
            _again(draft, found[0], addition)
        else:
            draft.put((*_POETRYS[0], addition.name), addition.specifier)
    elif draft.reach(("project",)) is not None:
        _bound(draft, ("project", "dependencies"), addition, text)
    else:
        raise NotEditable(f"it has no list of dependencies to put {text} into")


def _bound(draft: Draft, path: Path, addition: Addition, text: str) -> None:
    items = draft.reach(path) or []
    for place, item in enumerate(items):
        head = head_of(str(item))
        if head is not None and head.name == addition.name:
            edit = Edit(name=addition.name, specifier=addition.specifier)
            _change_listed(draft, (*path, place), edit)
            return
    draft.append(path, text)


def _again(draft: Draft, path: Path, addition: Addition) -> None:
    edit = Edit(name=canonicalize_name(addition.name), specifier=addition.specifier)
    change_entry(draft, path, edit, pipenvs if path[:-1] == _OVERRIDES else poetrys)


def _tool_of(draft: Draft) -> str:
    tools = draft.reach(("tool",)) or {}
    return next((str(path[1]) for path in (_BOUNDS, _OVERRIDES, _POETRYS[0]) if path[1] in tools), "")
