"""pixi.lock: what is installed of an index, platform by platform; conda's part is named."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archcheck.errors import InputError
from archcheck.manifest.manifest import PathSource, Selection, UrlSource, VcsSource
from archcheck.resolve.outcomes import covers

from .locks import installed, machine, outcome, read, refused

CONDA = "https://conda.example/conda-forge"
HOME = "https://index.example/packages"
X86 = f"{HOME}/numpy-2.1.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
ARM = f"{HOME}/numpy-2.0.9-cp312-cp312-manylinux_2_17_aarch64.manylinux2014_aarch64.whl"
PURE = f"{HOME}/click-8.1.7-py3-none-any.whl"
MAC = f"{HOME}/numpy-2.1.0-cp312-cp312-macosx_11_0_arm64.whl"


def lock(version: int, platforms: dict[str, list[str]], extra: str = "", top: str = "") -> str:
    """Return a lock in the words of *version*; a place with `conda.example` is conda's."""
    lines = [
        f"version: {version}",
        *top.splitlines(),
        "environments:",
        "  default:",
        "    channels:",
        "    - url: x",
    ]
    lines += ["    indexes:", "    - https://me:secret@index.example/simple", "    packages:"]
    for platform, places in platforms.items():
        lines.append(f"      {platform}:")
        lines += [f"      - {'conda' if 'conda.example' in place else 'pypi'}: {place}" for place in places]
    lines += [*extra.splitlines(), "packages:"]
    for place in dict.fromkeys(place for places in platforms.values() for place in places):
        lines += _stated(version, place)
    return "\n".join([*lines, ""])


def _stated(version: int, place: str) -> list[str]:
    is_conda = "conda.example" in place
    stem = place.rstrip("/").rpartition("/")[2].removesuffix(".git")
    name, number, *_ = [*stem.split("-"), "1.0"]
    more = [f"  name: {name.partition('@')[0]}", f"  version: '{number}'"]
    if not is_conda:
        more += ["  sha256: 00", "  requires_python: '>=3.9'"]
    if place == PURE:
        more += ["  requires_dist:", "  - numpy>=2", "  - colorama ; extra == 'win'", "  - python-from-conda"]
    if version < 6:
        where = "url" if "://" in place else "path"
        return [f"- kind: {'conda' if is_conda else 'pypi'}", f"  {where}: {place}", *more]
    return [f"- {'conda' if is_conda else 'pypi'}: {place}", *(more if not is_conda else [])]


BOTH = {
    "linux-64": [f"{CONDA}/linux-64/python-3.12.0-hab_0_cpython.conda", f"{CONDA}/linux-64/openssl-3.4.0-h1_1.conda", X86, PURE],
    "linux-aarch64": [f"{CONDA}/linux-aarch64/openssl-3.4.0-h2_1.tar.bz2", ARM, PURE],
    "osx-arm64": [MAC, PURE],
}  # fmt: skip


@pytest.mark.parametrize("version", [4, 5, 6, 7])
def test_each_machine_gets_what_its_platform_lists(version):
    found = read(lock(version, BOTH), "pixi.lock")
    assert (found.kind, str(found.requires_python)) == ("pixi", "==3.12.*")
    assert installed(found, machine("3.12", "x86_64")) == {"click": "8.1.7", "numpy": "2.1.0"}
    assert installed(found, machine("3.12", "aarch64")) == {"click": "8.1.7", "numpy": "2.0.9"}
    assert [(each.name, len(each.files)) for each in found.packages] == [
        ("numpy", 1),
        ("click", 1),
        ("numpy", 1),
    ]
    assert [str(each.name) for each in found.requirements] == ["click"], "numpy is click's"
    assert [(each.text, each.elsewhere) for each in found.skipped] == [("openssl", "conda")]
    assert found.options.index_url == "https://index.example/simple"
    assert all(covers(found, machine("3.12", each)) for each in ("x86_64", "aarch64"))


def test_without_a_platform_the_lock_is_not_for_it_and_all_is_audited_on_both():
    found = read(lock(6, {"linux-64": BOTH["linux-64"]}), "pixi.lock")
    assert [covers(found, machine("3.12", each)) for each in ("x86_64", "aarch64")] == [True, False]
    assert installed(found, machine("3.12", "aarch64")) == {"click": "8.1.7", "numpy": "2.1.0"}
    found = read(lock(6, {"osx-arm64": BOTH["osx-arm64"], "emscripten-wasm32": []}), "pixi.lock")
    assert not any(covers(found, machine("3.12", each)) for each in ("x86_64", "aarch64"))
    assert found.packages == ()


def test_version_7_names_its_platforms():
    top = "platforms:\n- name: linux-64\n- name: graviton\n  subdir: linux-aarch64"
    found = read(lock(7, {"linux-64": [X86], "graviton": [ARM]}, top=top), "pixi.lock")
    assert installed(found, machine("3.12", "aarch64")) == {"numpy": "2.0.9"}


@pytest.mark.parametrize(
    ("place", "source"),
    [
        ("direct+https://git.example/a-1.0-py3-none-any.whl", UrlSource(url="https://git.example/a-1.0-py3-none-any.whl")),
        ("git+https://me:x@git.example/a.git@0106aced", VcsSource(url="git+https://git.example/a.git@0106aced")),
        ("./a", PathSource(path="/project/a")),
        ("./links/a-1.0-py3-none-any.whl", PathSource(path="/project/links/a-1.0-py3-none-any.whl")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("version", [5, 6])
def test_where_a_package_comes_from(version, place, source):
    (package,) = read(lock(version, {"linux-64": [place]}), "pixi.lock").packages
    assert package.source == source


def test_another_environment_is_selected_as_a_group():
    text = lock(
        6, {"linux-64": [X86]}, extra=f"  Dev:\n    packages:\n      linux-64:\n      - pypi: {X86}\n"
    )
    assert "--group NAME audits another: Dev" in read(text, "pixi.lock").warnings[-1]
    assert (
        "the environment 'Dev' is audited"
        in read(text, "pixi.lock", Selection(groups=frozenset({"dev"}))).warnings[-1]
    )
    assert "no environment 'prod'; expected one of: Dev, default" in refused(
        text, "pixi.lock", Selection(groups=frozenset({"prod"}))
    )


def test_conda_alone_leaves_nothing_to_audit_and_says_so():
    found = read(
        lock(6, {"linux-64": [f"{CONDA}/linux-64/openssl-3.4.0-h1_1.conda", "conda.example/source"]}),
        "pixi.lock",
    )
    assert found.packages == ()
    assert [(each.text, each.elsewhere) for each in found.skipped] == [
        ("openssl", ""),
        ("conda.example/source", ""),
    ]


HEAD = "version: 6\nenvironments:\n  default:\n    packages:\n      linux-64:\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "pixi.lock: it is empty; expected a pixi.lock"),
        ("version: 3\npackage: []\n", "pixi.lock:1: version: '3' is not supported; expected 4 to 7"),
        ("version: 6.5\n", "pixi.lock:1: version: '6.5' is not supported"),
        ("environments: {}\n", "pixi.lock:1: version: none is not supported"),
        ("version: [\n", "pixi.lock:2: not YAML: "),
        ("version: 6\n", "pixi.lock: no environment 'default'; expected one of: none"),
        ("version: 6\nenvironments: [x]\n", "pixi.lock:2: environments: expected keys with values"),
        (f"{HEAD}      - pypi: https://x.example/a.whl\n", "pixi.lock:6: 'https://x.example/a.whl' is not among the lock's"),
        (f"{HEAD}      - npm: x\n", "pixi.lock:6: packages.linux-64: expected conda or pypi"),
        (f"{HEAD}      - pypi: [x]\n", "pixi.lock:6: pypi: expected a text"),
        (f"{HEAD}      - pypi: ./a\npackages:\n- pypi: ./a\n  name: a\n  version: soon\n", "pixi.lock:8: './a': invalid version"),
        (f"{HEAD}      - pypi: ./a\npackages:\n- pypi: ./a\n  name: a b\n", "pixi.lock:8: './a': name is invalid"),
        (f"{HEAD}      - pypi: ./a\npackages:\n- pypi: ./a\n  name: a\n  requires_dist: [x=1]\n", "pixi.lock:8: './a': expected"),
        (f"{HEAD}      - pypi: ftp://a\npackages:\n- pypi: ftp://a\n  name: a\n", "pixi.lock:8: 'ftp://a': expected an absolute URL"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(text, message):
    assert refused(text, "pixi.lock").startswith(message)


def test_aliases_that_name_one_list_many_times_are_bounded():
    many = "".join(f"      p{number}: *a\n" for number in range(400))
    items = "".join("      - conda: x\n" for _ in range(1_000))
    text = f"version: 6\nenvironments:\n  default:\n    packages:\n      linux-64: &a\n{items}{many}"
    assert "expected at most 300,000 packages" in refused(text, "pixi.lock")
    assert "8,388,608" in refused("#" * (8 * 2**20 + 1), "pixi.lock")


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_damaged_lock_is_read_or_refused(data):
    text = lock(6, BOTH)
    start = data.draw(st.integers(0, len(text)))
    end = min(len(text), start + data.draw(st.integers(0, 60)))
    damaged = text[:start] + data.draw(st.text("ab:-[]{}&*!'\"\n ~1", max_size=20)) + text[end:]
    assert outcome(damaged, "pixi.lock") is not None


def test_standard_input_is_told_by_its_text():
    from archcheck.inputs.sniff import sniff

    from .reading import FakeFiles

    assert sniff("-", files=FakeFiles({"-": lock(6, BOTH)}), cwd="/") == "pixi"


def test_it_is_an_input_error_that_names_the_file():
    with pytest.raises(InputError):
        read("version: 6", "pixi.lock")
