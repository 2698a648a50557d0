"""The only printers: the report goes to stdout, everything said about the work to stderr."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, TextIO

from archcheck.errors import OutputError
from archcheck.files import Disk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcheck.files import Files
    from archcheck.report.layout import View

ColorChoice = Literal["auto", "always", "never"]

_NARROWEST = 40
_WIDEST = 200  # lines that are longer are hard to read; who sets COLUMNS may want them
_MOST_STATED = 1000
_OF_FILES = 100
_PIECE = 2**20  # characters that are written at once: the report on a large repository has 20 million


class Console:
    """Two streams, the environment that says how to write to them, and the disk that is read.

    `within` are the folders that inputs are read in alone; none means: anywhere.
    """

    # What only some runs need is imported where it is used: `--version` answers in the time of an import.
    def __init__(self, *, out: TextIO, err: TextIO, environ: Mapping[str, str]) -> None:
        self.out = out
        self.err = err
        self.environ = environ
        self.disk: Files = Disk()
        self.within: tuple[str, ...] = ()

    @classmethod
    def of_process(cls) -> Console:
        """Return the console of this process; a stream that it was started without (`>&-`) leads nowhere."""
        return cls(out=sys.stdout or _nowhere(), err=sys.stderr or _nowhere(), environ=os.environ)

    def print(self, text: str) -> None:
        """Write *text* to stdout as it is; what the encoding cannot carry is spelled out.

        Raises `OutputError` where it cannot be written. That nobody reads on (`archcheck … | head`) is no
        error, and nothing to the exit code.
        """
        encoding = self.out.encoding or "utf-8"
        try:
            for start in range(0, len(text), _PIECE):
                piece = text[start : start + _PIECE]
                self.out.write(piece.encode(encoding, "backslashreplace").decode(encoding))
            self.out.flush()
        except OSError as error:
            _give_up(self.out)
            if not isinstance(error, BrokenPipeError):
                reason = f"standard output cannot be written: {error.strerror}"
                raise OutputError(reason) from error

    def error(self, message: str) -> None:
        """Write one line of error to stderr, free of control characters."""
        self.say(f"archcheck: error: {message}")

    def say(self, message: str) -> None:
        """Write one line to stderr, free of control characters and of commands to a CI service.

        Where it cannot be written, nobody hears it: what the exit code says does not hang on that.
        """
        from archcheck.index.http.addresses import without_passwords  # noqa: PLC0415
        from archcheck.report.layout import logged  # noqa: PLC0415

        encoding = self.err.encoding or "utf-8"
        line = logged(without_passwords(message)).encode(encoding, "backslashreplace").decode(encoding)
        try:
            self.err.write(line + "\n")
            self.err.flush()
        except OSError:
            _give_up(self.err)

    def begin_line(self) -> None:
        """Begin a line on stderr where a terminal has echoed `^C` into the one that it is in."""
        if self.err.isatty():
            with suppress(OSError):
                self.err.write("\n" if self.environ.get("TERM") == "dumb" else "\r\x1b[2K")

    def view(self, *, color: ColorChoice = "auto", verbose: bool = False, quiet: bool = False) -> View:
        """Return how a report for people is to be written to stdout."""
        from archcheck.report.layout import View  # noqa: PLC0415

        return View(
            width=self._width(),
            color=self._colored(color),
            ascii_only=not _carries(self.out.encoding),
            verbose=verbose,
            quiet=quiet,
        )

    def file_view(self, *, verbose: bool = True, quiet: bool = False) -> View:
        """Return how a report for people is to be written to a file: as wide as COLUMNS says, if it does."""
        from archcheck.report.layout import View  # noqa: PLC0415

        stated = stated_columns(self.environ) or _OF_FILES
        return View(width=max(_NARROWEST, min(stated, _MOST_STATED)), verbose=verbose, quiet=quiet)

    def _width(self) -> int:
        most = _MOST_STATED if stated_columns(self.environ) else _WIDEST
        return max(_NARROWEST, min(terminal_columns(self.environ, _OF_FILES), most))

    def _colored(self, choice: ColorChoice) -> bool:
        # NO_COLOR and FORCE_COLOR count when they are set and not empty (no-color.org, force-color.org).
        if choice != "auto":
            return choice == "always"
        if self.environ.get("NO_COLOR"):
            return False
        if self.environ.get("FORCE_COLOR"):
            return True
        return self.out.isatty() and self.environ.get("TERM") != "dumb"


def terminal_columns(environ: Mapping[str, str], default: int) -> int:
    """Return how wide the terminal is, as `shutil` has it, which imports all that it has for archives."""
    if stated := stated_columns(environ):
        return stated
    try:
        found = os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ else 0
    except (AttributeError, ValueError, OSError):  # a closed stream, or no terminal
        found = 0
    return found or default


def stated_columns(environ: Mapping[str, str]) -> int:
    """Return what COLUMNS says; 0 where it says nothing."""
    stated = environ.get("COLUMNS", "")
    return int(stated[:9]) if stated.isascii() and stated.isdigit() else 0


def _give_up(stream: TextIO) -> None:
    """Keep Python from complaining when it flushes the broken *stream* at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _nowhere() -> TextIO:
    return os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


def _carries(encoding: str | None) -> bool:
    try:
        "✓→".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
