"""AC011 for what is built already: native files in it that do not load on the machine asked about.

A layer that was built on x86_64 (or on a Mac) and put to an arm64 function is imported, and fails: each of
its files is named. A blocker where an import fails by it; a warning where it is a program that Python code
calls (selenium's selenium-manager). Where the same versions have wheels for the machine, the remedy is to
build again.

It must not fire where a distribution brings a file for each platform on purpose (PyInstaller's bootloaders),
nor on files for other systems in a distribution for any machine (setuptools' launchers for Windows).
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from archcheck.judge.artifacts.loading import told, unfit
from archcheck.judge.problem import Problem, SetProblem
from archcheck.model import Evidence, Place, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archcheck.judge.artifacts.loading import Unfit
    from archcheck.manifest.built import Part, Tree
    from archcheck.platforms.targets import Machine

_MOST_FILES: Final = 200
_SHOWN: Final = 5


def part_mismatch(part: Part, machine: Machine) -> Problem | None:
    """Return AC011 for one distribution of an artifact, on *machine*."""
    found = unfit(part.natives, part.tags, machine)
    return _problem(found, machine) if found else None


def stray_mismatch(path: str, tree: Tree, machine: Machine) -> SetProblem | None:
    """Return AC011 for the native files in the artifact at *path* that belong to no distribution."""
    found = unfit(tree.strays, (), machine)
    if not found:
        return None
    problem = _problem(found, machine)
    return SetProblem(
        rule=problem.rule,
        severity=problem.severity,
        message=f"of no distribution in it: {problem.message}",
        evidence=problem.evidence,
        about=PurePath(path).name,
        place=Place(path=path, line=None),
        kind="stray-files",
    )


def no_platform(path: str, machine: Machine) -> SetProblem:
    """Return AC011 for an image that has nothing for *machine*: its runtime refuses to start it."""
    return SetProblem(
        rule="AC011",
        severity=Severity.BLOCKER,
        message=f"the image has no platform for {machine.architecture}",
        evidence=Evidence(has=machine.architecture, needs="another platform"),
        about=PurePath(path).name,
        place=Place(path=path, line=None),
        kind="no-platform",
    )


def misplaced(path: str, tree: Tree, machine: Machine) -> Iterator[SetProblem]:
    """Yield AC013, a warning, for distributions where neither Lambda's function nor its layer looks.

    Python's path has the top of a function's zip file, and of a layer `python/` and
    `python/lib/pythonX.Y/site-packages/` of its own X.Y (AWS, "Packaging your layer content").
    """
    own = f"python/lib/python{machine.target.python.short}/site-packages"
    wrong = [site for site in tree.sites if site not in {"", "python", own}]
    if machine.target.is_lambda and wrong and not tree.architecture:
        more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        yield SetProblem(
            rule="AC013",
            severity=Severity.WARNING,
            message=f"Lambda's Python does not look into {', '.join(wrong[:_SHOWN])}{more}; it looks "
            f"into the top of a function, and into python and {own} of a layer",
            evidence=Evidence(files=tuple(wrong[:_MOST_FILES])),
            about=PurePath(path).name,
            place=Place(path=path, line=None),
            kind="misplaced",
        )


def _problem(found: Sequence[Unfit], machine: Machine) -> Problem:
    stops = [each for each in found if each.blocks]
    first = (stops or found)[0].mismatch
    return Problem(
        rule="AC011",
        severity=Severity.BLOCKER if stops else Severity.WARNING,
        message=f"{told(stops or found)}; {machine.target.id} on {machine.architecture} does not load "
        f"{'it' if len(stops or found) == 1 else 'them'}",
        evidence=Evidence(
            files=tuple(each.path for each in found if each.path)[:_MOST_FILES],
            needs=first.needs,
            has=first.has,
        ),
    )
