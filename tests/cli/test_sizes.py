"""How large a set is, by what its wheels hold, and how it is shipped: whole runs against the loopback index."""

from __future__ import annotations

import io
import random
import zipfile
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import ARM, X86
from tests.loopback import Sdist
from tests.loopback.builders import core_metadata, wheel_bytes
from tests.loopback.store import StoredFile

if TYPE_CHECKING:
    from tests.cli.running import CommandLine, Done
    from tests.loopback import Store

LIMIT = 262_144_000  # bytes: what AWS calls 250 MB


@cache
def deflated(name: str, unpacked: int) -> bytes:
    """Return a wheel of 1.0 that holds *unpacked* bytes, nearly all of them zeros."""
    out = io.BytesIO()
    metadata = core_metadata(name, "1.0").encode()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(f"{name}-1.0.dist-info/METADATA", metadata)
        left = unpacked - len(metadata)
        with archive.open(f"{name}/weights.bin", "w") as member:
            while left:
                left -= member.write(bytes(min(left, 2**20)))
    return out.getvalue()


def offer(store: Store, name: str, **sizes: int) -> None:
    """Add a package of which the wheels for each architecture hold so many bytes."""
    tags = {"x86_64": X86, "aarch64": ARM}
    store.insert(
        name,
        [
            StoredFile(
                filename=f"{name}-1.0-{tags[architecture]}.whl",
                version="1.0",
                requires_dist=(),
                metadata=core_metadata(name, "1.0"),
                build=lambda size=size: deflated(name, size),  # type: ignore[misc]
            )
            for architecture, size in sizes.items()
        ],
    )


def only(done: Done) -> dict[str, Any]:
    (audit,) = done.report["audits"]
    return audit


ARM_NOW, X86_NOW = ("arm64", "now"), ("x86_64", "now")


@pytest.mark.parametrize(
    ("sizes", "flags", "expected"),
    [
        ((LIMIT, LIMIT), ["--ship", "zip"], (0, set(), ARM_NOW)),
        ((LIMIT, LIMIT + 1), [], (0, {"AC018"}, ARM_NOW)),
        ((LIMIT, LIMIT + 1), ["--ship", "image"], (0, set(), ARM_NOW)),
        ((LIMIT, LIMIT + 1), ["--ship", "zip"], (1, {"AC018"}, X86_NOW)),
        ((LIMIT + 1, LIMIT + 1), [], (0, {"AC013"}, ARM_NOW)),
        ((LIMIT + 1, LIMIT + 1), ["--ship", "zip"], (1, {"AC013"}, ("undetermined", None))),
        ((LIMIT + 1, LIMIT), ["--ship", "zip"], (0, set(), ARM_NOW)),
    ],
)
def test_at_the_limit_of_a_zip_and_one_byte_over_it(
    archcheck: CommandLine,
    store: Store,
    sizes: tuple[int, int],
    flags: list[str],
    expected: tuple[int, set[str], tuple[str, str | None]],
) -> None:
    offer(store, "heavy", x86_64=sizes[0], aarch64=sizes[1])
    archcheck.write("requirements.txt", "heavy\n")
    done = archcheck("--json", *flags)
    audit = only(done)
    told = audit["recommendation"]
    assert tuple(audit["sizes"][each]["unpacked"] for each in ("x86_64", "aarch64")) == sizes
    assert (done.code, done.codes, (told["architecture"], told["when"])) == expected
    image = any(reason.startswith("as a container image") for reason in told["reasons"])
    assert image == (sizes[1] > LIMIT and not flags)


def test_the_answer_is_one_line_and_says_the_way(archcheck: CommandLine, store: Store) -> None:
    offer(store, "heavy", x86_64=LIMIT, aarch64=LIMIT + 1)
    archcheck.write("requirements.txt", "heavy\n")
    out = archcheck("-q").out
    assert out == "✓ ready for arm64 now, as a container image: its 1 package installs\n"
    lines = archcheck().out.splitlines()
    (line,) = (each for each in lines if each.startswith("  ships "))
    assert line.startswith("  ships as a container image: 250.1 MiB unzipped, ")
    out = archcheck("--ship", "zip", "-q").out
    assert out.startswith("✗ stay on x86_64: on aarch64 it is too large for a zip and its layers: 250.1 MiB")
    assert "Largest when unzipped" in archcheck("-v").out
    assert "Largest when unzipped" not in archcheck().out


def test_where_neither_fits_the_answer_says_so(archcheck: CommandLine, store: Store) -> None:
    offer(store, "heavy", x86_64=LIMIT + 1, aarch64=LIMIT + 1)
    archcheck.write("requirements.txt", "heavy\n")
    first = archcheck("--ship", "zip", "-q").out
    assert first.startswith("? undetermined: on either architecture it is too large for a zip and its layers")


def test_what_was_not_read_is_named_and_never_guessed(archcheck: CommandLine, store: Store) -> None:
    store.add("plain", "1.0", sdist=Sdist(names=("plain.py",)))
    store.add("held", "1.0", wheels=[X86, ARM], payload={"held/data.bin": bytes(5000)})
    archcheck.write("requirements.txt", "plain\nheld\n")
    seen = only(archcheck("--json"))["sizes"]["aarch64"]
    assert seen["unknown"] == ["plain"]
    assert seen["unpacked"] > 5000
    assert seen["unpacked"] == sum(
        result["contents"]["unpacked"]
        for package in only(archcheck("--json"))["packages"]
        for result in package["results"]
        if result["architecture"] == "aarch64" and result["contents"]
    )
    blind = only(archcheck("--json", "--no-inspect"))["sizes"]["aarch64"]
    assert (blind["unknown"], blind["unpacked"], blind["packed"]) == (["held", "plain"], 0, seen["packed"])
    assert "ships as a zip: at least " in archcheck().out
    assert "not known is what plain adds" in " ".join(archcheck().out.split())


def test_bytecode_in_a_wheel_is_not_counted(archcheck: CommandLine, store: Store) -> None:
    held = {"a/x.py": bytes(10), "a/__pycache__/x.cpython-313.pyc": bytes(1000)}
    store.add("a", "1.0", wheels=["py3-none-any"], payload=held)
    store.add("a", "2.0", wheels=["py3-none-any"], payload={"a/x.py": bytes(10)})
    taken = {}
    for version in ("1.0", "2.0"):
        archcheck.write("requirements.txt", f"a=={version}\n")
        taken[version] = only(archcheck("--json"))["sizes"]["aarch64"]["unpacked"]
    assert 0 < taken["1.0"] - taken["2.0"] < 200  # its line in RECORD alone


def test_what_the_runtime_brings_stands_apart(archcheck: CommandLine, store: Store) -> None:
    store.add("boto3", "1.0", wheels=["py3-none-any"], requires_dist=["botocore", "urllib3"])
    store.add("botocore", "1.0", wheels=["py3-none-any"], payload={"botocore/data": bytes(9000)})
    store.add("urllib3", "1.0", wheels=["py3-none-any"])
    archcheck.write("requirements.txt", "boto3\nready\n")
    load = only(archcheck("--json"))["sizes"]["aarch64"]
    assert load["provided"] == ["boto3", "botocore", "urllib3"]
    assert load["provided_unpacked"] > 9000 > load["unpacked"]
    bare = only(archcheck("--json", "--target", "debian12:python3.13"))["sizes"]
    assert (bare["aarch64"]["provided"], bare["limits"]) == ([], None)
    assert bare["aarch64"]["unpacked"] == load["unpacked"] + load["provided_unpacked"]


def test_a_settings_file_says_how_it_is_shipped(archcheck: CommandLine, store: Store) -> None:
    offer(store, "heavy", x86_64=LIMIT, aarch64=LIMIT + 1)
    archcheck.write("requirements.txt", "heavy\n")
    archcheck.write("archcheck.toml", 'ship = "zip"\n')
    assert archcheck("--json").code == 1
    assert archcheck("--json", "--ship", "image").code == 0
    archcheck.write("archcheck.toml", 'ship = "boat"\n')
    done = archcheck("--json")
    assert (done.code, done.out) == (2, "")
    assert "archcheck.toml: ship: " in done.err


@cache
def noise(name: str) -> bytes:
    """Return a wheel of some 30 MiB that does not compress."""
    data = random.Random(name).randbytes(30 * 2**20)
    return wheel_bytes(f"{name}-9.0-{ARM}.whl", core_metadata(name, "9.0"), {f"{name}/weights.bin": data})


@pytest.mark.parametrize(("pin", "layer"), [("", ["still"]), ("==9.0", ["hasty"])])
def test_a_layer_is_for_what_changes_rarely(
    archcheck: CommandLine, store: Store, pin: str, layer: list[str]
) -> None:
    """Of two packages alike, that one; of a pinned version the page is not read, and nothing is told."""
    for name, releases in (("hasty", 14), ("still", 2)):
        for number in range(releases):
            day = f"2024-{number % 12 + 1:02}-0{number // 12 + 1}T00:00:00Z"
            store.add(name, f"1.{number}", wheels=["py3-none-any"], upload_time=day)
        files = [
            StoredFile(
                filename=f"{name}-9.0-{tag}.whl",
                version="9.0",
                requires_dist=(),
                metadata=core_metadata(name, "9.0"),
                upload_time="2024-12-31T00:00:00Z",
                build=lambda name=name: noise(name),  # type: ignore[misc]
            )
            for tag in (X86, ARM)
        ]
        store.insert(name, files)
    archcheck.write("requirements.txt", f"hasty{pin}\nstill{pin}\n")
    audit = only(archcheck("--json"))
    assert (audit["sizes"]["aarch64"]["way"], audit["sizes"]["aarch64"]["layer"]) == ("zip-layers", layer)
    told = [note for note in audit["notes"] if note.startswith("a layer is for what changes rarely")]
    assert [note.rpartition(": ")[2] for note in told] == ([] if pin else ["still (2)"])
