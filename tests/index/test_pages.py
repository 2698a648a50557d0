"""Index pages: JSON, HTML, the per-version document and folders."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from html import escape
from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name
from packaging.version import Version
from pip._internal.index.collector import IndexContent, parse_links

from archcheck.index.model import IndexFile, Project
from archcheck.index.pages import entries, listing, packing
from archcheck.index.pages.entries import PageError
from archcheck.index.pages.listing import ListedFiles, Listing
from archcheck.index.pages.simple_api import parse_html, parse_json, parse_version_json
from archcheck.index.repositories import list_folder

URL = "https://index.example/simple/demo/"
NAME = canonicalize_name("demo")
SHA = "a" * 64
WHEEL = "demo-1.0-py3-none-any.whl"


def page(*files: dict, **rest: object) -> bytes:
    return json.dumps({"meta": {"api-version": "1.1"}, "name": "demo", "files": files, **rest}).encode()


def entry(**fields: object) -> dict:
    return {"filename": WHEEL, "url": f"https://files.example/{WHEEL}", "hashes": {}} | fields


def one(body: bytes) -> IndexFile:
    (file,) = ListedFiles(parse_json(body, url=URL, name=NAME))
    return file


def test_a_json_entry_in_full() -> None:
    body = page(
        entry(
            hashes={"md5": "b" * 32, "sha256": SHA.upper()},
            size=12,
            yanked="broken",
            **{
                "requires-python": ">=3.8",
                "upload-time": "2024-01-02T03:04:05.000006Z",
                "core-metadata": {"sha256": SHA},
            },
        )
    )
    assert one(body) == IndexFile(
        filename=WHEEL,
        url=f"https://files.example/{WHEEL}",
        hashes=(f"sha256:{SHA}",),
        requires_python=">=3.8",
        size=12,
        upload_time="2024-01-02T03:04:05.000006Z",
        yanked=True,
        metadata=f"sha256:{SHA}",
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, None),
        ({"core-metadata": False}, None),
        ({"core-metadata": True}, ""),
        ({"core-metadata": {}}, ""),
        ({"core-metadata": {"md5": "0"}}, ""),
        ({"core-metadata": {"sha256": SHA}}, f"sha256:{SHA}"),
        ({"dist-info-metadata": {"sha256": SHA}}, f"sha256:{SHA}"),
        ({"core-metadata": False, "dist-info-metadata": True}, None),
        ({"data-dist-info-metadata": True}, None),
    ],
)
def test_where_a_metadata_file_is_announced(fields: dict, expected: str | None) -> None:
    assert one(page(entry(**fields))).metadata == expected


@pytest.mark.parametrize(
    ("value", "yanked"), [(False, False), (True, True), ("", False), ("why", True), (None, False)]
)
def test_yanked_is_a_reason_or_a_flag(value: object, yanked: bool) -> None:
    assert one(page(entry(yanked=value))).yanked is yanked


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://files.example/x.whl", "https://files.example/x.whl"),
        ("http://files.example/x.whl", "http://files.example/x.whl"),
        ("../../packages/x.whl", "https://index.example/packages/x.whl"),
        ("/x.whl", "https://index.example/x.whl"),
        ("//files.example/x.whl", "https://files.example/x.whl"),
        ("x.whl", "https://index.example/simple/demo/x.whl"),
        ("x.whl#sha256=00&egg=x", "https://index.example/simple/demo/x.whl"),
        ("https://files.example/x.whl?token=1", "https://files.example/x.whl?token=1"),
        ("https://user:secret@files.example/x.whl", "https://files.example/x.whl"),
        ("https://files.example/a@b/x.whl", "https://files.example/a@b/x.whl"),
        ("https://files.example/a b/x+1.whl", "https://files.example/a%20b/x+1.whl"),
        ("https://files.example/a%20b/x%2B1.whl", "https://files.example/a%20b/x%2B1.whl"),
        ("https://files.example/\x1b[31m.whl", "https://files.example/%1B[31m.whl"),
    ],
)
def test_addresses_are_absolute_and_carry_no_credentials(link: str, expected: str) -> None:
    assert one(page(entry(url=link))).url == expected


def test_credentials_in_the_pages_own_address_do_not_spread() -> None:
    body = page(entry(url="x.whl"))
    (file,) = ListedFiles(parse_json(body, url="https://user:secret@index.example/demo/", name=NAME))
    assert file.url == "https://index.example/demo/x.whl"


def test_only_distributions_are_kept() -> None:
    names = ["demo-1.0.exe", "demo-1.0.tar.gz", "demo-1.0.egg", WHEEL, "demo-1.0.zip", "demo-1.0.whl.asc"]
    files = ListedFiles(parse_json(page(*(entry(filename=name) for name in names)), url=URL, name=NAME))
    assert [file.filename for file in files] == ["demo-1.0.tar.gz", WHEEL, "demo-1.0.zip"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "truncated"),
        (b"<html>", "malformed"),
        (b"[]", "Expected `object`"),
        (b'{"message": "no"}', "files"),
        (b'{"files": {}}', "$.files"),
        (b"\xff\xfe", ""),
        (b'{"files": [], "x": ' + b"[" * 100_000, ""),
        (page(entry(), {"url": "x"}), "$.files[1]"),
        (page(entry(filename=3)), "$.files[0].filename"),
        (page(entry(size="3")), "$.files[0].size"),
        (page(entry(size=-1)), "$.files[0].size"),
        (page(entry(size=2**53)), "$.files[0].size"),
        (page(entry(size=10**30)), "$.files[0].size"),
        (page(entry(yanked=3)), "$.files[0].yanked"),
        (page(entry(hashes=[])), "$.files[0].hashes"),
        (page(entry(filename=f"../{WHEEL}")), "file name"),
        (page(entry(url="file:///etc/passwd")), "address"),
        (page(entry(url="javascript:alert(1)")), "address"),
        (page(entry(url="http://[::1")), "address"),
        (page(meta={"api-version": "2.0"}), "$.meta.api-version"),
    ],
)
def test_what_is_no_page_is_refused_with_the_place(body: bytes, words: str) -> None:
    with pytest.raises(PageError) as caught:
        parse_json(body, url=URL, name=NAME)
    assert words in str(caught.value)


def calls_of(monkeypatch: pytest.MonkeyPatch, *named: tuple[object, str]) -> Counter[str]:
    """Return how often each of the functions and classes *named* is called from now on."""
    calls: Counter[str] = Counter()

    def count(owner: object, name: str) -> None:
        called = getattr(owner, name)

        def counted(*arguments, **more):
            calls[name] += 1
            return called(*arguments, **more)

        monkeypatch.setattr(owner, name, counted)

    for owner, name in named:
        count(owner, name)
    return calls


def test_a_large_page_takes_a_row_a_file_and_nothing_dear(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes long is to join addresses, to parse versions and to make files: that is for those asked for."""
    count = 10_000
    links = [f"https://files.example/{n:04x}/demo-1.{n}-py3-none-any.whl" for n in range(count)]
    files = [
        entry(filename=f"demo-1.{n}-py3-none-any.whl", url=links[n], hashes={"sha256": SHA})
        for n in range(count)
    ]
    body = page(*files)
    addresses = (packing, "check_address"), (packing, "absolute"), (entries, "urljoin")
    values = (packing, "Version"), (listing, "Version"), (listing, "IndexFile")
    calls = calls_of(monkeypatch, (packing, "_row"), *addresses, *values)
    listed = ListedFiles(parse_json(body, url=URL, name=NAME))
    assert len(listed) == count
    assert calls == {"_row": count, "absolute": 1}
    (file,) = listed.releases[Version("1.7")]
    assert (file.url, calls["IndexFile"]) == (links[7], 1)
    assert calls["Version"] <= 15  # as often as 10,000 can be halved


HTML = """<!DOCTYPE html><html><head><base href="/other/"><meta name="pypi:repository-version" content="1.0"></head>
<body><h1>Links</h1>
<a href="demo-1.0-py3-none-any.whl#sha256={sha}" data-requires-python="&gt;=3.8,&lt;4"
   data-core-metadata="sha256={sha}">demo-1.0-py3-none-any.whl</a><br/>
<a href="https://u:p@files.example/Demo-1.1.tar.gz#md5=00" data-yanked="">x</a>
<a href='demo-1.2%2Blocal-py3-none-any.whl' data-dist-info-metadata='true'>x</a>
<A HREF=demo-1.3.zip?x=1&amp;y=2 data-core-metadata="false">x</A>
<a href="demo_other-1.0.tar.gz">another project</a> <a>no link</a> <a href>empty</a> <a href="mailto:x@demo-1.0.zip">x</a>
<a href="file:///demo-9.9.zip">local</a>
</body></html>"""


def test_an_html_page_in_full() -> None:
    listing = parse_html(
        HTML.format(sha=SHA).encode(), url=URL, name=NAME, content_type="text/html; charset=UTF-8"
    )
    project = Project(name=NAME, files=ListedFiles(listing))
    assert project.files == (
        IndexFile(
            filename=WHEEL,
            url=f"https://index.example/other/{WHEEL}",
            hashes=(f"sha256:{SHA}",),
            requires_python=">=3.8,<4",
            metadata=f"sha256:{SHA}",
        ),
        IndexFile(
            filename="Demo-1.1.tar.gz",
            url="https://files.example/Demo-1.1.tar.gz",
            hashes=("md5:00",),
            yanked=True,
        ),
        IndexFile(
            filename="demo-1.2+local-py3-none-any.whl",
            url="https://index.example/other/demo-1.2%2Blocal-py3-none-any.whl",
            metadata="",
        ),
        IndexFile(filename="demo-1.3.zip", url="https://index.example/other/demo-1.3.zip?x=1&y=2"),
    )
    assert list(project.releases) == [Version("1.3"), Version("1.2+local"), Version("1.1"), Version("1.0")]


def test_half_a_character_is_refused() -> None:
    for link in (rb"demo-1.0\ud800.zip", rb"x\ud800/demo-1.0.zip"):
        with pytest.raises(PageError):
            parse_html(
                b'<a href="%s">x</a>' % link,
                url=URL,
                name=NAME,
                content_type="text/html; charset=unicode_escape",
            )
        with pytest.raises(PageError):
            parse_json(page(entry()).replace(b"demo-1.0-py3", link), url=URL, name=NAME)


AUTOINDEX = b"""<html><head><title>Index of /wheels/</title></head><body><h1>Index of /wheels/</h1><hr><pre>
<a href="../">../</a>
<a href="demo-1.0-py3-none-any.whl">demo-1.0-py3-none-any.whl</a>     01-Jan-2024 00:00   1234
<a href="dem%C3%B6-1.0.zip">x</a> <a href="demo/">demo/</a>
<a href="zope.demo-1.0.tar.gz">zope.demo-1.0.tar.gz</a>
</pre></body></html>"""


def test_a_web_servers_listing_of_a_folder() -> None:
    listing = parse_html(AUTOINDEX, url="https://index.example/wheels/", name=NAME)
    project = Project(name=NAME, files=ListedFiles(listing))
    assert [file.url for file in project.files] == [f"https://index.example/wheels/{WHEEL}"]


def test_a_page_on_disk_may_link_to_the_disk() -> None:
    body = f'<a href="{WHEEL}">x</a>'.encode()
    (file,) = ListedFiles(parse_html(body, url="file:///srv/links.html", name=NAME))
    assert file.url == f"file:///srv/{WHEEL}"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%PDF", "application/pdf"),
        (b"{}", "application/json"),
        (b'<meta name="pypi:repository-version" content="2.0">', "text/html"),
    ],
)
def test_html_that_is_none_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(PageError):
        parse_html(body, url=URL, name=NAME, content_type=content_type)


@pytest.mark.parametrize("charset", ["utf-16", "latin-1", "no-such-charset", '"utf-8"', "idna", "hex"])
def test_charsets_of_all_sorts_are_survived(charset: str) -> None:
    body = f'<a href="{WHEEL}">x</a>'.encode("utf-16" if charset == "utf-16" else "ascii")
    assert parse_html(body, url=URL, name=NAME, content_type=f"text/html; charset={charset}").count


def document(**changes: object) -> bytes:
    upload = {
        "filename": WHEEL,
        "url": f"../files/{WHEEL}",
        "digests": {"sha256": SHA, "blake2b_256": "0"},
        "requires_python": "",
        "size": 5,
        "upload_time_iso_8601": "2024-01-02T03:04:05Z",
        "yanked": False,
    }
    info = {"name": "Demo", "version": "1.0.0", "requires_dist": ["x>1"], "requires_python": ">=3.8"}
    return json.dumps({"info": info, "urls": [upload], "last_serial": 1} | changes).encode()


def test_the_per_version_document() -> None:
    read = parse_version_json(
        document(), url="https://index.example/demo/json", name=NAME, version=Version("1.0")
    )
    assert read is not None
    assert read.requires_dist == ("x>1",)
    assert read.requires_python == ">=3.8"
    assert read.files == (
        IndexFile(
            filename=WHEEL,
            url=f"https://index.example/files/{WHEEL}",
            hashes=(f"sha256:{SHA}",),
            size=5,
            upload_time="2024-01-02T03:04:05Z",
        ),
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        document(last_serial=None),
        document(last_serial="1"),
        document(urls=None),
        document(info={"name": "other", "version": "1.0"}),
        document(info={"name": "demo", "version": "1.1"}),
        document(info={"name": "demo", "version": "one"}),
        document(urls=[{"filename": WHEEL, "url": "file:///x"}]),
    ],
)
def test_what_is_no_per_version_document(body: bytes) -> None:
    assert parse_version_json(body, url=URL, name=NAME, version=Version("1.0")) is None


def test_null_dependencies_are_unknown_not_none() -> None:
    body = document(info={"name": "demo", "version": "1.0", "requires_dist": None})
    read = parse_version_json(body, url=URL, name=NAME, version=Version("1.0"))
    assert read is not None
    assert read.requires_dist is None


def test_a_folder_lists_the_projects_files_alone() -> None:
    files = [
        (WHEEL, 3, f"file:///w/{WHEEL}"),
        ("other-1.0.zip", 3, "file:///w/other-1.0.zip"),
        ("demo", None, "file:///w/demo"),
    ]
    assert list_folder(NAME, files).files == (IndexFile(filename=WHEEL, url=f"file:///w/{WHEEL}", size=3),)


PLAIN = "demo-{}-py3-none-any.whl"


@given(st.lists(st.sampled_from(["1.0", "1", "1.0.0", "2", "2.0rc1", "1!0", "10", "one", "1.0+x"])))
def test_releases_are_the_same_read_in_part_as_read_in_full(texts: list[str]) -> None:
    files = [entry(filename=PLAIN.format(text), url=f"f/{place}") for place, text in enumerate(texts)]
    listing = parse_json(page(*files), url=URL, name=NAME)
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(listing), type=Listing)
    whole = Project(name=NAME, files=tuple(ListedFiles(listing))).releases
    for version in map(Version, ["1", "2", "3", "1!0.0", "0", "1.0+x"]):
        releases = ListedFiles(kept).releases
        assert releases.get(version) == whole.get(version)
        assert (version in releases, len(releases)) == (version in whole, len(whole))
    assert list(ListedFiles(kept).releases.items()) == list(whole.items())


versions = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,2}){0,2}(rc[0-9])?", fullmatch=True)
file_entries = st.fixed_dictionaries(
    {"version": versions, "requires": st.sampled_from([None, ">=3.8", '<4,>"3']), "yanked": st.booleans()}
)


def anchor(link: str, said: dict) -> str:
    requires = "" if said["requires"] is None else ' data-requires-python="' + escape(said["requires"]) + '"'
    yanked = " data-yanked" if said["yanked"] else ""
    return f'<a href="{link}"{requires}{yanked}>x</a>'


@given(st.lists(file_entries))
def test_both_forms_of_a_page_say_the_same_and_pip_reads_the_same(entries: list[dict]) -> None:
    names = [f"demo-{e['version']}-py3-none-any.whl" for e in entries]
    body = page(
        *(
            entry(filename=n, url=f"../f/{n}", yanked=e["yanked"], **{"requires-python": e["requires"]})
            for n, e in zip(names, entries, strict=True)
        )
    )
    anchors = (anchor(f"../f/{n}", e) for n, e in zip(names, entries, strict=True))
    html = "\n".join(anchors).encode()
    files = ListedFiles(parse_json(body, url=URL, name=NAME))
    assert files == ListedFiles(parse_html(html, url=URL, name=NAME))
    links = parse_links(IndexContent(html, "text/html", encoding=None, url=URL, cache_link_parsing=False))
    assert [(file.url, file.requires_python) for file in files] == [
        (link.url, link.requires_python) for link in links
    ]


@given(
    st.binary()
    | st.text().map(str.encode)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(lambda v: json.dumps(v).encode())
)
def test_arbitrary_bytes_raise_nothing_but_our_own(body: bytes) -> None:
    for parse in (parse_json, parse_html):
        with contextlib.suppress(PageError):
            assert isinstance(parse(body, url=URL, name=NAME), Listing)
    parse_version_json(body, url=URL, name=NAME, version=Version("1.0"))


@pytest.mark.parametrize(
    "piece", ["<a ", '<a href="', "<!--", "<![x[", "<", "</a", "&#", "<script>", "<!", "<?", "<a href=x "]
)
def test_hostile_markup_is_looked_at_once(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What html.parser does not find the end of, it may not look at again from the next character on."""
    text = piece * 60_000
    looked_at = 0

    def watch(method: str) -> None:
        read = getattr(HTMLParser, method)

        def counted(self: HTMLParser, start: int, *arguments: int) -> int:
            nonlocal looked_at
            end = read(self, start, *arguments)
            looked_at += (end if end >= 0 else len(self.rawdata)) - start
            if looked_at > 2 * len(text):  # a declaration may turn out to be a comment
                pytest.fail("it is looked at again and again")
            return end

        monkeypatch.setattr(HTMLParser, method, counted)

    for method in ("parse_starttag", "parse_endtag", "parse_comment", "parse_html_declaration", "parse_pi"):
        watch(method)
    with contextlib.suppress(PageError):
        assert len(ListedFiles(parse_html(text.encode(), url=URL, name=NAME))) == 0


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_pages_in_encodings_that_pip_reads(encoding):
    page = '{"files": [{"filename": "demo-1.0.tar.gz", "url": "https://index.example/demo-1.0.tar.gz"}]}'
    assert parse_json(page.encode(encoding), url="https://index.example/simple/demo/", name="demo").count == 1


@pytest.mark.parametrize(
    "body",
    [
        b'<a href="x' * 100_000,
        b"<a " + b"x " * 100_000 + b">",
        b"<a href=x>" * 250_000,
        b"<a b='>'" * 1_000_000,
    ],
)
def test_html_that_would_take_a_hundred_times_its_size_in_memory(body):
    with pytest.raises(PageError, match="too many tags, or too long ones"):
        parse_html(body, url="https://index.example/simple/demo/", name="demo")


def test_a_page_of_more_files_than_there_can_be():
    with pytest.raises(PageError, match="Expected fewer than"):
        parse_json(b'{"files":[' + b"{}," * 250_000, url="https://index.example/simple/demo/", name="demo")
