"""The overview that `archcheck --help` prints."""

from __future__ import annotations

from textwrap import fill

from archcheck import formats

_WIDTH = 98
_OVERVIEW = """\
archcheck: does every dependency of this Python project install on arm64?

Usage:
  archcheck [check] [PATH…|REQUIREMENT…] [OPTIONS]  audit what a project depends on (default: what is here)
  archcheck why PACKAGE [PATH]          every path by which PACKAGE gets in
  archcheck fix [PATH] [--write]        the smallest change that helps, as a diff of your own files
  archcheck explain [CODE]              what a rule means and what to do about it
  archcheck render RESULT.json -f FORMAT  a saved result in another format
  archcheck diff OLD.json NEW.json      what changed between two saved results
  archcheck merge RESULT.json…          several results, as of check --shard 1/4, as one
  archcheck comment github|gitlab RESULT.json  keep one comment on a pull request true
  archcheck explain-log FILE|-          why a pip, uv, Poetry or docker build failed
  archcheck targets                     every target: its libc, its Python, until when it is supported
  archcheck init                        settings, a job for the CI and a hook, written after asking
  archcheck doctor                      this installation looked over, and the settings that count
  archcheck mcp                         the same answers for agents (Model Context Protocol; extra `mcp`)
  archcheck cache dir|clear|prune       look after the cache
  archcheck completion bash|zsh|fish    teach a shell the options

Inputs (of those in a folder, the first one is taken):
@INPUTS@

Examples:
  archcheck requirements.txt
  archcheck numpy==1.26.4 'pandas>=2' --target lambda:python3.12
  archcheck requirements.txt --json
  archcheck requirements.txt --target lambda:python3.11 --target lambda:python3.13
  archcheck - --target debian12:python3.12 < requirements.txt
  archcheck requirements.txt -o report.md -o result.json
  archcheck requirements.txt --open

Targets:
  lambda:python3.13          an AWS Lambda runtime
  debian12:python3.12        a Linux base: debian, ubuntu, rhel, ubi, amazonlinux, alpine
  glibc2.28:python3.11       a plain libc level; musl1.2:python3.13
  lambda:python3.9.21        a patch release, where requires-python depends on it

Settings:
  a flag, else ARCHCHECK_* in the environment, else archcheck.toml or [tool.archcheck] in pyproject.toml

Exit codes:
  0 nothing at or above --fail-on · 1 findings · 2 bad input, or an incomplete audit · 130 interrupted

`archcheck check --help` lists every option; `archcheck COMMAND --help` those of a command.
"""


def overview() -> str:
    """Return the whole text."""
    inputs = ", ".join([*(each.title for each in formats.FORMATS), "standard input"])
    listed = fill(inputs, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    return _OVERVIEW.replace("@INPUTS@", listed)
