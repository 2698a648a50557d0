"""What Chalice deploys: the functions of an application for each stage of .chalice/config.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.documents import table_at
from archcheck.deployables.model import Code, Deployable, Found, Layer, Stated
from archcheck.deployables.problems import notes, problem, problem_of
from archcheck.deployables.tree import folder_of, seen_from
from archcheck.deployables.yaml_documents import Table, read_documents
from archcheck.errors import InputError
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from archcheck.deployables.tree import Tree
    from archcheck.platforms.architectures import Architecture

MAX_STAGES: Final = 200
_STAGE: Final = "dev"
_MEMORY_MB: Final = 128
_MACHINES: Final[dict[str, Architecture]] = {"x86_64": "x86_64", "arm64": "aarch64"}
_RUNTIME: Final = "its runtime: Chalice takes the Python that it is run with"


def read_chalice(path: str, tree: Tree) -> Found:
    """Return what the application with the configuration at *path* deploys, one deployable for each stage.

    The functions are in its program and share one package. Chalice knows arm64 since 1.34 (its issue 1700),
    as `lambda_architecture`, which older ones pass over.
    """
    try:
        document = next(read_documents(tree.read(path), path), None)
    except (InputError, OSError) as error:
        return Found(problems=(problem_of(error, path, is_lost=True),))
    if not isinstance(document, Table):
        return Found(problems=(problem("expected a mapping with app_name and stages", path),))
    stages = table_at(document, "stages")
    return Found(
        deployables=tuple(
            _stage(name, document, path, tree) for name in list(stages)[:MAX_STAGES] or [_STAGE]
        )
    )


def _stage(name: str, document: Table, path: str, tree: Tree) -> Deployable:
    project = seen_from(folder_of(path), "..") or "."
    location = Location(
        path=path, line=document.line_of("stages", name) if "stages" in document else document.line
    )
    requirements = seen_from(project, "requirements.txt") or ""
    unknown = [_RUNTIME]
    if tree.is_folder(seen_from(project, "vendor") or ""):
        unknown.append("vendor is packed too, and was built elsewhere")
    layers, _ = _setting("layers", name, document)
    memory, _ = _setting("lambda_memory_size", name, document)
    stated, line = _setting("lambda_architecture", name, document)
    machine = _MACHINES.get(stated) if isinstance(stated, str) else None
    if stated is not None and machine is None:
        unknown.append(f"lambda_architecture: expected arm64 or x86_64, found {str(stated)[:60]!r}")
    application = document.get("app_name")
    return Deployable(
        name=f"{application}-{name}" if isinstance(application, str) else name,
        kind="function",
        tool="chalice",
        platform="lambda",
        location=location,
        architectures=_architectures(stated, machine, Location(path=path, line=line or location.line)),
        is_default=stated is None,
        code=Code(kind="folder", path=project),
        manifests=(requirements,) if tree.is_file(requirements) else (),
        layers=tuple(
            Layer(location=location, arn=each[:300])
            for each in (layers if isinstance(layers, list) else ())
            if isinstance(each, str)
        ),
        memory_mb=memory if isinstance(memory, int) and not isinstance(memory, bool) else _MEMORY_MB,
        unknown=notes(unknown),
    )


def _architectures(
    stated: object, machine: Architecture | None, place: Location
) -> tuple[Stated[Architecture], ...]:
    if stated is None:
        return (Stated(value="x86_64", location=place),)
    return () if machine is None else (Stated(value=machine, location=place),)


def _setting(key: str, stage: str, document: Table) -> tuple[Any, int]:
    """Return the setting *key* of *stage*, else the application's, and its line; 0 where nobody states it."""
    for table in (table_at(document, "stages", stage), document):
        if table.get(key) is not None:
            return table[key], table.line_of(key)
    return None, 0
