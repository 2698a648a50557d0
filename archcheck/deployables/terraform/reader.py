"""What the Terraform files of one folder deploy: functions, layers and containers, its modules' as well."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from archcheck.deployables.model import Code, Deployable, Found, Problem, Stated
from archcheck.deployables.problems import notes, problem
from archcheck.deployables.terraform.code import codes_of, packed_codes
from archcheck.deployables.terraform.containers import containers_of
from archcheck.deployables.terraform.edge import edge_of
from archcheck.deployables.terraform.folders import Files
from archcheck.deployables.terraform.language.values import Known, options, plain, text_of
from archcheck.deployables.terraform.modules import Folders, Module
from archcheck.deployables.terraform.packages import source_code
from archcheck.deployables.terraform.resources import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archcheck.deployables.terraform.folders import Placed
    from archcheck.deployables.tree import Tree
    from archcheck.platforms.architectures import Architecture

_LAMBDA_MODULES: Final = ("terraform-aws-modules/lambda/aws", "terraform-aws-modules/terraform-aws-lambda")
_NAMED: Final = 5
MAX_DEPLOYABLES: Final = 10_000
"""In one folder and the modules that it calls."""
_MEMORY: Final = 128
"""In MiB: what a function has of which none is stated."""


def read_module(folder: str, tree: Tree) -> Found:
    """Return what the `.tf` files of *folder* deploy, and the modules of the repository that they call.

    `nested` are the folders of those modules: what they deploy is among the deployables already, with what
    they are called with. Nothing that is wrong with a file raises: it is one of the problems.
    """
    files = tree.once(Files, lambda: Files(tree))  # many folders call one module
    return _read(Folders(files), folder)


def _read(folders: Folders, folder: str) -> Found:
    deployables: list[Deployable] = []
    nested: list[str] = []
    waiting = [Module(folders, folder)]
    while waiting:
        module = waiting.pop()
        deployables += islice(_deployed(module), MAX_DEPLOYABLES - len(deployables))
        if len(deployables) == MAX_DEPLOYABLES:
            message = f"{MAX_DEPLOYABLES:,} functions, layers and containers; what is beyond them is not read"
            folders.problems.append(problem(message, folder))
            break
        children = _called(module)
        nested += [each.folder for each in children]
        elsewhere = _elsewhere(module)
        folders.problems += [elsewhere] if elsewhere else []
        waiting += reversed(children)
    return Found(
        deployables=tuple(deployables),
        problems=tuple(dict.fromkeys(folders.problems)),
        nested=tuple(dict.fromkeys(nested)),
    )


def _called(module: Module) -> list[Module]:
    """Return the modules of the repository that *module* calls, but for terraform-aws-modules/lambda."""
    found = []
    for placed in module.blocks("module"):
        call = Resource(module, placed)
        if is_lambda(module, placed) or call.is_left_out():
            continue
        child = module.child(placed.block.labels[0]) if placed.block.labels else None
        if child is not None:
            child.when = call.when
            found.append(child)
    return found


def _deployed(module: Module) -> Iterator[Deployable]:
    for placed in module.blocks("resource", "aws_lambda_function"):
        resource = Resource(module, placed)
        if not resource.is_left_out():
            yield _function(resource)
    for placed in module.blocks("resource", "aws_lambda_layer_version"):
        resource = Resource(module, placed)
        if not resource.is_left_out():
            yield _layer(resource)
    for placed in module.blocks("resource", "aws_ecs_task_definition"):
        resource = Resource(module, placed)
        if not resource.is_left_out():
            yield from _task(resource)
    for placed in module.blocks("module"):
        if is_lambda(module, placed):
            resource = Resource(module, placed)
            if not resource.is_left_out():
                yield from _packaged(resource)


def _function(resource: Resource) -> Deployable:
    architectures, is_default = resource.architectures()
    codes = codes_of(resource)
    runtimes = resource.texts("runtime")
    layers = resource.layers()
    memory = resource.number("memory_size") if resource.value("memory_size") is not None else _MEMORY
    return Deployable(
        name=resource.address,
        kind="function",
        tool="terraform",
        platform="lambda",
        location=resource.location,
        architectures=architectures,
        is_default=is_default,
        runtimes=runtimes,
        code=codes[0] if codes else None,
        others=codes[1:],
        layers=layers,
        memory_mb=memory,
        when=resource.when,
        edge=edge_of(resource),
        unknown=notes(resource.unknown),
    )


def _layer(resource: Resource) -> Deployable:
    labels = _labels(resource)
    codes = codes_of(resource)
    return Deployable(
        name=resource.address,
        kind="layer",
        tool="terraform",
        platform="lambda",
        location=resource.location,
        runtimes=_compatible(resource),
        code=codes[0] if codes else None,
        others=codes[1:],
        labels=labels,
        when=resource.when,
        unknown=notes(resource.unknown),
    )


def _labels(resource: Resource) -> tuple[Stated[Architecture], ...]:
    if resource.value("compatible_architectures") is None:
        return ()
    labels, is_default = resource.architectures("compatible_architectures")
    return () if is_default else labels


def _compatible(resource: Resource) -> tuple[Stated[str], ...]:
    found = []
    for when, each in resource.items("compatible_runtimes"):
        if isinstance(each, Known):
            if isinstance(each.value, str) and each.value:
                found.append(Stated(value=each.value, location=each.at, when=when))
        else:
            resource.say("compatible_runtimes", each)
    return tuple(found)


def _task(resource: Resource) -> Iterator[Deployable]:
    architecture = resource.inner("runtime_platform", "cpu_architecture")
    definitions = resource.value("container_definitions")
    stated = [
        Stated(value=text, location=each.at, when=when)
        for when, each in (options(architecture) if architecture is not None else ())
        if (text := text_of(each)) is not None
    ]
    if architecture is not None and not stated:
        resource.say("cpu_architecture", architecture)
    requires = [text_of(each) for _, each in resource.items("requires_compatibilities")]
    return containers_of(
        name=resource.address,
        location=resource.location,
        definitions=None if definitions is None else plain(definitions),
        stated=tuple(stated),
        is_stated=architecture is not None,
        is_fargate="FARGATE" in requires,
        memory=resource.number("memory"),
        when=resource.when,
        unknown=notes(resource.unknown),
    )


def is_lambda(module: Module, placed: Placed) -> bool:
    """Return whether a block calls terraform-aws-modules/lambda, or a copy of it in the repository."""
    source = (module.source_of(placed) or "").split("?")[0].removesuffix(".git")
    if source.endswith(_LAMBDA_MODULES):
        return True
    if not source.startswith("."):
        return False
    child = module.child(placed.block.labels[0] if placed.block.labels else "")
    return child is not None and child.is_lambda()


def _packaged(resource: Resource) -> Iterator[Deployable]:
    is_layer = resource.flag("create_layer", default=False)
    if resource.flag("create_function", default=True) is False and not is_layer:
        return  # a package alone, which others name
    code, manifests = source_code(resource)
    keys = (Resource(resource.module, resource.placed, key) for key in resource.each_key())
    others = tuple({each: None for one in keys if (each := source_code(one)[0]) is not None and each != code})
    if resource.value("image_uri") is not None:
        codes, manifests = codes_of(resource), ()
        code, others = codes[0] if codes else None, codes[1:]
    elif resource.flag("create_package", default=True) is False or code is None:
        existing = resource.value("local_existing_package")
        codes = packed_codes(resource, "filename", existing) if existing is not None else ()
        code, others = codes[0] if codes else _stored(resource), codes[1:]
    architectures, is_default = ((), False) if is_layer else resource.architectures()
    runtimes = resource.texts("runtime")
    memory = resource.number("memory_size") if resource.value("memory_size") is not None else _MEMORY
    yield Deployable(
        name=resource.address,
        kind="layer" if is_layer else "function",
        tool="terraform",
        platform="lambda",
        location=resource.location,
        architectures=architectures,
        is_default=is_default,
        runtimes=_compatible(resource) or runtimes if is_layer else runtimes,
        code=code,
        others=others,
        manifests=manifests,
        layers=resource.layers(),
        memory_mb=None if is_layer else memory,
        build=_built_in(resource),
        labels=_labels(resource) if is_layer else (),
        when=resource.when,
        edge=None if is_layer else edge_of(resource),
        unknown=notes(resource.unknown),
    )


def _built_in(resource: Resource) -> Stated[str] | None:
    """Return that it is built in a container, in the name of the module's own option."""
    value = resource.value("build_in_docker")
    for when, each in options(value) if value is not None else ():
        if isinstance(each, Known) and each.value is True:
            return Stated(value="build_in_docker", location=each.at, when=when)
    return None


def _stored(resource: Resource) -> Code | None:
    value = resource.value("s3_existing_package")
    if value is None:
        return None
    found = plain(value)
    parts = [found.get("bucket"), found.get("key")] if isinstance(found, dict) else []
    reference = "s3://" + "/".join(map(str, parts)) if all(parts) and parts else str(found)
    return Code(kind="elsewhere", reference=reference[:300])


def _elsewhere(module: Module) -> Problem | None:
    """Return which modules of others are called here, in one line: what they deploy is not in these files."""
    called = [
        (placed, module.source_of(placed))
        for placed in module.blocks("module")
        if not is_lambda(module, placed)
    ]
    remote = [
        (placed, source)
        for placed, source in called
        if source is None or not source.startswith((".", "terraform-aws-modules/lambda/aws//"))
    ]
    if not remote:
        return None
    named = [f"{'.'.join(placed.block.labels)} ({source or 'no source'})"[:100] for placed, source in remote]
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    count = "a module is" if len(named) == 1 else f"{len(named)} modules are"
    message = f"{count} not in this repository, and not read: {', '.join(named[:_NAMED])}{more}"
    return problem(message, remote[0][0].path, remote[0][0].block.line)
