"""Which indexes Poetry asks: the sources of the project, with the credentials that its user has for them.

Poetry knows neither pip's settings nor an index of its own beside those of the project.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from archcheck.errors import SettingsError
from archcheck.index.config.env_credentials import by_name
from archcheck.index.config.pip import read_file
from archcheck.index.config.settings import IndexSettings, admitting, default_index_url, looking_at, number
from archcheck.index.http.addresses import Credential, split_credentials
from archcheck.manifest.manifest import IndexOptions
from archcheck.toml import parse_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcheck.index.config.pip import Reader

_RETRIES, _DEFAULT_RETRIES = "POETRY_REQUESTS_MAX_RETRIES", 5
_VARIABLE, _URL = "POETRY_REPOSITORIES_", "_URL"


class _Login(msgspec.Struct, frozen=True):
    username: str = ""
    password: str = ""


class _Auth(msgspec.Struct, frozen=True, rename="kebab"):
    http_basic: dict[str, _Login] = {}


class _Repository(msgspec.Struct, frozen=True):
    url: str | None = None


class _Config(msgspec.Struct, frozen=True):
    repositories: dict[str, _Repository] = {}


def read_poetry_settings(
    environ: Mapping[str, str],
    read: Reader = read_file,
    *,
    flags: IndexOptions | None = None,
    project: IndexOptions | None = None,
) -> IndexSettings:
    """Return whom Poetry asks for a project that says *project*; archcheck's own *flags* go before it.

    Raises `SettingsError` for a config.toml or auth.toml of Poetry's that cannot be read.
    """
    flags, project = flags or IndexOptions(), project or IndexOptions()
    names = {**_repositories(environ, read), **dict(project.index_names)}
    retries = number(environ.get(_RETRIES), _RETRIES)
    settings = IndexSettings(
        index_url=None,
        strategy=project.strategy,
        cert=environ.get("REQUESTS_CA_BUNDLE") or environ.get("CURL_CA_BUNDLE"),
        retries=int(_DEFAULT_RETRIES if retries is None else retries),
        credentials=(*by_name("POETRY_HTTP_BASIC", names, environ), *_logins(environ, read, names)),
        keyring="auto",
    )
    places = IndexOptions(
        index_url=flags.index_url or project.index_url or default_index_url(),
        extra_index_urls=(*flags.extra_index_urls, *project.extra_index_urls),
        find_links=(*flags.find_links, *project.find_links),
        package_indexes=project.package_indexes,
    )
    return looking_at(admitting(admitting(settings, flags), project), places)


def _repositories(environ: Mapping[str, str], read: Reader) -> dict[str, str]:
    """Return the addresses that Poetry's own settings have by name; they matter for their credentials."""
    config = _parsed(_folder(environ), "config.toml", read, _Config)
    found = {name: each.url for name, each in config.repositories.items() if each.url}
    for variable, value in environ.items():
        if variable.startswith(_VARIABLE) and variable.endswith(_URL):
            found[variable[len(_VARIABLE) : -len(_URL)]] = value
    return found


def _logins(environ: Mapping[str, str], read: Reader, names: Mapping[str, str]) -> tuple[Credential, ...]:
    """Return what auth.toml keeps, where there is no keyring, for the indexes in *names*."""
    logins = _parsed(_folder(environ), "auth.toml", read, _Auth).http_basic
    return tuple(
        Credential(url=split_credentials(url)[0], username=login.username, password=login.password)
        for name, url in names.items()
        if (login := logins.get(name)) is not None
    )


def _folder(environ: Mapping[str, str]) -> str:
    chosen = environ.get("POETRY_CONFIG_DIR")
    if chosen:
        return chosen
    home = environ.get("HOME") or str(Path.home())
    return (environ.get("XDG_CONFIG_HOME", "").strip() or f"{home}/.config") + "/pypoetry"


def _parsed(folder: str, name: str, read: Reader, kind: Any) -> Any:
    text = read(f"{folder}/{name}")
    try:
        return kind() if text is None else msgspec.convert(parse_toml(text), kind)
    except (msgspec.MsgspecError, ValueError) as error:
        raise SettingsError(f"{folder}/{name}: not a file of Poetry's that can be read: {error}") from error
