"""What Kubernetes runs: the containers of workloads, and the nodes that they may come to."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.documents import mebibytes, table_at, tables_at, target_of_image, text_at
from archcheck.deployables.machine_names import architecture_named
from archcheck.deployables.model import Code, Deployable, Found, Problem, Stated
from archcheck.deployables.problems import notes, problem, problem_of
from archcheck.deployables.yaml_documents import Table, read_documents
from archcheck.errors import InputError
from archcheck.manifest.manifest import Location
from archcheck.platforms.architectures import ARCHITECTURES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.tree import Tree
    from archcheck.platforms.architectures import Architecture

MAX_CONTAINERS: Final = 2_000
POD: Final[dict[str, tuple[str, ...]]] = {
    "Pod": ("spec",),
    "Deployment": ("spec", "template", "spec"),
    "StatefulSet": ("spec", "template", "spec"),
    "DaemonSet": ("spec", "template", "spec"),
    "ReplicaSet": ("spec", "template", "spec"),
    "Job": ("spec", "template", "spec"),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}
"""Where each kind of workload has the description of its pods."""
LABELS: Final = ("kubernetes.io/arch", "beta.kubernetes.io/arch")
REQUIRED: Final = ("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
FARGATE: Final = "eks.amazonaws.com/compute-type"
"""The label of EKS's nodes that Fargate is; aws/containers-roadmap#1629 asks for arm64 there."""
ON_FARGATE: Final = "EKS has no arm64 on Fargate; nodes of its own would have to run it"
_NODE: Final[dict[Architecture, str]] = {"x86_64": "amd64", "aarch64": "arm64"}


def read_kubernetes(path: str, tree: Tree) -> Found:
    """Return the containers of the workloads at *path*; nothing where the file has none.

    A template of Helm (`{{ … }}`) that is no YAML is nothing either: Helm makes the manifests of it.
    """
    deployables: list[Deployable] = []
    problems: list[Problem] = []
    data = b""
    try:
        data = tree.read(path)
        if b"apiVersion" not in data:
            return Found()
        for document in read_documents(data, path):
            for _, workload in workloads(document):
                deployables += islice(_containers(workload, path), MAX_CONTAINERS - len(deployables))
    except (InputError, OSError) as error:
        if b"{{" not in data:
            problems.append(problem_of(error, path))
    if len(deployables) == MAX_CONTAINERS:
        problems.append(problem(f"only {MAX_CONTAINERS:,} containers are read", path))
    return Found(deployables=tuple(deployables), problems=tuple(problems))


def workloads(document: Any) -> Iterator[tuple[tuple[str | int, ...], Table]]:
    """Yield the workloads in *document*, each with the way that leads to it: it may be a list of several."""
    if not isinstance(document, Table) or "apiVersion" not in document:
        return
    items = document.get("items") if document.get("kind") == "List" else None
    places: list[tuple[tuple[str | int, ...], Any]] = [((), document)]
    if isinstance(items, list):
        places = [(("items", number), each) for number, each in enumerate(items)]
    for way, each in places:
        if isinstance(each, Table) and isinstance(each.get("kind"), str) and each["kind"] in POD:
            yield way, each


def _containers(workload: Table, path: str) -> Iterator[Deployable]:
    way = POD[workload["kind"]]
    pod = table_at(workload, *way)
    containers = tables_at(pod, "containers")
    name = text_at(workload, "metadata", "name") or str(workload["kind"]).lower()
    architectures, unknown = _on_fargate(pod, path) or _architectures(pod, path)
    for container in containers:
        own, image = text_at(container, "name"), text_at(container, "image")
        location = Location(path=path, line=container.line)
        resources = table_at(container, "resources")
        memory = text_at(resources, "limits", "memory") or text_at(resources, "requests", "memory")
        yield Deployable(
            name=f"{name}/{own}" if own and len(containers) > 1 else name,
            kind="container",
            tool="kubernetes",
            platform="kubernetes",
            location=location,
            architectures=architectures,
            is_default=not architectures and not unknown,
            targets=target_of_image(image, location),
            code=_code(image),
            memory_mb=mebibytes(memory) if memory and not memory.isdecimal() else None,
            unknown=notes(unknown),
        )


def _on_fargate(pod: Table, path: str) -> tuple[tuple[Stated[Architecture], ...], tuple[str, ...]] | None:
    """Return what *pod* runs on where EKS runs it on Fargate; None where nodes run it."""
    selector = table_at(pod, "nodeSelector")
    if selector.get(FARGATE) != "fargate":
        return None
    location = Location(path=path, line=selector.line_of(FARGATE))
    return (Stated(value="x86_64", location=location),), (ON_FARGATE,)


def _code(image: str | None) -> Code | None:
    if image is None:
        return None
    filled_in = "{{" in image or "${" in image
    return Code(kind="elsewhere" if filled_in else "image", reference=image)


def _architectures(pod: Table, path: str) -> tuple[tuple[Stated[Architecture], ...], tuple[str, ...]]:
    """Return what the nodes may be that *pod* comes to, empty where any will do, and what is not told."""
    selector = table_at(pod, "nodeSelector")
    key = next((label for label in LABELS if label in selector), None)
    admitted = _affine(pod, path)
    if key is not None:
        machine = architecture_named(selector[key])
        if machine is None:
            return (), (f"its nodes: expected amd64 or arm64, found {str(selector[key])[:60]!r}",)
        if admitted is not None and machine not in admitted:
            return (), ("its nodes: nodeSelector and nodeAffinity ask for two architectures",)
        return (Stated(value=machine, location=Location(path=path, line=selector.line_of(key))),), ()
    if admitted is None:
        return (), ()
    if not admitted:
        return (), ("its nodes: nodeAffinity leaves neither arm64 nor amd64",)
    several = len(admitted) > 1
    stated = (
        Stated(value=machine, location=location, when=f"the node is {_NODE[machine]}" if several else None)
        for machine, location in admitted.items()
    )
    return tuple(stated), ()


def _affine(pod: Table, path: str) -> dict[Architecture, Location] | None:
    """Return what the required node affinity admits, of which one term has to hold; None: anything."""
    found: dict[Architecture, Location] = {}
    terms = tables_at(pod, *REQUIRED, "nodeSelectorTerms")
    for term in terms:
        expressions = [each for each in tables_at(term, "matchExpressions") if each.get("key") in LABELS]
        if not expressions:
            return None
        for machine in _admitted(expressions):
            found.setdefault(machine, Location(path=path, line=expressions[-1].line))
    return found if terms else None


def _admitted(expressions: list[Table]) -> tuple[Architecture, ...]:
    """Return the architectures that all of *expressions* admit."""
    admitted = ARCHITECTURES
    for each in expressions:
        values = each.get("values")
        named = {architecture_named(value) for value in values[:20]} if isinstance(values, list) else set()
        if each.get("operator") == "In":
            admitted = tuple(machine for machine in admitted if machine in named)
        elif each.get("operator") == "NotIn":
            admitted = tuple(machine for machine in admitted if machine not in named)
    return admitted
