"""Bytes of small, real wheels and sdists, the same on every run and every machine.

Nothing is compressed (another zlib would give other bytes) and all times are fixed, so a hash in a test or a
snapshot stays true.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import re
import tarfile
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
PYPROJECT = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Sdist:
    """What an sdist holds; paths are inside its top folder.

    `texts` are files with their text (a `PKG-INFO` there replaces the one made from the release's metadata,
    and an empty one there leaves it out), `names` further files that are empty. `dynamic` are the fields
    that Metadata 2.2 calls dynamic. `static_requires` False leaves Requires-Dist out of the PKG-INFO, as
    setuptools did for years.
    """

    metadata_version: str = "2.2"
    dynamic: tuple[str, ...] = ()
    static_requires: bool = True
    texts: Mapping[str, str] = field(default_factory=lambda: {"pyproject.toml": PYPROJECT})
    names: tuple[str, ...] = ()
    suffix: str = ".tar.gz"


def file_stem(name: str) -> str:
    """Return *name* as file names spell it (PEP 427, PEP 625)."""
    return canonicalize_name(name).replace("-", "_")


def core_metadata(
    name: str,
    version: str,
    *,
    requires_dist: Iterable[str] = (),
    requires_python: str | None = None,
    extras: Iterable[str] = (),
    dynamic: Iterable[str] = (),
    metadata_version: str = "2.1",
) -> str:
    """Return the text of a METADATA or PKG-INFO file; extras that markers name are declared as well."""
    requires = list(requires_dist)
    named = re.findall(r"extra\s*==\s*['\"]([^'\"]+)", "\n".join(requires))
    fields = [("Metadata-Version", metadata_version), ("Name", name), ("Version", version)]
    fields += [("Dynamic", value) for value in dynamic]
    fields += [("Requires-Python", requires_python)] if requires_python else []
    fields += [("Requires-Dist", value) for value in requires]
    fields += [("Provides-Extra", value) for value in dict.fromkeys([*extras, *named])]
    return "".join(f"{key}: {value}\n" for key, value in fields)


def wheel_bytes(filename: str, metadata: str, payload: Mapping[str, bytes] | None = None) -> bytes:
    """Return the wheel called *filename*, with METADATA, WHEEL, RECORD, one module and the *payload*."""
    name, version, *build, pythons, abis, platforms = filename.removesuffix(".whl").split("-")
    info = f"{name}-{version}.dist-info"
    pure = "true" if platforms == "any" and not payload else "false"
    wheel = ["Wheel-Version: 1.0", "Generator: loopback", f"Root-Is-Purelib: {pure}"]
    wheel += [f"Build: {value}" for value in build]
    wheel += [
        f"Tag: {python}-{abi}-{platform}"
        for python in pythons.split(".")
        for abi in abis.split(".")
        for platform in platforms.split(".")
    ]
    files = {f"{name}/__init__.py": b"", **(payload or {})}
    files[f"{info}/METADATA"] = metadata.encode()
    files[f"{info}/WHEEL"] = "".join(f"{line}\n" for line in wheel).encode()
    rows = [f"{path},sha256={record_hash(data)},{len(data)}" for path, data in files.items()]
    files[f"{info}/RECORD"] = "".join(f"{row}\n" for row in [*rows, f"{info}/RECORD,,"]).encode()
    return zip_bytes(files)


def sdist_bytes(top: str, files: Mapping[str, bytes], suffix: str) -> bytes:
    """Return an archive of *files* in the folder *top*; *suffix* is `.tar.gz` or `.zip`."""
    inside = {f"{top}/{path}": data for path, data in files.items()}
    if suffix == ".zip":
        return zip_bytes(inside)
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, data in inside.items():
            member = tarfile.TarInfo(path)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    packed = io.BytesIO()
    # not gzip.compress: its header differs between Python 3.11 and 3.13
    with gzip.GzipFile(filename="", mode="wb", compresslevel=0, fileobj=packed, mtime=0) as stream:
        stream.write(plain.getvalue())
    return packed.getvalue()


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """Return a zip archive of *files*, uncompressed and without times."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path, data in files.items():
            member = zipfile.ZipInfo(path, ZIP_EPOCH)
            member.create_system = 3
            member.external_attr = 0o644 << 16
            archive.writestr(member, data)
    return out.getvalue()


def record_hash(data: bytes) -> str:
    """Return the SHA-256 of *data* as RECORD spells it: URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
