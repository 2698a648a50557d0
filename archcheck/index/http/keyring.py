"""Passwords from the user's keyring, which is asked only where a server wants one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from archcheck.index.http.addresses import Credential, host

if TYPE_CHECKING:
    from archcheck.index.http.messages import Provider

_PATIENCE: Final = 60.0  # seconds: the keyring may ask the user to unlock it
_NO_NAME: Final = "__token__"  # what pip takes where the address names no user


def look_up(url: str, username: str, provider: Provider) -> Credential | None:
    """Return what the keyring has for *url*, else for its host; None where it has nothing, or there is none.

    It may take as long as the user needs to unlock it. *username* may be empty.
    """
    match provider:
        case "disabled":
            return None
        case "auto":
            from importlib.util import find_spec  # noqa: PLC0415 - as in `_started`

            provider = "import" if find_spec("keyring") else "subprocess"
            return look_up(url, username, provider)
        case "import":
            ask = _imported
        case "subprocess":
            ask = _started
    for service in (url, host(url)):
        found = ask(service, username)
        if found is not None:
            return Credential(url=url, username=found[0], password=found[1])
    return None


def _imported(service: str, username: str) -> tuple[str, str] | None:
    """Ask the `keyring` package beside archcheck (the extra `archcheck[keyring]`)."""
    try:
        keyring: Any = import_module("keyring")
        found = keyring.get_credential(service, username or None)
    except Exception:  # noqa: BLE001 - a backend may raise anything, and no answer is one
        return None
    return None if found is None else (found.username, found.password)


def _started(service: str, username: str) -> tuple[str, str] | None:
    """Ask the `keyring` command on the path, as pip and uv do."""
    import shutil  # noqa: PLC0415 - few servers want a password
    import subprocess  # noqa: PLC0415

    program = shutil.which("keyring")
    if program is None:
        return None
    name = username or _NO_NAME
    try:
        done = subprocess.run(
            [program, "get", service, name],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    password = done.stdout.strip("\r\n")
    return (name, password) if done.returncode == 0 and password else None
