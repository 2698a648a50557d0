"""The real index, asked politely: by pip's own session, each thing once, four at a time, answers kept on disk."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from pip._internal.models.index import PyPI
from pip._internal.network.lazy_wheel import dist_from_wheel_url
from pip._internal.network.session import PipSession

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ACCEPT = "application/vnd.pypi.simple.v1+json"
AT_ONCE = 4
FIELDS = (
    "Metadata-Version",
    "Name",
    "Version",
    "Dynamic",
    "Requires-Python",
    "Requires-Dist",
    "Provides-Extra",
)


class Upstream:
    """What the default index says, kept under *folder*; delete a file there to have it asked for again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked = 0
        self._session = PipSession(retries=3)
        self._session.timeout = 60
        self._at_once = threading.Semaphore(AT_ONCE)
        self._locks: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)

    def page(self, name: str) -> dict[str, Any] | None:
        """Return the project page (PEP 691) of the normalised *name*, None where there is none."""
        return json.loads(self._once(f"pages/{name}.json", lambda: self._get_page(name)))  # type: ignore[no-any-return]

    def page_time(self, name: str) -> float:
        """Return when the page was asked for, in seconds since the epoch."""
        return (self.folder / f"pages/{name}.json").stat().st_mtime

    def metadata(self, name: str, filename: str, url: str) -> dict[str, list[str]]:
        """Return the `FIELDS` of a wheel's METADATA, each with all its values, by ranged reads."""
        return json.loads(self._once(f"metadata/{filename}.json", lambda: self._get_metadata(name, url)))  # type: ignore[no-any-return]

    def sdist(self, filename: str, url: str) -> dict[str, bytes]:
        """Return the files inside an sdist, by their paths in its top folder."""
        self._once(f"sdists/{filename}", lambda: self._get(url))
        return dict(unpacked(self.folder / "sdists" / filename))

    def built_requires(self, filename: str) -> list[str]:
        """Return what an sdist that was asked for requires as pip finds by preparing it here, nothing where that fails."""
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--dry-run",
            "--no-deps",
            "--ignore-installed",
        ]
        command += ["--disable-pip-version-check", "--report", "-", str(self.folder / "sdists" / filename)]

        def prepare() -> bytes:
            run = subprocess.run(command, capture_output=True, text=True, check=False)
            found = json.loads(run.stdout)["install"][0]["metadata"] if run.returncode == 0 else {}
            return json.dumps(found.get("requires_dist", [])).encode()

        return json.loads(self._once(f"built/{filename}.json", prepare))  # type: ignore[no-any-return]

    def _once(self, key: str, get: Callable[[], bytes]) -> bytes:
        path = self.folder / key
        with self._locks[path]:
            if not path.exists():
                data = self._asked_once(key, get)
                path.parent.mkdir(parents=True, exist_ok=True)
                part = path.with_name(path.name + ".part")
                part.write_bytes(data)
                part.rename(path)
            return path.read_bytes()

    def _asked_once(self, key: str, get: Callable[[], bytes]) -> bytes:
        with self._at_once:
            self.asked += 1
            try:
                return get()
            except Exception as error:
                # the loopback server says nothing of errors in its answers, and the installer only that it has none
                print(f"{key}: {error!r}", file=sys.stderr)
                raise

    def _get(self, url: str) -> bytes:
        answer = self._session.get(url)
        answer.raise_for_status()
        return bytes(answer.content)

    def _get_page(self, name: str) -> bytes:
        answer = self._session.get(f"{PyPI.simple_url}/{name}/", headers={"Accept": ACCEPT})
        if answer.status_code == 404:
            return b"null"
        answer.raise_for_status()
        return bytes(answer.content)

    def _get_metadata(self, name: str, url: str) -> bytes:
        read = dist_from_wheel_url(name, url, self._session).metadata
        return json.dumps({field: read.get_all(field, []) for field in FIELDS}).encode()


def unpacked(path: Path) -> list[tuple[str, bytes]]:
    """Return the regular files of an archive without their top folder."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as zipped:
            found = [(info.filename, zipped.read(info)) for info in zipped.infolist() if not info.is_dir()]
    else:
        with tarfile.open(path) as packed:
            members = [member for member in packed if member.isfile()]
            found = [(member.name, packed.extractfile(member).read()) for member in members]  # type: ignore[union-attr]
    return [(name.partition("/")[2], data) for name, data in found]
