"""uv.lock and pylock.toml: whatever the text, a lock or an InputError, and markers that keep their meaning."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.markers import Marker

from archcheck.errors import InputError
from archcheck.inputs.parsing.partial_markers import either, settle
from archcheck.manifest.lock import Lock
from archcheck.manifest.manifest import Selection

from .locks import LOCKS, installed, machine, outcome

REAL = {
    "uv.lock": [LOCKS / "uv" / name / "uv.lock" for name in ("conflict", "ws", "sources", "pruned")],
    "pylock.toml": [LOCKS / "pylock" / name for name in ("pylock.pip.toml", "pylock.uv.toml")],
}
WORDS = st.sampled_from(
    ["[[package]]", "[package.metadata]", "=", "name = ", "version = 1", '"1.0"', "3", "true", "[", "]", "{", "}", ",", "\n", '"',
     "'", "marker", "source", "1979-05-27T07:32:00Z", "0001-01-01T00:00:00+01:00", "\\u0000", "\0", "\x1b", "\u202e", "extra == 'x'",
     "https://[", "https://user:pw@x/y-1.tar.gz", "file://h/", "//", "..", "[packages.tool]", "nan", "9" * 400, "===1", "é", "#"],
)  # fmt: skip


def check(text: str | bytes, name: str, selection: Selection | None = None) -> None:
    found = outcome(text, name, selection)
    if isinstance(found, InputError):
        assert str(found).startswith(name)
        assert str(found).isprintable()
    else:
        assert isinstance(found, Lock)
        installed(found, machine("3.13", "aarch64"))
        assert all(each.isprintable() for each in (*found.limits, *found.warnings))


@st.composite
def mutated(draw: st.DrawFn, name: str) -> str:
    """Return a real lock with some of its lines dropped, doubled, or spoiled."""
    lines = draw(st.sampled_from(REAL[name])).read_text(encoding="utf-8").splitlines()
    short = [line for line in lines if "https://" not in line or draw(st.integers(0, 9)) == 0]
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(short) - 1))
        match draw(st.integers(0, 3)):
            case 0:
                short.pop(place)
            case 1:
                short.insert(place, short[place])
            case 2:
                short.insert(place, draw(WORDS))
            case _:
                at = draw(st.integers(0, len(short[place])))
                short[place] = short[place][:at] + draw(WORDS) + short[place][at + draw(st.integers(0, 9)) :]
    return "\n".join(short)


@pytest.mark.parametrize("name", REAL)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_spoiled_lock_is_read_or_refused(name: str, data: st.DataObject) -> None:
    everything = Selection(all_extras=data.draw(st.booleans()))
    check(data.draw(mutated(name)), name, everything)


@pytest.mark.parametrize(
    ("name", "head"), [("uv.lock", "version = 1\n"), ("pylock.toml", 'lock-version = "1.0"\n')]
)
@settings(max_examples=150, deadline=None)
@given(text=st.one_of(st.lists(WORDS, max_size=25).map("".join), st.text(), st.binary()))
def test_any_text_is_read_or_refused(name: str, head: str, text: str | bytes) -> None:
    check(head.encode() + text if isinstance(text, bytes) else head + text, name)


VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-9, 9), st.floats(), st.sampled_from(["a", "1", "x == 'y'", ">=1", "https://x.example/a-1.tar.gz", "."])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["name", "version", "source", "url", "path", "registry", "hash", "hashes", "marker", "extra", "tool", "pdm",
                             "dependencies", "metadata", "requires-dist", "sdist", "wheels", "archive", "virtual", "size", "members"]),
            inner, max_size=5),
    ),
    max_leaves=25,
)  # fmt: skip
KEYS = st.sampled_from(
    ["package", "packages", "manifest", "conflicts", "resolution-markers", "supported-markers", "requires-python", "environments",
     "extras", "dependency-groups", "default-groups", "revision", "options", "created-by"],
)  # fmt: skip


def toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "{" + ", ".join(f"{key} = {toml(each)}" for key, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(toml, value)) + "]"
        case str():
            return f'"{value}"'
    return str(value)


@pytest.mark.parametrize(
    ("name", "head"), [("uv.lock", "version = 1\n"), ("pylock.toml", 'lock-version = "1.0"\n')]
)
@settings(max_examples=200, deadline=None)
@given(table=st.dictionaries(KEYS, VALUES, max_size=6))
def test_any_table_is_read_or_refused(name: str, head: str, table: dict[str, object]) -> None:
    check(head + "".join(f"{key} = {toml(value)}\n" for key, value in table.items()), name)


ATOMS = st.sampled_from(
    ["extra == 'a'", "extra != 'a'", "'b' == extra", "sys_platform == 'linux'", "platform_machine in 'x86_64 i686'", "os_name == 'nt'",
     "python_version >= '3.9'", "'x' not in platform_version"],
)  # fmt: skip
MARKERS = st.recursive(
    ATOMS,
    lambda inner: st.builds(
        lambda left, word, right: f"({left}) {word} ({right})", inner, st.sampled_from(["and", "or"]), inner
    ),
    max_leaves=12,
)


@settings(max_examples=300)
@given(
    text=MARKERS, extra=st.sampled_from(["a", "b", ""]), architecture=st.sampled_from(["x86_64", "aarch64"])
)
def test_a_settled_marker_means_the_same(text: str, extra: str, architecture: str) -> None:
    def decide(left: str, operator: str, right: str) -> bool | None:
        if "extra" not in {left, right}:
            return None
        value = right if left == "extra" else left
        return (value.strip("'\"") == extra) == (operator == "==")

    on = machine("3.13", architecture)
    found = settle(Marker(text), decide)
    expected = Marker(text).evaluate({**on.environment, "extra": extra})
    assert (found if isinstance(found, bool) else "extra" not in str(found) and on.holds(found)) == expected
    assert either([False, found]) == found
