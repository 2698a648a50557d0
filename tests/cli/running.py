"""Runs `python -m archcheck` as a user would, in an environment that says nothing else."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import jsonschema

from archcheck.cli.main import main
from tests import measured
from tests.patience import PATIENCE
from tests.strict_schema import strict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REPOSITORY = Path(__file__).parents[2]
MOMENT = "1700000000"  # what SOURCE_DATE_EPOCH fixes `generated_at` to


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a run left behind."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The JSON on stdout, which has to be valid."""
        return validated(self.out)

    @property
    def codes(self) -> set[str]:
        """The rules of the findings on stdout."""
        return {finding["rule"] for audit in self.report["audits"] for finding in audit["findings"]}


def agrees(command: CommandLine) -> None:
    """Fail where the report on the repository in the folder shows other changes than `fix .` makes."""
    done = command(".", "--recursive", "--json")
    if not done.out:
        return
    moving = [
        each
        for each in done.report["deployables"]
        if each["architecture"] == "arm64"
        or (
            each["recommendation"] is not None
            and each["recommendation"]["code"] in {"ready", "nothing-to-audit"}
            and not any(finding["severity"] == "blocker" for finding in each["findings"])
        )
    ]
    shown = {
        (edit["path"], edit["first"], edit["last"], edit["new"]) for each in moving for edit in each["edits"]
    }
    fixed = json.loads(command("fix", ".", "--json").out or "{}")
    lines: dict[str, list[str]] = {
        path: (command.folder / path).read_bytes().decode().splitlines(keepends=True) for path, *_ in shown
    }
    for path, first, last, new in sorted(shown, key=lambda edit: edit[1:3], reverse=True):
        lines[path][first - 1 : max(last, first - 1)] = [new]
    before = {path: (command.folder / path).read_bytes() for path in {*lines, *fixed.get("files", ())}}
    try:
        if "moves" in fixed:
            command("fix", ".", "--write")
        after = {path: (command.folder / path).read_bytes().decode() for path in before}
    finally:
        for path, text in before.items():
            (command.folder / path).write_bytes(text)
    assert after == {path: "".join(text) for path, text in lines.items()}


@dataclass(slots=True, kw_only=True)
class CommandLine:
    """The command in `folder`, with `index_url` as the index unless an argument says otherwise."""

    folder: Path
    index_url: str
    environ: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, *arguments: str, stdin: str | bytes = b"", environ: Mapping[str, str] | None = None
    ) -> Done:
        """Run it inside this process, which is faster; all that it sees of the process is replaced."""
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
        with (
            self.inside(environ=environ),
            patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(_bytes(stdin)), encoding="utf-8")),
            patch.object(sys, "stdout", out),
            patch.object(sys, "stderr", err),
        ):
            try:
                code = main(arguments)
            except SystemExit as left:
                code = int(left.code or 0)
            finally:
                out.flush()
                err.flush()
        return _done(code, out.buffer.getvalue(), err.buffer.getvalue())  # type: ignore[attr-defined]

    @contextmanager
    def inside(
        self, folder: Path | None = None, *, environ: Mapping[str, str] | None = None
    ) -> Iterator[None]:
        """Give this process the folder and the environment of a run, and its own again after that."""
        before = Path.cwd()
        with patch.dict(os.environ, {**self.surroundings(), **(environ or {})}, clear=True):
            os.chdir(folder or self.folder)
            try:
                yield
            finally:
                os.chdir(before)
                logging.disable(logging.NOTSET)

    def process(
        self, *arguments: str, stdin: str | bytes = b"", environ: Mapping[str, str] | None = None
    ) -> Done:
        """Run it as a process of its own, to its end."""
        run = subprocess.run(
            self.command(*arguments),
            input=_bytes(stdin),
            capture_output=True,
            cwd=self.folder,
            env={**self.surroundings(), **(environ or {})},
            check=False,
            timeout=PATIENCE,
        )
        return _done(run.returncode, run.stdout, run.stderr)

    def command(self, *arguments: str) -> list[str]:
        """Return the command with *arguments*."""
        return [sys.executable, "-m", "archcheck", *arguments]

    def surroundings(self) -> dict[str, str]:
        """Return the whole environment of a run."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(REPOSITORY),
            "PYTHONUTF8": "1",
            "HOME": str(self.folder),
            "COLUMNS": "100",
            "SOURCE_DATE_EPOCH": MOMENT,
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": self.index_url,
            "ARCHCHECK_CACHE_DIR": str(self.folder / ".cache"),
            **measured.coverage_variables(),
            **self.environ,
        }

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file into the folder."""
        path = self.folder / name
        path.write_bytes(_bytes(text))
        return path


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text


def _done(code: int, out: bytes, err: bytes) -> Done:
    """Return what a run left behind; whatever happened, it showed no traceback."""
    done = Done(code=code, out=out.decode(), err=err.decode())
    assert "Traceback" not in done.out + done.err
    assert "internal error" not in done.err
    return done


def validated(text: str) -> dict[str, Any]:
    """Return the report in *text*; it is valid by the schema, and its counts are those of its packages."""
    report: dict[str, Any] = json.loads(text)
    _validator().validate(report)
    for audit in report["audits"]:
        summary = audit["summary"]
        assert summary["packages"] == len(audit["packages"])
        assert summary["packages"] == sum(summary[key] for key in ("ready", "build", "blocked", "unknown"))
    return report


@cache
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(strict())
