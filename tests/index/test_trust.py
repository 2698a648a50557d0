"""What a stranger's input may lead to: what is configured, what the base has, and nothing else, which is said."""

from __future__ import annotations

import pytest
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from archcheck.index.config.settings import IndexSettings
from archcheck.index.trust import Trust, restricted, trust
from archcheck.manifest.distribution import IndexFile
from archcheck.manifest.lock import Lock, LockedPackage
from archcheck.manifest.manifest import (
    IndexOptions,
    IndexSource,
    Location,
    Manifest,
    PathSource,
    Requirement,
    UrlSource,
    VcsSource,
)

MAIN, EXTRA, LINKS, TORCH = (f"https://{name}.example/simple" for name in ("main", "extra", "links", "torch"))
CONFIGURED = IndexSettings(
    index_url=MAIN, extra_index_urls=(EXTRA,), find_links=(LINKS,), package_indexes=(("torch", TORCH),)
)
EVIL = "https://evil.example/simple"
FILE = "https://files.example/demo-1.0.tar.gz"
HERE = Location(path="requirements.txt", line=3)


def line(name="demo", source=None, text=None):
    return Requirement(
        name=canonicalize_name(name),
        specifier=SpecifierSet(),
        source=source or IndexSource(),
        location=HERE,
        text=text or name,
    )


def manifest(*lines, where="requirements", **more):
    return Manifest(path="requirements.txt", kind="requirements", sha256="", **{where: lines}, **more)


def file(url):
    return IndexFile(filename=url.rpartition("/")[2], url=url)


def package(name="demo", *urls, source=None):
    return LockedPackage(
        name=canonicalize_name(name),
        version=Version("1.0"),
        source=source or IndexSource(),
        files=tuple(map(file, urls)),
        location=HERE,
    )


def lock(*packages, **more):
    return Lock(path="uv.lock", kind="uv", sha256="", packages=packages, **more)


def trusted(stated=None, expanded=None, *, configured=CONFIGURED, **more):
    """Return what may be led to, where the base has *stated*; of the disk only what is called `in`."""
    local = {"has": "in".__eq__, "lists": "in".__eq__, **more}
    return trust(configured, stated, expanded or stated, **local)


# --- which addresses are asked


@pytest.mark.parametrize("url", [MAIN, EXTRA, LINKS, TORCH])
def test_what_is_configured_is_asked(url):
    assert trusted().asks(url)
    assert not trusted(configured=IndexSettings(index_url=None)).asks(url)


@pytest.mark.parametrize(
    "url", [EVIL, f"{MAIN}/more", "https://main.example/", "", "git+https://main.example/"]
)
def test_nothing_else_is_asked(url):
    assert not trusted().asks(url)


def test_a_folder_is_asked_where_it_may_be_looked_for_files_in():
    may = trusted(lists="in".__eq__, has=lambda _: True)
    assert (may.asks("in"), may.asks("file:in"), may.asks("out")) == (True, True, False)


@pytest.mark.parametrize(
    "options",
    [
        IndexOptions(index_url=EVIL),
        IndexOptions(extra_index_urls=(MAIN, EVIL)),
        IndexOptions(find_links=(EVIL,)),
        IndexOptions(package_indexes=(("demo", EVIL),)),
    ],
)
def test_what_the_base_has_is_asked_as_well(options):
    assert trusted(manifest(options=options)).asks(EVIL)
    assert trusted(lock(options=options)).asks(EVIL)


def test_variables_of_the_base_are_filled_in_and_a_stranger_s_are_not():
    told, meant = "https://${TOKEN}@private.example/", "https://s3cret@private.example/"
    may = trusted(
        manifest(options=IndexOptions(index_url=told)), manifest(options=IndexOptions(index_url=meant))
    )
    asked = IndexOptions(
        index_url=told,
        extra_index_urls=(told, "https://${TOKEN}@evil.example/"),
        find_links=(told,),
        package_indexes=(("demo", told), ("other", EVIL)),
    )
    left = restricted(manifest(options=asked), may).options
    assert left == IndexOptions(
        index_url=meant, extra_index_urls=(meant,), find_links=(meant,), package_indexes=(("demo", meant),)
    )


def test_a_base_whose_variables_cannot_be_filled_in_leads_nowhere():
    base = manifest(options=IndexOptions(index_url=EVIL))
    for stated, expanded in ((base, None), (None, base)):
        may = trust(CONFIGURED, stated, expanded, has="in".__eq__, lists="in".__eq__)
        assert (may.asks(EVIL), may.asks(MAIN)) == (False, True)


def test_a_folder_that_the_base_names_is_the_stranger_s_by_now():
    options = IndexOptions(find_links=("wheels",))
    assert not trusted(manifest(options=options)).asks("wheels")


def test_the_names_that_have_credentials_in_the_environment_are_those_of_the_base():
    own, stolen = ("shop", MAIN), ("shop", EVIL)
    may = trusted(manifest(options=IndexOptions(index_names=(own,))))
    head = manifest(options=IndexOptions(index_names=(own, stolen)))
    assert restricted(head, may).options.index_names == (own,)
    assert restricted(head, trusted()).options.index_names == ()
    anywhere = Trust(has="in".__eq__, lists="in".__eq__, reason="x", anywhere=True)
    assert restricted(head, anywhere).options.index_names == (own, stolen)


# --- which distributions are read


@pytest.mark.parametrize(
    "url", ["https://main.example/x.whl", "https://extra.example:443/x.whl", "https://torch.example/a/b.whl"]
)
def test_files_where_an_index_is_may_be_read(url):
    assert trusted().admits(UrlSource(url=url))


@pytest.mark.parametrize(
    "url", ["http://main.example/x.whl", "https://main.example:8443/x.whl", FILE, "untrusted://"]
)
def test_files_elsewhere_may_not(url):
    assert not trusted().admits(UrlSource(url=url))


@pytest.mark.parametrize("where", ["requirements", "constraints", "overrides"])
def test_an_address_that_the_base_has_may_be_read_and_its_host_is_not_trusted_for_that(where):
    base = manifest(line(source=UrlSource(url=FILE)), where=where)
    assert trusted(base).admits(UrlSource(url=FILE))
    assert not trusted(base).admits(UrlSource(url="https://files.example/other.tar.gz"))


@pytest.mark.parametrize("base", [lock(package("demo", FILE)), lock(package(source=UrlSource(url=FILE)))])
def test_the_hosts_of_a_lock_are_trusted_since_each_update_of_it_has_new_files(base):
    assert trusted(base).admits(UrlSource(url="https://files.example/other.tar.gz"))
    assert not trusted(base).admits(UrlSource(url="https://evil.example/other.tar.gz"))


def test_of_the_disk_only_the_checkout_may_be_read():
    may = trusted(has="in".__eq__, lists=lambda _: True)
    assert may.admits(PathSource(path="in"))
    assert may.admits(UrlSource(url="file:in"))
    assert not may.admits(PathSource(path="out"))
    assert not may.admits(UrlSource(url="file:out"))
    assert not may.admits(UrlSource(url="file://elsewhere/in"))


def test_what_is_never_fetched_may_stand():
    assert trusted().admits(VcsSource(url="git+https://evil.example/"))
    assert trusted().admits(IndexSource())


def test_where_a_commit_is_audited_every_address_may_be_asked_and_nothing_local():
    anywhere = Trust(has="in".__eq__, lists="in".__eq__, reason="x", anywhere=True)
    assert anywhere.admits(UrlSource(url=FILE))
    assert anywhere.asks(EVIL)
    assert not anywhere.asks("out")
    assert not anywhere.admits(PathSource(path="out"))


# --- what is left of the input


@pytest.mark.parametrize("where", ["requirements", "constraints", "overrides"])
def test_a_line_that_leads_elsewhere_is_taken_out_and_said(where):
    bad = line("bad", UrlSource(url=EVIL), "bad @ https://user:s3cret@evil.example/simple")
    left = restricted(manifest(line("good"), bad, line("fine"), where=where), trusted())
    assert [each.text for each in getattr(left, where)] == ["good", "fine"]
    (skipped,) = left.skipped
    assert (skipped.text, skipped.location) == ("bad @ https://****@evil.example/simple", HERE)
    assert skipped.reason == "neither the base nor the configuration has it: not read under --untrusted"


def test_an_address_is_taken_out_and_said_once():
    evil = "https://user:s3cret@evil.example/simple"
    options = IndexOptions(index_url=evil, extra_index_urls=(MAIN, evil), find_links=(evil, "in"), pre=True)
    left = restricted(manifest(line(), options=options), trusted())
    assert left.options == IndexOptions(extra_index_urls=(MAIN,), find_links=("in",), pre=True)
    assert [each.text for each in left.skipped] == ["https://****@evil.example/simple"]
    assert left.skipped[0].location == Location(path="requirements.txt")


def test_a_lock_leads_to_no_file_elsewhere_and_the_file_still_counts():
    ours, theirs = "https://main.example/demo-1.0.tar.gz", FILE
    left = restricted(lock(package("demo", ours, theirs)), trusted())
    assert [each.url for each in left.packages[0].files] == [ours, "untrusted://"]
    assert [each.filename for each in left.packages[0].files] == ["demo-1.0.tar.gz"] * 2
    assert (left.packages[0].source, left.skipped) == (IndexSource(), ())


@pytest.mark.parametrize("source", [UrlSource(url=FILE), PathSource(path="out")])
def test_a_package_of_a_lock_from_elsewhere_is_not_read_and_said(source):
    head = lock(package("good"), package("bad", FILE, source=source), options=IndexOptions(index_url=EVIL))
    left = restricted(head, trusted())
    assert [(each.name, each.source, each.files) for each in left.packages] == [
        ("good", IndexSource(), ()),
        ("bad", VcsSource(url=""), ()),
    ]
    assert left.options.index_url is None
    assert [(each.text, each.location) for each in left.skipped] == [
        (EVIL, Location(path="uv.lock")),
        ("bad", HERE),
    ]


def test_what_was_skipped_before_stays_so():
    before = restricted(manifest(line("bad", UrlSource(url=EVIL))), trusted())
    again = restricted(before, trusted())
    assert again.skipped == before.skipped
    in_lock = restricted(lock(package(source=UrlSource(url=EVIL))), trusted())
    assert restricted(in_lock, trusted()).skipped == in_lock.skipped
