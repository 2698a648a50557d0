"""What a plan of Terraform says, as `terraform show -json` writes it: every value is worked out already.

The format: "JSON Output Format" in Terraform's documentation, `format_version` 1. Resources are in
`planned_values`; what is known only when it is applied is left out there, and `configuration` tells whether
the files state it at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.model import Code, Deployable, Found, Layer, Problem, Stated
from archcheck.deployables.problems import notes, problem, problem_of
from archcheck.deployables.terraform.containers import containers_of, read_json
from archcheck.deployables.terraform.resources import ARCHITECTURES
from archcheck.deployables.tree import folder_of, seen_from
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.tree import Tree
    from archcheck.platforms.architectures import Architecture

_DEPTH: Final = 30
_MOST: Final = 20_000
_DIGITS: Final = 10


def is_plan(document: Any) -> bool:
    """Return whether *document*, read from JSON, is a plan or a state that `terraform show -json` wrote."""
    return (
        isinstance(document, dict)
        and isinstance(document.get("format_version"), str)
        and "terraform_version" in document
        and isinstance(document.get("planned_values", document.get("values")), dict)
    )


def read_plan(path: str, tree: Tree) -> Found:
    """Return what the plan at *path* deploys. What is wrong with the file is a problem, and never raises."""
    location = Location(path=path)
    try:
        document = read_json(tree.read(path))
    except OSError as error:
        return Found(problems=(problem_of(error, path, is_lost=True),))
    except ValueError as error:
        return _failed(location, f"not JSON: {str(error).splitlines()[0][:200]}")
    if not is_plan(document):
        return _failed(
            location, "not a plan of Terraform; expected planned_values, as terraform show -json writes"
        )
    return _Plan(document, location, tree).found()


def _failed(location: Location, message: str) -> Found:
    return Found(problems=(problem(message, location.path),))


class _Plan:
    def __init__(self, document: dict[str, Any], location: Location, tree: Tree) -> None:
        self._document = document
        self._location = location
        self._tree = tree
        self._folder = folder_of(location.path)
        self._left = _MOST
        self._archives: dict[str, dict[str, Any]] = {}

    def found(self) -> Found:
        """Return everything in it."""
        document = self._document
        values = document.get("planned_values", document.get("values"))
        before = _table(_table(document.get("prior_state")).get("values"))
        planned = list(self._resources(_table(values).get("root_module")))
        for resource in [*planned, *self._resources(before.get("root_module"))]:
            inner = _table(resource.get("values"))
            output = inner.get("output_path")
            if resource.get("type") == "archive_file" and isinstance(output, str):
                self._archives[output] = inner
        stated = dict(self._stated(_table(_table(document.get("configuration")).get("root_module")), ""))
        deployables = [each for resource in planned for each in self._deployed(resource, stated)]
        problems: tuple[Problem, ...] = ()
        if self._left <= 0:
            message = f"more than {_MOST:,} resources; the rest is not read"
            problems = (problem(message, self._location.path),)
        return Found(deployables=tuple(deployables), problems=problems)

    def _resources(self, module: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
        module = _table(module)
        for each in _tables(module.get("resources")):
            self._left -= 1
            if self._left <= 0:
                return
            yield each
        for each in _tables(module.get("child_modules")) if depth < _DEPTH else ():
            yield from self._resources(each, depth + 1)

    def _stated(self, module: dict[str, Any], prefix: str, depth: int = 0) -> Iterator[tuple[str, set[str]]]:
        """Yield the names that the files state, by the address of each resource without its index."""
        for each in _tables(module.get("resources")):
            yield f"{prefix}{each.get('address')}", set(_table(each.get("expressions")))
        calls = _table(module.get("module_calls"))
        for name, call in calls.items() if depth < _DEPTH else ():
            inner = _table(_table(call).get("module"))
            yield from self._stated(inner, f"{prefix}module.{name}.", depth + 1)

    def _deployed(self, resource: dict[str, Any], stated: dict[str, set[str]]) -> Iterator[Deployable]:
        if resource.get("mode", "managed") != "managed":
            return
        address = str(resource.get("address") or resource.get("name") or "?")[:300]
        names = stated.get(unindexed(address), set())
        values = _table(resource.get("values"))
        match resource.get("type"):
            case "aws_lambda_function":
                yield self._function(address, values, names)
            case "aws_lambda_layer_version":
                yield self._layer(address, values, names)
            case "aws_ecs_task_definition":
                yield from self._task(address, values, names)

    def _function(self, address: str, values: dict[str, Any], names: set[str]) -> Deployable:
        unknown = [
            f"{name}: it is known only when the plan is applied"
            for name in ("runtime", "layers", "memory_size")
            if values.get(name) is None and name in names and values.get("package_type") != "Image"
        ]
        architectures, wrong = self._architectures(values.get("architectures"))
        is_default = not architectures and not wrong and "architectures" not in names
        if is_default:
            architectures = (Stated(value="x86_64", location=self._location),)
        elif not architectures and not wrong:
            wrong.append("architectures: it is known only when the plan is applied")
        runtime = values.get("runtime")
        memory = values.get("memory_size")
        return Deployable(
            name=address,
            kind="function",
            tool="terraform",
            platform="lambda",
            location=self._location,
            architectures=architectures,
            is_default=is_default,
            runtimes=self._texts([runtime]),
            code=self._code(values, names),
            layers=tuple(Layer(location=self._location, arn=each) for each in _texts(values.get("layers"))),
            memory_mb=memory if isinstance(memory, int) and not isinstance(memory, bool) else None,
            unknown=notes((*wrong, *unknown)),
        )

    def _layer(self, address: str, values: dict[str, Any], names: set[str]) -> Deployable:
        labels, wrong = self._architectures(values.get("compatible_architectures"))
        return Deployable(
            name=address,
            kind="layer",
            tool="terraform",
            platform="lambda",
            location=self._location,
            runtimes=self._texts(values.get("compatible_runtimes")),
            code=self._code(values, names),
            labels=labels,
            unknown=notes(wrong),
        )

    def _task(self, address: str, values: dict[str, Any], names: set[str]) -> Iterator[Deployable]:
        platforms = _tables(values.get("runtime_platform"))
        stated = self._texts([each.get("cpu_architecture") for each in platforms])
        memory = values.get("memory")
        return containers_of(
            name=address,
            location=self._location,
            definitions=values.get("container_definitions"),
            stated=stated,
            is_stated=bool(stated) or "runtime_platform" in names,
            is_fargate="FARGATE" in _texts(values.get("requires_compatibilities")),
            memory=int(memory)
            if isinstance(memory, str) and memory.isdecimal() and len(memory) < _DIGITS
            else None,
        )

    def _architectures(self, value: Any) -> tuple[tuple[Stated[Architecture], ...], list[str]]:
        found = [each for each in _texts(value) if each in ARCHITECTURES]
        wrong = [
            f"architectures: {each[:40]!r} is none that is known"
            for each in _texts(value)
            if each not in ARCHITECTURES
        ]
        return tuple(Stated(value=ARCHITECTURES[each], location=self._location) for each in found), wrong

    def _texts(self, values: Any) -> tuple[Stated[str], ...]:
        return tuple(Stated(value=each, location=self._location) for each in _texts(values) if each)

    def _code(self, values: dict[str, Any], names: set[str]) -> Code | None:
        """Return where its code is; paths begin where Terraform was run, which is where plans are kept."""
        image, file, key = (values.get(name) for name in ("image_uri", "filename", "s3_key"))
        if values.get("package_type") == "Image" or isinstance(image, str):
            return Code(kind="image", reference=image if isinstance(image, str) else None)
        if isinstance(file, str):
            return self._packed(file)
        if isinstance(key, str) or "s3_key" in names or "s3_bucket" in names:
            parts = [str(values.get(name) or "?") for name in ("s3_bucket", "s3_key")]
            return Code(kind="elsewhere", reference=f"s3://{'/'.join(parts)}"[:300])
        return None

    def _packed(self, file: str) -> Code:
        source = self._archives.get(file, {})
        folder, one = source.get("source_dir"), source.get("source_file")
        for text in (folder, one):
            path = seen_from(self._folder, text) if isinstance(text, str) else None
            if path is not None:
                return Code(kind="folder", path=path if text is folder else folder_of(path))
        path = seen_from(self._folder, file)
        if path is not None and self._tree.is_file(path):
            return Code(kind="artifact", path=path)
        return Code(kind="elsewhere", reference=file[:300])


def unindexed(address: str) -> str:
    """Return *address* without what `count` and `for_each` add: `module.a["x"].b.c[0]` is `module.a.b.c`."""
    parts, depth = [], 0
    for letter in address:
        depth += (letter == "[") - (letter == "]")
        if not depth and letter != "]":
            parts.append(letter)
    return "".join(parts)


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _tables(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
