"""What is built already, from the command line: does it run on arm64, and can it be built again for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.binaries.elves import elf
from tests.cli.conftest import ARM, X86
from tests.inputs.built import MACH_O, below, compiled, installed, layout, saved, tarred, zipped

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.running import CommandLine, Done


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def only(done: Done) -> dict[str, Any]:
    (audit,) = done.report["audits"]
    return audit


def statuses(audit: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {
        package["name"]: tuple(result["status"] for result in package["results"])
        for package in audit["packages"]
    }


LAYER = compiled("ready", machine="x86_64") | installed("pure")


@pytest.mark.parametrize("prefix", ["", "python", "python/lib/python3.13/site-packages"])
def test_a_layer_for_x86_64_is_to_be_built_again(archcheck: CommandLine, prefix: str) -> None:
    files = below(prefix, LAYER) if prefix else LAYER
    archcheck.write("layer.zip", zipped(files))
    done = archcheck("layer.zip", "--json")
    audit = only(done)
    assert (done.code, audit["complete"], audit["input"]["kind"]) == (1, True, "zip")
    assert audit["target"]["id"] == "lambda:python3.13"
    assert statuses(audit) == {"pure": ("pure-wheel", "pure-wheel"), "ready": ("wheel", "missing")}
    (finding,) = audit["findings"]
    module = f"{prefix}/ready/_core.cpython-313-x86_64-linux-gnu.so".lstrip("/")
    assert (finding["rule"], finding["severity"], finding["package"]) == ("AC011", "blocker", "ready")
    assert finding["evidence"]["files"] == [module]
    assert (finding["evidence"]["needs"], finding["evidence"]["has"]) == ("x86_64", "aarch64")
    assert finding["remedy"]["kind"] == "rebuild"
    assert finding["remedy"]["file"] == f"ready-1.0-{ARM}.whl"
    assert (audit["recommendation"]["architecture"], audit["recommendation"]["when"]) == (
        "arm64",
        "after-changes",
    )


def test_the_same_for_aarch64_is_ready_and_asks_no_index(archcheck: CommandLine) -> None:
    archcheck.write("layer.zip", zipped(below("python", compiled("ready") | installed("pure"))))
    done = archcheck("layer.zip", "--json", "--offline", "--index-url", "http://127.0.0.1:9/")
    audit = only(done)
    assert (done.code, audit["findings"], audit["errors"]) == (0, [], [])
    assert statuses(audit)["ready"] == ("missing", "wheel")
    assert (audit["recommendation"]["code"], audit["recommendation"]["confidence"]) == ("ready", "high")
    other = archcheck("layer.zip", "--architecture", "x86_64", "--json")
    (finding,) = only(other)["findings"]
    assert (other.code, finding["remedy"]["file"]) == (1, f"ready-1.0-{X86}.whl")
    assert only(other)["recommendation"]["architecture"] == "x86_64"
    assert "does not run on x86_64" in archcheck("layer.zip", "--architecture", "x86_64").out


def test_pure_python_runs_on_both(archcheck: CommandLine) -> None:
    launcher = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0\x64\x86" + bytes(18) + b"\x0b\x02"
    files = installed("pure", files={"pure/cli-64.exe": launcher}) | {"handler.py": b"print()"}
    archcheck.write("function.zip", zipped(files))
    for architecture in ("arm64", "x86_64"):
        done = archcheck("function.zip", "--json", "--architecture", architecture)
        assert (done.code, only(done)["findings"]) == (0, [])
        assert statuses(only(done)) == {"pure": ("pure-wheel", "pure-wheel")}


@pytest.mark.parametrize(
    ("name", "rules", "remedy", "outcome"),
    [
        ("blocked", {"AC001", "AC011"}, "version", ("arm64", "after-changes", 1)),
        ("built", {"AC002", "AC011"}, "build", ("arm64", "after-changes", 1)),
        ("stuck", {"AC001", "AC011"}, None, ("x86_64", "now", 1)),
        ("nowhere", {"AC011"}, None, ("undetermined", None, 2)),
    ],
)
def test_what_the_index_has_decides_whether_it_can_be_built_again(
    archcheck: CommandLine,
    name: str,
    rules: set[str],
    remedy: str | None,
    outcome: tuple[str, str | None, int],
) -> None:
    archcheck.write("layer.zip", zipped(compiled(name, machine="x86_64")))
    done = archcheck("layer.zip", "--json")
    audit = only(done)
    assert {each["rule"] for each in audit["findings"]} == rules
    kinds = {each["remedy"]["kind"] if each["remedy"] else None for each in audit["findings"]}
    assert kinds == {remedy}
    found = audit["recommendation"]
    assert (found["architecture"], found["when"], done.code) == outcome


def test_without_an_index_it_is_said_that_nobody_could_be_asked(archcheck: CommandLine) -> None:
    archcheck.write("layer.zip", zipped(compiled("ready", machine="x86_64")))
    done = archcheck("layer.zip", "--json", "--offline")
    (error,) = only(done)["errors"]
    assert error["message"].startswith("whether it can be built again for arm64: ready: ")
    assert (done.code, only(done)["findings"][0]["rule"]) == (2, "AC011")


@pytest.mark.parametrize("flag", [[], ["--environment"]])
def test_a_folder_built_on_a_mac(archcheck: CommandLine, flag: list[str]) -> None:
    files = installed(
        "ready",
        tags=("cp313-cp313-macosx_11_0_arm64",),
        files={"ready/_core.cpython-313-darwin.so": MACH_O},
    )
    put(archcheck.folder / "package", files)
    done = archcheck(*flag, "package", "--json")
    audit = only(done)
    (finding,) = audit["findings"]
    assert (done.code, audit["input"]["kind"], finding["rule"]) == (1, "folder", "AC011")
    assert statuses(audit) == {"ready": ("missing", "missing")}
    assert "is for macOS (arm64)" in finding["message"]
    assert finding["remedy"]["kind"] == "rebuild"


def test_an_environment_says_what_its_own_files_are_for(archcheck: CommandLine) -> None:
    files = installed("ready", files={"ready/_core.cpython-313-darwin.so": MACH_O})
    put(archcheck.folder / "env/lib/python3.13/site-packages", files)
    archcheck.write("env/pyvenv.cfg", "version = 3.13.1\n")
    audit = only(archcheck("--environment", "env", "--json"))
    assert (audit["input"]["kind"], audit["recommendation"]["when"]) == ("environment", "now")
    assert any("1 for macOS (arm64)" in note for note in audit["notes"])


def test_a_folder_of_sam_build_is_read_before_the_requirements_in_it(archcheck: CommandLine) -> None:
    folder = archcheck.folder / ".aws-sam/build/Function"
    put(folder, compiled("ready") | {"requirements.txt": b"blocked==1.0\n", "app.py": b""})
    audit = only(archcheck(".aws-sam/build/Function", "--json"))
    assert (audit["input"]["kind"], statuses(audit)) == ("folder", {"ready": ("missing", "wheel")})
    assert any("also found" in note for note in audit["notes"])


def test_what_does_not_fit_the_target_by_libc_or_python(archcheck: CommandLine) -> None:
    newer = compiled("ready", python="312", versions={"libc.so.6": ("GLIBC_2.34",)})
    archcheck.write("layer.zip", zipped(newer))
    assert archcheck("layer.zip", "--json").report["audits"][0]["target"]["id"] == "lambda:python3.12"
    assert archcheck("layer.zip", "--json").code == 0
    for target, needs, has in (
        ("debian11:python3.12", "glibc 2.34", "glibc 2.31"),
        ("alpine3.22:python3.12", "glibc", "musl 1.2"),
        ("lambda:python3.13", "cp312", "cp313"),
    ):
        audit = only(archcheck("layer.zip", "--json", "--target", target))
        evidence = next(each["evidence"] for each in audit["findings"] if each["rule"] == "AC011")
        assert (evidence["needs"], evidence["has"]) == (needs, has)


def test_files_of_no_distribution_and_distributions_in_the_wrong_place(archcheck: CommandLine) -> None:
    files = below("venv/lib/python3.13/site-packages", compiled("ready")) | {
        "bin/tool": elf(machine=62),
        "lib/libown.so.1": elf(machine=62),
    }
    archcheck.write("function.zip", zipped(files))
    audit = only(archcheck("function.zip", "--json"))
    stray, misplaced = audit["findings"]
    assert (stray["rule"], stray["severity"], stray["package"]) == ("AC011", "blocker", "function.zip")
    assert stray["evidence"]["files"] == ["bin/tool", "lib/libown.so.1"]
    assert (misplaced["rule"], misplaced["severity"]) == ("AC013", "warning")
    assert misplaced["evidence"]["files"] == ["venv/lib/python3.13/site-packages"]


def test_a_wheel_and_what_it_does_not_bring(archcheck: CommandLine) -> None:
    name = f"ready-1.0-{X86}.whl"
    wheel = installed(
        "ready",
        tags=(X86,),
        files={"ready/_core.abi3.so": elf(machine=62)},
        requires=["pure>=1"],
    )
    archcheck.write(name, zipped(wheel))
    audit = only(archcheck(name, "--json"))
    assert (audit["input"]["kind"], statuses(audit)) == ("wheel", {"ready": ("wheel", "missing")})
    assert any("not what it requires: pure" in note for note in audit["notes"])


def image(machine: str, **more: Any) -> list[bytes]:
    lower = below("var/task", {"old.so": elf(machine=3), **compiled("ready", machine=machine)})
    return [tarred(lower, packed=True), tarred({"var/task/.wh.old.so": b"", **more})]


@pytest.mark.parametrize("form", ["folder", "tar", "nested"])
def test_an_image_of_two_platforms(archcheck: CommandLine, form: str) -> None:
    files = layout({"amd64": image("x86_64"), "arm64": image("aarch64")}, nested=form == "nested")
    if form == "tar":
        archcheck.write("image.tar", tarred(files))
    else:
        put(archcheck.folder / "image.tar", files)
    done = archcheck("image.tar", "--json")
    audit = only(done)
    assert (done.code, audit["input"]["kind"], audit["findings"]) == (0, "image", [])
    assert statuses(audit) == {"ready": ("wheel", "wheel")}


@pytest.mark.parametrize("form", ["layout", "saved"])
def test_an_image_for_x86_64_alone(archcheck: CommandLine, form: str) -> None:
    layers = image("x86_64")
    archcheck.write("i.tar", saved(layers) if form == "saved" else tarred(layout({"amd64": layers})))
    done = archcheck("i.tar", "--json")
    audit = only(done)
    (finding,) = audit["findings"]
    assert (done.code, finding["rule"], finding["package"]) == (1, "AC011", "i.tar")
    assert finding["message"] == "the image has no platform for aarch64"
    assert finding["remedy"]["kind"] == "rebuild"
    assert statuses(audit) == {"ready": ("wheel", "missing")}
    assert audit["recommendation"]["when"] == "after-changes"


def test_an_image_whose_label_lies(archcheck: CommandLine) -> None:
    archcheck.write("i.tar", tarred(layout({"arm64": image("x86_64")})))
    (finding,) = only(archcheck("i.tar", "--json"))["findings"]
    assert (finding["rule"], finding["package"]) == ("AC011", "ready")


@pytest.mark.parametrize("format_", ["text", "markdown", "html", "sarif", "github", "gitlab", "junit", "cyclonedx", "csv"])  # fmt: skip
def test_every_output_tells_it(archcheck: CommandLine, format_: str) -> None:
    archcheck.write("layer.zip", zipped(LAYER))
    done = archcheck("layer.zip", "-f", format_)
    assert (done.code, done.err) == (1, "")
    assert "ready" in done.out
