"""`[tool.pdm]` of a pyproject.toml: sources, overrides, exclusions, and the groups from before PEP 735."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from archcheck.inputs.parsing.pep508 import parse_pep508
from archcheck.inputs.parsing.urls import file_url
from archcheck.inputs.pyproject.schema import PdmResolution
from archcheck.manifest.manifest import Location, ReleaseControl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archcheck.inputs.parsing.toml_documents import Document
    from archcheck.inputs.pyproject.schema import Pdm
    from archcheck.manifest.manifest import Manifest, Requirement

_EDITABLE = r"(?:-e|--editable)[ =]\s*(?P<url>[^#]+)#(?:.*&)?egg=(?P<name>[^&]+)"
_VARIABLE = r"\$\{([A-Za-z0-9_]+)\}"
_DEFAULT_INDEX = "pypi"  # the name by which a source takes the place of PDM's default index


def without_editable(text: str, folder: str) -> str:
    """Return PDM's `-e file:///${PROJECT_ROOT}/lib#egg=lib` as PEP 508 has it; all else as it stands."""
    text = text.replace("${PROJECT_ROOT}", file_url(folder).removeprefix("file:///"))
    found = re.fullmatch(_EDITABLE, text.strip())
    return f"{found['name']} @ {found['url']}" if found else text


def apply_pdm(manifest: Manifest, pdm: Pdm, document: Document, environ: Mapping[str, str]) -> Manifest:
    """Return *manifest* within PDM's overrides, without what it excludes, from its sources.

    `${NAME}` in the sources is from *environ*.
    """
    main: str | None = None
    extra: list[str] = []
    links: list[str] = []
    for source in pdm.source:
        url = re.sub(_VARIABLE, lambda found: environ.get(found[1]) or found[0], source.url)
        if source.type == "find_links":
            links.append(url)
        elif source.name == _DEFAULT_INDEX:
            main = url
        else:
            extra.append(url)
    resolution = pdm.resolution or PdmResolution()
    prereleases = frozenset({":all:"} if resolution.allow_prereleases else ())
    return replace(
        manifest,
        overrides=(*manifest.overrides, *_overrides(resolution, document)),
        excluded=frozenset(map(canonicalize_name, resolution.excludes)),
        options=replace(
            manifest.options,
            index_url=main,
            extra_index_urls=tuple(extra),
            find_links=tuple(links),
            pre=resolution.allow_prereleases,
            releases=ReleaseControl(all_releases=prereleases),
        ),
    )


def _overrides(resolution: PdmResolution, document: Document) -> Iterator[Requirement]:
    """Yield the overrides, each a name with a version, a range or a URL."""
    for name, value in resolution.overrides.items():
        line = document.lines.key("tool.pdm.resolution.overrides", name)
        place = Location(path=document.path, line=line)
        if "://" in value:
            text = f"{name} @ {value}"
        else:
            text = f"{name}{value}" if value[:1] in set("<>=!~") else f"{name}=={value}"
        yield parse_pep508(text, location=place, folder=document.folder)
