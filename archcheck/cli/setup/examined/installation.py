"""The installation: whose module is imported, by which Python, with which extras."""

from __future__ import annotations

import platform
import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from packaging.utils import canonicalize_name

import archcheck
from archcheck._version import __version__
from archcheck.cli.setup.examined.found import Found

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DISTRIBUTION: Final = "wheel-archcheck"
EXTRAS: Final[Mapping[str, str]] = {"keyring": "keyring", "mcp": "mcp", "terraform": "hcl2"}
"""The module that each extra brings."""
_MODULE: Final = "archcheck"


def installation() -> Iterator[Found]:
    """Yield what is found of the installation that runs."""
    place = Path(archcheck.__file__).parent
    yield Found(about="archcheck", text=f"{__version__}, imported from {place}")
    yield from _distribution()
    yield from shadows(sys.path, place)
    python = f"{platform.python_implementation()} {platform.python_version()}, {sys.executable or 'embedded'}"
    yield Found(about="Python", text=f"{python}, {platform.system()} {platform.machine()}")
    for name, module in EXTRAS.items():
        there = find_spec(module) is not None
        # It is on no index: docs/install.md has what there is.
        lacking = f"not installed: pip install '.[{name}]' in a checkout (docs/install.md)"
        text = "installed" if there else lacking
        yield Found(about=f"extra {name}", state="ok" if there else "note", text=text)


def _distribution() -> Iterator[Found]:
    try:
        version = metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        version = None
    if version is None:
        text = f"{DISTRIBUTION} is not installed here: the module is imported from a folder alone"
        yield Found(about="distribution", state="note", text=text)
    elif version != __version__:
        text = f"{DISTRIBUTION} {version} is installed, but the module of {__version__} is imported"
        yield Found(about="distribution", state="bad", text=text)
    else:
        yield Found(about="distribution", text=f"{DISTRIBUTION} {version}")
    yield from rivals(metadata.packages_distributions())


def rivals(modules: Mapping[str, Sequence[str]]) -> Iterator[Found]:
    """Yield other distributions that bring a module of our name, which may have written over ours.

    An index has another program, the distribution archcheck, whose module and command are called the same.
    Both write into one folder, and the command may be the other's. Taking one away takes what they share, so
    both have to go. *modules* has distributions by module.
    """
    others = sorted({canonicalize_name(name) for name in modules.get(_MODULE, ())} - {DISTRIBUTION})
    for name in others:
        text = (
            f"{name} is another program with a module {_MODULE}, and each writes over the other: "
            f"pip uninstall {name} {DISTRIBUTION}, then install {DISTRIBUTION} again (docs/install.md)"
        )
        yield Found(about="distribution", state="bad", text=text)


def shadows(path: Sequence[str], place: Path) -> Iterator[Found]:
    """Yield other modules of our name on the import *path*, beside the one at *place*."""
    seen = {place.resolve()}
    for folder in path:
        for other in (Path(folder) / _MODULE, Path(folder) / f"{_MODULE}.py"):
            is_module = other.suffix == ".py" or (other / "__init__.py").is_file()
            if is_module and other.exists() and other.resolve() not in seen:
                seen.add(other.resolve())
                text = f"there is another module at {other}; another start of Python may import that"
                yield Found(about="archcheck", state="bad", text=text)
