"""Runs `pip index versions NAME …` for many names in one process, since pip takes longer to start than to answer.

Reads `[names, arguments]` as JSON from standard input; prints what pip printed for each name, a line of JSON each.
"""

import contextlib
import io
import json
import sys

from pip._internal.cli.main import main as pip


def answer(name, arguments):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = pip(["index", "versions", name, *arguments])
    return {"name": name, "exit": code, "output": out.getvalue(), "errors": err.getvalue()}


if __name__ == "__main__":
    asked_names, asked_arguments = json.load(sys.stdin)
    for each in asked_names:
        print(json.dumps(answer(each, asked_arguments)), flush=True)
