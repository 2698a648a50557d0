"""User names and passwords in environment variables that carry the name of an index, for uv and Poetry."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archcheck.index.http.addresses import Credential, split_credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOT_IN_VARIABLES = r"[^A-Za-z0-9]"


def by_name(prefix: str, indexes: Mapping[str, str], environ: Mapping[str, str]) -> tuple[Credential, ...]:
    """Return what `PREFIX_NAME_USERNAME` and `PREFIX_NAME_PASSWORD` hold for *indexes* (URLs by name)."""
    found = []
    for name, url in indexes.items():
        variable = f"{prefix}_{re.sub(_NOT_IN_VARIABLES, '_', name).upper()}"
        username, password = environ.get(f"{variable}_USERNAME"), environ.get(f"{variable}_PASSWORD")
        if username is not None or password is not None:
            bare, _ = split_credentials(url)
            found.append(Credential(url=bare, username=username or "", password=password or ""))
    return tuple(found)
