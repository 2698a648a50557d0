"""The commands that install the set for arm64 into a folder: from the machine one sits at, or in an image."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from archcheck.data import building, images
from archcheck.model import Status
from archcheck.report.sections.deployment.dockerfiles import spelled
from archcheck.report.sections.planned import compiled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archcheck.model import Audit, Package
    from archcheck.report.sections.deployment.wanted import Wanted

_MINOR: Final = re.compile(r"_([0-9]{1,3})_aarch64")
_PLATFORM: Final = re.compile(r"(?:manylinux|musllinux)\w*_aarch64|linux_aarch64", re.ASCII)
_PURE_SDISTS: Final = frozenset({Status.PURE_SDIST, Status.FALLBACK_SDIST})
_UVS: Final = (17, 28, *range(31, 41))
"""The glibc 2.x of the platforms that uv's --python-platform knows: each takes older ones' wheels as well."""


def suited(audit: Audit, what: Wanted) -> Wanted:
    """Return *what* with pip for uv, where uv has no platform for the set and pip can do what it does."""
    if what.tool == "uv" and what.first and len(what.reads) == 1 and not _uv_platform(audit):
        return replace(what, tool="pip")
    return what


def not_from_elsewhere(audit: Audit, what: Wanted) -> str:
    """Return why the set is not installed from another machine; "" where it is."""
    how = f"{what.tool} install --platform" if what.tool == "pip" else "uv pip install --python-platform"
    if names := compiled(audit):
        return f"A compiler is needed, for {named(names)}; {how} takes wheels alone."
    sdists = [each.name for each in audit.packages if each.on("aarch64").status in _PURE_SDISTS]
    if sdists:
        return f"Only an sdist is there of {named(sdists)}; {how} takes wheels alone."
    if what.tool == "uv":
        return "" if _uv_platform(audit) else f"uv --python-platform has no name for {audit.target.libc}."
    if marked := [package.name for package in audit.packages if _on_one_alone(package)]:
        return f"The marker of {named(marked)} is read for the machine that runs {how}."
    return ""


def from_elsewhere(audit: Audit, words: Sequence[str], folder: str, what: Wanted) -> str:
    """Return the command that installs *words* into *folder*, on whatever machine it is run."""
    version = python(audit)
    if what.tool == "uv":
        return (
            f"uv pip install {spelled(words)} --target {folder} \\\n"
            f"  --python-platform {_uv_platform(audit)} --python-version {version} --only-binary :all:"
        )
    platforms = " ".join(f"--platform {tag}" for tag in _platforms(audit))
    return (
        f"python{version} -m pip install {spelled(words)} --target {folder} \\\n  {platforms} \\\n"
        f"  --implementation cp --python-version {version} --only-binary=:all:"
    )


def projects_from_elsewhere(audit: Audit, folder: str, what: Wanted) -> str:
    """Return the command that installs the project itself there, and others: built where it is run."""
    version, projects = python(audit), spelled(what.projects)
    if what.tool == "uv":
        return f"uv pip install --no-deps {projects} --target {folder} --python-version {version}"
    return f"python{version} -m pip install --no-deps {projects} --target {folder}"


def in_image(audit: Audit, folder: str, what: Wanted, needs: building.Needed | None) -> str:
    """Return the command that installs the set into *folder* in the runtime's own image."""
    image = images.lambda_image(python(audit))
    start = 'docker run --rm --platform linux/arm64 -v "$PWD:/src" -w /src --entrypoint'
    install = f"install {spelled(what.words)} --target {folder}"
    by_uv = what.tool == "uv" and not what.first
    if needs is None and not what.projects and not by_uv:
        return f"{start} pip \\\n  {image} \\\n  {install}"
    commands = [f"pip install uv && uv pip {install}" if by_uv else f"pip {install}"]
    if needs is not None:
        commands.insert(0, building.install(needs.build, images.package_manager(audit.target.id)))
    if what.projects:
        commands.append(f"pip install --no-deps {spelled(what.projects)} --target {folder}")
    return f"{start} sh \\\n  {image} \\\n  -c {shlex.quote(' && '.join(commands))}"


def python(audit: Audit) -> str:
    """Return the Python of the target's name, such as 3.13."""
    return ".".join(audit.target.id.rpartition(":python")[-1].split(".")[:2])


def named(names: Sequence[str]) -> str:
    """Return the first of *names*, and how many there are beside it."""
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def _on_one_alone(package: Package) -> bool:
    """Tell whether one architecture has the package and the other goes without."""
    left_out = [package.on(each).status is Status.NOT_REQUIRED for each in ("x86_64", "aarch64")]
    return any(left_out) and not all(left_out)


def _platforms(audit: Audit) -> tuple[str, ...]:
    """Return every platform tag that the set's wheels need pip to be told of, the newest first.

    `--platform manylinux2014_aarch64` alone hides wheels of newer levels, such as numpy's manylinux_2_28. Of
    cryptography's two, on the machine itself pip takes that for manylinux_2_34; here it takes what is first.
    A wheel for `manylinux_2_26` and `manylinux_2_28` is asked for by the former: by the latter pip would take
    others as well, for a newer libc than the target has.
    """
    found = {"manylinux2014_aarch64"} if audit.target.libc.startswith("glibc") else set()
    for package in audit.packages:
        files = [result.file for result in package.results if result.architecture == "aarch64"]
        for name in filter(None, files):
            tags = name.removesuffix(".whl").rpartition("-")[-1].split(".")
            fitting = [tag for tag in tags if _PLATFORM.fullmatch(tag)]
            if fitting and found.isdisjoint(fitting):
                found.add(min(fitting, key=_newness))  # the one that the target has, whatever the others
    return tuple(sorted(found, key=_newness, reverse=True))


def _newness(platform: str) -> tuple[int, str]:
    """Return the minor version of the libc that *platform* names, to order by; `linux_aarch64` names none."""
    named = _MINOR.search(platform.replace("manylinux2014", "manylinux_2_17"))
    return int(named[1]) if named else 0, platform


def _uv_platform(audit: Audit) -> str:
    """Return the newest platform of uv's that the target's libc has; "" where that hides a wheel."""
    libc, _, version = audit.target.libc.partition(" ")
    if libc == "musl":
        return "aarch64-unknown-linux-musl"
    major, _, minor = version.partition(".")
    fitting = [each for each in _UVS if major == "2" and minor.isdigit() and each <= int(minor)]
    needed = max((_level(package.on("aarch64").file or "") for package in audit.packages), default=0)
    return f"aarch64-manylinux_2_{fitting[-1]}" if fitting and needed <= fitting[-1] else ""


def _level(file: str) -> int:
    """Return the glibc 2.x that the wheel *file* needs by its tags; 0 where they name none."""
    return min((int(level) for level in re.findall(r"manylinux_2_([0-9]{1,3})_aarch64", file)), default=0)
