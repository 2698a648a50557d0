"""Artifacts in bytes: distributions with tiny ELF files as installers lay them out, zips, and images of layers."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zipfile
from typing import TYPE_CHECKING

from tests.binaries.elves import elf

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

X86, ARM = 62, 183
MACHINES = {"x86_64": X86, "aarch64": ARM}
MACH_O = bytes.fromhex("cffaedfe0c000001") + bytes(64)


def installed(
    name: str,
    version: str = "1.0",
    *,
    tags: Sequence[str] = ("py3-none-any",),
    files: Mapping[str, bytes] | None = None,
    requires: Iterable[str] = (),
    record: bool = True,
) -> dict[str, bytes]:
    """Return what pip puts into a site-packages folder."""
    own = {f"{name}/__init__.py": b"", **(files or {})}
    info = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {each}\n" for each in requires)
    texts = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\n" + "".join(f"Tag: {tag}\n" for tag in tags),
    }
    if record:
        texts[f"{info}/RECORD"] = "".join(f"{path},sha256=x,1\n" for path in [*own, *texts])
    return own | {path: text.encode() for path, text in texts.items()}


def compiled(
    name: str, version: str = "1.0", *, machine: str = "aarch64", python: str = "313", **more: object
) -> dict[str, bytes]:
    """Return a distribution with one extension module, as its manylinux2014 wheel has it."""
    module = f"{name}/_core.cpython-{python}-{machine}-linux-gnu.so"
    tag = f"cp{python}-cp{python}-manylinux2014_{machine}"
    return installed(name, version, tags=(tag,), files={module: elf(machine=MACHINES[machine], **more)})


def below(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{path}": data for path, data in files.items()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return made.getvalue()


def tarred(files: Mapping[str, bytes], *, packed: bool = False) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for path, data in files.items():
            info = tarfile.TarInfo(path)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return gzip.compress(made.getvalue(), mtime=0) if packed else made.getvalue()


def layout(images: Mapping[str, Sequence[bytes]], *, nested: bool = False) -> dict[str, bytes]:
    """Return an OCI layout with the layers of each architecture ("amd64"), lowest first."""
    files = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}'}

    def blob(data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        files[f"blobs/sha256/{digest}"] = data
        return f"sha256:{digest}"

    manifests = []
    for architecture, layers in images.items():
        config = {"architecture": architecture, "os": "linux", "config": {"WorkingDir": "/var/task"}}
        manifest = {
            "config": {"digest": blob(json.dumps(config).encode())},
            "layers": [{"digest": blob(layer)} for layer in layers],
        }
        platform = {"architecture": architecture, "os": "linux"}
        manifests.append({"digest": blob(json.dumps(manifest).encode()), "platform": platform})
    unknown = {"architecture": "unknown", "os": "unknown"}  # buildx's attestations
    manifests.append({"digest": f"sha256:{'0' * 64}", "platform": unknown})
    index = {"schemaVersion": 2, "manifests": manifests}
    if nested:
        index = {"manifests": [{"digest": blob(json.dumps(index).encode())}]}
    return files | {"index.json": json.dumps(index).encode()}


def saved(layers: Sequence[bytes], architecture: str = "amd64") -> bytes:
    """Return what `docker save` wrote before it wrote OCI layouts."""
    names = [f"{number}/layer.tar" for number in range(len(layers))]
    config = {"architecture": architecture, "config": {}}
    manifest = [{"Config": "config.json", "RepoTags": ["x:latest"], "Layers": names}]
    documents = {"config.json": json.dumps(config).encode(), "manifest.json": json.dumps(manifest).encode()}
    return tarred(dict(zip(names, layers, strict=True)) | documents)
