"""Whole runs on projects: folders, compiled files, overrides, installed environments, several inputs at once."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.cli.conftest import ARM, X86

if TYPE_CHECKING:
    from tests.cli.running import CommandLine
    from tests.loopback import Store


def test_a_folder(archcheck: CommandLine) -> None:
    (archcheck.folder / "requirements.txt").write_text("ready\n")
    (archcheck.folder / "pyproject.toml").write_text("[project]\nname = 'me'\ndependencies = ['pure']\n")
    for arguments, path in (
        ((), "requirements.txt"),
        ((".",), "requirements.txt"),
        ((str(archcheck.folder),), str(archcheck.folder / "requirements.txt")),
    ):
        (audit,) = archcheck("--json", *arguments).report["audits"]
        assert audit["input"]["path"] == path
        assert audit["notes"][0].startswith(
            f"chose {path}, which comes first in the order of search; also found: "
        )


def test_a_project_for_another_python(archcheck: CommandLine) -> None:
    text = "[project]\nname = 'me'\nversion = '1'\nrequires-python = '>=3.12'\ndependencies = ['pure']\n"
    (archcheck.folder / "pyproject.toml").write_text(text)
    refused = archcheck("--json", "--target", "lambda:python3.11")
    assert (refused.code, refused.codes) == (1, {"AC013"})
    assert refused.report["recommendation"]["architecture"] == "undetermined"
    assert archcheck("--json", "--target", "lambda:python3.12").code == 0


def test_several_inputs_in_one_run(archcheck: CommandLine) -> None:
    (archcheck.folder / "a").mkdir()
    (archcheck.folder / "a/requirements.txt").write_text("ready\n")
    (archcheck.folder / "pyproject.toml").write_text(
        "[project]\nname = 'me'\nrequires-python = '>=3.9'\noptional-dependencies.x = ['stuck']\n"
    )
    done = archcheck("--json", "a", "pyproject.toml", "--extra", "x")
    assert [audit["input"]["path"] for audit in done.report["audits"]] == [
        "a/requirements.txt",
        "pyproject.toml",
    ]
    assert done.code == 1


def test_overrides_take_the_place_of_what_packages_ask_for(archcheck: CommandLine) -> None:
    text = "[project]\nname = 'me'\ndependencies = ['service', 'ready<0']\n[tool.uv]\noverride-dependencies = {}\n"
    path, uv = archcheck.folder / "pyproject.toml", {"UV_DEFAULT_INDEX": archcheck.index_url}
    path.write_text(text.format(["blocked==1.1", "ready==1.0"]))
    report = archcheck("--json", "pyproject.toml", environ=uv).report
    versions = {row["name"]: row["results"][1]["version"] for row in report["audits"][0]["packages"]}
    assert versions == {"service": "2.0", "ready": "1.0", "pure": "1.0", "blocked": "1.1"}
    path.write_text(text.format(["ready==1.0"]))
    assert archcheck("--json", "pyproject.toml", environ=uv).codes == {"AC001"}


COMPILED = "service==2.0\n    # via -r requirements.in\nready==1.0\n    # via service\npure==1.0\n    # via ready\nblocked==1.0\n    # via service\n"


def test_paths_of_a_compiled_file(archcheck: CommandLine) -> None:
    (archcheck.folder / "requirements.txt").write_text(COMPILED)
    rows = {row["name"]: row for row in archcheck("--json").report["audits"][0]["packages"]}
    assert {name: row["direct"] for name, row in rows.items()} == {
        "service": True, "ready": False, "pure": False, "blocked": False,
    }  # fmt: skip
    assert rows["pure"]["paths"] == [["service", "ready", "pure"]]
    assert rows["pure"]["locations"] == [{"path": "requirements.txt", "line": 5}]


def test_comments_that_lead_nowhere_count_for_nothing(archcheck: CommandLine) -> None:
    (archcheck.folder / "requirements.txt").write_text("pure==1.0  # via gone\nready==1.0  # via ready\n")
    rows = archcheck("--json").report["audits"][0]["packages"]
    assert [(row["name"], row["direct"]) for row in rows] == [("pure", True), ("ready", True)]


def test_a_file_compiled_for_x86(archcheck: CommandLine, store: Store) -> None:
    store.add("split", "1.0", wheels=[X86, ARM], requires_dist=["pure; platform_machine == 'aarch64'"])
    store.add("root", "1.0", wheels=["py3-none-any"], requires_dist=["split"])
    root = store.digest_of("root-1.0-py3-none-any.whl")
    split = " ".join(f"--hash={store.digest_of(f'split-1.0-{tag}.whl')}" for tag in (X86, ARM))
    text = f"root==1.0 --hash={root}\n    # via -r requirements.in\nsplit==1.0 {split}"
    (archcheck.folder / "requirements.txt").write_text(text + "\n    # via root\n")
    audit = archcheck("--json").report["audits"][0]
    row = next(row for row in audit["packages"] if row["name"] == "pure")
    assert row["results"][1]["status"] == "missing"
    assert row["results"][1]["reason"].endswith("it was compiled for x86_64; compile it again")


def test_an_installed_environment(archcheck: CommandLine) -> None:
    site = archcheck.folder / "env/lib/python3.12/site-packages"
    for name, version, requires in (
        ("service", "2.0", "ready"),
        ("ready", "1.0", "pure"),
        ("pure", "1.0", ""),
        ("stuck", "1.0", ""),
    ):
        folder = site / f"{name}-{version}.dist-info"
        folder.mkdir(parents=True)
        needs = f"Requires-Dist: {requires}\n" if requires else ""
        folder.joinpath("METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}\n"
        )
    (archcheck.folder / "env/pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.12.4\n")
    done = archcheck("--json", "--environment", "env", "--target", "lambda:python3.13")
    (audit,) = done.report["audits"]
    assert (audit["input"]["kind"], audit["input"]["path"]) == ("environment", "env")
    assert {row["name"]: row["direct"] for row in audit["packages"]} == {
        "service": True, "ready": False, "pure": False, "stuck": True,
    }  # fmt: skip
    assert done.codes == {"AC001"}
    own = archcheck("--json", "env").report["audits"][0]["target"]["id"]
    assert own == "lambda:python3.12"


def test_an_environment_that_a_tool_made(archcheck: CommandLine) -> None:
    made = archcheck.folder / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(made)], check=True)
    done = archcheck("--environment", str(made / "bin/python"))
    assert done.code == 2
    assert "nothing is installed there" in done.err
