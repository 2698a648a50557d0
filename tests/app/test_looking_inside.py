"""Which sdists an audit looks into, and what it says of those that it does not."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from packaging.specifiers import SpecifierSet

from archcheck.app.audit import audit_input
from archcheck.binaries.model import NativeFile
from archcheck.index.model import IndexFile, Metadata, Project, SdistContents, Unavailable
from archcheck.manifest.manifest import Location, Manifest, Requirement
from archcheck.platforms.targets import parse_target
from archcheck.resolve.model import Options
from tests.resolve.fake import FakeIndex, done

X86 = "demo-1.0-cp312-cp312-manylinux2014_x86_64.whl"
ARM = "demo-1.0-cp312-cp312-manylinux2014_aarch64.whl"
ANY = "demo-1.0-py3-none-any.whl"
SDIST = "demo-1.0.tar.gz"
OPTIONAL = "import os\nsetup(ext_modules=[Extension('d', ['d.c'], optional=not os.getenv('D'))])"
NATIVE = "setup(ext_modules=[Extension('d', ['d.c'])])\npg = 'pg_config'"
FOREIGN = "setup(scripts=['bin/demo'])"
MACH_O = NativeFile(path="bin/demo", format="mach-o", machine="x86_64", bits=64, size=9)
FOR_X86 = NativeFile(path="bin/demo", format="elf", machine="x86_64", bits=64, size=9)


@dataclass(kw_only=True)
class Index(FakeIndex):
    """Also says what sdists hold; `looked_into` are those that were asked about."""

    holds: SdistContents | Unavailable
    looked_into: list[str] = field(default_factory=list)

    def sdist(self, file):
        self.looked_into.append(file.filename)
        return done(self.holds)


def audited(holds, *filenames, size=1000):
    files = tuple(
        IndexFile(filename=name, url=f"https://index.example/{name}", size=size) for name in filenames
    )
    index = Index(
        projects={"demo": Project(name="demo", files=files)},
        metadata_of=dict.fromkeys(filenames, Metadata(name="demo", version="1.0", origin="wheel")),
        holds=holds,
    )
    wanted = Requirement(
        name="demo", specifier=SpecifierSet(), text="demo", location=Location(path="r.txt", line=1)
    )
    manifest = Manifest(path="r.txt", kind="requirements", sha256="", requirements=(wanted,))
    return audit_input(manifest, parse_target("debian12:python3.12"), index, Options()), index


def holding(setup_py, *natives, names=("setup.py", "d.c")):
    return SdistContents(names=names, setup_py=setup_py, natives=natives)


@pytest.mark.parametrize("filenames", [(X86, ARM, SDIST), (ANY, SDIST)])
def test_beside_a_wheel_on_both_nothing_is_looked_into(filenames):
    _, index = audited(holding(NATIVE), *filenames)
    assert index.looked_into == []


def test_beside_another_machines_wheel_it_is_looked_into_once():
    audit, index = audited(holding(OPTIONAL), X86, SDIST)
    assert index.looked_into == [SDIST]
    assert audit.packages[0].on("aarch64").status == "fallback-sdist"
    (finding,) = audit.findings
    assert finding.rule == "AC014"
    assert finding.evidence.detail == ("every extension in setup.py is marked optional (setup.py:2)",)


def test_what_building_takes_is_in_the_finding_and_in_the_remedy():
    audit, _ = audited(holding(NATIVE), X86, SDIST)
    (finding,) = audit.findings
    takes = "building takes a C compiler and pg_config (setup.py:2)"
    assert (finding.rule, finding.severity) == ("AC002", "build")
    assert finding.evidence.detail[-2:] == ("it builds an extension module (setup.py:1)", takes)
    assert finding.remedy.kind == "build"
    assert finding.remedy.message.endswith(f"; {takes}")


@pytest.mark.parametrize("native", [MACH_O, FOR_X86])
def test_a_build_in_vain_is_a_blocker_and_no_remedy(native):
    audit, _ = audited(holding(FOREIGN, native, names=("setup.py", "bin/demo")), X86, SDIST)
    (finding,) = audit.findings
    assert (finding.rule, finding.severity, finding.remedy) == ("AC002", "blocker", None)
    assert "bin/demo" in finding.message
    assert (audit.recommendation.code, audit.summary.blocked) == ("no-remedy", 1)


def test_what_is_in_vain_on_both_is_the_targets_blocker():
    audit, _ = audited(holding(FOREIGN, MACH_O, names=("setup.py", "bin/demo")), SDIST)
    (finding,) = audit.findings
    assert (finding.rule, finding.severity) == ("AC013", "blocker")
    assert audit.recommendation.code == "target-unusable"


def test_what_is_in_vain_on_aarch64_alone_is_worse_there():
    audit, _ = audited(holding(FOREIGN, FOR_X86, names=("setup.py", "bin/demo")), SDIST)
    assert [(finding.rule, finding.severity) for finding in audit.findings] == [("AC002", "blocker")]
    assert [result.status for result in audit.packages[0].results] == ["pure-sdist", "sdist"]


@pytest.mark.parametrize(
    ("holds", "size", "asked", "words"),
    [
        (holding(NATIVE), 70 * 2**20, 0, "larger than 60 MiB; other machines have a compiled wheel"),
        (Unavailable(reason="the index did not answer"), 1000, 1, "looked into: the index did not answer"),
    ],
)
def test_what_is_not_looked_into_is_left_open_with_the_reason(holds, size, asked, words):
    audit, index = audited(holds, X86, SDIST, size=size)
    assert len(set(index.looked_into)) == asked
    result = audit.packages[0].on("aarch64")
    assert result.status == "sdist"
    assert words in result.reason
