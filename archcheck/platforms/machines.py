"""What pip takes for granted on a target's machine: tags (PEP 425, 600, 656, 703, 803) and markers (PEP 508).

All of it is worked out from the target alone; nothing asks the host.
"""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.version import Version

from archcheck.platforms.architectures import Architecture  # noqa: TC001 - msgspec reads the annotations
from archcheck.platforms.marker_environment import HOST_VARIABLES, evaluate, marker_environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OLDEST_GLIBC: Mapping[Architecture, int] = {"x86_64": 5, "aarch64": 17}
"""The minor version of glibc 2 that manylinux begins at (PEP 513, PEP 599)."""

_REMEMBERED = 65_536
_LEGACY_MANYLINUX = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}

# One comparison of a marker as `str(marker)` writes it; the operands are variables or quoted values.
_OPERAND = r"""("[^"]*"|'[^']*'|[a-z_]+)"""
_COMPARISON = rf"{_OPERAND} (?:not in|in|[<>=!~]+) {_OPERAND}"


class Libc(Struct, frozen=True, kw_only=True, order=True):
    """A C library's version: glibc (PEP 600) or musl (PEP 656)."""

    family: Literal["glibc", "musl"]
    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.family} {self.major}.{self.minor}"


class PythonVersion(Struct, frozen=True, kw_only=True):
    """A CPython release, and whether it is the free-threaded build (PEP 703)."""

    major: int
    minor: int
    patch: int
    free_threaded: bool = False

    @property
    def short(self) -> str:
        """The line, as in `3.13` or `3.13t`."""
        return f"{self.major}.{self.minor}{'t' if self.free_threaded else ''}"

    @property
    def full(self) -> str:
        """The release, as in `3.13.9`: what `python_full_version` says."""
        return f"{self.major}.{self.minor}.{self.patch}"

    @property
    def abi(self) -> str:
        """The ABI tag of extension modules built for this very line, as in `cp313` or `cp313t`."""
        return f"cp{self.major}{self.minor}{'t' if self.free_threaded else ''}"


Service = Literal["lambda", "agentcore", "fargate", "eks"]


class Target(Struct, frozen=True, kw_only=True, dict=True):
    """An operating-system base with a Python; `on` gives it an architecture.

    `id` is what the user typed in lower case, with an alias of the base replaced by its name. `service` is
    what of AWS's it runs on, where that is all that is known of the base, or says what moving is worth. With
    `arm_only` there is no x86_64 to compare with.
    """

    id: str
    base: str
    python: PythonVersion
    libc: Libc
    title: str
    service: Service | None = None
    arm_only: bool = False

    @property
    def is_lambda(self) -> bool:
        """Whether it is a managed runtime of AWS Lambda."""
        return self.service == "lambda"

    def on(self, architecture: Architecture) -> Machine:
        """Return this target on *architecture*; equal targets share one machine."""
        return _machine(self, architecture)


class Machine(Struct, frozen=True, kw_only=True, eq=False, dict=True):
    """A target on one architecture: what pip, run there, takes for granted.

    Made by `Target.on`, once for equal targets, and compared by identity: caches keyed by it stay fast.
    """

    target: Target
    architecture: Architecture

    @cached_property
    def tags(self) -> tuple[Tag, ...]:
        """Every tag that fits, best first: `packaging.tags.sys_tags()` as run on that machine."""
        python = self.target.python
        version = (python.major, python.minor)
        platforms = tuple(platform_tags(self.target.libc, self.architecture))
        return (
            *cpython_tags(version, abis=(python.abi,), platforms=platforms),
            *compatible_tags(version, interpreter=f"cp{python.major}{python.minor}", platforms=platforms),
        )

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """The place of each tag in `tags`; the smaller, the better."""
        return {str(tag): rank for rank, tag in enumerate(self.tags)}

    @cached_property
    def environment(self) -> Mapping[str, str]:
        """Every marker variable of PEP 508; those of `HOST_VARIABLES` are empty."""
        return marker_environment(self.target.python.full, self.architecture)

    @cached_property
    def python_version(self) -> Version:
        """The full version, which `Requires-Python` is compared with."""
        return Version(self.target.python.full)

    @cached_property
    def _admitted(self) -> dict[str, bool]:
        return {}

    def admits(self, requires_python: str | None) -> bool:
        """Return whether *requires_python* admits the Python here; pip ignores an invalid one."""
        if not requires_python:
            return True
        if requires_python not in self._admitted:
            try:
                fits = SpecifierSet(requires_python).contains(self.python_version, prereleases=True)
            except ValueError:  # InvalidSpecifier is one; so is a version of more digits than int() reads
                fits = True
            self._admitted[requires_python] = fits
        return self._admitted[requires_python]

    @cached_property
    def _answers(self) -> dict[tuple[int, str], tuple[Marker, bool]]:
        return {}

    def holds(self, marker: Marker | None, extra: str = "") -> bool:
        """Return whether *marker* is true here, with `extra` set to *extra*; no marker is always true.

        One that cannot be evaluated counts as true, see `evaluate`.
        """
        if marker is None:
            return True
        key = id(marker), extra  # its own hash writes the marker out, which takes longer than the answer
        known = self._answers.get(key)
        if known is None:
            if len(self._answers) >= _REMEMBERED:
                self._answers.clear()
            try:
                # The marker beside the answer keeps the id from being reused.
                known = self._answers[key] = marker, evaluate(marker, self.environment, extra)
            except RecursionError:  # nested almost too deeply to be parsed, and asked from a deeper stack
                return True
        return known[1]

    def depends_on_host(self, marker: Marker, extra: str = "") -> bool:
        """Return whether the answer hangs on `HOST_VARIABLES`, of which a target knows nothing.

        Markers have no negation, so each comparison of such a variable is replaced by one that is true
        everywhere and by one that is false everywhere: where both give one answer, no kernel changes it.
        """
        try:
            text = str(marker)
            if not any(variable in text for variable in HOST_VARIABLES):
                return False
            always = _with_constant('os_name == "posix"', text)
            never = _with_constant('os_name != "posix"', text)
            return evaluate(always, self.environment, extra) != evaluate(never, self.environment, extra)
        except (RecursionError, ValueError):  # ValueError: it cannot be written out
            return True


@cache
def _machine(target: Target, architecture: Architecture) -> Machine:
    return Machine(target=target, architecture=architecture)


def _with_constant(constant: str, marker: str) -> Marker:
    """Return *marker* with *constant* in the place of each comparison that reads a host variable."""

    def replace(found: re.Match[str]) -> str:
        return constant if found[1] in HOST_VARIABLES or found[2] in HOST_VARIABLES else found[0]

    return Marker(re.sub(_COMPARISON, replace, marker))


def platform_tags(libc: Libc, architecture: Architecture) -> Iterator[str]:
    """Yield the platform tags of Linux with *libc* in packaging's order (PEP 513, 571, 599, 600, 656)."""
    yield f"linux_{architecture}"
    if libc.family == "musl":
        for minor in range(libc.minor, -1, -1):
            yield f"musllinux_{libc.major}_{minor}_{architecture}"
        return
    for minor in range(libc.minor, OLDEST_GLIBC[architecture] - 1, -1):
        yield f"manylinux_{libc.major}_{minor}_{architecture}"
        if minor in _LEGACY_MANYLINUX:
            yield f"{_LEGACY_MANYLINUX[minor]}_{architecture}"
