"""How arm64 is declared where it takes one value: for ECS, Kubernetes, Zappa and Chalice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.changes.hindrance import hindrance
from archcheck.deployables.changes.lines import LineChange, NotChanged, lines_of
from archcheck.deployables.changes.yaml_places import declared, documents_of
from archcheck.deployables.documents import table_at, tables_at
from archcheck.deployables.ecs import CONTAINERS
from archcheck.deployables.kubernetes import FARGATE, LABELS, ON_FARGATE, POD, REQUIRED, workloads
from archcheck.deployables.yaml_documents import Table
from archcheck.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archcheck.deployables.model import Deployable

_Change = tuple[LineChange, ...] | NotChanged
_Place = tuple[int, tuple[str | int, ...], str]
_TOML = re.compile(r"([ \t]*architecture[ \t]*=[ \t]*)([\"'])[^\"'\n]*\2(.*)", re.DOTALL)
_NOWHERE: Final = "its place in the text was not found; change it by hand"


def task_to_arm64(text: str, deployable: Deployable) -> _Change:
    """Return what declares the task definition of *deployable* for arm64."""
    return _declared(text, deployable, _task_place(_read(text, deployable)))


def workload_to_arm64(text: str, deployable: Deployable) -> _Change:
    """Return what keeps the pods of *deployable* to nodes of arm64."""
    return _declared(text, deployable, _pod_place(_read(text, deployable), deployable))


def stage_to_arm64(text: str, deployable: Deployable) -> _Change:
    """Return what declares a stage of Zappa's settings for arm64."""
    reason = hindrance(deployable)
    if reason is not None:
        return NotChanged(reason=reason)
    if deployable.location.path.endswith(".toml"):
        return _in_toml(text, deployable.location.line)
    return _declared(text, deployable, _stage_place(_read(text, deployable), deployable))


def chalice_to_arm64(text: str, deployable: Deployable) -> _Change:
    """Return what declares a stage of Chalice for arm64, which takes Chalice 1.34."""
    return _declared(text, deployable, _chalice_place(_read(text, deployable), deployable))


def _read(text: str, deployable: Deployable) -> Sequence[Any]:
    try:
        return documents_of(text, deployable.location.path)
    except (InputError, UnicodeError):
        return ()


def _declared(text: str, deployable: Deployable, place: _Place | str | None) -> _Change:
    reason = hindrance(deployable)
    if reason is not None:
        return NotChanged(reason=reason)
    if not isinstance(place, tuple):
        return NotChanged(reason=place or _NOWHERE)
    number, way, value = place
    return declared(text, deployable.location.path, number, way, value)


def _task_place(documents: Sequence[Any]) -> _Place | None:
    for document in documents[:1]:
        for way in (("taskDefinition",), ()):
            if CONTAINERS in table_at(document, *way):
                return 0, (*way, "runtimePlatform", "cpuArchitecture"), "ARM64"
    return None


def _pod_place(documents: Sequence[Any], deployable: Deployable) -> _Place | str | None:
    """Return where the nodes of a workload are chosen, which has a container on the line of *deployable*."""
    for number, document in enumerate(documents):
        for way, workload in workloads(document):
            spec = POD[workload["kind"]]
            pod = table_at(workload, *spec)
            if all(each.line != deployable.location.line for each in tables_at(pod, "containers")):
                continue
            if table_at(pod, "nodeSelector").get(FARGATE) == "fargate":
                return ON_FARGATE
            if tables_at(pod, *REQUIRED, "nodeSelectorTerms") and any(_names_machines(pod)):
                return "nodeAffinity decides it; change it there"
            key = next((each for each in LABELS if each in table_at(pod, "nodeSelector")), LABELS[0])
            return number, (*way, *spec, "nodeSelector", key), "arm64"
    return None


def _names_machines(pod: Table) -> Iterator[bool]:
    for term in tables_at(pod, *REQUIRED, "nodeSelectorTerms"):
        yield from (each.get("key") in LABELS for each in tables_at(term, "matchExpressions"))


def _stage_place(documents: Sequence[Any], deployable: Deployable) -> _Place | None:
    for document in documents[:1]:
        for name, stage in document.items() if isinstance(document, Table) else ():
            own = isinstance(stage, Table) and deployable.name.endswith(name)
            if own and document.lines[name] == deployable.location.line:
                return 0, (name, "architecture"), "arm64"
    return None


def _chalice_place(documents: Sequence[Any], deployable: Deployable) -> _Place | None:
    """Return where the stage of *deployable* states it; where nobody names stages, the application does."""
    for document in documents[:1]:
        if not isinstance(document, Table):
            return None
        stages = table_at(document, "stages")
        if not stages:
            return 0, ("lambda_architecture",), "arm64"
        for name in stages:
            own = isinstance(stages[name], Table) and deployable.name.endswith(name)
            if own and stages.line_of(name) == deployable.location.line:
                return 0, ("stages", name, "lambda_architecture"), "arm64"
    return None


def _in_toml(text: str, line: int) -> _Change:
    """Return the change of the table whose header is on *line*: its architecture, or a new line for it."""
    lines = lines_of(text)
    if not 0 < line <= len(lines):
        return NotChanged(reason=_NOWHERE)
    end = "\r\n" if lines[line - 1].endswith("\r\n") else "\n"
    for number in range(line, len(lines)):
        if lines[number].lstrip().startswith("["):
            break
        if found := re.match(
            r"([ \t]*architecture[ \t]*=[ \t]*)([\"'])[^\"'\n]*\2(.*)", lines[number], re.DOTALL
        ):
            new = f"{found[1]}{found[2]}arm64{found[2]}{found[3]}"
            return (LineChange(first=number + 1, last=number + 1, new=new),)
    before = "" if lines[line - 1].endswith("\n") else end
    if before:
        return (LineChange(first=line, last=line, new=f'{lines[line - 1]}{end}architecture = "arm64"{end}'),)
    return (LineChange(first=line + 1, last=line, new=f'architecture = "arm64"{end}'),)
