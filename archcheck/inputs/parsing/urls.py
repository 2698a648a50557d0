"""Addresses that lock files hold: checked, without credentials, and the file names at their ends."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit, urlunsplit

_PLAIN = re.compile(r"https?://[^/?#@\[\]\s]+(?:/[^\s@]*)?$")
VCS_KINDS = ("git", "hg", "svn", "bzr")
_SCHEMES = frozenset({"http", "https", "file"})


def checked_url(url: str) -> str:
    """Return *url* without its `user:password@`; raises ValueError for what is no absolute URL of a file."""
    if _PLAIN.match(url):  # nearly all of them: urlsplit takes its time with ten thousand wheels
        return url
    try:
        parts = urlsplit(url)
        _ = parts.port  # it is checked only when it is asked for
    except ValueError:
        raise ValueError("expected an absolute URL, such as https://index.example/name-1.0.tar.gz") from None
    if parts.scheme not in _SCHEMES or not (parts.netloc or parts.scheme == "file"):
        raise ValueError("expected an absolute URL, such as https://index.example/name-1.0.tar.gz")
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def vcs_url(url: str, revision: str, *, kind: str = "git", subdirectory: str = "") -> str:
    """Return a checkout's address as pip writes it (`git+https://…@rev`), without a password.

    Raises ValueError where *url* cannot be read.
    """
    parts = urlsplit(url.removeprefix(f"{kind}+"))
    userinfo, at, host = parts.netloc.rpartition("@")
    netloc = f"{userinfo}@{host}" if at and userinfo == "git" else host
    bare = urlunsplit(parts._replace(netloc=netloc, query="", fragment=""))
    suffix = f"#subdirectory={subdirectory}" if subdirectory else ""
    return f"{kind}+{bare}{f'@{revision}' if revision else ''}{suffix}"


def filename_of(url: str) -> str:
    """Return the last part of the path of *url*, decoded."""
    return unquote(url.partition("#")[0].partition("?")[0].rpartition("/")[2])


def file_url(path: str) -> str:
    """Return the `file:` URL of the absolute *path*."""
    return PurePosixPath(path).as_uri()
