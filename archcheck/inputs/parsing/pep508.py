"""One requirement, from its text to a value: PEP 508, and what pip accepts beside it."""

from __future__ import annotations

import os
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from msgspec import Struct, field
from msgspec.structs import replace
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name, parse_wheel_filename

from archcheck.files import absolute
from archcheck.inputs.parsing.messages import escaped, failure, redacted, shown
from archcheck.inputs.parsing.urls import VCS_KINDS, file_url
from archcheck.manifest.manifest import (
    IndexSource,
    Location,
    PathSource,
    Requirement,
    Source,
    UrlSource,
    VcsSource,
    fragment_hashes,
)
from archcheck.manifest.specifiers import parse_dependency

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from archcheck.files import Files

MAX_REQUIREMENT = 2**13  # characters; signed URLs are long, but not as long as this

_ARCHIVES = (
    *(".whl", ".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz"),
    *(".tar.xz", ".txz", ".tar.lz", ".tlz", ".tar.lzma"),
)
_FRAGMENT_EGG = r"(?:^|&)egg=([^&]*)"
_FRAGMENT_SUBDIRECTORY = r"(?:^|&)subdirectory=([^&]*)"
_OPERATORS = re.compile(r"[=!~<>]=|[<>]")


class _Parts(Struct, frozen=True, kw_only=True):
    """A requirement without the place where it stands."""

    name: NormalizedName | None = None
    extras: frozenset[str] = frozenset()
    specifier: SpecifierSet = field(default_factory=SpecifierSet)
    marker: Marker | None = None
    source: Source = field(default_factory=IndexSource)
    hashes: tuple[str, ...] = ()


def parse_requirement(
    text: str,
    *,
    editable: bool = False,
    stated: str,
    hashes: tuple[str, ...] = (),
    location: Location,
    cwd: str,
    files: Files,
) -> Requirement:
    """Return the requirement that *text* is; *stated* is what may be shown of it.

    Local paths are relative to *cwd* even in a nested file, as with pip. Raises InputError.
    """
    try:
        if len(text) > MAX_REQUIREMENT:
            raise ValueError(f"expected at most {MAX_REQUIREMENT:,} characters")  # noqa: TRY301 - one way out
        parts = (_editable if editable else _plain)(text, cwd, files)
    except (ValueError, RecursionError) as error:
        what = "an editable requirement" if editable else "a requirement"
        raise failure(location, f"{shown(stated)} is not {what}: {_reason(error, text)}") from None
    return _required(parts, stated, location, hashes)


def parse_pep508(text: str, *, location: Location, folder: str) -> Requirement:
    """Return the requirement that *text* is by PEP 508 alone, as in pyproject.toml: no paths, no bare URLs.

    A relative `file:` URL begins in the absolute *folder*, which PDM and hatchling have names for. Raises
    InputError.
    """
    try:
        if len(text) > MAX_REQUIREMENT:
            raise ValueError(f"expected at most {MAX_REQUIREMENT:,} characters")  # noqa: TRY301 - as above
        parts = _named(_placed(text, folder), folder)
    except (ValueError, RecursionError) as error:
        message = f"{shown(text)} is not a requirement (PEP 508): {_reason(error, text)}"
        raise failure(location, message) from None
    return _required(parts, text, location)


def _placed(text: str, folder: str) -> str:
    """Return *text* with the project's own *folder* for PDM's and hatchling's names of it."""
    if "@" not in text or "{" not in text:
        return text
    here, above = (file_url(each).removesuffix("/") for each in (folder, absolute(folder, "..")))
    text = text.replace("${PROJECT_ROOT}", here.removeprefix("file:///"))
    return text.replace("{root:uri}", here).replace("{root:parent:uri}", above)


def _required(parts: _Parts, stated: str, location: Location, hashes: tuple[str, ...] = ()) -> Requirement:
    return Requirement(
        name=parts.name,
        extras=parts.extras,
        specifier=parts.specifier,
        marker=parts.marker,
        source=parts.source,
        hashes=(*hashes, *parts.hashes),
        location=location,
        text=redacted(stated),
    )


def _reason(error: Exception, text: str) -> str:
    """Return the first line of *error*'s words; the others repeat the text, which may hold secrets."""
    if isinstance(error, RecursionError):
        return "its marker is nested too deeply"
    if "=" in text and not _OPERATORS.search(text):
        return "'=' is no operator; did you mean '=='?"
    reason = escaped(redacted(str(error).partition("\n")[0]))[:200]
    return reason[:1].lower() + reason[1:]


def _plain(text: str, cwd: str, files: Files) -> _Parts:
    """Return what a line without `-e` requires: a bare URL, a local path, or PEP 508."""
    body, _, condition = text.partition("; " if _is_url(text) else ";")
    body, condition = body.strip(), condition.strip()
    if _is_url(body):
        parts = _from_url(body, cwd)
    elif path := _local_path(body, cwd, files):
        parts = _from_path(path)
    else:
        parts = _named(body, cwd)
    return replace(parts, marker=Marker(condition)) if condition else parts


def _editable(text: str, cwd: str, files: Files) -> _Parts:
    """Return what `-e` requires: a local project, or a checkout that names its project."""
    try:
        parts = _named(text, cwd)
    except ValueError:
        parts = _Parts()
    if isinstance(parts.source, IndexSource):
        parts = _editable_path_or_checkout(text, cwd, files)
    if isinstance(parts.source, UrlSource | IndexSource):
        raise ValueError("expected the folder of a project, or a checkout such as git+https://…#egg=NAME")  # noqa: TRY004 - the text is wrong
    if isinstance(parts.source, VcsSource) and parts.name is None:
        raise ValueError("expected the project's name, as in NAME @ git+https://…")
    return replace(parts, source=replace(parts.source, editable=True))


def _editable_path_or_checkout(text: str, cwd: str, files: Files) -> _Parts:
    path, extras = _split_extras(text)
    if path.startswith((".", os.sep)) or files.is_folder(absolute(cwd, path)):
        return _Parts(source=PathSource(path=absolute(cwd, path)), extras=extras)
    if path.lower().startswith("file:"):
        parts = _from_url(path, cwd)
        return replace(parts, extras=parts.extras | extras)
    if text.lower().startswith(tuple(f"{vcs}:" for vcs in VCS_KINDS)):
        text = f"{text.partition(':')[0]}+{text}"
    return _from_url(text, cwd) if _is_url(text) else _Parts()


def _named(text: str, cwd: str) -> _Parts:
    """Return what PEP 508 makes of *text*."""
    parsed = parse_dependency(text)
    parts = _Parts(
        name=canonicalize_name(parsed.name),
        extras=_normalised(parsed.extras),
        specifier=parsed.specifier,
        marker=parsed.marker,
    )
    if parsed.url is None:
        return parts
    url = urlsplit(parsed.url)
    if not url.scheme:
        raise ValueError("expected an absolute URL after '@'")
    return replace(parts, source=_source(url, cwd), hashes=_fragment_hashes(url))


def _from_url(text: str, cwd: str) -> _Parts:
    """Return what a bare URL requires; its name is that of the wheel, or the `egg` of its fragment.

    `egg=name[extra]` is read as pip did for years; the newest pip refuses the extra.
    """
    url = urlsplit(text)
    source, hashes = _source(url, cwd), _fragment_hashes(url)
    filename = PurePosixPath(unquote(url.path)).name
    if filename.endswith(".whl"):
        return replace(_from_wheel(filename), source=source, hashes=hashes)
    if egg := re.search(_FRAGMENT_EGG, url.fragment):
        return replace(_named(unquote(egg[1]), cwd), source=source, hashes=hashes)
    return _Parts(source=source, hashes=hashes)


def _from_path(text: str) -> _Parts:
    path, extras = _split_extras(text)
    parts = _from_wheel(os.path.normpath(path).rpartition(os.sep)[2]) if path.endswith(".whl") else _Parts()
    return replace(parts, extras=extras, source=PathSource(path=path))


def _from_wheel(filename: str) -> _Parts:
    name, version, _, _ = parse_wheel_filename(filename)
    return _Parts(name=name, specifier=SpecifierSet(f"=={version}"))


def _local_path(body: str, cwd: str, files: Files) -> str | None:
    """Return the absolute path (extras still behind it) where *body* is a local path, else None.

    What begins with a dot or a slash is a path even where nothing is there, so that one missing folder
    is one unknown package and not the end of the audit.
    """
    bare = _strip_extras_text(body)
    is_archive = bare.lower().endswith(_ARCHIVES)
    if not is_archive and not _looks_like_path(body):
        return None
    path = absolute(cwd, bare)
    if is_archive:
        # "numpy @ https://…/numpy-1.0.tar.gz" ends like an archive and is none.
        name, at, _ = body.partition("@")
        is_path = not at or _looks_like_path(name) or files.is_file(path)
    elif files.is_file(path):
        raise ValueError("it is a file, but neither a wheel nor an sdist; '-r' includes a requirements file")
    else:
        is_path = body.startswith((".", os.sep)) or files.is_folder(path)
    return absolute(cwd, body) if is_path else None


def _looks_like_path(text: str) -> bool:
    return text.startswith(".") or os.sep in text or (os.altsep is not None and os.altsep in text)


def _strip_extras_text(text: str) -> str:
    """Return *text* without a trailing `[extra,…]`."""
    head, bracket, extras = text.rpartition("[")
    is_extras = bracket and head and extras.endswith("]") and extras.count("]") == 1 and len(extras) > 1
    return head.rstrip() if is_extras else text


def _split_extras(text: str) -> tuple[str, frozenset[str]]:
    path = _strip_extras_text(text)
    extras = text[len(path) :].strip()
    return path, _normalised(parse_dependency(f"placeholder{extras}").extras) if extras else frozenset()


def _normalised(extras: set[str]) -> frozenset[str]:
    return frozenset(canonicalize_name(extra) for extra in extras)


def _is_url(text: str) -> bool:
    scheme = urlsplit(text).scheme
    return scheme in {"http", "https", "file", "ftp"} or _is_vcs(scheme)


def _is_vcs(scheme: str) -> bool:
    return scheme.partition("+")[0] in VCS_KINDS and "+" in scheme


def _source(url: SplitResult, cwd: str) -> Source:
    bare = url._replace(fragment="").geturl()
    found = re.search(_FRAGMENT_SUBDIRECTORY, url.fragment)
    subdirectory = unquote(found[1]) if found else ""
    if _is_vcs(url.scheme):
        return VcsSource(url=redacted(bare))
    if url.scheme != "file":
        return UrlSource(url=bare, subdirectory=subdirectory)
    if url.netloc not in {"", "localhost"}:
        raise ValueError("expected a file URL on this machine, such as file:///folder/name.whl")
    return PathSource(path=absolute(cwd, unquote(url.path)), subdirectory=subdirectory)


def _fragment_hashes(url: SplitResult) -> tuple[str, ...]:
    return () if _is_vcs(url.scheme) else fragment_hashes(url.fragment)
