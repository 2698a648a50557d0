"""Requirements read part by part are what packaging reads as a whole."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from archcheck.manifest.dependency import read_dependency

_BLANK = st.sampled_from(["", "", " ", "\t ", "\n"])
_NAME = st.sampled_from(["a", "Foo.Bar", "x_y-z", "0", "a-", "_a", "foo_", "é", "a.b-"])
_VERSION = st.sampled_from(
    [
        "1",
        "1.0",
        "2.*",
        "1.0a1",
        "0!1",
        "1!2.0",
        "1.0+cpu",
        "1.",
        "1..2",
        ".1",
        "v1",
        "1-1",
        "1.0.post1",
        "*",
        "x",
    ]
)
_OPERATOR = st.sampled_from(["==", ">=", "<=", "<", ">", "!=", "~=", "===", "=", "=>", ""])
_RANGE = st.builds("{}{}{}{}".format, _OPERATOR, _BLANK, _VERSION, _BLANK)
_RANGES = st.builds(
    str.join, st.sampled_from([",", ", ", " ", ",,"]), st.lists(_RANGE, max_size=3)
) | st.sampled_from([">=1,", ",>=1"])
_EXTRAS = st.sampled_from(["", "", "[a]", "[B_b, a]", "[]", "[a b]", "[a"])
_MARKER = st.sampled_from(
    [
        "",
        "; extra == 'X_y'",
        ";python_version>='3.8' and (os_name == \"posix\" or extra == 'a') ",
        " ; sys_platform",
        "; os_name == 'a;b@c'",
        "; 'a' in os_name; extra == 'b'",
        ";",
        "; \n",
        "; extra == 'a' @",
        " @ https://index.example/a;b.whl ; extra == 'x'",
        "@https://index.example/a.whl",
    ]
)
_LINES = st.builds(
    "".join,
    st.tuples(
        _BLANK, _NAME, _BLANK, _EXTRAS, _BLANK, _RANGES | st.builds("({})".format, _RANGES), _MARKER, _BLANK
    ),
)


def whole(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


@given(_LINES | st.text("ab1.*<>=!~,;()[]@ \t'\"_-", max_size=12))
@example("a>=1.0 ,<2.* ; extra == 'x'")
@example("a (>=1.0)")
@example("a()")
def test_a_line_is_read_as_packaging_reads_it(text: str) -> None:
    expected, found = whole(text), read_dependency(text)
    assert (found is None) == (expected is None)
    if found is not None and expected is not None:
        assert found.name == canonicalize_name(expected.name)
        assert found.extras == {canonicalize_name(extra) for extra in expected.extras}
        assert found.specifier == expected.specifier
        assert (found.marker, found.condition) == (expected.marker, str(expected.marker or ""))
        assert (found.url, found.text) == (expected.url, str(expected))


def test_what_is_written_alike_is_one() -> None:
    first, second = read_dependency("a>=1; extra == 'x'"), read_dependency("b; extra == 'x'")
    assert first is read_dependency("a>=1; extra == 'x'")
    assert first is not None
    assert second is not None
    assert first.marker is second.marker


def test_a_marker_that_cannot_be_written_out_is_read() -> None:
    found = read_dependency(r"""a; os_name != '\x27"'""")
    assert found is not None
    assert found.condition == r"""os_name != '\x27"'"""


@pytest.mark.parametrize(
    "text",
    [
        "a" + "-" * 4000,
        "a" + " " * 4000 + "b",
        "a>=1" + " " * 4000 + "x",
        "a (>=1" + " ," * 2000,
        "a >=" + "1" * 2000,
        "a; " + "(" * 2000 + "os_name == 'x'" + ")" * 2000,
    ],
)
def test_what_strangers_write_is_refused(text: str) -> None:
    """How long it takes, `python -m benchmarks.hostile` tells."""
    assert read_dependency(text) is None
