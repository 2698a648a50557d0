"""The options that say which commit's files are audited, and how far they are trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from archcheck.request import Request


def add_trust(parser: argparse.ArgumentParser) -> None:
    """Add the options for what a pull request brings."""
    group = parser.add_argument_group("pull requests")
    group.add_argument(
        "--revision",
        metavar="REV",
        help="audit the files as they are in the git commit REV; the work tree is neither read nor touched",
    )
    group.add_argument(
        "--untrusted",
        action="store_true",
        help="the files are a stranger's: fill in no environment variables, ask no index that neither the "
        "configuration nor --base has, read nothing outside of the checkout, nor its settings file",
    )
    group.add_argument("--base", metavar="REV", help="under --untrusted: the git commit that is trusted")


def distrust(parsed: argparse.Namespace) -> None:
    """Turn off the settings file under `--untrusted`, since the checkout has it; a named one counts."""
    if parsed.base and not parsed.untrusted:
        raise UsageError("--base goes with --untrusted")
    parsed.no_config = parsed.no_config or (parsed.untrusted and not parsed.config)


def reaching(request: Request, parsed: argparse.Namespace) -> Request:
    """Return *request* as far as the options let it reach."""
    from msgspec.structs import replace  # noqa: PLC0415 - not for --help

    return replace(request, revision=parsed.revision, untrusted=parsed.untrusted, base=parsed.base)
