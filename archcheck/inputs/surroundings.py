"""Looks around an input: which files go with it, whether its project is a package, and where its code is."""

from __future__ import annotations

import os
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from archcheck.errors import InputError
from archcheck.files import absolute, is_nameless
from archcheck.formats import FORMATS, row_of
from archcheck.manifest.lock import Lock
from archcheck.manifest.manifest import PathSource, Selection
from archcheck.manifest.surroundings import Surroundings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from archcheck.files import Files
    from archcheck.manifest.manifest import Manifest

_PYPROJECT: Final = "pyproject.toml"
_NO_MODULES: Final = frozenset({"conftest.py", "fabfile.py", "noxfile.py", "setup.py", "tasks.py"})
_NO_PACKAGES: Final = frozenset(
    {
        "__pycache__",
        "build",
        "dist",
        "doc",
        "docs",
        "env",
        "examples",
        "layer",
        "node_modules",
        "package",
        "scripts",
        "test",
        "tests",
        "venv",
    }
)
_MOST: Final = 100  # folders that are looked into
_ABOVE: Final = 40  # folders in which a repository's root is looked for


class Told(Struct, frozen=True, kw_only=True):
    """What else is known of an input: absolute paths of constraints, and of the code of what deploys it.

    `selection` is what was chosen of it.
    """

    constraints: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    layer: bool = False
    selection: Selection = Selection()


def surroundings_of(
    manifest: Manifest | Lock, *, files: Files, cwd: str, told: Told | None = None
) -> Surroundings | None:
    """Return what lies around the input that *manifest* was read from; None where it has no place.

    Nothing that was read is quoted; what is outside of the repository, or cannot be read, is not looked into.
    """
    row = row_of(manifest.kind)
    if is_nameless(manifest.path) or (row.installed and not row.built):
        return None
    return _Looking(manifest, files, cwd, told or Told()).found()


class _Looking:
    """One look around."""

    def __init__(self, manifest: Manifest | Lock, files: Files, cwd: str, told: Told) -> None:
        self._manifest = manifest
        self._files = files
        self._cwd = cwd
        self._told = told
        self._input = absolute(cwd, manifest.path)
        folder = absolute(self._input, "..")
        self._project = absolute(folder, manifest.folder) if isinstance(manifest, Lock) else folder
        self._limit = self._root()

    def found(self) -> Surroundings:
        """Return what there is."""
        row = row_of(self._manifest.kind)
        if row.built:
            folder = self._seen(absolute(self._input, ".."))
            return Surroundings(folder=folder, input=PurePath(self._input).name)
        included = [absolute(self._cwd, path) for path in getattr(self._manifest, "included", ())]
        local = list(dict.fromkeys(self._local()))
        constraints = list(self._told.constraints)
        everything = (*included, *constraints, *local)
        inside = [path for path in everything if self._is_inside(path)]
        has_project = row.pip == "." or row.manifest == _PYPROJECT
        table = self._pyproject() if has_project else {}
        code = self._code(inside)
        places = map(self._folder_of, (self._input, *inside, *code))
        folder = os.path.commonpath([self._project, *places, *self._where_pip_is_run()])
        choices = self._told.code if len(self._told.code) > 1 else ()
        return Surroundings(
            folder=self._seen(folder),
            input=_from(folder, self._input),
            project=f"{_from(folder, self._project)}/",
            included=tuple(_from(folder, path) for path in included if path in inside),
            constraints=tuple(_from(folder, path) for path in constraints if path in inside),
            local=tuple(_from(folder, self._marked(path)) for path in local if path in inside),
            outside=tuple(self._seen(path) for path in everything if path not in inside),
            packaged=has_project and ((row.pip == "." and not row.unpackaged) or self._is_packaged(table)),
            tool=_tool(table),
            code=tuple(_from(folder, path) for path in code),
            choices=tuple(f"{self._seen(path)}/" for path in choices),
            layer=self._told.layer,
            extras=tuple(sorted(self._told.selection.extras)),
            all_extras=self._told.selection.all_extras,
            groups=tuple(sorted(self._told.selection.groups)),
        )

    def _seen(self, path: str) -> str:
        return _from(self._cwd, path)

    def _marked(self, path: str) -> str:
        """Return *path*, with a `/` behind a folder."""
        return f"{path}/" if self._files.is_folder(path) else path

    def _folder_of(self, path: str) -> str:
        return absolute(path, ".") if self._files.is_folder(absolute(path, ".")) else absolute(path, "..")

    def _is_inside(self, path: str) -> bool:
        return PurePath(path).is_relative_to(self._limit)

    def _root(self) -> str:
        """Return the folder that everything has to be in: the repository's, else where archcheck ran."""
        folder = self._project
        for _ in range(_ABOVE):
            git = absolute(folder, ".git")
            if self._files.is_folder(git) or self._files.is_file(git):
                return folder
            folder = absolute(folder, "..")
        within = PurePath(self._project).is_relative_to(self._cwd)
        return self._cwd if within else absolute(self._project, "..")

    def _local(self) -> Iterator[str]:
        """Yield the absolute paths of folders and files that are installed from, or looked through.

        Of a workspace those are the members that are packages, but for the project itself.
        """
        is_lock = isinstance(self._manifest, Lock)
        lines: Iterable[Any] = (
            self._manifest.packages
            if isinstance(self._manifest, Lock)
            else (*self._manifest.requirements, *self._manifest.constraints)
        )
        for each in lines:
            source = each.source
            if not isinstance(source, PathSource) or (is_lock and source.path == self._project):
                continue
            if not is_lock or not each.virtual or source.editable:
                yield source.path
        for link in self._manifest.options.find_links:
            if PurePath(link).is_absolute():
                yield link

    def _where_pip_is_run(self) -> tuple[str, ...]:
        """Return where archcheck ran if a requirement's path begins there, as pip has it, else nothing."""
        if isinstance(self._manifest, Lock):
            return ()
        for each in self._manifest.requirements:
            if isinstance(each.source, PathSource) and self._is_inside(self._cwd):
                stated = each.text.partition(";")[0].split()[-1:]
                if any(absolute(self._cwd, text.partition("[")[0]) == each.source.path for text in stated):
                    return (self._cwd,)
        return ()

    def _pyproject(self) -> Mapping[str, Any]:
        """Return the tables of the project's pyproject.toml; none where it has none that can be read."""
        path = absolute(self._project, _PYPROJECT)
        if not self._files.is_file(path):
            return {}
        from archcheck.inputs.parsing.toml_documents import read_toml  # noqa: PLC0415 - lists need no TOML

        try:
            return read_toml(path, files=self._files, cwd=self._cwd, expected=_PYPROJECT).table
        except InputError:
            return {}

    def _is_packaged(self, table: Mapping[str, Any]) -> bool:
        """Return whether the project can be installed: its tool's own word, else that it can be built.

        Without `[build-system]` pip would try setuptools, which refuses the folders that applications have;
        uv installs no such project.
        """
        said = (
            _in(table, "tool", "poetry", "package-mode"),
            _in(table, "tool", "uv", "package"),
            _in(table, "tool", "pdm", "distribution"),
        )
        if False in said:
            return False
        named = isinstance(table.get("project"), dict) or isinstance(_in(table, "tool", "poetry"), dict)
        setup = any(self._files.is_file(absolute(self._project, name)) for name in ("setup.py", "setup.cfg"))
        return setup or (named and (isinstance(table.get("build-system"), dict) or True in said))

    def _code(self, inside: Iterable[str]) -> tuple[str, ...]:
        """Return the absolute paths of the project's own modules and packages, `/` behind folders of them.

        They are looked for beside the input, and in the folder that holds all that it leads to *inside*.
        """
        if len(self._told.code) > 1:
            return ()
        if self._told.code:
            (folder,) = self._told.code
            return (f"{folder}/",) if folder != self._project else tuple(self._code_in(folder))
        folders = [self._project, os.path.commonpath([self._project, *map(self._folder_of, inside)])]
        if PurePath(self._project).name.startswith("req"):  # requirements/prod.txt
            folders.append(absolute(self._project, ".."))
        found = (tuple(self._code_in(folder)) for folder in folders if self._is_inside(folder))
        return next(filter(None, found), ())

    def _code_in(self, folder: str) -> Iterator[str]:
        names = self._files.entries(folder)
        for name in names:
            path = absolute(folder, name)
            if name.endswith(".py") and name not in _NO_MODULES and self._files.is_file(path):
                yield path
        inner = [name for name in self._entries(folder, "src") if not name.startswith(".")]
        if inner:
            yield f"{absolute(folder, 'src')}{'' if '__init__.py' in inner else '/'}"
            return
        packages = (name for name in names if name.isidentifier() and name not in _NO_PACKAGES)
        for name in list(packages)[:_MOST]:
            if any(each.endswith(".py") for each in self._entries(folder, name)):
                yield absolute(folder, name)

    def _entries(self, folder: str, name: str) -> tuple[str, ...]:
        path = absolute(folder, name)
        return self._files.entries(path) if self._files.is_folder(path) else ()


def _tool(table: Mapping[str, Any]) -> str:
    """Return whose tables are there; uv's may stand beside those of the tool that locks the project."""
    tools = [row.names[0].removesuffix(".lock") for row in reversed(FORMATS) if row.manifest == _PYPROJECT]
    return next((name for name in tools if isinstance(_in(table, "tool", name), dict)), "")


def _in(table: Any, *keys: str) -> Any:
    """Return what *table* has under *keys*; None where there is nothing."""
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table


def _from(folder: str, path: str) -> str:
    """Return *path* as seen from *folder*, with `/` between folders, and behind it where it is there."""
    end = "/" if path.endswith("/") else ""
    try:
        return f"{os.path.relpath(path, folder).replace(os.sep, '/')}{end}"
    except ValueError:  # on another drive
        return path.replace(os.sep, "/")
