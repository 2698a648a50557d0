"""How the set gets to arm64 once it is changed: a recipe for its own Python, files and packages."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING

from archcheck.data import images
from archcheck.formats import row_of
from archcheck.model import Status
from archcheck.report import phrases
from archcheck.report.layout import clean
from archcheck.report.sections.remediation import Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archcheck.model import Audit, Package

# AWS Lambda's quotas, as its developer guide gives them.
LIMITS = (
    "A zip may hold 50 MB when uploaded directly, more by way of S3; unzipped, the function and all its "
    "layers (5 at most) may come to 250 MB. A container image may come to 10 GB."
)
_PLATFORM = re.compile(r"(?:manylinux|musllinux)\w*_aarch64|linux_aarch64", re.ASCII)
_PURE_SDISTS = {Status.PURE_SDIST, Status.FALLBACK_SDIST}
_FILE = "requirements.txt"


def steps(audit: Audit) -> tuple[Step, ...]:
    """Return what to do, in order; nothing where there is nothing to ship."""
    if not audit.packages:
        return ()
    rest = _on_lambda(audit) if images.lambda_python(audit.target.id) else _in_a_container(audit)
    return (*_export(audit.input.kind), *rest)


def to_compile(audit: Audit) -> tuple[str, ...]:
    """Return the packages that need a compiler even after the changes."""
    return tuple(name for name, status in _after(audit).items() if status.builds)


def _after(audit: Audit) -> dict[str, Status]:
    """Return what each package is on aarch64 once the changes are made, which are those of the obstacles."""
    changed = {
        finding.package: Status.NATIVE_SDIST if finding.remedy.kind == "build" else Status.WHEEL
        for finding in phrases.obstacles(audit)
        if finding.remedy is not None
    }
    return {
        package.name: changed.get(package.name, package.on("aarch64").status) for package in audit.packages
    }


def _export(kind: str) -> Iterator[Step]:
    row = row_of(kind)
    if not row.pip:
        text = "" if row.export else f"As {_FILE}, with the tool that made the file."
        yield Step(title="Write the set down for pip", text=text, command=row.export)


def _on_lambda(audit: Audit) -> Iterator[Step]:
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
    yield Step(
        title="Or ship a container image",
        text="A Dockerfile, to be built with docker build --platform linux/arm64.",
        command=_dockerfile(audit, _lambda_image(audit), compiler=bool(to_compile(audit))),
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
    base = audit.target.id.partition(":")[0]
    if image := images.python_image(base, _python(audit)):
        yield Step(title="Write a Dockerfile", command=_dockerfile(audit, image, compiler=False))
    compiled = to_compile(audit)
    needs = f"The image needs a compiler, for {_named(compiled)}. " if compiled else ""
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


def _dockerfile(audit: Audit, image: str, *, compiler: bool) -> str:
    """Return the lines of a Dockerfile; *compiler* installs one first, as the Lambda images do it."""
    first = f"{_compiler(audit)} && " if compiler else ""
    what = "." if _is_project(audit) else f"-r {_FILE}"
    lines = [f"FROM {image}", _copy(audit), f"RUN {first}pip install --no-cache-dir {what}"]
    if images.lambda_python(audit.target.id):
        lines += ["COPY *.py ./", 'CMD ["app.handler"]']
    return "\n".join(lines)


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
    return given if row_of(audit.input.kind).pip == "-r" and given != "-" else _FILE


def _lambda_image(audit: Audit) -> str:
    return images.lambda_image(_python(audit))


def _compiler(audit: Audit) -> str:
    return f"{images.lambda_package_manager(_python(audit))} install -y gcc gcc-c++"


def _python(audit: Audit) -> str:
    """Return the Python of the target's name, such as 3.13."""
    return ".".join(audit.target.id.rpartition(":python")[-1].split(".")[:2])


def _named(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
