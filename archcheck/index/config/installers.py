"""Whom the installer of each kind of file would ask: pip's settings, uv's or Poetry's."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from archcheck.index.config.pip import read_file
from archcheck.index.config.settings import merge, read_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcheck.index.config.pip import Reader
    from archcheck.index.config.settings import IndexSettings
    from archcheck.manifest.manifest import IndexOptions


def settings_for(
    environ: Mapping[str, str],
    read: Reader = read_file,
    *,
    flags: IndexOptions,
    options: IndexOptions,
) -> IndexSettings:
    """Return the settings for an input that says *options*, under the command line's *flags*.

    Raises `SettingsError` for settings that are impossible.
    """
    match options.installer:
        case "pip":
            return merge(read_settings(environ, read), flags, options)
        case "uv":
            from archcheck.index.config.uv import read_uv_settings  # noqa: PLC0415 - not for pip's files

            return read_uv_settings(environ, read, flags=flags, project=options)
        case "poetry":
            from archcheck.index.config.poetry import read_poetry_settings  # noqa: PLC0415 - as above

            return read_poetry_settings(environ, read, flags=flags, project=options)
        case _:
            assert_never(options.installer)
