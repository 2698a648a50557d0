"""What Zappa deploys: a function on AWS Lambda for each stage of zappa_settings.json, .toml or .yml."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.machine_names import architecture_named
from archcheck.deployables.model import Code, Deployable, Found, Layer, Stated
from archcheck.deployables.problems import notes, problem, problem_of
from archcheck.deployables.tree import folder_of
from archcheck.deployables.yaml_documents import MAX_BYTES, Table, read_documents
from archcheck.errors import InputError
from archcheck.manifest.manifest import Location
from archcheck.toml import parse_toml

if TYPE_CHECKING:
    from archcheck.deployables.tree import Tree

MAX_STAGES: Final = 200
_MEMORY_MB: Final = 512
"""What Zappa asks for where nobody states it."""
_RUNTIME: Final = "its runtime: Zappa takes the Python that it is run with"
_PACKED: Final = "its dependencies: Zappa packs the virtual environment that it is run in"


def read_zappa(path: str, tree: Tree) -> Found:
    """Return what the settings at *path* deploy: a function for each stage."""
    if path.endswith(".py"):
        message = "a program, which is not run; expected zappa_settings.json, .toml or .yml"
        return Found(problems=(problem(message, path),))
    try:
        stages = _stages(tree.read(path), path)
    except (InputError, OSError) as error:
        return Found(problems=(problem_of(error, path, is_lost=True),))
    names = [name for name, stage in stages.items() if isinstance(stage, Table)]
    return Found(
        deployables=tuple(_function(name, stages, path) for name in names[:MAX_STAGES]),
        problems=() if names else (problem("expected a mapping of stages, found none", path),),
    )


def _stages(data: bytes, path: str) -> Table:
    if path.endswith(".toml"):
        return _from_toml(data, path)
    document = next(read_documents(data, path), None)
    return document if isinstance(document, Table) else Table()


def _from_toml(data: bytes, path: str) -> Table:
    """Return the stages, each with the line of its header."""
    if len(data) > MAX_BYTES:
        raise InputError(f"{len(data):,} bytes; expected at most {MAX_BYTES:,}", path=path)
    text = data.decode("utf-8", "replace")
    try:
        document = parse_toml(text)
    except ValueError as error:
        raise InputError(str(error), path=path) from None
    headers = re.compile(r"[ \t]*\[[ \t]*[\"']?([\w.-]+?)[\"']?[ \t]*\]")
    lines = {
        found[1]: number
        for number, line in enumerate(text.split("\n"), 1)
        if (found := headers.match(line)) is not None
    }
    stages = Table(1)
    for name, settings in document.items():
        if isinstance(settings, dict):
            stage = Table(lines.get(name, 0))
            stage.update(settings)
            stages[name], stages.lines[name] = stage, lines.get(name, 0)
    return stages


def _setting(name: str, stage: str, stages: Table, path: str) -> tuple[Any, Location]:
    """Return the setting *name* of *stage*, or of those that it extends, and where it stands."""
    seen: set[str] = set()
    here = Location(path=path, line=stages.line_of(stage))
    while stage not in seen and isinstance(stages.get(stage), Table):
        seen.add(stage)
        if name in stages[stage]:
            return stages[stage][name], Location(path=path, line=stages.line_of(stage, name))
        stage = str(stages[stage].get("extends"))
    return None, here


def _function(stage: str, stages: Table, path: str) -> Deployable:
    location = Location(path=path, line=stages.line_of(stage))
    unknown: list[str] = []
    stated, place = _setting("architecture", stage, stages, path)
    machine = architecture_named("x86_64" if stated is None else stated)
    if machine is None:
        unknown.append(f"its architecture: expected arm64 or x86_64, found {str(stated)[:60]!r}")
    runtime, runtime_place = _setting("runtime", stage, stages, path)
    if not isinstance(runtime, str):
        unknown.append(_RUNTIME)
    memory, _ = _setting("memory_size", stage, stages, path)
    layers, layers_place = _setting("layers", stage, stages, path)
    project, _ = _setting("project_name", stage, stages, path)
    return Deployable(
        name=f"{project}-{stage}" if isinstance(project, str) else stage,
        kind="function",
        tool="zappa",
        platform="lambda",
        location=location,
        architectures=() if machine is None else (Stated(value=machine, location=place),),
        is_default=stated is None,
        runtimes=(Stated(value=runtime[:100], location=runtime_place),) if isinstance(runtime, str) else (),
        code=Code(kind="folder", path=folder_of(path)),
        layers=tuple(
            Layer(location=layers_place, arn=each[:300])
            for each in (layers if isinstance(layers, list) else ())
            if isinstance(each, str)
        ),
        memory_mb=memory if isinstance(memory, int) and not isinstance(memory, bool) else _MEMORY_MB,
        unknown=notes([*unknown, _PACKED]),
    )
