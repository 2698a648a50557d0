"""What is deployed beside the inputs that say its dependencies, and the targets that it runs on."""

from __future__ import annotations

import posixpath
import re
from fnmatch import translate
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from archcheck import formats
from archcheck.deployables.cloudformation.leftovers import without_leftovers
from archcheck.deployables.contents.files import Natives, natives_in
from archcheck.deployables.contents.imports import imported_by, imported_in
from archcheck.deployables.contents.machine_words import bases_in, downloads_in, made_for_x86
from archcheck.deployables.contents.makefile import installs_in
from archcheck.deployables.documents import is_target
from archcheck.deployables.model import MAKEFILE, Stated
from archcheck.deployables.readers import reading
from archcheck.deployables.repository import deployed, is_lost
from archcheck.deployables.tree import folder_of, seen_from
from archcheck.deployables.walk import walk
from archcheck.errors import ArchcheckError
from archcheck.files import RUN
from archcheck.inputs.discovery import Discovered, found_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archcheck.deployables.model import Code, Deployable, Found
    from archcheck.deployables.repository import Repository
    from archcheck.deployables.tree import Tree

_PYTHON = re.compile(r"python3\.[0-9]{1,2}")
_NOT_DEPLOYED: Final = frozenset(
    {
        ".devcontainer",
        "ci",
        "doc",
        "docs",
        "example",
        "examples",
        "fixtures",
        "test",
        "tests",
    }
)
"""Folders whose requirements are for those who write or test, where nothing says that they are deployed."""
_FOR_PEOPLE: Final = frozenset({"setup.cfg", "environment.yml", "environment.yaml"})


class Unit(Struct, frozen=True, kw_only=True):
    """One thing that is deployed, and the `inputs` that are audited for it, each on all of `targets`.

    `deployable` is None for an input that no infrastructure file names. Without targets the project says what
    it runs on. `notes` are for people. `natives` are those in the folder of its code, where that is not
    audited as what is built, and `imports` what its modules import, where no input says what is installed.
    `steps` are words for x86_64 in what builds it: in its Dockerfile's downloads, and in its Makefile.
    `installs` are commands of its Makefile that install what no input names; empty for one that is not here.
    `missing` is the folder that its code should be in, and that is not in the repository.
    """

    deployable: Deployable | None
    inputs: tuple[Discovered, ...] = ()
    targets: tuple[Stated[str], ...] = ()
    notes: tuple[str, ...] = ()
    natives: Natives = Natives()
    imports: tuple[Stated[str], ...] = ()
    steps: tuple[Stated[str], ...] = ()
    installs: tuple[Stated[str], ...] = ()
    missing: str | None = None

    @property
    def is_aimless(self) -> bool:
        """Whether it says what it runs on, and nobody knows that: no other target's answer is its own."""
        one = self.deployable
        if one is None or not one.has_runtime or any(is_target(each.value) for each in self.targets):
            return False
        return bool(one.runtimes) or one.untold_runtime is not None


class Units(Struct, frozen=True, kw_only=True):
    """All that is deployed and has to do with Python.

    `others` counts the deployables of other languages, `images` those of images that are not built here, and
    `left_out` are inputs that are for tests, examples or documents.
    """

    units: tuple[Unit, ...]
    others: int = 0
    images: int = 0
    left_out: tuple[str, ...] = ()


def join(repository: Repository, tree: Tree) -> Units:
    """Return what of *repository* is audited."""
    units: list[Unit] = []
    others = images = 0
    for each in repository.deployables:
        unit = _unit(each, tree)
        if _is_python(each, unit, tree):
            units.append(_looked_into(unit, tree))
        elif _is_built_elsewhere(each):
            images += 1
        else:
            others += 1
    used = {found.path for unit in units for found in unit.inputs}
    rest = [found for found in _inputs(repository.files, tree) if found.path not in used]
    left_out = tuple(found.path for found in rest if _is_for_people(found.path))
    units += (Unit(deployable=None, inputs=(found,)) for found in rest if found.path not in left_out)
    return Units(units=tuple(units), others=others, images=images, left_out=left_out)


def is_deployed(tree: Tree, start: str) -> bool:
    """Return whether anything in the folder *start* of *tree* and below it is deployed and runs Python.

    What stands in folders of tests, examples and documents is not asked.
    """
    return any(
        _is_python(each, _unit(each, tree), tree)
        for one in _said_of_deployment(tree, start)
        for each in one.deployables
    )


def has_lost(tree: Tree, start: str) -> bool:
    """Return whether a file that names what it deploys cannot be read, of those that `is_deployed` asks.

    So it is with a Dockerfile that one of these names.
    """
    return any(
        any(each.is_lost for each in one.problems) or any(is_lost(each, tree) for each in one.deployables)
        for one in _said_of_deployment(tree, start)
    )


def _said_of_deployment(tree: Tree, start: str) -> Iterator[Found]:
    files = [path for path in walk(tree, start).files if not _is_for_people(path)]
    return (one for _, one in reading(files, tree))


def units_of(paths: Iterable[str], tree: Tree) -> tuple[Unit, ...]:
    """Return what the infrastructure files at *paths* deploy, beside their inputs."""
    return tuple(_unit(each, tree) for each in deployed(without_leftovers(reading(paths, tree), tree), tree))


def _by_makefile(unit: Unit, one: Deployable, folder: str, tree: Tree) -> Unit:
    """Return *unit* with what the Makefile says that builds *one*, or that nothing is known of that."""
    path = "Makefile" if folder == "." else f"{folder}/Makefile"
    steps = made_for_x86(path, one.name, tree)
    unit = replace(unit, installs=tuple(_installed(unit, path, one, tree)))
    if steps:
        return replace(unit, steps=steps)
    what = "which is not here" if steps is None else "which was read, and not run"
    return replace(unit, notes=(*unit.notes, f"it is built by its own Makefile ({path}), {what}"))


def _installed(unit: Unit, path: str, one: Deployable, tree: Tree) -> Iterator[Stated[str]]:
    """Yield what the Makefile at *path* runs to install what the inputs of *unit* do not name."""
    found = installs_in(path, one.name, tree)
    read = {each.path for each in unit.inputs}
    if found is None and not read:
        yield Stated(value="", location=one.location)
    for command, each in found or ():
        if each.kind == "file":
            is_read = seen_from(folder_of(path), each.value) in read
        else:
            is_read = each.kind != "names" and bool(read)
        if not is_read:
            yield command


def runs_on(deployable: Deployable) -> tuple[Stated[str], ...]:
    """Return archcheck's names of what *deployable* may run on, as far as its files tell."""
    if deployable.targets or deployable.platform != "lambda":
        return deployable.targets
    built_by = (deployable.build,) if deployable.build is not None else ()
    return tuple(
        Stated(value=f"lambda:{each.value}", location=each.location, when=each.when)
        for each in deployable.runtimes or built_by  # a layer has no runtime, and may say `python3.12` there
        if _PYTHON.fullmatch(each.value)
    )


def _unit(deployable: Deployable, tree: Tree) -> Unit:
    """Return *deployable* with its inputs, those of its other code among them."""
    unit = _unit_of_one(deployable, tree)
    for each in _alone(deployable):
        other = _unit_of_one(each, tree)
        unit = replace(
            unit,
            inputs=tuple(dict.fromkeys((*unit.inputs, *other.inputs))),
            notes=tuple(dict.fromkeys((*unit.notes, *other.notes))),
            missing=unit.missing or other.missing,
        )
    return unit


def _alone(deployable: Deployable) -> tuple[Deployable, ...]:
    """Return *deployable* with each of its code alone, and what is named of that; none where it is one."""
    return tuple(
        replace(
            deployable,
            code=each,
            others=(),
            manifests=tuple(path for path in deployable.manifests if path.startswith(f"{each.path}/")),
        )
        for each in (deployable.codes if deployable.others else ())
    )


def _unit_of_one(deployable: Deployable, tree: Tree) -> Unit:
    inputs, notes = _inputs_of(deployable, tree)
    missing = _missing(deployable.code, tree)
    said = () if missing is None else (f"its code was not found: {missing} is no folder of this repository",)
    return Unit(
        deployable=deployable,
        inputs=inputs,
        targets=runs_on(deployable),
        notes=(*notes, *said),
        missing=missing,
    )


def _missing(code: Code | None, tree: Tree) -> str | None:
    """Return the folder of *code* where it is not in the repository; a file is what it is."""
    folder = code.folder if code is not None else None
    if folder is None or tree.is_folder(folder) or tree.is_file(folder):
        return None
    return folder


def _looked_into(unit: Unit, tree: Tree) -> Unit:
    """Return *unit* with what the folders of a function's code tell besides its inputs."""
    one = unit.deployable
    if one is None or not one.others:
        return _looked_into_one(unit, tree)
    for each in _alone(one):
        found = _looked_into_one(_unit_of_one(each, tree), tree)
        unit = replace(
            unit,
            notes=tuple(dict.fromkeys((*unit.notes, *found.notes))),
            natives=unit.natives.with_those_of(found.natives),
            imports=(*unit.imports, *found.imports),
            steps=(*unit.steps, *found.steps),
            installs=(*unit.installs, *found.installs),
        )
    return unit


def _looked_into_one(unit: Unit, tree: Tree) -> Unit:
    one = unit.deployable
    if one is None or one.code is None:
        return unit
    if one.code.path is None:
        inline = one.code.kind == "inline" and one.kind == "function" and _is_python(one, unit, tree)
        return replace(unit, imports=imported_by(one.code.text, one.location)) if inline else unit
    if one.code.kind == "dockerfile":
        on_arm64 = {each.value for each in one.architectures} == {"aarch64"} and not one.is_by_dockerfile
        bases = bases_in(one.code.path, one.code, tree) if on_arm64 else ()
        return replace(unit, steps=(*bases, *downloads_in(one.code.path, one.code, tree)))
    if one.build is not None and one.build.value == MAKEFILE:
        unit = _by_makefile(unit, one, one.code.path, tree)
    code = one.code if one is not None and one.kind == "function" else None
    if code is None or code.path is None or code.kind not in {"folder", "artifact"}:
        return unit
    single = code.path.endswith(".py") and tree.is_file(code.path)
    if not single and not tree.is_folder(code.path):
        return unit
    built = any(each.path == code.path for each in unit.inputs)
    return replace(
        unit,
        natives=Natives() if built or single else natives_in(code.path, tree),
        imports=() if unit.inputs else imported_in(code.path, tree),
    )


def _inputs_of(deployable: Deployable, tree: Tree) -> tuple[tuple[Discovered, ...], tuple[str, ...]]:
    """Return what says the dependencies of *deployable*, and what to know of how that was found."""
    if deployable.manifests or deployable.typed:
        named = (Discovered(path=path) for path in dict.fromkeys(deployable.manifests))
        return (*named, *_typed(deployable.typed)), ()
    code = deployable.code
    if code is None or code.path is None or code.kind not in {"folder", "artifact"}:
        return (), ()
    if tree.is_file(code.path):
        return ((Discovered(path=code.path),), ()) if code.path.endswith(".zip") else ((), ())
    if (found := _discovered(code.path, tree)) is not None:
        return (found,), ()
    beside = folder_of(deployable.location.path)
    # Where the code is not there, what lies beside the file may be of others.
    is_source = code.kind == "folder" and tree.is_folder(code.path)
    if deployable.kind == "function" and is_source and beside != code.path:
        found = _discovered(beside, tree)
    if found is None or found.kind in {formats.FOLDER.kind, formats.ENVIRONMENT.kind}:
        return (), ()
    return (found,), (f"its code in {code.path} has no requirements of its own: read {found.path}",)


def _typed(requirements: tuple[Stated[str], ...]) -> Iterator[Discovered]:
    """Yield the *requirements* of one Dockerfile as an input, which no file is."""
    if requirements:
        yield Discovered(
            path=f"{requirements[0].location.path}{RUN}",
            kind=formats.REQUIREMENTS.kind,
            lines=tuple((each.value, each.location.line) for each in requirements),
        )


def _discovered(folder: str, tree: Tree) -> Discovered | None:
    """Return what is audited for *folder*, by its path from the root; None where nothing is."""
    try:
        found = found_in(folder, files=tree.files, cwd=tree.root)
    except (ArchcheckError, OSError):
        return None
    if found is None:
        return None
    return Discovered(path=posixpath.normpath(found.path.replace("\\", "/")), kind=found.kind)


def _is_python(deployable: Deployable, unit: Unit, tree: Tree) -> bool:
    if deployable.runtimes:
        if any(each.value.startswith("python") for each in deployable.runtimes):
            return True
        if not any(deployable.is_maybe_python(each.value) for each in deployable.runtimes):
            return False
    is_pythons = deployable.tool in {"zappa", "chalice", "docker"}
    if deployable.targets or deployable.is_lost or is_pythons or unit.inputs:
        return True
    code = deployable.code
    if deployable.tool == "compose" and _is_image(code):
        return code is not None and code.kind == "dockerfile"  # of what runs no Python none is read
    if code is not None and code.path is not None and code.kind == "folder":
        return any(name.endswith(".py") for name in tree.entries(code.path))
    # What nobody can tell is no other language: a runtime that is known when it is deployed, code elsewhere.
    is_built = code is not None and code.kind == "elsewhere" and deployable.tool != "github-actions"
    return (deployable.kind == "function" or is_built) and bool(deployable.unknown) and not _is_image(code)


def _is_built_elsewhere(deployable: Deployable) -> bool:
    """Return whether it is an image that is not built here.

    A workflow builds what another step brings, too; the Dockerfiles that are here are read by themselves.
    """
    kind = deployable.code.kind if deployable.code is not None else None
    if deployable.tool == "github-actions":
        return kind == "elsewhere"
    return kind == "image" and not deployable.runtimes


def _is_image(code: Code | None) -> bool:
    return code is not None and code.kind in {"image", "dockerfile"}


def _inputs(files: Iterable[str], tree: Tree) -> Iterator[Discovered]:
    """Yield for each folder that holds one what would be audited for it."""
    patterns = (translate(pattern) for each in formats.FORMATS for pattern in each.names)
    is_input = re.compile("|".join(patterns)).match
    folders = {folder_of(path): None for path in files if is_input(posixpath.basename(path))}
    for folder in folders:
        found = _discovered(folder, tree)
        if found is not None:
            yield found


def _is_for_people(path: str) -> bool:
    *folders, name = path.split("/")
    return not _NOT_DEPLOYED.isdisjoint(folders) or (bool(folders) and name in _FOR_PEOPLE)
