"""A headless Chromium that is told what to do through a pipe: the DevTools protocol, without a library for it.

`--remote-debugging-pipe` reads commands on descriptor 3 and writes answers and events on descriptor 4, each a JSON
document with a zero byte behind it.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.patience import ended, read_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # it only opens reports of ours, and root may not have one
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
# The two ends that Chromium takes have to be its descriptors 3 and 4.
START = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); os.execv(sys.argv[3], sys.argv[3:])"


def program() -> str | None:
    """Return the browser, or None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@dataclass(kw_only=True)
class Browser:
    """One page of a browser; `events` are all that it has told so far."""

    commands: int
    answers: int
    events: list[dict[str, Any]] = field(default_factory=list)
    session: str | None = None
    _sent: int = 0
    _seen: bytes = b""

    def __call__(self, method: str, **params: Any) -> dict[str, Any]:
        """Return the result of one command."""
        self._sent += 1
        message = {"id": self._sent, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        while (answer := self._next()).get("id") != self._sent:
            self.events.append(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def wait_for(self, event: str) -> None:
        """Return when *event* has come since the last `open`."""
        while event not in self.told:
            self.events.append(self._next())

    @property
    def told(self) -> list[str]:
        """The names of the events that have come."""
        return [each.get("method", "") for each in self.events]

    def attach(self) -> None:
        """Open an empty page, and have all told that happens on it."""
        target = self("Target.createTarget", url="about:blank")["targetId"]
        self.session = self("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self(f"{domain}.enable")

    def open(
        self, path: Path, *, width: int = 1280, scheme: str = "light", media: str = "", script: bool = True
    ) -> None:
        """Load *path* in a window *width* pixels wide, in the light or the dark *scheme*, or as it is printed."""
        self("Emulation.setScriptExecutionDisabled", value=not script)
        self(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self("Emulation.setEmulatedMedia", media=media, features=[feature])
        self.events.clear()
        self("Page.navigate", url=path.as_uri())
        self.wait_for("Page.loadEventFired")

    def run(self, expression: str) -> Any:
        """Return the value of *expression* on the page, awaited; the page's policy does not bind it."""
        answer = self("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def requests(self) -> list[str]:
        """Return the addresses that the page asked for."""
        sent = [each for each in self.events if each.get("method") == "Network.requestWillBeSent"]
        return [each["params"]["request"]["url"] for each in sent]

    def errors(self) -> list[dict[str, Any]]:
        """Return what went wrong on the page: exceptions, and what the browser or a script logged."""
        wrong = {"Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"}
        return [each["params"] for each in self.events if each.get("method") in wrong]

    def picture(self) -> bytes:
        """Return the whole page as a PNG."""
        size = self("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        return base64.b64decode(self("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"])

    def paper(self) -> bytes:
        """Return the page as a PDF, on paper of the size that it asks for."""
        printed = self("Page.printToPDF", preferCSSPageSize=True, printBackground=False)
        return base64.b64decode(printed["data"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._seen:
            self._seen += read_until(self.answers, b"\0")
        text, _, self._seen = self._seen.partition(b"\0")
        return json.loads(text)


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """Start a browser that keeps its own files in *folder*, and end it."""
    path = program()
    assert path is not None
    (theirs, commands), (answers, its) = os.pipe(), os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-c", START, str(theirs), str(its), path, *OPTIONS, f"--user-data-dir={folder}"],
        pass_fds=(theirs, its),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    os.close(its)
    made = Browser(commands=commands, answers=answers)
    try:
        made.attach()
        yield made
        made.session = None
        made("Browser.close")
    finally:
        os.close(commands)
        ended(process)
        os.close(answers)
