"""What wheels hold, in whole runs: read by ranges, kept for ever, and said where it was not read."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.binaries.elves import elf
from tests.cli.conftest import ARM, X86
from tests.loopback import Failure

EXTENSION = "demo/_core.abi3.so"
AARCH64, X86_64 = 183, 62
LIBC = "libc.so.6"


def native(machine, glibc="2.17"):
    return elf(machine=machine, needed=[LIBC], versions={LIBC: [f"GLIBC_{glibc}"]})


@pytest.fixture
def publish(archcheck, store):
    """Put demo 1.0 on the index with these files inside its wheels, and ask for it."""

    def put(arm, x86=None):
        store.add("demo", "1.0", wheels=[X86], payload={EXTENSION: native(X86_64) if x86 is None else x86})
        store.add("demo", "1.0", wheels=[ARM], payload={EXTENSION: arm})
        archcheck.write("requirements.txt", "demo\n")

    return put


def told(done):
    """The recommendation, the rules, and what is said of the aarch64 wheel."""
    (audit,) = done.report["audits"]
    (package,) = audit["packages"]
    (contents,) = [each["contents"] for each in package["results"] if each["architecture"] == "aarch64"]
    return audit["recommendation"], done.codes, contents


def test_what_is_inside_is_said(archcheck, publish):
    publish(native(AARCH64, "2.28"))
    answer, codes, contents = told(archcheck("--json"))
    assert (answer["code"], answer["confidence"], codes) == ("ready", "high", set())
    assert {key: contents[key] for key in ("natives", "machines", "glibc", "unread", "reason")} == {
        "natives": 1,
        "machines": ["aarch64"],
        "glibc": "2.28",
        "unread": 0,
        "reason": None,
    }


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        (native(X86_64), "is for x86_64"),
        (native(0), "names no machine at all"),
        (native(AARCH64, "2.39"), "needs glibc 2.39"),
    ],
)
def test_a_wheel_that_is_not_what_its_tag_says(archcheck, publish, inside, says):
    publish(inside)
    done = archcheck("--json")
    answer, codes, _ = told(done)
    assert (done.code, answer["code"], codes) == (1, "no-remedy", {"AC011"})
    assert says in answer["reasons"][0]
    assert done.report["summary"]["blocked"] == 1


def test_what_x86_64_has_as_well_is_the_targets(archcheck, publish):
    publish(native(AARCH64, "2.39"), native(X86_64, "2.39"))
    answer, codes, _ = told(archcheck("--json"))
    assert (answer["code"], codes) == ("target-unusable", {"AC013"})


def test_of_x86_64_the_table_of_contents_is_enough_where_nothing_depends_on_more(archcheck, publish):
    publish(native(AARCH64), native(X86_64, "2.39"))
    (audit,) = archcheck("--json").report["audits"]
    (x86,) = [each for each in audit["packages"][0]["results"] if each["architecture"] == "x86_64"]
    assert x86["contents"]["unpacked"] > 0
    assert [x86["contents"][key] for key in ("natives", "machines", "glibc", "unread")] == [0, [], None, 1]


def test_an_extension_module_that_aarch64_lacks_is_looked_for_in_x86_64s_wheel(archcheck, publish, store):
    publish(native(AARCH64))
    store.add("demo", "2.0", wheels=[ARM], payload={EXTENSION: native(AARCH64)})
    more = {EXTENSION: native(X86_64), "demo/_fast.abi3.so": native(X86_64), "demo/_note.abi3.so": b"no ELF"}
    store.add("demo", "2.0", wheels=[X86], payload=more)
    done = archcheck("--json")
    assert done.codes == {"AC007"}
    assert done.report["audits"][0]["findings"][0]["evidence"]["files"] == ["demo/_fast.abi3.so"]


GL, X11 = "libGL.so.1", "libX11.so.6"


@pytest.mark.parametrize("names_first", [True, False])  # as linked, and as patchelf leaves it
@pytest.mark.parametrize(
    ("arm", "x86", "codes", "noted"),
    [
        ([LIBC], [GL, LIBC], set(), []),
        ([GL, LIBC], [LIBC], {"AC017"}, []),
        ([GL, LIBC], [GL, LIBC], set(), [GL]),
        ([GL, X11, LIBC], [X11, LIBC], {"AC017"}, [X11]),
    ],
)
def test_a_library_that_the_base_lacks(archcheck, publish, names_first, arm, x86, codes, noted):  # noqa: PLR0917
    """Each is in a file that is too long for its opening to tell all."""

    def loading(machine, needed):
        return elf(
            machine=machine,
            needed=needed,
            versions={LIBC: ["GLIBC_2.17"]},
            names_first=names_first,
            filling=random.Random(3).randbytes(200_000),
        )

    publish(loading(AARCH64, arm), loading(X86_64, x86))
    done = archcheck("--json", "--target", "debian12:python3.13")
    assert done.codes == codes
    notes = " ".join(done.report["audits"][0]["notes"])
    assert [name for name in (GL, X11) if name in notes] == noted


def test_without_a_base_no_file_is_read_to_its_end(archcheck, publish, index):
    """Nobody knows then which libraries the system lacks."""
    long = elf(versions={LIBC: ["GLIBC_2.17"]}, filling=random.Random(3).randbytes(900_000))
    publish(long, long)
    done = archcheck("--json", "--target", "glibc2.36:python3.13")
    assert (told(done)[2]["glibc"], told(done)[2]["unread"]) == ("2.17", 1)
    spans = [request.headers["range"][6:].split("-") for request in index.log if "range" in request.headers]
    assert spans
    assert sum(int(end) - int(start) + 1 for start, end in spans) < 100_000  # the file has 900,000


def test_by_tags_alone_nothing_is_certain(archcheck, publish, index):
    publish(native(X86_64))
    answer, codes, contents = told(archcheck("--json", "--no-inspect"))
    assert (answer["code"], answer["confidence"], codes, contents) == ("ready", "medium", set(), None)
    assert "--no-inspect" in answer["reasons"][1]
    assert not [request for request in index.log if "range" in request.headers]


def test_settings_turn_it_off_and_the_option_on_again(archcheck, publish):
    publish(native(X86_64))
    archcheck.write("archcheck.toml", "no-inspect = true\n")
    assert told(archcheck("--json"))[1] == set()
    assert told(archcheck("--json", "--inspect"))[1] == {"AC011"}


def test_it_is_read_once(archcheck, publish, index):
    publish(native(AARCH64))
    first = told(archcheck("--json"))
    index.log.clear()
    assert told(archcheck("--json")) == first
    assert not [path for path in index.paths if path.endswith(".whl")]


@pytest.mark.parametrize("status", [403, 404, 500])
def test_what_cannot_be_looked_into_lowers_the_confidence(archcheck, publish, index, status):
    publish(native(X86_64))
    index.fail(Failure(pattern="*.whl", status=status))
    done = archcheck("--json", environ={"PIP_RETRIES": "0"})
    answer, codes, contents = told(done)
    assert (done.code, answer["code"], answer["confidence"], codes) == (0, "ready", "medium", set())
    assert str(status) in contents["reason"]
    assert "demo" in answer["reasons"][-1]


def test_an_index_without_ranges(archcheck, publish, index):
    publish(native(X86_64))
    index.features = replace(index.features, ranges=False)
    assert told(archcheck("--json"))[1] == {"AC011"}


def test_a_budget_of_next_to_nothing_reads_the_heads_alone(archcheck, publish):
    publish(native(AARCH64, "2.39"))
    answer, codes, contents = told(archcheck("--json", "--inspect-budget", "0.000001"))
    assert (answer["code"], codes) == ("ready", set())
    assert (contents["machines"], contents["glibc"], contents["unread"]) == (["aarch64"], None, 1)


def test_a_poetry_lock_names_files_without_their_addresses(archcheck, publish, store):
    publish(native(X86_64))
    names = [f"demo-1.0-{tag}.whl" for tag in (X86, ARM)]
    files = ", ".join(f'{{file = "{name}", hash = "{store.digest_of(name)}"}}' for name in names)
    archcheck.write(
        "poetry.lock",
        f'[[package]]\nname = "demo"\nversion = "1.0"\noptional = false\npython-versions = "*"\n'
        f'groups = ["main"]\nfiles = [{files}]\n\n[metadata]\nlock-version = "2.1"\npython-versions = "*"\n'
        'content-hash = "x"\n',
    )
    assert told(archcheck("poetry.lock", "--json"))[1] == {"AC011"}
