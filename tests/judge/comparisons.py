"""Packages and sets as the rules see them; packages are made of file names by the resolver's own finder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from archcheck.index.model import IndexFile, Project
from archcheck.inspect.sdists.verdict import SdistVerdict
from archcheck.judge import rule_texts
from archcheck.judge.comparison import Comparison, Inside, Side, side_of
from archcheck.judge.rules import RULES, SET_RULES
from archcheck.judge.whole_set import WholeSet
from archcheck.manifest.lock import Lock
from archcheck.manifest.manifest import FormatControl, Location, Manifest, UrlSource
from archcheck.model import Status
from archcheck.platforms.targets import parse_target
from archcheck.platforms.wheel_tags import Miss, fit
from archcheck.resolve.finder import Finder
from archcheck.resolve.model import Cause, Chosen, Conflict, Edge, Options, Pick, Resolution

if TYPE_CHECKING:
    from archcheck.judge.problem import Problem, SetProblem
    from archcheck.platforms.targets import Machine

NAME = canonicalize_name("demo")
AL2 = "lambda:python3.11"  # glibc 2.26
X86 = "cp311-cp311-manylinux2014_x86_64"
ARM = "cp311-cp311-manylinux2014_aarch64"
LIBC_2_28 = "cp311-cp311-manylinux_2_28_aarch64"
PY39 = "cp39-cp39-manylinux2014_aarch64"
ANY = "py3-none-any"
SDIST = "sdist"
NO_LIMITS = FormatControl()
WHEELS_ONLY = FormatControl(only_binary=frozenset({":all:"}))
AL2_X86, AL2_ARM = (parse_target(AL2).on(each) for each in ("x86_64", "aarch64"))


def index_file(tag: str, version: str = "1.0", *, requires_python: str | None = None) -> IndexFile:
    """Return the wheel of this *tag*, or the sdist; its hash is its name's."""
    name = f"demo-{version}.tar.gz" if tag == SDIST else f"demo-{version}-{tag}.whl"
    return IndexFile(
        filename=name, url=f"https://index.example/{name}", hashes=(tag,), requires_python=requires_python
    )


def edge(
    specifier: str = "", *, marker: str | None = None, parent: str | None = None, text: str = "demo"
) -> Edge:
    """Return who asks for the package."""
    return Edge(
        parent=None if parent is None else canonicalize_name(parent),
        text=text,
        specifier=SpecifierSet(specifier),
        marker=Marker(marker) if marker else None,
    )


def side(
    machine: Machine,
    tags: tuple[str, ...],
    *,
    version: str = "1.0",
    looked_into: str | SdistVerdict | None = None,
    hashes: tuple[str, ...] = (),
    formats: FormatControl = NO_LIMITS,
    requires_python: str | None = None,
    wanted_by: tuple[Edge, ...] = (),
) -> Side:
    """Return what pip would do on *machine* with a release of these *tags*.

    *looked_into* is the verdict on its sdist, None where nobody looked. *hashes* are the tags of the files
    that the input lists.
    """
    files = tuple(index_file(tag, version, requires_python=requires_python) for tag in tags)
    key = (index_file(SDIST, version).url, machine.architecture)
    verdict = {} if looked_into is None else {key: _verdict(looked_into)}
    return files_on(
        machine,
        files,
        options=Options(formats=formats),
        hashes=hashes,
        wanted_by=wanted_by,
        verdicts=verdict,
    )


def files_on(
    machine: Machine,
    files: tuple[IndexFile, ...],
    *,
    options: Options | None = None,
    hashes: tuple[str, ...] = (),
    wanted_by: tuple[Edge, ...] = (),
    verdicts: dict[tuple[str, str], SdistVerdict] | None = None,
) -> Side:
    """Return what pip would do on *machine* with a release of these *files*."""
    finder, project = Finder(machine, options or Options()), Project(name=NAME, files=files)
    pin = SpecifierSet(f"=={next(iter(project.releases))}")
    picks = finder.picks(project, pin, frozenset(hashes))
    pick = next(picks, None) or next(finder.rejected(project, pin, frozenset(hashes), None))
    return side_of(machine, Chosen(pick=pick, wanted_by=wanted_by), Inside(sdists=verdicts or {}))


def _verdict(kind: str | SdistVerdict) -> SdistVerdict:
    if isinstance(kind, SdistVerdict):
        return kind
    return SdistVerdict(kind=kind, reason="somebody looked")  # type: ignore[arg-type]


def pointed_at(machine: Machine, tag: str) -> Side:
    """Return the side of a requirement that is the URL of one file."""
    file = index_file(tag)
    verdict = fit(file.filename, machine) if file.is_wheel else None
    problem = f"the wheel is for {verdict.needs}" if isinstance(verdict, Miss) else None
    pick = Pick(
        name=NAME,
        version=Version("1.0"),
        file=file,
        release=(file,),
        fit=verdict,
        problem=problem,
        source=UrlSource(url=file.url),
    )
    return side_of(machine, Chosen(pick=pick, wanted_by=()))


def unknown(machine: Machine) -> Side:
    """Return the side of what could not be read."""
    pick = Pick(name=NAME, version=None, known=False, problem="a VCS checkout is not read")
    return side_of(machine, Chosen(pick=pick, wanted_by=(), doubt=pick.problem, unknown=True))


def absent(machine: Machine) -> Side:
    """Return the side of what is not required."""
    return side_of(machine, None)


def unresolved(machine: Machine) -> Side:
    """Return the side of anything on a machine whose set cannot be resolved."""
    return Side(machine=machine, status=Status.UNKNOWN, reason="the set cannot be resolved")


def subject(x86: Side, arm: Side) -> Comparison:
    """Return the package with these two views."""
    return Comparison(name=NAME, target=arm.machine.target, x86=x86, arm=arm, paths=((NAME,),))


def locked(taken: tuple[str, ...], whole: tuple[str, ...], *, unasked: str | None = None) -> Comparison:
    """Return a lock that lists for aarch64 *taken* of a release which has the files *whole*."""
    arm = side(AL2_ARM, taken)
    files = tuple(index_file(tag) for tag in whole)
    assert arm.chosen is not None
    pick = replace(arm.chosen.pick, release=files)
    chosen = replace(arm.chosen, pick=pick, unasked=unasked)
    return subject(x86=side(AL2_X86, (X86, *taken)), arm=replace(arm, chosen=chosen))


def both(tags: str, target: str = AL2, **about: object) -> Comparison:
    """Return one release, of *tags* in words, on both architectures."""
    x86, arm = (
        side(parse_target(target).on(each), tuple(tags.split()), **about)  # type: ignore[arg-type]
        for each in ("x86_64", "aarch64")
    )
    return subject(x86, arm)


def found(one: Comparison) -> dict[str, Problem]:
    """Return what all rules find, by code; two findings of one rule would be a fault, or one without a name."""
    problems = [problem for rule in RULES if (problem := rule(one)) is not None]
    assert len({problem.rule for problem in problems}) == len(problems)
    assert {problem.rule for problem in problems} <= rule_texts.names().keys()
    return {problem.rule: problem for problem in problems}


def whole(
    *, conflicts: str = "", gave_up: str = "", locked_for: str | None = None, pythons: str | None = None
) -> WholeSet:
    """Return a set on `AL2`: which architectures conflict, and those on which the search was given up.

    *locked_for* is the marker of the only environment that a lock is for ("" for one without), None for a
    requirements file. *pythons* are those that the project is for, where its installer insists on them.
    """
    lock = None
    if locked_for is not None:
        environments = (Marker(locked_for),) if locked_for else ()
        lock = Lock(path="app/uv.lock", kind="uv", sha256="0", environments=environments)
    return WholeSet(
        manifest=lock or Manifest(path="app/requirements.txt", kind="requirements", sha256="0"),
        target=AL2_ARM.target,
        x86=_outcome(AL2_X86, conflicts, gave_up),
        arm=_outcome(AL2_ARM, conflicts, gave_up),
        other_pythons=None if pythons is None else SpecifierSet(pythons),
    )


def _outcome(machine: Machine, conflicts: str, gave_up: str) -> Resolution | Conflict:
    if machine.architecture not in f"{conflicts} {gave_up}".split():
        return Resolution(machine=machine, packages={})
    return Conflict(
        machine=machine,
        package=NAME,
        causes=(
            Cause(wants="demo<2", chain=("app", "up")),
            Cause(wants="demo>=2", chain=(), location=Location(path="app/requirements.txt", line=3)),
        ),
        gave_up="it went round with demo" if machine.architecture in gave_up.split() else None,
    )


def found_of_set(one: WholeSet) -> dict[str, SetProblem]:
    """Return what all rules on the whole set find, by code; two at once would be a fault, or one without a name."""
    problems = [problem for rule in SET_RULES if (problem := rule(one)) is not None]
    assert len(problems) < 2
    assert {problem.rule for problem in problems} <= rule_texts.names().keys()
    return {problem.rule: problem for problem in problems}
