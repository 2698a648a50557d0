"""The arguments that several commands share, and their way into a `Request`."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Any, Literal, NoReturn, get_args

from archcheck import formats
from archcheck.cli.console import terminal_columns
from archcheck.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from archcheck.app.request import Request
    from archcheck.cli.console import Console
    from archcheck.index.cache.store import Mode
    from archcheck.model import TargetSource
    from archcheck.platforms.architectures import Architecture
    from archcheck.settings.keys import Value


JOBS = 50
_ARCHITECTURES: dict[str | None, Architecture] = {"arm64": "aarch64", "x86_64": "x86_64"}


class _Formatter(argparse.HelpFormatter):
    """As wide as the terminal; told so, argparse need not import what finds it out."""

    def __init__(self, prog: str, **more: Any) -> None:
        super().__init__(prog, **{"width": terminal_columns(os.environ, 80) - 2, **more})


class Parser(argparse.ArgumentParser):
    """An argument parser that raises `UsageError` instead of leaving the process."""

    def __init__(self, **about: Any) -> None:
        # `--all` is no `--all-extras`, and an option that is new tomorrow must not change what a job types.
        super().__init__(formatter_class=_Formatter, allow_abbrev=False, **about)

    def parse(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Return what *arguments* say; raises `UsageError` for an unknown one, with what was meant."""
        parsed, unknown = self.parse_known_args(arguments)
        if unknown:
            from archcheck.cli.options.meant import hint  # noqa: PLC0415 - not where all is well

            first = unknown[0].partition("=")[0]
            self.error(f"unknown argument: {first}{hint(first, self._option_string_actions)}")
        _silence_libraries()
        return parsed

    def actions(self) -> tuple[argparse.Action, ...]:
        """Return what the command line may hold: options and arguments."""
        return tuple(self._actions)

    def converted(self, option: str, value: Value, label: str) -> Any:
        """Return what *option* is for a *value* not typed; *label* names its source in a SettingsError."""
        if isinstance(value, bool):
            return value
        action = self._option_string_actions[f"--{option.replace('_', '-')}"]
        try:
            if isinstance(value, list):
                return [self._get_value(action, each) for each in value]
            found = self._get_value(action, str(value))
            self._check_value(action, found)
        except argparse.ArgumentError as error:
            raise SettingsError(f"{label}: {error.message}") from None
        return found

    def error(self, message: str) -> NoReturn:
        """Raise the usage error in the words of argparse, with where to read on."""
        raise UsageError(f"{message} (see `{self.prog} --help`)")


class Listed(argparse.Action):
    """Adds what stands between commas, each as if it were typed alone."""

    def __call__(self, _parser: object, namespace: argparse.Namespace, values: Any, *_: object) -> None:
        """Add them; nothing at all is a value too, which is refused where it is read."""
        listed = [each.strip() for each in values.split(",") if each.strip()] or [values]
        setattr(namespace, self.dest, [*getattr(namespace, self.dest), *listed])


def _silence_libraries() -> None:
    """Keep libraries from logging to stderr what nobody asked for, tracebacks of a callback included."""
    import logging  # noqa: PLC0415 - not for --help

    logging.disable(logging.CRITICAL)


def add_input(parser: argparse.ArgumentParser) -> None:
    """Add what is audited, and against what."""
    group = parser.add_argument_group("what to audit")
    kinds = ", ".join(each.kind for each in formats.FORMATS)
    group.add_argument(
        "--kind",
        metavar="KIND",
        help=f"the format of the input, where its name does not tell it ({kinds})",
    )
    group.add_argument(
        "--environment",
        action="append",
        default=[],
        metavar="PATH",
        help="what is installed at PATH: an interpreter, a virtual environment or a site-packages folder",
    )
    group.add_argument(
        "--extra", action="append", default=[], metavar="NAME", help="also this extra of the project"
    )
    group.add_argument(
        "--all-extras",
        action="store_true",
        help="also every extra of the project; of extras that exclude each other, each choice by itself",
    )
    group.add_argument(
        "--group", action="append", default=[], metavar="NAME", help="also this dependency group"
    )
    group.add_argument(
        "--package", metavar="NAME", help="this member of the workspace alone, as for `uv sync --package`"
    )
    group.add_argument(
        "--architecture",
        choices=["arm64", "x86_64"],
        help="whether a built artifact (a zip file, wheel, folder or image) runs on this one (default: both, "
        "side by side, and the answer for arm64)",
    )
    group.add_argument(
        "-t",
        "--target",
        action=Listed,
        default=[],
        metavar="BASE:pythonX.Y",
        help="where it will run, as in lambda:python3.13, debian12:python3.12, alpine3.22:python3.13 or "
        "glibc2.28:python3.11; several, with a comma between them or each with a --target, make a matrix "
        "(default: Lambda, with the project's own Python)",
    )


def add_resolution(parser: argparse.ArgumentParser) -> None:
    """Add the options that pip has too, with pip's meaning."""
    group = parser.add_argument_group("how to resolve (each means what it means to pip)")
    group.add_argument("-i", "--index-url", metavar="URL", help="the index, in place of pip's own")
    group.add_argument(
        "--extra-index-url", action="append", default=[], metavar="URL", help="a further index"
    )
    group.add_argument(
        "--find-links",
        action="append",
        default=[],
        metavar="URL|PATH",
        help="also files of this page or folder",
    )
    group.add_argument("--no-index", action="store_true", help="ask no index, only what --find-links names")
    group.add_argument("--no-deps", action="store_true", help="what the input names alone")
    group.add_argument(
        "--only-binary", action="append", default=[], metavar="NAMES", help="no sdists of these, or :all:"
    )
    group.add_argument(
        "--no-binary", action="append", default=[], metavar="NAMES", help="no wheels of these, or :all:"
    )
    group.add_argument("--prefer-binary", action="store_true", help="an older wheel before a newer sdist")
    group.add_argument("--pre", action="store_true", help="pre-releases too")
    group.add_argument("--require-hashes", action="store_true", help="nothing without a hash in the input")
    group.add_argument(
        "-c",
        "--constraint",
        action="append",
        default=[],
        metavar="FILE",
        help="the versions that FILE allows",
    )
    group.add_argument(
        "--exclude-newer", type=_date, metavar="DATE", help="look at nothing uploaded on or after DATE"
    )


def add_color(group: argparse._ActionsContainer) -> None:
    """Add the option of every command that prints for people."""
    group.add_argument(
        "--color",
        choices=["auto", "always", "never"],
        default="auto",
        help="colours in the report (default: auto)",
    )


def add_network(parser: argparse.ArgumentParser) -> None:
    """Add how the index is asked and what is kept of its answers."""
    group = parser.add_argument_group("network and cache")
    group.add_argument("--offline", action="store_true", help="use what the cache holds, however old")
    group.add_argument(
        "--max-stale",
        type=_positive(float),
        metavar="SECONDS",
        help="ask for nothing again that was answered in the last SECONDS: two audits then see one index",
    )
    group.add_argument("--refresh", action="store_true", help="ask again for everything that can change")
    group.add_argument(
        "--cache-dir", metavar="DIR", help="where answers are kept (see `archcheck cache dir`)"
    )
    group.add_argument("--no-cache", action="store_true", help="keep nothing, and use nothing kept")
    group.add_argument(
        "--timeout",
        type=_positive(float),
        metavar="SECONDS",
        help="how long a run waits in all for what does not come from an index (default: 30)",
    )
    group.add_argument(
        "--jobs", type=_positive(int), metavar="N", help="requests under way at once (default: 50)"
    )


def add_inspection(parser: argparse.ArgumentParser) -> None:
    """Add whether wheels are looked into, and how far."""
    group = parser.add_argument_group("looking into files")
    group.add_argument(
        "--inspect", action="store_true", help="read what the wheels hold, and not their tags alone (default)"
    )
    group.add_argument(
        "--no-inspect", action="store_true", help="go by the tags alone; the confidence is lower then"
    )
    group.add_argument(
        "--inspect-budget",
        type=_positive(float),
        metavar="MB",
        help="how much is read of all wheels beyond what each file begins with (default: 32)",
    )


def add_remedies(parser: argparse.ArgumentParser) -> None:
    """Add whether a way out is looked for."""
    group = parser.add_argument_group("ways out")
    group.add_argument(
        "--no-remedies",
        action="store_true",
        help="say what stands in the way, and look for nothing that helps (quicker)",
    )


def add_shipping(parser: argparse.ArgumentParser) -> None:
    """Add how the set gets to its target."""
    group = parser.add_argument_group("how it is shipped")
    group.add_argument(
        "--ship",
        choices=get_args(Literal["zip", "image"]),  # model.Ship, without msgspec for --help
        help="how it gets to AWS Lambda: what is too large for it then stands in the way (default: as a zip "
        "where it fits, else as a container image)",
    )


def request_of(arguments: argparse.Namespace, console: Console, paths: Sequence[str]) -> Request:
    """Return the request that the parsed *arguments* make; raises `UsageError` for what cannot be meant."""
    from packaging.utils import canonicalize_name  # noqa: PLC0415

    from archcheck.app.request import Request  # noqa: PLC0415
    from archcheck.index.config.format_control import restrict  # noqa: PLC0415 - not needed for --help, as what follows
    from archcheck.manifest.manifest import FormatControl, IndexOptions, Selection  # noqa: PLC0415

    formats = FormatControl()
    for option in ("no_binary", "only_binary"):
        for value in getattr(arguments, option):
            formats = restrict(formats, option.replace("_", "-"), value)
    return Request(
        paths=tuple(dict.fromkeys(paths)) or (() if arguments.environment else (".",)),
        environments=tuple(dict.fromkeys(arguments.environment)),
        cwd=os.getcwd(),  # noqa: PTH109 - Path.cwd() would resolve nothing more
        environ=console.environ,
        disk=console.disk,
        within=console.within,
        kind=arguments.kind,
        selection=Selection(
            extras=frozenset(canonicalize_name(name) for name in arguments.extra),
            all_extras=arguments.all_extras,
            groups=frozenset(canonicalize_name(name) for name in arguments.group),
            package=canonicalize_name(arguments.package or ""),
        ),
        targets=tuple(arguments.target),
        targets_source=_targets_source(arguments),
        flags=IndexOptions(
            index_url=arguments.index_url,
            extra_index_urls=tuple(arguments.extra_index_url),
            find_links=tuple(arguments.find_links),
            no_index=arguments.no_index,
            pre=arguments.pre,
            prefer_binary=arguments.prefer_binary,
            require_hashes=arguments.require_hashes,
            formats=formats,
        ),
        constraints=tuple(arguments.constraint),
        no_deps=arguments.no_deps,
        exclude_newer=arguments.exclude_newer,
        architecture=_ARCHITECTURES.get(arguments.architecture),
        cache_mode=_mode(arguments),
        max_stale=arguments.max_stale or 0,
        cache_dir=arguments.cache_dir,
        jobs=arguments.jobs or JOBS,
        timeout=arguments.timeout,
        ship=getattr(arguments, "ship", None),
        remedies="no_remedies" in vars(arguments) and not arguments.no_remedies,
        **_inspection(arguments),
    )


def _targets_source(arguments: argparse.Namespace) -> TargetSource | None:
    from archcheck.model import TargetSource  # noqa: PLC0415 - not for --help

    path = getattr(arguments, "target_from", None)
    return TargetSource(kind="settings", path=path) if path else None


def _inspection(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return how far wheels are looked into: not at all by the commands that have no use for it."""
    if "inspect" not in vars(arguments):
        return {"inspect": False}
    wanted = arguments.inspect or not arguments.no_inspect
    budget = arguments.inspect_budget
    return {"inspect": wanted, **({"inspect_budget": int(budget * 2**20)} if budget else {})}


def _mode(arguments: argparse.Namespace) -> Mode:
    chosen = [name for name in ("offline", "refresh", "no_cache") if getattr(arguments, name)]
    if len(chosen) > 1:
        flags = " and ".join(f"--{name.replace('_', '-')}" for name in chosen)
        raise UsageError(f"{flags} exclude each other")
    match chosen:
        case ["offline"]:
            return "offline"
        case ["refresh"]:
            return "refresh"
        case ["no_cache"]:
            return "off"
    return "normal"


def _date(text: str) -> datetime:
    from datetime import UTC, datetime  # noqa: PLC0415

    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"expected a date such as 2026-11-23 or an ISO 8601 time, found {text[:40]!r}"
        raise argparse.ArgumentTypeError(message) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _positive(kind: type[int | float]) -> Callable[[str], float]:
    def convert(text: str) -> float:
        value = kind(text)
        if not 0 < value < float("inf"):
            raise ValueError(text)
        return value

    convert.__name__ = f"positive {'number' if kind is float else 'whole number'}"
    return convert
