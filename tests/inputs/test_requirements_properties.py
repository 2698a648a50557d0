"""Requirements files: what holds for any text."""

from __future__ import annotations

import codecs

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from packaging.markers import Marker
from packaging.requirements import Requirement as Pep508
from packaging.utils import canonicalize_name

from archcheck.errors import InputError
from archcheck.manifest.manifest import Location, Manifest

from .reading import outcome, read

WORDS = st.sampled_from(
    ["numpy", "==1.0", "===x", "[a,b]", ";", "; ", "python_version", "<'3'", "@", "git+https://", "https://x.example/a.whl",
     "file:", "-e", "-r", "-c", "r.txt", "--hash=sha256:00", "--no-binary", ":all:", ":none:", ",", "\\\n", "\n", "#", " ",
     "${V}", "'", '"', "../", "./x[y]", "#egg=", "&subdirectory=", "(", ")", "\x1b", "\u202e", "é", "//[", "--pre", "-", "=",
     "-1.0-py3-none-any.whl", "~=", "*", "%00", "\0"],
)  # fmt: skip


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.lists(WORDS, max_size=20).map("".join), st.lists(WORDS, max_size=12).map(" ".join), st.text()
    )
)
def test_any_text_is_read_or_refused(text: str) -> None:
    found = outcome(text, environ={"V": "a b"})
    if isinstance(found, InputError):
        assert str(found).startswith("r.txt")
        assert str(found).isprintable()
    else:
        lines = len(text.splitlines())
        assert all(1 <= one.location.line <= lines for one in found.requirements)


@settings(max_examples=300)
@given(
    st.one_of(
        st.binary(),
        st.binary().map(lambda tail: b"# coding: utf-7\n" + tail),
        st.binary().map(lambda tail: codecs.BOM_UTF16_LE + tail),
    )
)
@example(b"# coding: unicode_escape\n\\ud800")
@example(b"# coding: idna\n" + b"x" * 100)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    found = outcome(data)
    assert isinstance(found, Manifest) or str(found).isprintable()


NAMES = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,8}[A-Za-z0-9])?", fullmatch=True)
VERSIONS = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}((a|b|rc)[0-9])?(\.post[0-9])?", fullmatch=True)
SPECIFIERS = st.lists(
    st.tuples(st.sampled_from(["==", "!=", "<=", ">=", "<", ">", "==="]), VERSIONS).map("".join), max_size=3
)
MARKERS = st.sampled_from(
    ["python_version < '3.9'", "sys_platform == 'linux' and platform_machine != 'aarch64'", ""]
)
DIGESTS = st.lists(st.from_regex(r"[0-9a-f]{64}", fullmatch=True), max_size=3)


@given(NAMES, st.lists(NAMES, max_size=3), SPECIFIERS, MARKERS, DIGESTS, st.booleans(), st.integers(0, 3))
def test_round_trip(name, extras, specifiers, marker, digests, continued, above) -> None:  # noqa: PLR0917
    bracket = f"[{','.join(extras)}]" if extras else ""
    text = f"{name}{bracket}{','.join(specifiers)}" + (f" ; {marker}" if marker else "")
    gap = " \\\n    " if continued else " "
    line = gap.join([text, *(f"--hash=sha256:{digest}" for digest in digests)])
    assume(not name.lower().endswith((".zip", ".tar", ".whl", ".tgz", ".tbz", ".txz", ".tlz")))
    (one,) = read("#\n" * above + line + "\n").requirements
    expected = Pep508(text)
    assert one.name == canonicalize_name(name)
    assert one.specifier == expected.specifier
    assert one.extras == {canonicalize_name(extra) for extra in extras}
    assert one.marker == (Marker(marker) if marker else None)
    assert one.hashes == tuple(f"sha256:{digest}" for digest in digests)
    assert one.location == Location(path="r.txt", line=above + 1)
    assert one.text == text
