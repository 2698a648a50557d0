"""pyproject.toml and Pipfile with other versions in them: only the tokens change."""

from __future__ import annotations

from typing import Any

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from archcheck.remedy.edits.dispatch import edited
from archcheck.remedy.edits.model import Addition, Edit, NotEditable, Setting
from archcheck.remedy.edits.toml_files.places import Places

NUMPY = Edit(name="numpy", specifier="==1.21.2")
RANGE = Edit(name="numpy", specifier="<3,>=2.1")
BOUND = Addition(name="grpcio", specifier="<=1.50")


def changed(kind: str, text: str, *edits: Edit, additions: tuple[Addition | Setting, ...] = ()) -> str:
    return edited(kind, text.encode(), edits, additions).decode()


@pytest.mark.parametrize(
    ("edit", "before", "after"),
    [
        (NUMPY, '[project]\ndependencies = ["numpy==1.19"]', '[project]\ndependencies = ["numpy==1.21.2"]'),
        (
            RANGE,
            "[project]\r\ndependencies = [\r\n  'numpy >=1.2, <2',  # why\r\n]\r\n",
            "[project]\r\ndependencies = [\r\n  'numpy >=2.1, <3',  # why\r\n]\r\n",
        ),
        (
            NUMPY,
            '[project]\ndependencies = ["numpy==1.19; python_version < \\"3.8\\"", \'x\']\n',
            '[project]\ndependencies = ["numpy==1.21.2; python_version < \\"3.8\\"", \'x\']\n',
        ),
        (
            NUMPY,
            "project.dependencies = [\"\"\"numpy==1.19\"\"\", '''x''']\n",
            "project.dependencies = [\"\"\"numpy==1.21.2\"\"\", '''x''']\n",
        ),
        (
            NUMPY,
            '[project.optional-dependencies]\n"a b" = ["numpy"]\n',
            '[project.optional-dependencies]\n"a b" = ["numpy==1.21.2"]\n',
        ),
        (
            NUMPY,
            'project = { dependencies = ["numpy<2"], name = "x" }\n',
            'project = { dependencies = ["numpy==1.21.2"], name = "x" }\n',
        ),
        (
            NUMPY,
            '[dependency-groups]\ndev = [{include-group = "t"}, "numpy==1.0"]\nt = []\n',
            '[dependency-groups]\ndev = [{include-group = "t"}, "numpy==1.21.2"]\nt = []\n',
        ),
        (
            NUMPY,
            '[tool.uv]\nconstraint-dependencies = ["numpy<1.20"]\n',
            '[tool.uv]\nconstraint-dependencies = ["numpy==1.21.2"]\n',
        ),
        (
            RANGE,
            '[tool.poetry.dependencies]\nNumPy = "^1.2"\n',
            '[tool.poetry.dependencies]\nNumPy = "^2.1"\n',
        ),
        (
            NUMPY,
            "[tool.poetry.group.dev.dependencies]\nnumpy = '1.19'  # x\n",
            "[tool.poetry.group.dev.dependencies]\nnumpy = '1.21.2'  # x\n",
        ),
        (
            NUMPY,
            '[tool.poetry.dependencies]\nnumpy = {extras=["a"], version = "~1.2", optional=true}\n',
            '[tool.poetry.dependencies]\nnumpy = {extras=["a"], version = "==1.21.2", optional=true}\n',
        ),
        (
            NUMPY,
            '[tool.poetry.dependencies.numpy]\nversion = "1.19"\nextras = []\n',
            '[tool.poetry.dependencies.numpy]\nversion = "1.21.2"\nextras = []\n',
        ),
        (
            RANGE,
            '[tool.poetry.dependencies]\nnumpy = [\n {version = "^1", python = "<3.9"},\n "^1.1",\n]\n',
            '[tool.poetry.dependencies]\nnumpy = [\n {version = "^2.1", python = "<3.9"},\n "^2.1",\n]\n',
        ),
        (
            NUMPY,
            '[tool.pdm.resolution.overrides]\nnumpy = "1.19"\n',
            '[tool.pdm.resolution.overrides]\nnumpy = "1.21.2"\n',
        ),
        (
            Edit(name="psycopg2", becomes="psycopg[binary]>=3.1"),
            "[project]\ndependencies = [\"psycopg2 ~= 2.8 ; os_name == 'posix'\"]\n",
            "[project]\ndependencies = [\"psycopg[binary]>=3.1 ; os_name == 'posix'\"]\n",
        ),
        (
            Edit(name="b", becomes=""),
            '[project]\ndependencies = [\n  "a",\n  "b>=1",  # goes\n  "c",\n]\n',
            '[project]\ndependencies = [\n  "a",\n  "c",\n]\n',
        ),
        (
            Edit(name="b", becomes=""),
            '[project]\ndependencies = ["b>=1", "c"]\n',
            '[project]\ndependencies = ["c"]\n',
        ),
        (
            Edit(name="tensorflow-cpu", becomes="tensorflow>=2.10"),
            '[tool.poetry.dependencies]\na = "1"\ntensorflow-cpu = "^2.10"\n\n[other]\n',
            '[tool.poetry.dependencies]\na = "1"\ntensorflow = ">=2.10"\n\n[other]\n',
        ),
    ],
)
def test_of_a_project_only_the_tokens_change(edit, before, after):
    assert changed("pyproject", before, edit) == after
    if edit.becomes is None:
        assert changed("pyproject", after, edit) == after


def test_what_is_built_with_and_what_tools_keep_for_themselves_stays():
    text = '[build-system]\nrequires = ["numpy==1.19"]\n[tool.x]\ndependencies = ["numpy==1.19"]\n'
    with pytest.raises(NotEditable, match="does not ask for numpy"):
        changed("pyproject", text, NUMPY)


def test_the_line_tells_which_of_several_is_meant():
    text = "[project]\ndependencies = [\n \"numpy<2; os_name == 'a'\",\n \"numpy<2; os_name == 'b'\",\n]\n"
    new = changed("pyproject", text, Edit(name="numpy", specifier="==1.21.2", line=4))
    assert new == text.replace("numpy<2; os_name == 'b'", "numpy==1.21.2; os_name == 'b'")


def test_what_says_the_same_elsewhere_changes_with_it():
    text = (
        '[project]\ndependencies = ["numpy==1.19"]\n[dependency-groups]\na = ["numpy[x] == 1.19"]\n'
        'b = ["numpy<2"]\n[tool.poetry.dependencies]\nnumpy = "1.19"\n'
    )
    new = changed("pyproject", text, Edit(name="numpy", specifier="==1.21.2", line=2))
    assert new == text.replace("== 1.19", "== 1.21.2").replace("==1.19", "==1.21.2")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "[tool.uv]\nmanaged = true  # yes\n\n[tool.z]\n",
            '[tool.uv]\nmanaged = true  # yes\nconstraint-dependencies = [\n    "grpcio<=1.50",\n]\n\n[tool.z]\n',
        ),
        (
            '[tool.uv]\nconstraint-dependencies = [\n  "a<1",  # one\n  # two\n]\n',
            '[tool.uv]\nconstraint-dependencies = [\n  "a<1",  # one\n  "grpcio<=1.50",\n  # two\n]\n',
        ),
        (
            '[tool.uv]\r\nconstraint-dependencies = [\r\n\t"a<1"\r\n]\r\n',
            '[tool.uv]\r\nconstraint-dependencies = [\r\n\t"a<1",\r\n\t"grpcio<=1.50"\r\n]\r\n',
        ),
        (
            '[tool.uv]\nconstraint-dependencies = ["a<1", "b"]\n',
            '[tool.uv]\nconstraint-dependencies = ["a<1", "b", "grpcio<=1.50"]\n',
        ),
        (
            '[tool.uv]\nconstraint-dependencies = ["grpcio<1.60"]\n',
            '[tool.uv]\nconstraint-dependencies = ["grpcio<=1.50"]\n',
        ),
        ("[tool.uv]", '[tool.uv]\nconstraint-dependencies = [\n    "grpcio<=1.50",\n]'),
        (
            "[tool.uv.sources]\nx = 1\n",
            '[tool.uv.sources]\nx = 1\n\n[tool.uv]\nconstraint-dependencies = [\n    "grpcio<=1.50",\n]\n',
        ),
        (
            '[tool.pdm.resolution]\noverrides = { a = "1" }  # x\n',
            '[tool.pdm.resolution]\noverrides = { a = "1", grpcio = "<=1.50" }  # x\n',
        ),
        (
            "[tool.pdm.resolution]\noverrides = {}\n",
            '[tool.pdm.resolution]\noverrides = { grpcio = "<=1.50" }\n',
        ),
        (
            "[tool.pdm]\n",
            '[tool.pdm]\n\n[tool.pdm.resolution.overrides]\ngrpcio = "<=1.50"\n',
        ),
        (
            '[tool.poetry.dependencies]\na = "^1"\n',
            '[tool.poetry.dependencies]\na = "^1"\ngrpcio = "<=1.50"\n',
        ),
        ('[project]\ndependencies = ["a"]\n', '[project]\ndependencies = ["a", "grpcio<=1.50"]\n'),
        ('[project]\nname="a"\n', '[project]\nname="a"\ndependencies = [\n    "grpcio<=1.50",\n]\n'),
    ],
)
def test_a_bound_is_written_by_the_means_of_the_tool(before, after):
    assert changed("pyproject", before, additions=(BOUND,)) == after
    assert changed("pyproject", after, additions=(BOUND,)) == after


def test_a_setting_of_uv_is_written_once():
    item = "sys_platform == 'linux' and platform_machine == 'aarch64'"
    setting = Setting(table="tool.uv", key="required-environments", item=item)
    text = '[project]\nname = "x"'
    new = changed("pyproject", text, additions=(setting,))
    assert new == f'{text}\n\n[tool.uv]\nrequired-environments = [\n    "{item}",\n]\n'
    assert changed("pyproject", new, additions=(setting,)) == new


def test_several_things_at_one_place():
    setting = Setting(table="tool.uv", key="required-environments", item="os_name == 'posix'")
    other = Addition(name="blosc2", specifier=">=0.6.4", tool="uv")
    text = '[project]\ndependencies = ["numpy<2"]\n'
    new = tomli.loads(changed("pyproject", text, NUMPY, additions=(BOUND, other, setting)))
    assert new["project"]["dependencies"] == ["numpy==1.21.2", "grpcio<=1.50"]
    assert new["tool"]["uv"] == {
        "constraint-dependencies": ["blosc2>=0.6.4"],
        "required-environments": ["os_name == 'posix'"],
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[packages]\nnumpy = "*"\n', '[packages]\nnumpy = "==1.21.2"\n'),
        ("[packages]\nnumpy = '1.19'\n", "[packages]\nnumpy = '1.21.2'\n"),
        (
            '[dev-packages]\n"NumPy" = {version="==1.19", extras=["a"]}\n',
            '[dev-packages]\n"NumPy" = {version="==1.21.2", extras=["a"]}\n',
        ),
    ],
)
def test_a_pipfile(before, after):
    assert changed("pipfile", before, NUMPY) == after
    assert changed("pipfile", after, NUMPY) == after


def test_a_bound_in_a_pipfile_is_a_package():
    assert changed("pipfile", '[packages]\na = "*"\n\n[requires]\n', additions=(BOUND,)) == (
        '[packages]\na = "*"\ngrpcio = "<=1.50"\n\n[requires]\n'
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[project]\ndependencies = ["numpy @ https://index.example/n.whl"]', "from an address"),
        ('[project]\ndependencies = ["n\\u0075mpy==1"]', "in escapes"),
        ('[tool.poetry.dependencies]\nnumpy = {git = "https://git.example/x"}', "not from the index"),
        ("[project", "not TOML"),
        ("[project]\ndependencies = []", "does not ask for numpy"),
        ("[tool.poetry.dependencies]\nnumpy = {version = 1}", "not from the index"),
    ],
)
def test_what_cannot_be_changed_is_left_alone(text, reason):
    with pytest.raises(NotEditable, match=reason):
        changed("pyproject", text, NUMPY)


def flat(value: Any, path: tuple[str | int, ...] = ()) -> dict[tuple[str | int, ...], str]:
    """Return the strings of a parsed document by their paths."""
    if isinstance(value, str):
        return {path: value}
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {place: text for key, each in pairs for place, text in flat(each, (*path, key)).items()}


STRINGS = st.sampled_from(['"a"', "'b\\'", '"c\\"#]"', '"""d\n"]"""', "'''e''''", '""', "''", '"""f\\"""""'])
GAP = st.sampled_from(["", " ", "\n  ", " # [x]\n", "\r\n"])
VALUES = st.recursive(
    STRINGS | st.sampled_from(["1", "true", "1979-05-27 07:32:00", "nan", "[]", "{}", "0.5e3"]),
    lambda inner: (
        st.builds(
            lambda items, gap, comma: (
                "[" + gap + f"{gap},{gap}".join(items) + (gap + "," if comma and items else "") + gap + "]"
            ),
            st.lists(inner, max_size=3),
            GAP,
            st.booleans(),
        )
        | st.builds(
            lambda items: "{" + ", ".join(f"k{number}.x = {each}" for number, each in enumerate(items)) + "}",
            st.lists(inner.filter(lambda each: "\n" not in each), max_size=2),
        )
    ),
    max_leaves=6,
)
HEADERS = st.sampled_from(["", "[t]\n", "[[l]]\n", "[ 'q.r' . s ] # x\n", "[[l]]\n[l.m]\n"])


@given(st.lists(st.tuples(HEADERS, VALUES), max_size=4))
def test_places_are_those_of_the_parser(parts):
    text = "".join(f"{header}key{number} = {value}\n" for number, (header, value) in enumerate(parts))
    try:
        document = tomli.loads(text)
    except tomli.TOMLDecodeError:  # a table of one name twice
        return
    places = Places(text)
    found = {path: value for path, value in places.values.items() if value.what == "string"}
    expected = flat(document)
    assert found.keys() == expected.keys()
    for path, value in found.items():
        assert tomli.loads(f"x = {text[value.start : value.end]}")["x"] == expected[path]
