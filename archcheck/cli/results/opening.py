"""`--open`: the HTML report before whoever sits at this machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from archcheck.errors import OutputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from archcheck.cli.console import Console

_JOBS: Final = ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "JENKINS_URL")
_DISPLAYS: Final = ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "BROWSER")
_WITH_A_DISPLAY: Final = ("win32", "cygwin", "darwin")


def refuse_unseen(environ: Mapping[str, str], platform: str = sys.platform) -> None:
    """Raise UsageError where nobody would see what is opened: in a CI job, and without a display."""
    job = next((name for name in _JOBS if environ.get(name, "").lower() not in {"", "false", "0"}), None)
    if job is not None:
        raise UsageError(f"--open: this is a CI job ({job} is set), nobody would see the page; -o writes it")
    if platform not in _WITH_A_DISPLAY and not any(environ.get(name) for name in _DISPLAYS):
        raise UsageError(
            f"--open: there is no display ({', '.join(_DISPLAYS[:2])}) and no BROWSER; -o report.html "
            "writes the page"
        )


def place_for_page() -> Path:
    """Return a file in a new folder of the user's own, for a page that no `-o` names; raises OutputError."""
    import tempfile  # noqa: PLC0415 - seldom asked for

    try:
        return Path(tempfile.mkdtemp(prefix="archcheck-")) / "report.html"
    except OSError as error:
        raise OutputError(f"--open: no temporary folder can be made: {error.strerror}") from error


def open_page(path: Path, console: Console, browse: Callable[[str], bool] | None = None) -> None:
    """Have the browser show the page at *path*, and say where that is if it cannot."""
    import webbrowser  # noqa: PLC0415 - seldom asked for

    try:
        shown = (browse or webbrowser.open)(path.resolve().as_uri())
    except (webbrowser.Error, OSError):
        shown = False
    if not shown:
        console.say(f"archcheck: no browser could be started; the page is in {path}")
