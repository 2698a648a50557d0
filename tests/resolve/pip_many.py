"""Run by the tests in a process of its own: asks pip for many resolutions, without starting it for each.

Reads `[{"args": [...], "report": PATH}, …]` from standard input; writes pip's version and, for each, what would
be installed (`{name: address of the file}`), or the end of what pip said where it failed.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import sys
from pathlib import Path


def main() -> None:
    from pip import __version__
    from pip._internal.cli.main import main as pip

    answers = []
    for question in json.load(sys.stdin):
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = pip(question["args"])
        logging.getLogger().handlers.clear()
        report = Path(question["report"])
        if code == 0:
            installed = json.loads(report.read_text(encoding="utf-8"))["install"]
            found = {each["metadata"]["name"]: each["download_info"]["url"] for each in installed}
        else:
            found = None
        answers.append({"found": found, "said": said.getvalue()[-2000:]})
    json.dump({"version": __version__, "answers": answers}, sys.stdout)


if __name__ == "__main__":
    main()
