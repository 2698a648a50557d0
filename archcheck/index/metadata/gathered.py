"""What is kept of an sdist or a folder while it is gone through: names, texts, programs, within bounds."""

from __future__ import annotations

from typing import BinaryIO, Final

from msgspec import Struct
from msgspec.structs import replace

from archcheck.binaries.formats import Head, read_head
from archcheck.binaries.model import NativeFile
from archcheck.index.model import SdistContents

MAX_NAMES: Final = 60_000
MAX_NAMED: Final = 16 * 2**20  # characters of all names
MAX_TEXT: Final = 5 * 2**20  # bytes of one text
MAX_TEXTS: Final = 16 * 2**20  # bytes of all texts
MAX_HELPER: Final = 128 * 2**10  # bytes of a module beside setup.py; a larger one is left out
MAX_HELPERS: Final = 20
MAX_HEADS: Final = 5_000  # files of which the first bytes are looked at
MAX_NATIVES: Final = 200
_HEAD = 1024  # bytes by which any native file is known
_TEXTS = frozenset({"PKG-INFO", "pyproject.toml", "setup.py", "setup.cfg"})
_EGG_INFO = ".egg-info"
# What ends so is no program; most files of most sdists do.
_NO_PROGRAM = frozenset(
    {
        "py",
        "pyi",
        "pyc",
        "pyx",
        "pxd",
        "c",
        "h",
        "cc",
        "cpp",
        "cxx",
        "hpp",
        "hh",
        "inc",
        "rs",
        "go",
        "f",
        "f90",
    }
    | {"asm", "s", "S", "js", "ts", "css", "html", "rst", "txt", "md", "json", "toml", "cfg", "ini", "yml"}
    | {"yaml", "xml", "csv", "sql", "png", "svg", "gif", "jpg", "po", "pot", "mo", "pem", "sh", "in", "cmake"}
)


class Refused(Exception):  # noqa: N818 - the archive is refused, with a reason
    """An archive that an installer would refuse, or that is larger than any real sdist."""


class Member(Struct, frozen=True, kw_only=True):
    """One file or folder of an archive; `file` is it, opened, where it is to be read."""

    name: str
    file: BinaryIO | None = None
    size: int = 0
    executable: bool = False
    folder: bool = False


class Gathered:
    """Gathers what tells something *below* a folder of the archive, which may have a top folder or none."""

    def __init__(self, below: str = "") -> None:
        self._below = below
        self._names: list[str] = []
        self._texts: dict[str, str] = {}
        self._natives: list[NativeFile] = []
        self._seen = 0
        self._named = 0
        self._text = 0
        self._heads = 0

    def needs(self, raw: str) -> bool:
        """Return whether the member *raw* is one of the texts that tell dependencies and build."""
        return any(_is_text(path) for path in self._inside(raw))

    def wants(self, raw: str) -> bool:
        """Return whether something of the member *raw* is read."""
        return self.needs(raw) or self._may_help(raw) or self._may_be_program(raw)

    def add(self, member: Member) -> None:
        """Take what *member* tells."""
        name = member.name.removeprefix("./")
        if name.startswith(("/", "\\")) or ".." in name.split("/"):
            raise Refused(f"{member.name!r} points outside of the archive")
        self._seen += 1
        self._named += len(name)
        if self._seen > MAX_NAMES:
            raise Refused(f"it holds more than {MAX_NAMES} files")
        if self._named > MAX_NAMED:
            raise Refused(f"the names in it are longer than {MAX_NAMED} characters")
        if member.folder:
            return
        self._names.append(name)
        if member.file is None:
            return
        if self.needs(member.name):
            self._texts[name] = self._read(member.file, name)
        elif self._may_help(member.name):
            if member.size <= MAX_HELPER:
                self._texts[name] = self._read(member.file, name)
        else:
            self._look(member, name)

    def _look(self, member: Member, name: str) -> None:
        self._heads += 1
        found = read_head(member.file.read(_HEAD)) if member.file is not None else None
        if isinstance(found, Head) and len(self._natives) < MAX_NATIVES:
            self._natives.append(
                NativeFile(
                    path=name,
                    format=found.format,
                    machine=found.machine,
                    bits=found.bits,
                    size=member.size,
                    os_abi=found.os_abi,
                    executable=member.executable,
                )
            )

    def _read(self, file: BinaryIO, name: str) -> str:
        data = file.read(MAX_TEXT + 1)
        self._text += len(data)
        if len(data) > MAX_TEXT:
            raise Refused(f"{name!r} is larger than {MAX_TEXT} bytes")
        if self._text > MAX_TEXTS:
            raise Refused(f"the texts in it are larger than {MAX_TEXTS} bytes")
        return data.decode("utf-8-sig", "replace")  # a BOM is no Python and no TOML

    def _inside(self, raw: str) -> list[str]:
        """Return what *raw* may be called inside: below the top folder, or where there is none."""
        name = raw.removeprefix("./")
        paths = (name, name.partition("/")[2])
        return [path.removeprefix(self._below) for path in paths if path.startswith(self._below)]

    def _may_help(self, raw: str) -> bool:
        beside = any(path.endswith(".py") and "/" not in path for path in self._inside(raw))
        return beside and len(self._texts) < 2 * MAX_HELPERS

    def _may_be_program(self, raw: str) -> bool:
        suffix = raw.rpartition("/")[2].rpartition(".")
        return self._heads < MAX_HEADS and not (suffix[1] and suffix[2] in _NO_PROGRAM)

    def contents(self) -> SdistContents:
        """Return what an archive holds; its top folder is left out of the names."""
        top = {name.partition("/")[0] if "/" in name else "" for name in self._names}
        cut = f"{top.pop()}/" if len(top) == 1 and "" not in top else ""
        start = cut + self._below
        self._names = [name.removeprefix(start) for name in self._names if name.startswith(start)]
        self._texts = {
            name.removeprefix(start): text for name, text in self._texts.items() if name.startswith(start)
        }
        self._natives = [
            replace(file, path=file.path.removeprefix(start))
            for file in self._natives
            if file.path.startswith(start)
        ]
        if not self._names:
            raise Refused(f"it has no folder {self._below[:-1]!r}" if self._below else "it is empty")
        return self.chosen()

    def chosen(self) -> SdistContents:
        """Return what a folder holds, its names as they are."""
        helpers = sorted(name for name in self._texts if name.endswith(".py") and name != "setup.py")
        return SdistContents(
            names=tuple(self._names),
            pkg_info=self._texts.get("PKG-INFO"),
            pyproject=self._texts.get("pyproject.toml"),
            setup_py=self._texts.get("setup.py"),
            setup_cfg=self._texts.get("setup.cfg"),
            requires_txt=self._requires_txt(),
            helpers=tuple((name, self._texts[name]) for name in helpers if "/" not in name)[:MAX_HELPERS],
            natives=tuple(self._natives),
        )

    def _requires_txt(self) -> str | None:
        """Return the requires.txt of the outermost .egg-info; tests carry others (setuptools' do)."""
        folders = {name.rpartition("/")[0] for name in self._names if f"{_EGG_INFO}/" in name}
        folders = {folder for folder in folders if folder.endswith(_EGG_INFO)}
        outermost = min(folders, key=lambda folder: (folder.count("/"), folder), default="")
        return self._texts.get(f"{outermost}/requires.txt")


def _is_text(name: str) -> bool:
    """Whether the path inside the top folder is one of the texts; requires.txt may stand under `src/`."""
    if name.endswith(f"{_EGG_INFO}/requires.txt"):
        return name.count("/") <= 2  # noqa: PLR2004 - src/x.egg-info/requires.txt
    return name in _TEXTS
