"""How large what is built already is, whether that can be shipped, and what it does not bring."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.test_built import only, put
from tests.cli.test_sizes import LIMIT, deflated
from tests.inputs.built import below, compiled, installed, layout, tarred, zipped

if TYPE_CHECKING:
    from tests.cli.running import CommandLine

FILES = compiled("a") | installed("b", files={"b/x.pyc": bytes(900), "b/data/model": bytes(5000)})
OWN = {"handler.py": b"print()\n"}
IMAGE_LIMIT = 10_737_418_240


def total(files: dict[str, bytes]) -> int:
    return sum(map(len, files.values()))


def held(audit: dict[str, Any], name: str) -> dict[str, Any]:
    (package,) = (each for each in audit["packages"] if each["name"] == name)
    return next(each for each in package["results"] if each["architecture"] == "aarch64")


@pytest.mark.parametrize("record", [True, False])
def test_a_zip_is_measured_as_it_is(archcheck: CommandLine, record: bool) -> None:
    files = {path: data for path, data in (FILES | OWN).items() if record or not path.endswith("/RECORD")}
    archcheck.write("function.zip", made := zipped(files))
    audit = only(archcheck("function.zip", "--json"))
    load = audit["sizes"]["aarch64"]
    assert load == audit["sizes"]["x86_64"]
    assert (load["unpacked"], load["packed"], load["way"]) == (total(files), len(made), "zip")
    own = [path for path in files if path.startswith(("a/", "a-1.0"))]
    result = held(audit, "a")
    assert result["contents"] == {
        "files": len(own),
        "unpacked": sum(len(files[path]) for path in own),
        "natives": 1,
        "machines": ["aarch64"],
        "glibc": None,
        "unread": 0,
        "reason": None,
    }
    with zipfile.ZipFile(archcheck.folder / "function.zip") as archive:
        assert result["size"] == sum(archive.getinfo(path).compress_size for path in own)
    assert held(audit, "b")["contents"]["unpacked"] == total(
        {path: data for path, data in files.items() if path.startswith("b") and not path.endswith(".pyc")}
    )


def test_a_namespace_is_shared_by_what_lies_in_it(archcheck: CommandLine) -> None:
    one = installed(
        "google-one", files={"google/cloud/one/a.py": bytes(10), "google/cloud/one/b.py": bytes(5)}
    )
    two = installed("google-two", files={"google/cloud/two/a.py": bytes(700)})
    files = {path: data for path, data in (one | two).items() if "__init__" not in path}
    archcheck.write("layer.zip", zipped(below("python", files)))
    audit = only(archcheck("layer.zip", "--json"))
    info = {
        name: total({p: d for p, d in files.items() if p.startswith(name)})
        for name in ("google-one", "google-two")
    }
    assert held(audit, "google-one")["contents"]["unpacked"] == info["google-one"] + 15
    assert held(audit, "google-two")["contents"]["unpacked"] == info["google-two"] + 700


def test_a_folder_has_no_packed_size(archcheck: CommandLine) -> None:
    put(archcheck.folder / "package", FILES | OWN)
    audit = only(archcheck("package", "--json"))
    load = audit["sizes"]["aarch64"]
    assert (load["packed"], load["unpacked"], held(audit, "a")["size"]) == (0, total(FILES | OWN), None)
    assert "unzipped on aarch64" in archcheck("package").out
    assert "0 MiB" not in archcheck("package").out


@pytest.mark.parametrize("form", ["folder", "tar"])
def test_of_an_image_every_layer_is_shipped(archcheck: CommandLine, form: str) -> None:
    lower = below("usr/lib", {"libc.so.6": bytes(3000)}) | below("var/task", FILES)
    upper = below("var/task", {"b/data/model": b"smaller"})
    layers = [tarred(lower, packed=True), tarred(upper)]
    files = layout({"arm64": layers})
    if form == "tar":
        archcheck.write("image.tar", tarred(files))
    else:
        put(archcheck.folder / "image.tar", files)
    sizes = only(archcheck("image.tar", "--json"))["sizes"]
    assert (sizes["aarch64"]["unpacked"], sizes["aarch64"]["way"]) == (total(lower) + total(upper), "image")
    assert sizes["x86_64"]["unpacked"] == 0


NOW, AFTER, NOWHERE = ("arm64", "now"), ("arm64", "after-changes"), ("undetermined", None)


@pytest.mark.parametrize(
    ("unpacked", "flags", "severity", "answer"),
    [
        (LIMIT, ["--ship", "zip"], None, NOW),
        (LIMIT + 1, [], "blocker", AFTER),
        (LIMIT + 1, ["--ship", "zip"], "blocker", NOWHERE),
        (LIMIT + 1, ["--ship", "image"], None, NOW),
        (LIMIT + 1, ["--target", "debian12:python3.13"], None, NOW),
    ],
)
def test_a_zip_at_the_limit_and_one_byte_over_it(
    archcheck: CommandLine,
    unpacked: int,
    flags: list[str],
    severity: str | None,
    answer: tuple[str, str | None],
) -> None:
    archcheck.write("function.zip", deflated("heavy", unpacked))
    audit = only(archcheck("function.zip", "--json", *flags))
    assert audit["sizes"]["aarch64"]["unpacked"] == unpacked
    found = {each["rule"]: each["severity"] for each in audit["findings"]}
    assert found == ({"AC018": severity} if severity else {})
    assert (audit["recommendation"]["architecture"], audit["recommendation"]["when"]) == answer
    if answer == AFTER:
        assert "container image" in audit["findings"][0]["remedy"]["message"]


def test_a_folder_over_the_limit_may_still_become_an_image(archcheck: CommandLine) -> None:
    put(archcheck.folder / "package", installed("heavy"))
    with (archcheck.folder / "package/heavy/weights.bin").open("wb") as file:
        file.truncate(LIMIT)  # a file with a hole takes no room
    done = archcheck("package", "--json")
    (finding,) = only(done)["findings"]
    assert (done.code, finding["rule"], finding["severity"]) == (0, "AC018", "warning")
    reasons = only(done)["recommendation"]["reasons"]
    assert any(each.startswith("as a container image: ") for each in reasons)
    (finding,) = only(archcheck("package", "--json", "--ship", "zip"))["findings"]
    assert finding["severity"] == "blocker"


def lacks(archcheck: CommandLine, files: dict[str, bytes], *flags: str) -> dict[str, tuple[str, list[str]]]:
    archcheck.write("function.zip", zipped(files))
    audit = only(archcheck("function.zip", "--json", *flags))
    return {each["rule"]: (each["severity"], each["evidence"]["detail"]) for each in audit["findings"]}


def test_what_is_required_and_not_brought_is_said(archcheck: CommandLine) -> None:
    needs = ["b>=2", "c", 'd; sys_platform == "win32"', 'e; extra == "more"', "boto3", "urllib3"]
    files = installed("a", requires=needs) | installed("c", requires=["b", "a"])
    assert lacks(archcheck, files) == {"AC013": ("warning", ["a requires b>=2", "c requires b"])}
    told = only(archcheck("function.zip", "--json", "--target", "lambda:python3.13"))["recommendation"]
    assert (told["code"], told["confidence"]) == ("ready", "medium")
    assert any("it does not bring b" in reason for reason in told["reasons"])
    assert "AC013" in archcheck("function.zip").out
    found = lacks(archcheck, files, "--target", "debian12:python3.13")
    assert found["AC013"][1] == ["a requires b>=2", "c requires b", "a requires boto3", "a requires urllib3"]


def test_what_aarch64_alone_requires_is_no_silent_ready(archcheck: CommandLine) -> None:
    files = installed("a", requires=['b; platform_machine == "aarch64"', 'c; platform_machine == "x86_64"'])
    assert lacks(archcheck, files) == {"AC009": ("unknown", ["a requires b"])}
    assert only(archcheck("function.zip", "--json"))["recommendation"]["architecture"] == "undetermined"
    assert lacks(archcheck, files, "--architecture", "x86_64") == {"AC009": ("unknown", ["a requires c"])}


def test_an_image_has_no_layer_that_might_bring_it(archcheck: CommandLine) -> None:
    layers = [tarred(below("var/task", installed("a", requires=["b"])))]
    archcheck.write("image.tar", tarred(layout({"amd64": layers, "arm64": layers})))
    (finding,) = only(archcheck("image.tar", "--json"))["findings"]
    assert finding["message"] == "what is in it requires b, which nothing in it brings"
