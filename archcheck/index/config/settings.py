"""Where distributions are looked for, and how: pip's settings, the manifest's options, the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args
from urllib.parse import urlsplit

from msgspec import field
from msgspec.structs import replace

from archcheck.errors import SettingsError
from archcheck.index.config.format_control import release, restrict
from archcheck.index.config.pip import pip_values, read_file
from archcheck.index.http.addresses import Credential, split_credentials
from archcheck.index.http.messages import HttpSettings, Provider
from archcheck.manifest.manifest import FormatControl, IndexOptions, ReleaseControl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archcheck.index.config.pip import Reader
    from archcheck.manifest.manifest import Strategy

_TRUE = {"y", "yes", "t", "true", "on", "1"}
_FALSE = {"n", "no", "f", "false", "off", "0"}
_ALIASES = {"default-timeout": "timeout", "pypi-url": "index-url"}
_CERTIFICATE_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class IndexSettings(HttpSettings, frozen=True, kw_only=True):
    """What the installer would ask, and how it would ask.

    Addresses carry no credentials: those are in `credentials`. `index_url` is None under `--no-index`.
    `package_indexes` are pairs of a normalised name and the one index that it may come from.
    `warnings` say what was set and cannot be followed.
    """

    index_url: str | None
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    no_index: bool = False
    pre: bool = False
    prefer_binary: bool = False
    require_hashes: bool = False
    formats: FormatControl = field(default_factory=FormatControl)
    releases: ReleaseControl = field(default_factory=ReleaseControl)
    strategy: Strategy = "best"
    package_indexes: tuple[tuple[str, str], ...] = ()
    constraints: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:  # a proxy's address may hold a password
        return f"IndexSettings(indexes={self.indexes!r})"

    @property
    def indexes(self) -> tuple[str, ...]:
        """The addresses of all indexes, each once, in the order in which they are asked.

        pip's main index comes first; uv's is what is left to ask where no other index has the package.
        """
        main = (self.index_url,) if self.index_url else ()
        urls = (*main, *self.extra_index_urls) if self.strategy == "best" else (*self.extra_index_urls, *main)
        return () if self.no_index else tuple(dict.fromkeys(urls))

    @property
    def places(self) -> tuple[str, ...]:
        """The addresses of all places; of one origin, the first index outranks those after it."""
        pinned = (url for _, url in self.package_indexes)
        return (*pinned, *self.find_links, *self.indexes[::-1])


def default_index_url() -> str:
    """Return pip's default index; no address of a public one stands in this code."""
    from pip._internal.models.index import PyPI  # noqa: PLC0415 - 15 ms, where nothing else is configured

    return str(PyPI.simple_url)


def read_settings(environ: Mapping[str, str], read: Reader = read_file) -> IndexSettings:
    """Return pip's settings for `pip install` under *environ*; raise `SettingsError` for impossible ones."""
    values: dict[str, str] = {}
    formats = FormatControl()
    releases = ReleaseControl()
    for option, value in pip_values(environ, read):
        if option in {"no-binary", "only-binary"}:
            formats = restrict(formats, option, value)
        elif option in {"all-releases", "only-final"}:
            releases = release(releases, option, value)
        values[_ALIASES.get(option, option)] = value
    cert = values.get("cert") or next(filter(None, map(environ.get, _CERTIFICATE_VARIABLES)), None)
    settings = IndexSettings(
        index_url=None,
        no_index=_flag(values, "no-index"),
        pre=_flag(values, "pre"),
        prefer_binary=_flag(values, "prefer-binary"),
        require_hashes=_flag(values, "require-hashes"),
        formats=formats,
        releases=releases,
        constraints=_words(values, "constraint"),
        cert=cert,
        client_cert=values.get("client-cert"),
        proxy=values.get("proxy"),
        trusted_hosts=_words(values, "trusted-host"),
        timeout=_number(values, "timeout", 15.0),
        retries=int(_number(values, "retries", 5)),
        keyring=provider_named(values.get("keyring-provider", "auto"), "pip's setting keyring-provider"),
    )
    found = IndexOptions(
        index_url=values.get("index-url") or default_index_url(),
        extra_index_urls=_words(values, "extra-index-url"),
        find_links=_words(values, "find-links"),
    )
    return looking_at(settings, found)


def provider_named(value: str, where: str) -> Provider:
    """Return *value* as a provider; raise `SettingsError`, which says *where*, for any other word."""
    if value not in get_args(Provider):
        expected = ", ".join(get_args(Provider))
        raise SettingsError(f"{where}: expected one of {expected}, found {value!r}")
    return cast("Provider", value)


def merge(settings: IndexSettings, flags: IndexOptions, options: IndexOptions) -> IndexSettings:
    """Return *settings* with the command line's *flags*, then the requirements file's own *options*, applied.

    As pip does it: `--index-url` on the command line replaces the configured one alone and the lists add up;
    in a requirements file it replaces every index named before, the command line's too; `--no-index` in
    either ends all talk to indexes, and find-links stay.
    """
    with_flags = looking_at(
        admitting(settings, flags),
        IndexOptions(
            index_url=flags.index_url or settings.index_url,
            extra_index_urls=(*settings.extra_index_urls, *flags.extra_index_urls),
            find_links=(*settings.find_links, *flags.find_links),
        ),
    )
    before = () if options.index_url else with_flags.extra_index_urls
    return looking_at(
        admitting(replace(with_flags, strategy=options.strategy), options),
        IndexOptions(
            index_url=options.index_url or with_flags.index_url,
            extra_index_urls=(*before, *options.extra_index_urls),
            find_links=(*with_flags.find_links, *options.find_links),
            package_indexes=options.package_indexes,
        ),
    )


def admitting(settings: IndexSettings, options: IndexOptions) -> IndexSettings:
    """Return *settings* with what *options* say of the files that are admitted, and of `--no-index`."""
    formats, releases = settings.formats, settings.releases
    said = [
        *(("no-binary", name) for name in options.formats.no_binary),
        *(("only-binary", name) for name in options.formats.only_binary),
        *(("all-releases", name) for name in options.releases.all_releases),
        *(("only-final", name) for name in options.releases.only_final),
    ]
    for option, name in sorted(
        said, key=lambda each: each[1] != ":all:"
    ):  # which empties what is named before
        if option in {"no-binary", "only-binary"}:
            formats = restrict(formats, option, name)
        else:
            releases = release(releases, option, name)
    return replace(
        settings,
        no_index=settings.no_index or options.no_index,
        pre=settings.pre or options.pre,
        prefer_binary=settings.prefer_binary or options.prefer_binary,
        require_hashes=settings.require_hashes or options.require_hashes,
        formats=formats,
        releases=releases,
    )


def looking_at(settings: IndexSettings, places: IndexOptions) -> IndexSettings:
    """Return *settings* with the places replaced, credentials split off; no index under `--no-index`."""
    if settings.no_index:
        places = replace(places, index_url=None, extra_index_urls=(), package_indexes=())
    index, from_index = _bare(filter(None, [places.index_url]))
    extra, from_extra = _bare(places.extra_index_urls)
    links, from_links = _bare(_expanded(each) for each in places.find_links)
    _, from_pins = _bare(url for _, url in places.package_indexes)
    return replace(
        settings,
        index_url=index[0] if index else None,
        extra_index_urls=extra,
        find_links=links,
        package_indexes=tuple((name, _split(url)[0]) for name, url in places.package_indexes),
        credentials=tuple(
            dict.fromkeys((*settings.credentials, *from_index, *from_extra, *from_links, *from_pins))
        ),
    )


def _bare(urls: Iterable[str]) -> tuple[tuple[str, ...], list[Credential]]:
    bare: list[str] = []
    credentials: list[Credential] = []
    for url in urls:
        address, credential = _split(url)
        bare.append(address)
        if credential is not None:
            credentials.append(credential)
    return tuple(dict.fromkeys(bare)), credentials


def _split(url: str) -> tuple[str, Credential | None]:
    if "://" not in url:
        return url, None
    try:
        bare, credential = split_credentials(url)
        _ = urlsplit(bare).port  # it is checked only when it is asked for
    except ValueError as error:
        raise SettingsError("the address of an index or find-links place cannot be read") from error
    return bare, credential


def _expanded(place: str) -> str:
    if not place.startswith("~"):
        return place
    expanded = Path(place).expanduser()
    return str(expanded) if expanded.exists() else place


def _words(values: Mapping[str, str], option: str) -> tuple[str, ...]:
    return tuple(values.get(option, "").split())


def _flag(values: Mapping[str, str], option: str) -> bool:
    value = values.get(option, "no").lower()
    if value not in _TRUE | _FALSE:
        raise SettingsError(f"pip's setting {option}: expected yes or no, found {values[option]!r}")
    return value in _TRUE


def number(text: str | None, setting: str) -> float | None:
    """Return the number, not negative, that *setting* has, None where it has none; raise `SettingsError`."""
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise SettingsError(f"{setting}: expected a number, found {text!r}")
    return value


def _number(values: Mapping[str, str], option: str, default: float) -> float:
    found = number(values.get(option), f"pip's setting {option}")
    return default if found is None else found
