import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from archcheck.data.runtimes import runtimes
from archcheck.errors import TargetError
from archcheck.platforms import machines as machines_module
from archcheck.platforms.targets import ARCHITECTURES, Libc, PythonVersion, default_target, parse_target
from tests.platforms import lying_host

HERE = Path(__file__).parent
BASES = ("glibc2.17", "al2", "glibc2.28", "amazonlinux2023", "debian13", "musl1.0", "musl1.1", "alpine3.22")
PYTHONS = (*(f"3.{minor}" for minor in range(8, 16)), "3.9.21", "3.13t", "3.14t", "3.15.1t")
MATRIX = [
    *(f"{base}:python{python}" for base in BASES for python in PYTHONS),
    *(f"lambda:python3.{minor}" for minor in range(8, 15)),
]


def run(script, document):
    done = subprocess.run(
        [sys.executable, "-P", HERE / script],
        input=json.dumps(document),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def machines():
    return [parse_target(name).on(architecture) for name in MATRIX for architecture in ARCHITECTURES]


@pytest.fixture(scope="module")
def oracle():
    hosts = [
        {
            "python": [machine.target.python.major, machine.target.python.minor, machine.target.python.patch],
            "free_threaded": machine.target.python.free_threaded,
            "architecture": machine.architecture,
            "family": machine.target.libc.family,
            "libc": [machine.target.libc.major, machine.target.libc.minor],
        }
        for machine in machines()
    ]
    return run("tags_oracle.py", hosts)


def test_tags_are_those_that_packaging_finds_on_such_a_machine(oracle):
    asked = machines()
    assert len(oracle) == len(asked) == 2 * len(MATRIX)
    for machine, host in zip(asked, oracle, strict=True):
        assert [str(tag) for tag in machine.tags] == host["tags"], (machine.target.id, machine.architecture)
        assert list(machine.ranks) == host["tags"]
        assert list(machine.ranks.values()) == list(range(len(host["tags"])))


def test_the_environment_is_the_one_that_packaging_finds_on_such_a_machine(oracle):
    for machine, host in zip(machines(), oracle, strict=True):
        assert machine.environment == host["environment"], (machine.target.id, machine.architecture)


def test_a_lying_host_changes_nothing():
    names = ["lambda:python3.9", "debian12:python3.13t", "musl1.2:python3.15"]
    told = lying_host.answers([parse_target(name) for name in names])
    assert run("lying_host.py", names) == json.loads(json.dumps(told))


@pytest.mark.parametrize(
    ("text", "target_id", "libc", "full", "free_threaded"),
    [
        ("lambda:python3.8", "lambda:python3.8", "glibc 2.26", "3.8.20", False),
        ("lambda:python3.11", "lambda:python3.11", "glibc 2.26", None, False),
        ("lambda:python3.12", "lambda:python3.12", "glibc 2.34", None, False),
        ("lambda:python3.9.21", "lambda:python3.9.21", "glibc 2.26", "3.9.21", False),
        (" Lambda:Python3.14 ", "lambda:python3.14", "glibc 2.34", None, False),
        ("al2:python3.10", "amazonlinux2:python3.10", "glibc 2.26", None, False),
        ("al2023:python3.15", "amazonlinux2023:python3.15", "glibc 2.34", None, False),
        ("debian11:python3.9", "debian11:python3.9", "glibc 2.31", None, False),
        ("debian12:python3.12.0", "debian12:python3.12.0", "glibc 2.36", "3.12.0", False),
        ("debian13:python3.13t", "debian13:python3.13t", "glibc 2.41", None, True),
        ("debian13:python3.14.2t", "debian13:python3.14.2t", "glibc 2.41", "3.14.2", True),
        ("ubuntu20.04:python3.8", "ubuntu20.04:python3.8", "glibc 2.31", None, False),
        ("ubuntu22.04:python3.10", "ubuntu22.04:python3.10", "glibc 2.35", None, False),
        ("ubuntu24.04:python3.12", "ubuntu24.04:python3.12", "glibc 2.39", None, False),
        ("rhel8:python3.9", "rhel8:python3.9", "glibc 2.28", None, False),
        ("ubi9:python3.9", "rhel9:python3.9", "glibc 2.34", None, False),
        ("rhel10:python3.12", "rhel10:python3.12", "glibc 2.39", None, False),
        ("alpine3.12:python3.8", "alpine3.12:python3.8", "musl 1.1", None, False),
        ("alpine3.13:python3.9", "alpine3.13:python3.9", "musl 1.2", None, False),
        ("alpine3.22:python3.13", "alpine3.22:python3.13", "musl 1.2", None, False),
        ("glibc2.28:python3.11", "glibc2.28:python3.11", "glibc 2.28", None, False),
        ("musl1.2:python3.13", "musl1.2:python3.13", "musl 1.2", None, False),
    ],
)
def test_names(text, target_id, libc, full, free_threaded):
    target = parse_target(text)
    assert target.id == target_id
    assert target.base == target_id.partition(":")[0]
    assert target.is_lambda == (target.base == "lambda")
    assert str(target.libc) == libc
    assert target.python.free_threaded is free_threaded
    assert full is None or target.python.full == full
    assert parse_target(target.id) == target
    for architecture in ARCHITECTURES:
        machine = target.on(architecture)
        assert machine.python_version == Version(target.python.full)
        assert machine is parse_target(text).on(architecture)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lambda:python3.7", ("'python3.7' is no Python that is known here",)),
        ("lambda:python3.13t", ("no free-threaded Python", "'amazonlinux2023:python3.13t'")),
        ("debian12:python3.12t", ("free-threaded", "python3.13")),
        ("python3.13", ("names no base", "'lambda:python3.13'")),
        ("python3.15", ("names no base", "'lambda:python3.15'")),
        ("debian12", ("names no Python", "'debian12:python3.14'")),
        ("lambda", ("names no Python", "'lambda:python3.14'")),
        ("debain12:python3.12", ("did you mean 'debian12'?", "alpine3.N")),
        ("debain12", ("did you mean 'debian12'?",)),
        ("debian12:3.12", ("'3.12' is no Python", "python3.8 to python3.15")),
        ("debian12:python3.7", ("python3.8 to python3.15",)),
        ("debian12:python3.16", ("python3.8 to python3.15",)),
        ("debian12:python3.13.0rc1", ("no Python",)),
        ("debian12:python3.١٣", ("no Python",)),
        ("debian12:python3.9.", ("no Python",)),
        ("debian12:python3.09", ("no Python",)),
        ("debian12:", ("no Python",)),
        ("lambda:python3.13:arm64", ("no Python",)),
        ("glibc2.16:python3.9", ("begin at glibc 2.17",)),
        ("glibc2.999:python3.9", ("no base",)),
        ("alpine3.11:python3.9", ("no base",)),
        ("", ("no base",)),
        (":", ("no base",)),
        ("\x1b[31m\n:python3.9", (r"'\x1b[31m\n'",)),
    ],
)
def test_what_is_no_target(text, words):
    with pytest.raises(TargetError) as caught:
        parse_target(text)
    for word in words:
        assert word in str(caught.value)


def test_a_lambda_runtime_that_is_not_known_names_those_that_are(monkeypatch):
    facts = runtimes()
    without = {line: runtime for line, runtime in facts.lambda_.items() if line != "3.15"}
    monkeypatch.setattr("archcheck.platforms.targets.runtimes", lambda: replace(facts, lambda_=without))
    with pytest.raises(TargetError) as caught:
        parse_target("lambda:python3.15")
    for word in ("no python3.15 runtime", "python3.8 to python3.14", "'amazonlinux2023:python3.15'"):
        assert word in str(caught.value)


def test_a_runtime_that_aws_does_not_document_says_that_its_base_is_a_guess():
    titles = {line: parse_target(f"lambda:python{line}").title for line in runtimes().lambda_}
    assert [line for line, title in titles.items() if "is a guess" in title] == ["3.15"]


@given(st.text())
def test_any_text_is_a_target_or_an_error_in_one_short_line(text):
    try:
        said = parse_target(text).id
    except TargetError as error:
        said = str(error)
    assert said.isprintable()
    assert len(said) < 1_000


@pytest.mark.parametrize(
    ("requires_python", "python_version", "expected"),
    [
        (None, None, "lambda:python3.14"),
        (">=3.9", None, "lambda:python3.14"),
        (">=3.8,<3.12", None, "lambda:python3.11"),
        ("~=3.9.1", None, "lambda:python3.9"),
        ("<3.8", None, "lambda:python3.14"),
        (
            ">=3.15",
            None,
            "lambda:python3.15",
        ),  # AWS's models have it, and no document: nobody else is led there
        (">=3.16", None, "lambda:python3.14"),
        (None, "3.15", "lambda:python3.15"),
        (None, "3.12\n", "lambda:python3.12"),
        (">=3.9", "3.10.4\n", "lambda:python3.10"),
        (None, "# ours\npypy3.9\ncpython-3.11.2\n", "lambda:python3.11"),
        (None, "3.13t", "lambda:python3.13"),
        (None, "3.16\n3.12\n", "lambda:python3.12"),
        ("<3.13", "3.16.1", "lambda:python3.12"),
        ("<3.13", "nonsense", "lambda:python3.12"),
        (None, "", "lambda:python3.14"),
    ],
)
def test_the_default_is_the_projects_python(requires_python, python_version, expected):
    specifiers = None if requires_python is None else SpecifierSet(requires_python)
    assert default_target(specifiers, python_version).id == expected


@pytest.mark.parametrize(
    ("marker", "extra", "expected"),
    [
        ('platform_machine == "aarch64"', "", True),
        ('platform_machine == "arm64"', "", False),
        ('python_full_version >= "3.9.22"', "", False),
        ('python_full_version == "3.9.21"', "", True),
        ('python_version < "3.10"', "", True),
        ('extra == "Fast_API"', "fast-api", True),
        ('extra == "fast-api"', "", False),
        ('os_name ~= "x"', "", True),
        ('"x" in extras', "", True),
        (f'python_version >= "{"9" * 5000}"', "", True),
        ('platform_release >= "5"', "", False),
        ('platform_version == ""', "", True),
    ],
)
def test_markers(marker, extra, expected):
    machine = parse_target("lambda:python3.9.21").on("aarch64")
    for _again in range(2):
        assert machine.holds(Marker(marker), extra) is expected


def test_a_marker_is_asked_about_each_extra_anew():
    machine, marker = parse_target("lambda:python3.13").on("aarch64"), Marker('extra == "fast"')
    assert [machine.holds(marker, extra) for extra in ("fast", "slow", "", "fast")] == [
        True,
        False,
        False,
        True,
    ]


def test_answers_about_markers_are_not_kept_without_end(monkeypatch):
    monkeypatch.setattr(machines_module, "_REMEMBERED", 3)
    machine = parse_target("musl1.1:python3.13").on("aarch64")
    for name in "abcdefg":
        assert machine.holds(Marker(f'os_name != "{name}"'))
        assert len(machine._answers) <= 3


@pytest.mark.parametrize(
    ("said", "admitted"),
    [
        (None, True),
        ("", True),
        (">=3.8", True),
        (">=3.13,<4", True),
        ("<3.13", False),
        ("==3.13.*", True),
        ("!=3.13.*", False),
        (">=3.13.99", False),
        ("3.6 or so", True),
        (f">={'9' * 5000}", True),
    ],
)
def test_which_pythons_are_admitted(said, admitted):
    machine = parse_target("lambda:python3.13").on("aarch64")
    assert [machine.admits(said), machine.admits(said)] == [admitted] * 2


def test_no_marker_always_holds():
    assert parse_target("lambda:python3.13").on("x86_64").holds(None)


@pytest.mark.parametrize(
    ("marker", "expected"),
    [
        ('platform_release >= "5"', True),
        ('"Ubuntu" in platform_version', True),
        ('"Ubuntu" not in platform_version', True),
        ('platform_release == "5" and os_name == "nt"', False),
        ('platform_release == "5" or os_name == "posix"', False),
        ('(platform_release == "5" or os_name == "nt") and python_version > "3.8"', True),
        ('platform_release == "5" and extra == "x"', False),
        ('os_name == "platform_release"', False),
        ('os_name == \'"platform_release" == "5\'', False),
        ('os_name == "posix"', False),
        (r"platform_version == '\x22\x27'", True),  # a value that cannot be written out
    ],
)
def test_which_markers_hang_on_the_kernel(marker, expected):
    assert parse_target("lambda:python3.13").on("aarch64").depends_on_host(Marker(marker)) is expected


def comparisons():
    kernel = st.sampled_from(["platform_release", "platform_version"])
    operator = st.sampled_from(["==", "!=", "<", ">=", "in", "not in"])
    value = st.sampled_from(['"5.10"', "'#1 SMP'", '"6"', '""'])
    known = st.sampled_from(['os_name == "posix"', 'os_name == "nt"', 'python_version > "3.12"'])
    forward = st.tuples(kernel, operator, value).map(" ".join)
    backward = st.tuples(value, operator, kernel).map(" ".join)
    return st.one_of(forward, backward, known)


def expressions():
    joined = st.sampled_from(["{} and {}", "{} or {}", "({} or {})"])
    return st.recursive(
        comparisons(), lambda inner: st.builds(lambda form, *two: form.format(*two), joined, inner, inner)
    )


@given(expressions())
def test_where_a_marker_is_said_not_to_hang_on_the_kernel_no_kernel_changes_it(text):
    machine, marker = parse_target("lambda:python3.13").on("x86_64"), Marker(text)
    kernels = [
        {"platform_release": release, "platform_version": version}
        for release in ("", "4.14", "5.10", "6.1.0-amzn2023")
        for version in ("", "#1 SMP", "5.10", "6")
    ]
    answers = {marker.evaluate({**machine.environment, "extra": "", **kernel}) for kernel in kernels}
    assert len(answers) == 1 or machine.depends_on_host(marker)


VARIABLES = (
    "extra",
    "os_name",
    "platform_release",
    "platform_version",
    "python_full_version",
    "python_version",
)
OPERATORS = ("<", "<=", "!=", "==", ">=", ">", "~=", "===", "in", "not in")
VALUES = st.text(alphabet=st.characters(exclude_characters="'\"\\", categories=("L", "N", "P", "Zs")))


@given(st.sampled_from(VARIABLES), st.sampled_from(OPERATORS), VALUES, st.booleans())
def test_no_marker_is_too_odd_for_an_answer(variable, operator, value, turned):
    sides = [f'"{value}"', variable] if turned else [variable, f'"{value}"']
    marker = Marker(f" {operator} ".join(sides))
    machine = parse_target("lambda:python3.13").on("aarch64")
    assert isinstance(machine.holds(marker), bool)
    assert isinstance(machine.depends_on_host(marker), bool)


def from_a_deeper_stack(frames, ask):
    return from_a_deeper_stack(frames - 1, ask) if frames else ask()


def test_a_marker_nested_too_deeply_for_the_stack_has_the_cautious_answer():
    machine = parse_target("lambda:python3.13").on("aarch64")
    marker = Marker("(" * 180 + 'platform_release == "1"' + ' and os_name == "nt")' * 180)
    assert from_a_deeper_stack(820, lambda: machine.holds(marker))
    assert from_a_deeper_stack(650, lambda: machine.depends_on_host(marker))
    assert not machine.holds(marker)
    assert not machine.depends_on_host(marker)


def test_the_architectures_are_two_and_the_one_that_is_left_comes_first():
    assert ARCHITECTURES == ("x86_64", "aarch64")


def test_values_say_themselves():
    libc = Libc(family="glibc", major=2, minor=34)
    assert str(libc) == "glibc 2.34"
    assert libc > Libc(family="glibc", major=2, minor=5)
    python = PythonVersion(major=3, minor=13, patch=2, free_threaded=True)
    assert (python.short, python.full, python.abi) == ("3.13t", "3.13.2", "cp313t")
    python = PythonVersion(major=3, minor=8, patch=0)
    assert (python.short, python.full, python.abi) == ("3.8", "3.8.0", "cp38")
    titles = {
        name: parse_target(name).title
        for name in ("lambda:python3.13", "debian12:python3.12", "musl1.2:python3.9")
    }
    assert titles == {
        "lambda:python3.13": "AWS Lambda python3.13 (Amazon Linux 2023, glibc 2.34)",
        "debian12:python3.12": "Debian 12, python3.12 (glibc 2.36)",
        "musl1.2:python3.9": "musl 1.2, python3.9",
    }


@pytest.mark.parametrize(
    ("text", "base", "libc", "arm_only"),
    [
        ("agentcore:python3.10", "amazonlinux2023", "glibc 2.34", True),
        ("agentcore:python3.13", "amazonlinux2023", "glibc 2.34", True),
        # What docker-library's python:3.N-slim stands on today, and what it stood on last.
        ("fargate:python3.13", "debian13", "glibc 2.41", False),
        ("eks:python3.13", "debian13", "glibc 2.41", False),
    ],
)
def test_services_of_aws_by_name(text, base, libc, arm_only):
    target = parse_target(text)
    assert (target.id, target.base, str(target.libc), target.arm_only) == (text, base, libc, arm_only)
    assert not target.is_lambda


def test_a_runtime_that_agentcore_has_not():
    with pytest.raises(
        TargetError,
        match=r"AgentCore has no python3\.9 runtime that is known here \(python3\.10 to python3\.14",
    ):
        parse_target("agentcore:python3.9")


def test_every_fact_names_a_source_and_every_runtime_a_base():
    facts = runtimes()
    services = (*facts.lambda_.values(), *facts.agentcore.values())
    entries = (*facts.bases.values(), *facts.alpine, *services, *facts.python.values())
    assert {entry.source for entry in entries} == set(facts.sources)
    assert {runtime.base for runtime in services} <= set(facts.bases)
    for lines in (facts.lambda_, facts.agentcore, facts.python):
        assert list(lines) == sorted(lines, key=Version)
    assert set(facts.lambda_) <= set(facts.python)
    for runtime in facts.lambda_.values():
        assert runtime.blocked is None if runtime.deprecated is None else runtime.deprecated < runtime.blocked
    names = [*facts.bases, *(alias for base in facts.bases.values() for alias in base.aliases)]
    assert len(names) == len(set(names))
    for name in names:
        assert parse_target(f"{name}:python3.13").libc.family == "glibc"
