"""What a distribution depends on and what an sdist holds, from the best source that there is.

For a wheel that is its own metadata (see `wheels`). For an sdist it is what it states as static, else a wheel
of the same version, else what its files most likely mean.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace
from packaging.utils import canonicalize_name
from packaging.version import Version

from archcheck.index.coroutines import aside, shared
from archcheck.index.http.addresses import file_path
from archcheck.index.metadata.downloads import open_file
from archcheck.index.metadata.kept import key_of, lasting
from archcheck.index.metadata.static import sdist_guess, sdist_metadata
from archcheck.index.metadata.wheels import Wheels
from archcheck.index.model import Metadata, SdistContents, Unavailable
from archcheck.index.pages.filenames import SDIST_SUFFIXES

if TYPE_CHECKING:
    from packaging.utils import NormalizedName

    from archcheck.index.documents import Documents
    from archcheck.index.metadata.kept import KeptMetadata
    from archcheck.index.metadata.ranges import Ranges
    from archcheck.index.model import Index, IndexFile
    from archcheck.index.multi_index import MultiIndex

_STATIC_METADATA = "2020-10-27"  # the day when PEP 643 was accepted: no older file can be Metadata 2.2
_MAX_SDIST = 60 * 1024 * 1024
_NOT_OPENED = Unavailable(reason="the sdist is too large to be looked into")
_decode_contents = msgspec.msgpack.Decoder(SdistContents).decode


class MetadataSources:
    """Reads single files; what two answers need is asked through *questions*, and so asked once.

    What is read of wheels' metadata goes to what is *kept*; who asks has looked there. *looked_into*: the
    wheels that are to be installed will be looked into as well.
    """

    def __init__(
        self,
        documents: Documents,
        multi_index: MultiIndex,
        questions: Index,
        ranges: Ranges,
        kept: KeptMetadata,
        *,
        looked_into: bool,
    ) -> None:
        self._documents = documents
        self._kept = kept
        self._multi_index = multi_index
        self._questions = questions
        self._wheels = Wheels(documents, ranges, looked_into=looked_into)

    async def metadata(self, file: IndexFile, siblings: tuple[IndexFile, ...]) -> Metadata | Unavailable:
        """Return the dependencies of *file*, a wheel or an sdist."""
        identity = identify(file.filename)
        if identity is None:
            return Unavailable(reason=f"{file.filename}: the file name tells no project and version")
        if not file.is_wheel:
            return await self._sdist_metadata(file, siblings, *identity)
        found = await self._wheels.metadata(file, *identity)
        if isinstance(found, Metadata):
            self._kept.remember(file, found)
        return found

    async def contents(self, file: IndexFile, subdirectory: str = "") -> SdistContents | Unavailable:
        """Return what the sdist *file* holds in its *subdirectory*."""
        key = f"{key_of(file)}&{subdirectory}" if subdirectory else key_of(file)
        known = self._documents.recall("sdist", key, _decode_contents)
        if known is not None:
            return known
        stream = await open_file(self._documents, file)
        if isinstance(stream, Unavailable):
            return stream
        from archcheck.index.metadata.sdist import read_sdist  # noqa: PLC0415 - tarfile, where an sdist is looked into

        with stream:
            if file_path(file.url) is not None:
                return read_sdist(stream, file.filename, subdirectory)
            found = await aside(partial(read_sdist, stream, file.filename, subdirectory))
        if isinstance(found, SdistContents):
            self._documents.remember("sdist", key, found, until=lasting(file))
        return found

    async def _sdist_metadata(
        self, file: IndexFile, siblings: tuple[IndexFile, ...], name: NormalizedName, version: Version
    ) -> Metadata | Unavailable:
        """Return what the sdist states, else what a wheel of its version does, else what is most likely."""
        stated = await self._stated_beside(file, name, version)
        if stated is not None:
            return stated
        wheels = sorted((each for each in siblings if each.is_wheel), key=_likeness)
        if wheels and "" < (file.upload_time or "") < _STATIC_METADATA:  # then nothing in it could be better
            sibling = await self._of_sibling(wheels[0])
            if isinstance(sibling, Metadata):
                return sibling
        contents: SdistContents | Unavailable = _NOT_OPENED
        if not wheels or (file.size or 0) <= _MAX_SDIST:
            contents = await shared(self._questions.sdist(file))
        if isinstance(contents, Unavailable) and contents.incomplete:
            return contents
        if isinstance(contents, SdistContents):
            stated = sdist_metadata(contents, name=name, version=version)
            if stated is not None:
                return stated
        if wheels:
            sibling = await self._of_sibling(wheels[0])
            if isinstance(sibling, Metadata) or sibling.incomplete:
                return sibling
        return await self._guess(file, contents, name, version)

    async def _stated_beside(
        self, file: IndexFile, name: NormalizedName, version: Version
    ) -> Metadata | None:
        """Return what the metadata file beside the sdist states as static; few indexes have one."""
        beside = await self._wheels.beside(file)
        if beside is None:
            return None
        pkg_info = SdistContents(names=(), pkg_info=beside.decode("utf-8", "replace"))
        return sdist_metadata(pkg_info, name=name, version=version)

    async def _of_sibling(self, wheel: IndexFile) -> Metadata | Unavailable:
        found = await shared(self._questions.metadata(wheel, ()))
        if isinstance(found, Metadata):
            return replace(found, origin="sibling-wheel", approximate=True)
        return found

    async def _guess(
        self, file: IndexFile, contents: SdistContents | Unavailable, name: NormalizedName, version: Version
    ) -> Metadata | Unavailable:
        if isinstance(contents, SdistContents):
            likely = sdist_guess(contents, name=name, version=version)
            if likely is not None:
                return likely
        for index in self._multi_index.with_releases(name):
            release = await index.release(name, version)
            if release is not None and release.requires_dist is not None:
                return Metadata(
                    name=name,
                    version=str(version),
                    requires_dist=release.requires_dist,
                    requires_python=release.requires_python,
                    origin="index-json",
                    approximate=True,
                )
        if isinstance(contents, Unavailable):
            return contents
        return Unavailable(reason=f"{file.filename} states its dependencies only when it is built")


def identify(filename: str) -> tuple[NormalizedName, Version] | None:
    """Return project and version as *filename* has them, None where it does not.

    Where an sdist's name has several `-`, the first cut that leaves a version counts (`a-2-1.0`: 1.0 of a-2).
    """
    if filename.endswith(".whl"):
        cuts = [filename.split("-")[:2]]
    else:
        stem = next((filename.removesuffix(each) for each in SDIST_SUFFIXES if filename.endswith(each)), "")
        parts = stem.split("-")
        cuts = [["-".join(parts[:cut]), "-".join(parts[cut:])] for cut in range(1, len(parts))]
    for cut in cuts:
        try:
            name, text = cut
            return canonicalize_name(name, validate=True), Version(text)
        except ValueError:  # InvalidName and InvalidVersion among them
            continue
    return None


def _likeness(wheel: IndexFile) -> int:
    """Order wheels by how likely they say what the sdist would, once built on Linux."""
    platform = wheel.filename.removesuffix(".whl").rpartition("-")[2]
    if platform == "any":
        return 0
    if "linux" in platform:
        return 1 if "manylinux" in platform and "x86_64" in platform else 2
    return 3
