"""What pip, Python and the loader say on (emulated) aarch64 Debian, and archcheck beside it; see `arm64/`."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest
from msgspec.structs import replace
from packaging.utils import canonicalize_name

from archcheck.app.audit import audit_input
from archcheck.binaries.model import ArchiveContents
from archcheck.data.libraries import lacking
from archcheck.inputs import read_input
from archcheck.judge.rules.missing_library import lacks_of
from archcheck.model import Severity, Status
from archcheck.platforms.targets import parse_target
from archcheck.resolve.model import Options
from tests.judge.comparisons import found, side, subject
from tests.oracle.arm64.natives import cuts, natives
from tests.oracle.reading import ARCHITECTURES, ORACLE, pages
from tests.oracle.test_resolutions import MODES
from tests.recording.cases import FIXTURES

# "libgomp.so.1: cannot open shared object file"; what a loader says of a file by its path is of that file itself
NOT_FOUND = re.compile(r"(?:^|[\s'])([^\s'/]+): cannot open shared object file")
NO_DISTRIBUTION = re.compile(r"No matching distribution found for ([\w.-]+)")
UNTOLD = {
    # what CUDA, LLVM, Mesa and torch bring, which open3d's x86_64 wheel has plugins for
    ("open3d", "x86_64"): {
        *("libc10.so", "libc10_cuda.so", "libtorch.so", "libtorch_cpu.so", "libtorch_cuda.so"),
        *("libcudart.so.11.0", "libnvToolsExt.so.1", "libLLVM-10.so.1", "libglapi.so.0"),
    }
}
"""Known limit: of libraries that the base has no package for nothing is said."""
OF_ITS_PYTHON = {"libexpat.so.1"}
"""What Debian's own Python needs of the system and that of the python:X-slim images does not."""
BY_NAME = {"cairocffi", "python-magic", "sounddevice", "weasyprint"}
"""Known limit: these ask for a library by a name in their Python code (`ctypes`, `cffi`), which no ELF header tells."""


def recorded(name):
    return json.loads((ORACLE / "arm64" / name).read_text(encoding="utf-8"))


LIBRARIES = recorded("libraries.json")
ANSWERS = recorded("answers.json")["answers"]
IMPORTS = {
    (target, name): pair
    for target, names in recorded("imports.json")["imports"].items()
    for name, pair in names.items()
}


def about(answer):
    how = "emulated" if answer["emulated"] else "told"
    return f"{answer['set']}-{answer['target']}-{answer['mode']}-{how}"


@pytest.mark.parametrize("answer", ANSWERS, ids=about)
def test_aarch64_is_what_pip_answers_there(answer, recorded_index):
    report = audited(answer["set"], answer["target"], answer["python"], answer["mode"], recorded_index)
    both = [(row.name, each) for row in report.packages for each in row.results]
    arm = [(name, each) for name, each in both if each.architecture == "aarch64"]
    ours = {name: each for name, each in arm if each.status is not Status.NOT_REQUIRED}
    if answer["exit"]:
        (named,) = {canonicalize_name(each) for each in NO_DISTRIBUTION.findall("".join(answer["errors"]))}
        assert not ours[named].status.installs
        assert named in {each.package for each in report.findings if each.severity is Severity.BLOCKER}
        return
    theirs = {canonicalize_name(name): file for name, file in answer["files"].items()}
    assert ours.keys() == theirs.keys()
    for name, file in theirs.items():
        if file in pages()[name][ours[name].version]:
            assert ours[name].file == file
        else:  # the wheel that stood for the sdist
            assert file.split("-")[1] == ours[name].version
            assert not ours[name].file.endswith(".whl")


def test_told_and_emulated_pip_answer_the_same():
    by_how = {
        how: {
            (each["set"], each["target"], each["mode"]): (each["exit"], each["files"], each["errors"])
            for each in ANSWERS
            if each["emulated"] is how
        }
        for how in (True, False)
    }
    assert by_how[True].items() <= by_how[False].items()
    assert len({name for name, _, _ in by_how[True]}) >= 2


@cache
def audited(requirements, target, python, mode, index):
    path = FIXTURES / "sets" / f"{requirements}.txt"
    manifest = read_input(path.name, None, environ={}, cwd=str(path.parent))
    base = target.partition(":")[0]
    options = Options(formats=MODES[mode], no_deps=False)
    return audit_input(manifest, parse_target(f"{base}:python{python}"), index, options, remedies=False)


@cache
def compared(target, name):
    """Return one distribution on both architectures, with all that its ELF files tell."""
    sides = [one_side(target, IMPORTS[target, name][each]["file"], each) for each in ARCHITECTURES]
    one = subject(*sides)
    return replace(one, lacks=lacks_of([one])[one.name])


def one_side(target, file, architecture):
    tags = "-".join(file.removesuffix(".whl").split("-")[-3:])
    held = ArchiveContents(files=1, packed=1, unpacked=1, natives=natives(file))
    return replace(side(parse_target(target).on(architecture), (tags,)), contents=held)


def errors(target, name, architecture):
    """Return what did not import, with the error; a Python module that is not there is nobody's library."""
    modules = IMPORTS[target, name][architecture]["modules"]
    said = {each: error for each, error in modules.items() if error is not None}
    return {each: error for each, error in said.items() if not error.startswith("ModuleNotFoundError")}


def imports(target, name, architecture):
    return not errors(target, name, architecture)


@pytest.mark.parametrize(("target", "name"), IMPORTS)
def test_no_wheel_that_imports_is_a_blocker(target, name):
    problems = [each for each in found(compared(target, name)).values() if each.severity is Severity.BLOCKER]
    x86, arm = (imports(target, name, each) for each in ARCHITECTURES)
    if arm:
        assert problems == []
    elif x86:  # sdbus, whose extension module is of no machine
        assert [each.rule for each in problems] == ["AC011"]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(("target", "name"), IMPORTS)
def test_libraries_that_the_loader_does_not_find_are_named(target, name, architecture):
    """The loader names the first one that each file lacks, and the list of what the system has tells the others."""
    said = IMPORTS[target, name][architecture]
    files = natives(said["file"])
    own = [each for each in files if each.machine == architecture]
    needed = {library for each in own for library in each.needs.libraries}
    brought = {each.path.rpartition("/")[2] for each in own} | {each.needs.soname for each in own}
    absent = needed - brought - (set(LIBRARIES[target][architecture]) - OF_ITS_PYTHON)
    texts = [*errors(target, name, architecture).values(), *said["unloaded"].values()]
    assert {library for text in texts for library in NOT_FOUND.findall(text)} & needed <= absent | brought
    told = set(compared(target, name).lacks[ARCHITECTURES.index(architecture)])
    assert told == absent - UNTOLD.get((name, architecture), set())


@pytest.mark.parametrize(
    ("target", "name"), [each for each in IMPORTS if each[1] in {"lightgbm", "pyodbc", "open3d"}]
)
def test_what_stops_an_import_is_among_them(target, name):
    for place, architecture in enumerate(ARCHITECTURES):
        (text,) = errors(target, name, architecture).values()
        assert set(NOT_FOUND.findall(text)) <= set(compared(target, name).lacks[place])


def test_no_system_has_what_it_is_said_to_lack():
    for target, systems in LIBRARIES.items():
        base, _, python = target.partition(":python")
        for libraries in systems.values():
            assert lacking(base, python).absent.keys() & set(libraries) == OF_ITS_PYTHON


def test_libraries_for_another_machine_are_told():
    """open3d 0.18.0's aarch64 wheel carries some for x86_64, and the loader refuses each."""
    target, name = "debian12:python3.11", "open3d"
    said = IMPORTS[target, name]["aarch64"]
    foreign = {each.path for each in natives(said["file"]) if each.machine == "x86_64"}
    assert {"open3d/libEGL.so.1", "open3d/kms_swrast_dri.so"} <= foreign <= said["unloaded"].keys()
    problems = found(compared(target, name))
    assert set(problems["AC011"].evidence.files) == foreign
    # with libgomp1, libx11-6 and libgl1 installed it imports there, as it does on x86_64 with the first two
    assert problems["AC011"].severity == problems["AC017"].severity == Severity.WARNING
    assert problems["AC017"].evidence.needs == "libGL.so.1"


def test_a_wheel_that_needs_more_than_its_tag_promises():
    """Mosek 10.1b4 needs GLIBC_2.29 under a manylinux2014 tag: it imports on Debian 12, and not on glibc 2.17."""
    pair = IMPORTS["debian12:python3.11", "mosek"]
    sides = [one_side("glibc2.17:python3.11", pair[each]["file"], each) for each in ARCHITECTURES]
    problems = found(subject(*sides))
    assert {each.severity for each in problems.values()} == {Severity.BLOCKER}
    assert {each.evidence.needs for each in problems.values()} == {"glibc 2.29"}


def test_what_is_loaded_by_name_is_not_told():
    """As far as anything is: whoever ends that limit takes the name off the list."""
    by_name = {
        name
        for (target, name), pair in IMPORTS.items()
        for architecture in ARCHITECTURES
        if not imports(target, name, architecture) and not natives(pair[architecture]["file"])
    }
    assert by_name == BY_NAME
    for target, name in IMPORTS:
        if name in by_name:
            assert compared(target, name).lacks == ((), ())


def test_few_fail_and_none_on_aarch64_alone_but_one():
    outcomes = {
        (target, name): tuple(imports(target, name, each) for each in ARCHITECTURES)
        for target, name in IMPORTS
    }
    assert len({name for _, name in outcomes}) >= 60
    assert {name for (_, name), (x86, arm) in outcomes.items() if x86 and not arm} == {"sdbus"}
    assert {name for (_, name), (x86, arm) in outcomes.items() if arm and not x86} == set()


def test_the_files_of_each_wheel_with_tags_are_recorded():
    for pair in IMPORTS.values():
        for each in pair.values():
            assert each["file"].endswith("-any.whl") or cuts()[each["file"]]
