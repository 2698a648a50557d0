"""From a request to the right answer, with no socket in sight: routes, negotiation, ranges, freshness."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from packaging.utils import canonicalize_name

from tests.loopback.failures import Answer
from tests.loopback.pages import HTML_TYPE, JSON_TYPE, project_html, project_json, release_json, root_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.loopback.store import Store, StoredProject

IMMUTABLE = "max-age=365000000, immutable, public"
METADATA_SUFFIX = ".metadata"
NOT_FOUND = Answer(status=404, headers={"Content-Type": "text/html"}, body=b"<h1>404 Not Found</h1>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What this index can do: all of it, as the real one, or less, as mirrors. `max_age` is in seconds."""

    metadata_files: bool = True
    version_json: bool = True
    ranges: bool = True
    caching_headers: bool = True
    gzip: bool = True
    json_pages: bool = True
    max_age: int = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as the log keeps it; header names are in lower case, `status` is 0 until it is answered."""

    method: str
    path: str
    headers: Mapping[str, str]
    status: int = 0


def answer(request: Request, store: Store, features: Features) -> Answer:
    """Return what an index with these *features* answers."""
    path = unquote(urlsplit(request.path).path)
    if path.startswith("/files/"):
        found = file_answer(request, store, features, path.removeprefix("/files/"))
    elif path.startswith("/simple"):
        found = simple_answer(request, store, features, path)
    elif match := re.fullmatch(r"/pypi/([^/]+)(?:/([^/]+))?/json", path):
        found = release_answer(request, store, features, match[1], match[2])
    else:
        return NOT_FOUND
    return revalidated(request, found) if features.caching_headers else found


def simple_answer(request: Request, store: Store, features: Features, path: str) -> Answer:
    """Answer for `/simple/` and the project pages under it."""
    kind = negotiated(request.headers.get("accept", "*/*"), json_pages=features.json_pages)
    if kind is None:
        return Answer(status=406)
    if path in {"/simple", "/simple/"}:
        return document(request, features, root_page(store.names(), kind), kind)
    name = path.removeprefix("/simple/").strip("/")
    canonical = f"/simple/{canonicalize_name(name)}/"
    if path != canonical:
        return Answer(status=301, headers={"Location": canonical})
    project = store.project(canonicalize_name(name))
    if project is None:
        return NOT_FOUND
    render = project_json if kind == JSON_TYPE else project_html
    body = render(project, store, metadata_files=features.metadata_files)
    return document(request, features, body, kind, project)


def release_answer(
    request: Request, store: Store, features: Features, name: str, version: str | None
) -> Answer:
    """Answer for the per-project and per-version JSON documents."""
    canonical = canonicalize_name(name)
    project = store.project(canonical)
    if not features.version_json or project is None:
        return NOT_FOUND
    if name != canonical:
        tail = f"/{version}/json" if version else "/json"
        return Answer(status=301, headers={"Location": f"/pypi/{canonical}{tail}"})
    body = release_json(project, store, version, f"http://{request.headers.get('host', 'localhost')}")
    return NOT_FOUND if body is None else document(request, features, body, "application/json", project)


def document(
    request: Request, features: Features, body: bytes, kind: str, project: StoredProject | None = None
) -> Answer:
    """Return 200 with the headers of a page, packed where the client asks for it."""
    headers = {"Content-Type": kind, "Vary": "Accept, Accept-Encoding"}
    if project is not None:
        headers["X-PyPI-Last-Serial"] = str(project.serial)
    if features.caching_headers:
        headers["ETag"] = f'"{hashlib.md5(kind.encode() + body).hexdigest()}"'
        headers["Cache-Control"] = f"max-age={features.max_age}, public"
    if features.gzip and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = gzip.compress(body, compresslevel=1, mtime=0)
    return Answer(status=200, headers=headers, body=body)


def file_answer(request: Request, store: Store, features: Features, filename: str) -> Answer:
    """Answer for a file, the metadata beside it (PEP 658), or a range of it (RFC 9110, section 14)."""
    if filename.endswith(METADATA_SUFFIX):
        file = store.file(filename.removesuffix(METADATA_SUFFIX))
        text = file.metadata_text if file and file.is_wheel and features.metadata_files else None
        body = None if text is None else text.encode()
    else:
        file = store.file(filename)
        body = file.content if file else None
    if body is None:
        return NOT_FOUND
    headers = {"Content-Type": "application/octet-stream"}
    if features.caching_headers:
        headers |= {"ETag": f'"{hashlib.md5(body).hexdigest()}"', "Cache-Control": IMMUTABLE}
    if not features.ranges:
        return Answer(status=200, headers=headers, body=body)
    return ranged(request.headers.get("range", ""), headers | {"Accept-Ranges": "bytes"}, body)


def ranged(wanted: str, headers: dict[str, str], body: bytes) -> Answer:
    """Return the one range of *body* that is *wanted*; several at once, or nonsense, give the whole."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", wanted.replace(" ", ""))
    if match is None or match[0] == "bytes=-":
        return Answer(status=200, headers=headers, body=body)
    first, last = match.groups()
    start = int(first) if first else max(0, len(body) - int(last))
    end = min(int(last), len(body) - 1) if first and last else len(body) - 1
    if start > end:
        return Answer(status=416, headers=headers | {"Content-Range": f"bytes */{len(body)}"})
    part = {"Content-Range": f"bytes {start}-{end}/{len(body)}"}
    return Answer(status=206, headers=headers | part, body=body[start : end + 1])


def revalidated(request: Request, found: Answer) -> Answer:
    """Return 304 where the client already has this very answer."""
    known = request.headers.get("if-none-match", "")
    tag = found.headers.get("ETag")
    if found.status != 200 or tag is None or not (known == "*" or tag in known):
        return found
    kept = {key: value for key, value in found.headers.items() if key in {"ETag", "Cache-Control", "Vary"}}
    return replace(found, status=304, headers=kept, body=b"")


def negotiated(accept: str, *, json_pages: bool) -> str | None:
    """Return the content type of a page for an Accept header (PEP 691), None where none will do.

    Where several are wanted equally, and for `*/*`, it is HTML, as on the real index.
    """
    offers = {"text/html": "text/html", "text/*": "text/html", "*/*": "text/html", HTML_TYPE: HTML_TYPE}
    if json_pages:
        offers |= {JSON_TYPE: JSON_TYPE, JSON_TYPE.replace("v1", "latest"): JSON_TYPE}
    best: tuple[float, str | None] = (0.0, None)
    for part in accept.split(","):
        kind, _, parameters = part.partition(";")
        quality = re.search(r"q\s*=\s*([0-9.]+)", parameters)
        weight = float(quality[1]) if quality else 1.0
        offer = offers.get(kind.strip())
        if offer and weight > best[0]:
            best = (weight, offer)
    return best[1]
