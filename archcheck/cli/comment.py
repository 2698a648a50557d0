"""`archcheck comment`: keep one comment on a pull request true.

The exit code tells of the command, not of the audit: 0 where the comment says what it should, and also where
it cannot be written (a fork's read-only token, a locked conversation, a failing forge), which is a warning
and leaves the text in the job summary; 2 for bad usage and for a result that cannot be read.
Whether the job fails for what was found is for the exit code of `archcheck check` to say, in its own step.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from archcheck.cli.console import Console
from archcheck.cli.options.arguments import Parser, add_input, add_network, add_resolution, request_of
from archcheck.cli.options.configuration import add_settings, configure, decided, unsettled
from archcheck.cli.render import read_report
from archcheck.errors import InputError, UsageError
from archcheck.files import open_regular
from archcheck.report.layout import clean

if TYPE_CHECKING:
    import argparse
    import ssl
    from collections.abc import Mapping, Sequence

    from archcheck.app.request import Request
    from archcheck.bot.events import Headed, Numbered, Trigger
    from archcheck.bot.forges.forge import Forge
    from archcheck.bot.forges.http import Api
    from archcheck.bot.plan import Draft
    from archcheck.bot.publish import Fate
    from archcheck.model import Report

_TOKENS = {"github": ("GITHUB_TOKEN", "GH_TOKEN"), "gitlab": ("GITLAB_TOKEN",)}
_REQUESTS = {"github": "pull request", "gitlab": "merge request"}
# What says where the pull request is, as it might read outside a CI job, which has it.
_PLACES: Mapping[str, Mapping[str, str]] = {
    "github": {"GITHUB_API_URL": "https://api.github.com", "GITHUB_REPOSITORY": "OWNER/NAME"},
    "gitlab": {"CI_API_V4_URL": "https://gitlab.com/api/v4", "CI_PROJECT_ID": "NUMBER"},
}
_SECRETS = frozenset(name for names in _TOKENS.values() for name in names)
_SUMMARY_LIMIT = 1024 * 1024  # bytes that a step may write
_MAX_EVENT = 32 * 2**20
_ONE_STATE = 3600.0  # seconds: what was published since the head's audit is not the pull request's doing
_FATES: Mapping[Fate, str] = {
    "created": "comment written",
    "updated": "comment updated",
    "resolved": "comment updated: resolved",
    "tidied": "duplicate comments removed",
    "unchanged": "the comment says so already",
    "nothing to say": "nothing to say, and no comment that says otherwise",
    "outdated": "not written: it has moved on since the audit, and the newer run will comment",
    "closed": "not written: it is closed",
}


def run(arguments: Sequence[str], console: Console) -> int:
    """Write, update or leave the comment, and say which; see the module for the exit code."""
    command = parser()
    parsed = command.parse(arguments)
    from archcheck.bot.comment import draft  # noqa: PLC0415 - `--help` and usage errors come first
    from archcheck.bot.forges.forge import ForgeError  # noqa: PLC0415
    from archcheck.bot.plan import checked_key, marked  # noqa: PLC0415

    report = read_report(parsed.result)
    base = _base(parsed, command, report, console)
    key = checked_key(parsed.key)
    text = draft(
        report,
        base,
        key=key,
        when=parsed.comment_when,
        report_url=_checked_url(parsed.report_url),
        request=_REQUESTS[parsed.forge],
    )
    if parsed.dry_run:
        console.print(marked(text.text, key))
        return 0
    summarized = _summarize(text.text, console)
    try:
        console.say(f"archcheck: {_publish(parsed, text, console)}")
    except ForgeError as error:
        instead = "; what it would say is in the job summary" if summarized else ""
        _warn(f"no comment: {error}{instead}", console)
    return 0


def _base(parsed: argparse.Namespace, command: Parser, report: Report, console: Console) -> Report | None:
    """Return the report on the base: a saved one, or one made now of the commit that is named."""
    if parsed.baseline and parsed.base:
        raise UsageError("--baseline and --base exclude each other")
    if not parsed.base:
        return read_report(parsed.baseline) if parsed.baseline else None
    from msgspec.structs import replace  # noqa: PLC0415

    from archcheck.app.perform import perform_again  # noqa: PLC0415
    from archcheck.app.repositories.perform import perform_repository  # noqa: PLC0415

    # What resolves and fetches has no use for the token.
    environ = {name: value for name, value in console.environ.items() if name not in _SECRETS}
    apart = Console(out=console.out, err=console.err, environ=environ)
    looked = any(
        result.contents is not None
        for audit in report.audits
        for package in audit.packages
        for result in package.results
    )
    planned = any(audit.plans is not None for audit in report.audits)

    def request_for(*paths: str) -> Request:
        asked = unsettled(parsed)
        asked.path = list(paths)
        settings = configure(command, asked, console, commit=parsed.base)
        asked.max_stale = asked.max_stale or _ONE_STATE
        request = decided(request_of(asked, apart, asked.path), asked, settings)
        return replace(request, revision=parsed.base, inspect=looked, remedies=planned)

    if report.fleet is not None:
        parsed.target = parsed.target or _typed_targets(report)  # the base is asked about what the head was
        return perform_repository(request_for(report.fleet.folder), report.fleet.folder, request_for)
    return perform_again(report, request_for(*(audit.input.path for audit in report.audits)))


def _typed_targets(report: Report) -> list[str]:
    """Return the targets that *report* was asked for with `--target`; none where its files said them."""
    targets = (audit.target for audit in report.audits)
    typed = (each.id for each in targets if each.source is not None and each.source.kind == "option")
    return [*dict.fromkeys(typed)]


def _publish(parsed: argparse.Namespace, text: Draft, console: Console) -> str:
    """Bring the comment about and return what became of it; raises `ForgeError`."""
    from archcheck.bot.events import NoPullRequest  # noqa: PLC0415
    from archcheck.bot.forges.forge import ForgeError  # noqa: PLC0415
    from archcheck.bot.publish import publish  # noqa: PLC0415

    trigger = _trigger(parsed, console.environ)
    if isinstance(trigger, NoPullRequest):
        return f"no comment: {trigger.reason}"
    _refuse_nowhere(parsed.forge, console.environ)
    token = _token(parsed.forge, console.environ)
    if token is None:
        names = " or ".join(_TOKENS[parsed.forge])
        raise ForgeError(f"{names} is not set (secrets are empty in runs for forks and Dependabot)")
    api = _api(parsed.forge, token, console.environ)
    try:
        number, forge = _opened(parsed, trigger, api, console.environ)
        return f"{_REQUESTS[parsed.forge]} {number}: {_FATES[publish(forge, text, commit=trigger.commit)]}"
    finally:
        api.close()


def _api(forge: str, token: str, environ: Mapping[str, str]) -> Api:
    from archcheck.bot.forges import github, gitlab  # noqa: PLC0415
    from archcheck.bot.forges.http import Api  # noqa: PLC0415

    def context() -> ssl.SSLContext:
        return _tls(environ)

    if forge == "github":
        base = github.api_base(environ["GITHUB_API_URL"])
        return Api(base, token, explain=github.explain, headers=github.HEADERS, context=context)
    base = gitlab.api_base(environ["CI_API_V4_URL"])
    return Api(base, token, explain=gitlab.explain, context=context)


def _opened(
    parsed: argparse.Namespace, trigger: Numbered | Headed, api: Api, environ: Mapping[str, str]
) -> tuple[int, Forge]:
    """Return the number of the pull request, and the pull request itself."""
    from archcheck.bot.events import Numbered  # noqa: PLC0415
    from archcheck.bot.forges import github, gitlab  # noqa: PLC0415

    if parsed.forge == "gitlab" and isinstance(trigger, Numbered):
        # In a fork's pipeline CI_PROJECT_ID is the fork; the merge request is the target project's.
        project = environ.get("CI_MERGE_REQUEST_PROJECT_ID") or environ["CI_PROJECT_ID"]
        return trigger.number, gitlab.GitLab(api, project, trigger.number, author=parsed.author)
    repository = environ["GITHUB_REPOSITORY"]
    if isinstance(trigger, Numbered):
        number = trigger.number
    else:
        number = github.find_pull_request(
            api, repository, owner=trigger.owner, branch=trigger.branch, commit=trigger.commit
        )
    return number, github.GitHub(api, repository, number, author=parsed.author)


def _trigger(parsed: argparse.Namespace, environ: Mapping[str, str]) -> Trigger:
    from archcheck.bot.events import (  # noqa: PLC0415
        NoPullRequest,
        Numbered,
        github_trigger,
        gitlab_trigger,
    )

    if (parsed.number is None) is not (parsed.commit is None):
        raise UsageError("--number and --commit: expected both, or neither")
    if parsed.number is not None:
        return Numbered(number=parsed.number, commit=parsed.commit)
    if parsed.forge == "gitlab":
        return gitlab_trigger(environ)
    path = environ.get("GITHUB_EVENT_PATH")
    if not path:
        return NoPullRequest(reason="GITHUB_EVENT_PATH is not set, nor --number and --commit given")
    try:
        with open_regular(path) as stream:
            event = stream.read(_MAX_EVENT)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from error
    return github_trigger(environ.get("GITHUB_EVENT_NAME", ""), event)


def _token(forge: str, environ: Mapping[str, str]) -> str | None:
    token = next(filter(None, (environ.get(name, "").strip() for name in _TOKENS[forge])), None)
    if token is not None and not (token.isascii() and token.isprintable() and " " not in token):
        raise UsageError(f"{_TOKENS[forge][0]}: expected a token, found something that cannot be one")
    return token


def _refuse_nowhere(forge: str, environ: Mapping[str, str]) -> None:
    """Raise UsageError where nothing says whose pull request it is, with all that has to be set."""
    unset = {name: value for name, value in _PLACES[forge].items() if not environ.get(name)}
    if environ.get("CI_MERGE_REQUEST_PROJECT_ID"):
        unset.pop("CI_PROJECT_ID", None)
    if unset:
        example = " ".join(f"{name}={value}" for name, value in unset.items())
        raise UsageError(
            f"{' and '.join(unset)} {'is' if len(unset) == 1 else 'are'} not set; a CI job says it, "
            f"elsewhere set it, as in {example} (see `archcheck comment --help`)"
        )


def _tls(environ: Mapping[str, str]) -> ssl.SSLContext:
    from archcheck.index.http.tls import tls_context  # noqa: PLC0415

    cert = environ.get("SSL_CERT_FILE") or environ.get("REQUESTS_CA_BUNDLE")
    try:
        return tls_context(cert, None, check=True)
    except OSError as error:
        raise UsageError(f"the certificates in {cert} cannot be read: {error.strerror}") from error


def _checked_url(url: str | None) -> str | None:
    if url is not None and (not url.startswith(("https://", "http://")) or set(url) & set("<>\\ \t\r\n")):
        raise UsageError("--report-url: expected an http or https address")
    return url


def _summarize(text: str, console: Console) -> bool:
    """Add *text* to the summary of the job, where there is one and it has room; return whether it was."""
    path = console.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return False
    data = f"{text}\n\n".encode("utf-8", "backslashreplace")
    try:
        with Path(path).open("ab") as stream:
            if stream.tell() + len(data) > _SUMMARY_LIMIT:
                return False
            stream.write(data)
    except OSError as error:
        _warn(f"the job summary cannot be written: {error.strerror}", console)
        return False
    return True


def _warn(message: str, console: Console) -> None:
    if console.environ.get("GITHUB_ACTIONS") == "true":
        console.print(f"::warning title=archcheck::{clean(message).replace('%', '%25')}\n")
    else:
        console.say(f"archcheck: warning: {message}")


def parser() -> Parser:
    """Return the parser of this command's arguments."""
    from archcheck.bot.plan import WHENS  # noqa: PLC0415 - light: no report, no network

    places = ", or ".join(
        " ".join(f"{name}={value}" for name, value in names.items()) for names in _PLACES.values()
    )
    made = Parser(
        prog="archcheck comment",
        description="Write, update or resolve one comment on a pull request, from saved results.",
        epilog="Exit code 0 whatever becomes of the comment: a warning says why it is not written. The "
        "audit's own exit code is that of `archcheck check`. The token is in GITHUB_TOKEN or GITLAB_TOKEN. "
        f"Outside a CI job give --number and --commit, and say where it is: {places}.",
    )
    made.add_argument("forge", choices=list(_TOKENS))
    made.add_argument("result", metavar="RESULT.json")
    made.add_argument("--baseline", metavar="BASE.json", help="the result for the base: say what changed")
    made.add_argument(
        "--base",
        metavar="REV",
        help="audit the same inputs in the git commit REV: say what changed (the options below are for this)",
    )
    made.add_argument("--key", default="default", help="tells several comments on one pull request apart")
    made.add_argument(
        "--comment-when",
        choices=WHENS,
        default="changes",
        help="what is worth a new comment: what changed against the base, anything in the way, or always "
        "(default: changes)",
    )
    made.add_argument("--report-url", metavar="URL", help="where the full report is")
    made.add_argument("--author", metavar="LOGIN", help="whose comments are ours, where the token cannot say")
    made.add_argument("--number", type=int, help="the pull request (default: that of the CI job)")
    made.add_argument("--commit", metavar="SHA", help="the audited head (default: that of the CI job)")
    made.add_argument("--dry-run", action="store_true", help="print the comment; ask and write nothing")
    add_input(made)
    add_settings(made)
    add_resolution(made)
    add_network(made)
    return made
