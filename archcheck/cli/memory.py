"""The same command again: what it said last time, where nothing that it depends on has changed.

Whatever could matter is either part of the key (the command line, the whole environment, the folder, the
terminal, the day, this installation) or a question in the trace that is asked again. What cannot be asked
again, such as standard input or a folder that an index is read from, keeps a run from being remembered.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from functools import cache
from typing import TYPE_CHECKING

from archcheck._version import __version__
from archcheck.files import Disk
from archcheck.trace import LAYOUT, Noting, Trace, cache_folder, place, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archcheck.app.session import Session
    from archcheck.cli.console import Console
    from archcheck.model import Report

_FORMATS = {"text", "json"}  # in which the time stands once, or not at all
_MOST = 8 * 2**20  # characters
_PASSED_OVER = {"--no-cache", "--offline", "--refresh"}
_RESOLVED = (".txt", ".in", "pyproject.toml", "Pipfile", "setup.cfg", "setup.py")


@cache
def memory_of(console: Console, *arguments: str) -> Memory:
    """Return the memory of a command: one for `main`, which asks it first, and for the command itself."""
    return Memory(arguments, console)


class Memory:
    """What is remembered of the command *arguments* in the surroundings of *console*."""

    def __init__(self, arguments: Sequence[str], console: Console) -> None:
        self._console = console
        self._arguments = arguments
        self._folder = _folder(arguments, console)
        self._key = _key(arguments, console) if self._folder else ""
        self._trace = self._read()

    def answer(self) -> int | None:
        """Print what the command said before and return its exit code; None where it has to run."""
        trace = self._trace
        if trace is None or not trace.is_fresh(time.time()) or not trace.holds(self._console.disk):
            return None
        return self._say(trace)

    @property
    def leads_to_index(self) -> bool:
        """Whether the command is sure to ask the index, as far as can be told before it is looked at."""
        if self._trace is not None:
            return bool(self._trace.consulted) and not self._trace.is_fresh(time.time())
        cold = not os.path.isdir(os.path.join(self._folder, LAYOUT)) if self._folder else True  # noqa: PTH112, PTH118
        named = any(argument.endswith(_RESOLVED) for argument in self._arguments)
        return cold and named and "--offline" not in self._arguments

    def answer_after(self, session: Session) -> int | None:
        """Do as `answer` does where the index, asked again through *session*, says what it said before."""
        trace = self._trace
        if trace is None or not trace.holds(self._console.disk) or not session.unchanged(trace.consulted):
            return None
        self._keep(trace, session)
        return self._say(trace)

    def keep(self, report: Report, text: str, code: int, session: Session, *, form: str) -> None:
        """Remember that the command wrote *text* in the format *form*, if it may be said again."""
        moment = "" if self._console.environ.get("SOURCE_DATE_EPOCH") else report.generated_at
        times = text.count(moment) if moment else 0
        if not report.complete or form not in _FORMATS or times > 1 or len(text) > _MOST:
            return
        trace = Trace(
            code=code,
            moment=moment if times else "",
            stored_at=0.0,
            fresh_until=0.0,
            asked=(),
            consulted=(),
            text=text,
        )
        self._keep(trace, session)

    def _keep(self, trace: Trace, session: Session) -> None:
        disk = self._console.disk
        if not isinstance(disk, Noting) or not disk.repeatable or self._console.has_spoken:
            return
        evidence = session.evidence()
        if evidence is None or os.path.abspath(session.cache.folder) != self._folder:  # noqa: PTH100
            return
        kept = trace._replace(
            stored_at=time.time(),
            fresh_until=min((until for _, until in evidence), default=float("inf")),
            asked=disk.asked,
            consulted=tuple(document for document, _ in evidence),
        )
        session.cache.keep(place(self._folder, self._key), kept.encode())

    def _say(self, trace: Trace) -> int:
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self._console.print(trace.text.replace(trace.moment, now) if trace.moment else trace.text)
        return trace.code

    def _read(self) -> Trace | None:
        if not self._folder:
            return None
        try:
            return Trace.decode(Disk().read(place(self._folder, self._key)))
        except OSError:
            return None


def _folder(arguments: Sequence[str], console: Console) -> str:
    """Return the cache's folder as far as the command line tells it; empty where nothing is to be kept."""
    if not _PASSED_OVER.isdisjoint(arguments):
        return ""
    named = ""
    for position, argument in enumerate(arguments):
        if argument.startswith("--cache-dir="):
            named = argument.partition("=")[2]
        elif argument == "--cache-dir":
            named = "".join(arguments[position + 1 : position + 2])
    return os.path.abspath(named or cache_folder(console.environ))  # noqa: PTH100 - no pathlib in here


def _key(arguments: Sequence[str], console: Console) -> str:
    surroundings = [
        __version__,
        sys.version,
        *_installation(),
        sys.prefix,  # where pip's settings are, as well as
        os.path.expanduser("~"),  # noqa: PTH111 - which HOME does not always say
        time.strftime("%Y-%m-%d", time.gmtime()),
        os.getcwd(),  # noqa: PTH109 - as above
        *console.form(),
        *sorted(f"{name}={value}" for name, value in console.environ.items()),
        "",
        *arguments,
    ]
    return hashlib.sha256("\0".join(surroundings).encode("utf-8", "surrogatepass")).hexdigest()


def _installation() -> Iterator[str]:
    """Yield what changes where archcheck, or anything that it is built on, is installed anew or edited."""
    package = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120
    installed = [place for place in sys.path if _holds_distributions(place)]
    yield from (f"{place} {stamp(place)}" for place in installed)
    if os.path.dirname(package) not in installed:  # noqa: PTH120 - a checkout, where any file may change
        for folder, _, names in os.walk(package):
            for name in names:
                if not name.endswith(".pyc"):
                    yield f"{name} {stamp(os.path.join(folder, name))}"  # noqa: PTH118


def _holds_distributions(place: str) -> bool:
    """Return whether installers put distributions into *place* on sys.path, or all of it is one zip file."""
    try:
        return any(name.endswith((".dist-info", ".egg-info")) for name in os.listdir(place))  # noqa: PTH208
    except NotADirectoryError:
        return True
    except OSError:
        return False
