"""How the set gets to arm64 once it is changed: a recipe for its own Python, files and packages."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archcheck.data import building, images
from archcheck.files import NAMELESS
from archcheck.formats import row_of
from archcheck.model import Status
from archcheck.report import phrases
from archcheck.report.layout import clean
from archcheck.report.sections.plan_steps import Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from archcheck.model import Audit, Package, Plan

# AWS Lambda's quotas, as its developer guide gives them.
LIMITS = (
    "A zip may hold 50 MB when uploaded directly, more by way of S3; unzipped, the function and all its "
    "layers (5 at most) may come to 250 MB. A container image may come to 10 GB."
)
_PLATFORM = re.compile(r"(?:manylinux|musllinux)\w*_aarch64|linux_aarch64", re.ASCII)
_PURE_SDISTS = {Status.PURE_SDIST, Status.FALLBACK_SDIST}
_FILE = "requirements.txt"
_READY = {"ready", "no-worse"}


def steps(audit: Audit) -> tuple[Step, ...]:
    """Return what to do, in order; nothing where there is nothing to ship."""
    if not audit.packages:
        return ()
    audit = _on_planned_target(audit)
    rest = _on_lambda(audit) if images.lambda_python(audit.target.id) else _in_a_container(audit)
    return (*_export(audit.input.kind), *rest)


def to_compile(audit: Audit) -> tuple[str, ...]:
    """Return the packages that need a compiler even after the changes."""
    return tuple(name for name, status in _after(audit).items() if status.builds)


def _on_planned_target(audit: Audit) -> Audit:
    """Return *audit* for the target that the best plan leads to, where it has to be another one."""
    result = audit.plans[0].result if audit.plans else None
    if result is None or audit.recommendation.code in _READY:
        return audit
    return replace(audit, target=replace(audit.target, id=result.target))


def _after(audit: Audit) -> dict[str, Status]:
    """Return what each package is on aarch64 once the changes are made.

    They are those of the best plan, but where the set is ready without; in results without plans those of the
    obstacles.
    """
    today = {package.name: package.on("aarch64").status for package in audit.packages}
    if audit.plans:
        return today if audit.recommendation.code in _READY else _after_plan(today, audit.plans[0])
    changed = {
        finding.package: Status.NATIVE_SDIST if finding.remedy.kind == "build" else Status.WHEEL
        for finding in phrases.obstacles(audit)
        if finding.remedy is not None
    }
    return {name: changed.get(name, status) for name, status in today.items()}


def _after_plan(today: Mapping[str, Status], plan: Plan) -> dict[str, Status]:
    """Return what packages are on aarch64 after *plan*: what moves, moves for a wheel."""
    moved = plan.result.moved if plan.result else ()
    gone = {each.package for each in moved if each.to is None}
    after = {name: status for name, status in today.items() if name not in gone}
    after |= {each.package: Status.WHEEL for each in moved if each.to is not None}
    settled = plan.verified and plan.result is not None and not plan.result.summary.build
    for change in plan.changes:
        if change.kind == "build":
            after[change.package] = Status.NATIVE_SDIST
        elif change.kind == "relock" or change.package in after:
            after[change.package] = Status.WHEEL
    return {name: Status.WHEEL if settled and status.builds else status for name, status in after.items()}


def _export(kind: str) -> Iterator[Step]:
    row = row_of(kind)
    if not row.pip:
        text = "" if row.export else f"As {_FILE}, with the tool that made the file."
        yield Step(title="Write the set down for pip", text=text, command=row.export)


def _on_lambda(audit: Audit) -> Iterator[Step]:
    if audit.sizes is not None and audit.sizes.aarch64.way == "image":
        yield from _as_an_image(audit)
        return
    yield from _install(audit)
    yield Step(
        title="Look for stray x86_64 files",
        text="This should print nothing.",
        command="find package -name '*.so*' -exec file {} + | grep x86-64",
    )
    yield Step(
        title="Pack and measure",
        text=LIMITS,
        command="cp *.py package/\n(cd package && zip -qr ../function.zip .)\ndu -m -s package function.zip",
    )
    yield Step(
        title="Switch the function",
        text="Its layers must be for arm64 too; vendors have one for each architecture.",
        command="aws lambda update-function-code --function-name NAME \\\n"
        "  --architectures arm64 --zip-file fileb://function.zip",
    )
    yield replace(_dockerfile_step(audit), title="Or ship a container image")


def _as_an_image(audit: Audit) -> Iterator[Step]:
    """Yield what to do where a zip does not carry the set, or an image was asked for."""
    yield _dockerfile_step(audit)
    yield Step(
        title="Build for arm64 and push",
        text="The repository has to be one of Amazon ECR, in the function's region.",
        command="docker build --platform linux/arm64 --provenance=false -t REPOSITORY:arm64 .\n"
        "docker push REPOSITORY:arm64",
    )
    yield Step(
        title="Switch the function",
        text="One that was created for a zip has to be created anew: its package type cannot change.",
        command="aws lambda update-function-code --function-name NAME \\\n"
        "  --architectures arm64 --image-uri REPOSITORY:arm64",
    )


def _dockerfile_step(audit: Audit) -> Step:
    text = "A Dockerfile, to be built with docker build --platform linux/arm64."
    return Step(
        title="Write a Dockerfile",
        text=" ".join(filter(None, (text, _said_of_building(audit)))),
        command=_dockerfile(audit, _lambda_image(audit)),
    )


def _install(audit: Audit) -> Iterator[Step]:
    python = _python(audit)
    in_image = "Install in the runtime’s own image, with the arm64 tag"
    command = _in_image(audit, compiler=bool(to_compile(audit)))
    if why := _not_from_elsewhere(audit):
        yield Step(title=in_image, text=why, command=command)
        return
    yield Step(
        title="Install for arm64, never for the machine you sit at",
        text=f"Markers are evaluated for the machine that runs this: take Python {python} on Linux.",
        command=_for_platform(audit),
    )
    yield Step(title=f"Or {in_image[0].lower()}{in_image[1:]}", command=command)


def _not_from_elsewhere(audit: Audit) -> str:
    """Return why `pip install --platform` does not install the set on another machine; "" where it does."""
    if compiled := to_compile(audit):
        return f"A compiler is needed, for {_named(compiled)}; pip install --platform takes wheels alone."
    sdists = [name for name, status in _after(audit).items() if status in _PURE_SDISTS]
    if sdists:
        return f"Only an sdist is there of {_named(sdists)}; pip install --platform takes wheels alone."
    if marked := [package.name for package in audit.packages if _on_one_alone(package)]:
        return f"The marker of {_named(marked)} is read for the machine that runs pip install --platform."
    return ""


def _on_one_alone(package: Package) -> bool:
    """Tell whether one architecture has the package and the other goes without."""
    left_out = [package.on(each).status is Status.NOT_REQUIRED for each in ("x86_64", "aarch64")]
    return any(left_out) and not all(left_out)


def _in_a_container(audit: Audit) -> Iterator[Step]:
    base = images.base_of(audit.target.id)
    needs = ""
    if image := images.python_image(base, _python(audit)):
        yield Step(
            title="Write a Dockerfile", text=_said_of_building(audit), command=_dockerfile(audit, image)
        )
    elif compiled := to_compile(audit):
        needs = f"The image needs a compiler, for {_named(compiled)}. "
    yield Step(
        title="Build for arm64",
        text=f"{needs}On an x86_64 machine this is emulated, and slow where something is compiled.",
        command="docker build --platform linux/arm64 -t NAME:arm64 .",
    )


def _for_platform(audit: Audit) -> str:
    python = _python(audit)
    platforms = " ".join(f"--platform {tag}" for tag in _platforms(audit))
    return (
        f"python{python} -m pip install {_wanted(audit)} --target package \\\n  {platforms} \\\n"
        f"  --implementation cp --python-version {python} --only-binary=:all:"
    )


def _platforms(audit: Audit) -> tuple[str, ...]:
    """Return every platform tag that the set's wheels need pip to be told of.

    `--platform manylinux2014_aarch64` alone hides wheels of newer levels, such as numpy's manylinux_2_28.
    """
    found = {"manylinux2014_aarch64"} if audit.target.libc.startswith("glibc") else set()
    for package in audit.packages:
        remedy = package.remedy
        files = [result.file for result in package.results if result.architecture == "aarch64"]
        for name in filter(None, [*files, remedy.file if remedy else None]):
            tags = name.removesuffix(".whl").rpartition("-")[-1].split(".")
            fitting = [tag for tag in tags if _PLATFORM.fullmatch(tag)]
            if fitting and found.isdisjoint(fitting):
                found.add(fitting[-1])
    return tuple(sorted(found))


def _in_image(audit: Audit, *, compiler: bool) -> str:
    start = 'docker run --rm --platform linux/arm64 -v "$PWD:/src" -w /src --entrypoint'
    install = f"install {_wanted(audit)} --target package"
    if not compiler:
        return f"{start} pip \\\n  {_lambda_image(audit)} \\\n  {install}"
    script = f"{_compiler(audit)} && pip {install}"
    return f"{start} sh \\\n  {_lambda_image(audit)} \\\n  -c {shlex.quote(script)}"


def _dockerfile(audit: Audit, image: str) -> str:
    """Return the lines of a Dockerfile; what is compiled is compiled in a stage that has what that takes."""
    what = "." if _is_project(audit) else f"-r {_FILE}"
    on_lambda = images.lambda_python(audit.target.id) is not None
    if to_compile(audit):
        lines = _stages(audit, image, what, on_lambda=on_lambda)
    else:
        lines = [f"FROM {image}", _copy(audit), f"RUN pip install --no-cache-dir {what}"]
    if on_lambda:
        lines += ["COPY *.py ./", 'CMD ["app.handler"]']
    return "\n".join(lines)


def _stages(audit: Audit, image: str, what: str, *, on_lambda: bool) -> list[str]:
    """Return two stages: python:3.11-slim has no gcc, and what runs needs none."""
    where, to = ("--target", "${LAMBDA_TASK_ROOT}") if on_lambda else ("--prefix", "/usr/local")
    needs, manager = _needs(audit), images.package_manager(audit.target.id)
    running = [f"RUN {building.install(needs.run, manager)}"] if needs.run else []
    return [
        f"FROM {image} AS build",
        f"RUN {building.install(needs.build, manager)}",
        _copy(audit),
        f"RUN pip install --no-cache-dir {where} /packages {what}",
        f"FROM {image}",
        *running,
        f"COPY --from=build /packages {to}",
    ]


def _needs(audit: Audit) -> building.Needed:
    return phrases.needed_to_build(audit, to_compile(audit))


def _said_of_building(audit: Audit) -> str:
    """Return for whom a stage compiles, and what it takes that no package is known to bring."""
    compiled = to_compile(audit)
    if not compiled:
        return ""
    more = _needs(audit).unknown
    rest = f" It also takes {', '.join(more)}: add what brings that." if more else ""
    return f"The first stage compiles {_named(compiled)}.{rest}"


def _copy(audit: Audit) -> str:
    if _is_project(audit):
        return "COPY . ./"
    path = _path(audit)
    if shlex.quote(path) == path:
        return f"COPY {path} {_FILE}"
    return f"COPY {json.dumps([path, _FILE], ensure_ascii=False)}"


def _wanted(audit: Audit) -> str:
    return "." if _is_project(audit) else f"-r {shlex.quote(_path(audit))}"


def _is_project(audit: Audit) -> bool:
    """Tell whether `pip install .` installs what was audited."""
    return row_of(audit.input.kind).pip == "."


def _path(audit: Audit) -> str:
    """Return the requirements file: the input itself, or what the first step wrote."""
    given = clean(audit.input.path)
    return given if row_of(audit.input.kind).pip == "-r" and given not in NAMELESS else _FILE


def _lambda_image(audit: Audit) -> str:
    return images.lambda_image(_python(audit))


def _compiler(audit: Audit) -> str:
    return building.install(_needs(audit).build, images.package_manager(audit.target.id))


def _python(audit: Audit) -> str:
    """Return the Python of the target's name, such as 3.13."""
    return ".".join(audit.target.id.rpartition(":python")[-1].split(".")[:2])


def _named(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
