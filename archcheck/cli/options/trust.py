"""The options that say which commit's files are audited, and how far they are trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archcheck.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from archcheck.app.request import Request


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
    group.add_argument(
        "--base",
        metavar="REV",
        help="under --untrusted: the git commit that is trusted, and whose settings file counts",
    )


def distrust(parsed: argparse.Namespace) -> str | None:
    """Return the git commit whose settings file counts, None for that of the work tree.

    It is that of the audited files, or the base's where those are a stranger's; without a base a stranger's
    have none but one that is named.
    """
    if parsed.base and not parsed.untrusted:
        raise UsageError("--base goes with --untrusted")
    commit: str | None = parsed.base if parsed.untrusted else parsed.revision
    parsed.no_config = parsed.no_config or (parsed.untrusted and not commit and not parsed.config)
    return commit


def reaching(request: Request, parsed: argparse.Namespace) -> Request:
    """Return *request* as far as the options let it reach."""
    from msgspec.structs import replace  # noqa: PLC0415 - not for --help

    return replace(request, revision=parsed.revision, untrusted=parsed.untrusted, base=parsed.base)
