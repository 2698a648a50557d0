"""The documents of the index: project pages (PEP 691 and 503) and the per-project and per-version JSON."""

from __future__ import annotations

import hashlib
import html
import json
from typing import TYPE_CHECKING, Any

from packaging.version import Version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.loopback.store import Store, StoredFile, StoredProject

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
HTML_TYPE = "application/vnd.pypi.simple.v1+html"


def hashes_of(file: StoredFile, *, real: bool) -> dict[str, str]:
    """Return the hashes that pages state: of the bytes served, or the recorded ones."""
    if file.lazy:
        return {}
    value = file.stated if real or file.digest is None else file.digest
    return {"sha256": value} if value else {}


def size_of(file: StoredFile, *, real: bool) -> int:
    """Return the size in bytes that pages state."""
    served = None if file.lazy or file.content is None else len(file.content)
    return (file.stated_size if real or served is None else served) or 0


def metadata_hash(file: StoredFile) -> dict[str, str] | bool:
    """Return the hash of the metadata file beside a wheel (PEP 714), or whether there is one."""
    if not file.is_wheel or file.lazy or file.metadata_text is None:
        return file.is_wheel and file.lazy
    return {"sha256": hashlib.sha256(file.metadata_text.encode()).hexdigest()}


def project_json(project: StoredProject, store: Store, *, metadata_files: bool) -> bytes:
    """Return the project page as PEP 691 has it, with the fields of PEP 700, 592 and 714."""
    files = []
    for file in project.files:
        entry: dict[str, Any] = {
            "filename": file.filename,
            "hashes": hashes_of(file, real=store.real_hashes),
            "requires-python": file.requires_python,
            "size": size_of(file, real=store.real_hashes),
            "upload-time": file.upload_time,
            "url": f"../../files/{file.filename}",
            "yanked": file.yanked,
        }
        if metadata_files:
            beside = metadata_hash(file)
            entry |= {"core-metadata": beside, "data-dist-info-metadata": beside}
        files.append(entry)
    page = {
        "meta": {"api-version": "1.4", "_last-serial": project.serial},
        "name": project.name,
        "versions": project.versions,
        "files": files,
    }
    return json.dumps(page).encode()


def project_html(project: StoredProject, store: Store, *, metadata_files: bool) -> bytes:
    """Return the project page as PEP 503 has it."""
    rows = []
    for file in project.files:
        hashes = hashes_of(file, real=store.real_hashes)
        fragment = "".join(f"#{name}={value}" for name, value in hashes.items())
        attributes = {"href": f"../../files/{file.filename}{fragment}"}
        if file.requires_python is not None:
            attributes["data-requires-python"] = file.requires_python
        if file.yanked is not False:
            attributes["data-yanked"] = "" if file.yanked is True else file.yanked
        if metadata_files and (beside := metadata_hash(file)):
            stated = "true" if beside is True else f"sha256={beside['sha256']}"
            attributes["data-core-metadata"] = stated
        listed = " ".join(f'{key}="{html.escape(value)}"' for key, value in attributes.items())
        rows.append(f"<a {listed}>{html.escape(file.filename)}</a><br />")
    return html_page(f"Links for {project.name}", rows)


def root_page(names: Iterable[str], kind: str) -> bytes:
    """Return the list of all projects in the content type *kind*."""
    if kind == JSON_TYPE:
        return json.dumps({"meta": {"api-version": "1.4"}, "projects": [{"name": n} for n in names]}).encode()
    return html_page("Simple index", [f'<a href="{name}/">{name}</a>' for name in names])


def html_page(title: str, rows: list[str]) -> bytes:
    """Return an HTML document of the version that PEP 629 names."""
    head = f'<meta name="pypi:repository-version" content="1.4"><title>{html.escape(title)}</title>'
    return "\n".join(
        ["<!DOCTYPE html>", f"<html><head>{head}</head><body>", *rows, "</body></html>", ""]
    ).encode()


def release_json(project: StoredProject, store: Store, version: str | None, base: str) -> bytes | None:
    """Return the per-version document, or the project's (`version` None: that of its newest release).

    `info.requires_dist` is that of one upload, and null where the first one did not say, as on the real index.
    *base* is the server's address, since the files' are absolute here.
    """
    wanted = Version(version or newest(project.versions))
    chosen = [file for file in project.files if Version(file.version) == wanted]
    if not chosen:
        return None
    first = chosen[0]
    info = {
        "name": project.name,
        "version": first.version,
        "requires_dist": list(first.requires_dist) if first.requires_dist else None,
        "requires_python": first.requires_python,
        "yanked": first.yanked is not False,
        "yanked_reason": first.yanked if isinstance(first.yanked, str) else None,
    }
    urls = [upload_json(file, store, base) for file in chosen]
    document: dict[str, Any] = {
        "info": info,
        "last_serial": project.serial,
        "urls": urls,
        "vulnerabilities": [],
    }
    if version is None:
        document["releases"] = {
            each: [upload_json(file, store, base) for file in project.files if file.version == each]
            for each in project.versions
        }
    return json.dumps(document).encode()


def upload_json(file: StoredFile, store: Store, base: str) -> dict[str, Any]:
    """Return one entry of `urls`."""
    return {
        "digests": hashes_of(file, real=store.real_hashes),
        "filename": file.filename,
        "packagetype": "bdist_wheel" if file.is_wheel else "sdist",
        "python_version": file.filename.split("-")[-3] if file.is_wheel else "source",
        "requires_python": file.requires_python,
        "size": size_of(file, real=store.real_hashes),
        "upload_time_iso_8601": file.upload_time,
        "url": f"{base}/files/{file.filename}",
        "yanked": file.yanked is not False,
        "yanked_reason": file.yanked if isinstance(file.yanked, str) else None,
    }


def newest(versions: list[str]) -> str:
    """Return the newest final release, or the newest of any kind where there is none."""
    final = [version for version in versions if not Version(version).is_prerelease]
    return (final or versions)[-1]
