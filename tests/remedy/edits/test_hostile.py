"""Files of strangers: they are edited, or refused with a reason, and nothing else ever happens."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.formats import FORMATS
from archcheck.remedy.edits.dispatch import edited
from archcheck.remedy.edits.model import Addition, Edit, NotEditable, Setting

KINDS = [row.kind for row in FORMATS if row.editor]
EDITS = (
    Edit(name="numpy", specifier="==2.1", hashes=("sha256:aa",)),
    Edit(name="numpy", specifier="<3,>=2", line=2, by_name=True),
    Edit(name="numpy", becomes="other[x]>=1"),
    Edit(name="numpy", becomes=""),
    Edit(name="numpy", specifier=""),
)
ADDITIONS = (
    Addition(name="numpy", specifier="<=2", why="for aarch64"),
    Addition(name="new", specifier=">=1,<2"),
    Setting(table="tool.uv", key="required-environments", item="os_name == 'posix'"),
)
WORDS = st.sampled_from(
    [
        *(
            "numpy",
            "NumPy",
            "[a]",
            "==1.0",
            ">= 1",
            ",<2",
            "^1",
            "~1.2",
            "(",
            ")",
            ";",
            "os_name == 'a'",
            "@ ",
        ),
        *(
            "https://index.example/numpy-1-py3-none-any.whl",
            " --hash=sha256:aa",
            " --hash",
            "\\\n",
            "\\",
            "#",
        ),
        *(
            "\n",
            "\r\n",
            "\r",
            " ",
            "\t",
            "\x0c",
            "\u2028",
            "-e ",
            "-r x",
            "${A}",
            "{{x}}",
            "é",
            "\ud800",
            "\0",
        ),
        *(
            "[project]\n",
            "[tool.poetry.dependencies]\n",
            "[packages]\n",
            "[options]\n",
            "[tool.uv]\n",
            "[[a]]\n",
        ),
        *("dependencies", "constraint-dependencies", "install_requires", " = ", "[", "]", "{", "}", '"', "'"),
        *('"numpy==1"', "'numpy'", '"""numpy<2"""', "version", "1" * 5000, "==1.*", "===x", "||", "a.b.c"),
    ]
)
TEXTS = st.lists(WORDS, max_size=14).map("".join)


@pytest.mark.parametrize("kind", KINDS)
@given(text=TEXTS, edit=st.sampled_from(EDITS), addition=st.sampled_from([None, *ADDITIONS]))
def test_it_is_edited_or_refused(kind, text, edit, addition):
    data = text.encode("utf-8", "surrogatepass")
    with suppress(NotEditable):
        new = edited(kind, data, (edit,), (addition,) if addition else ())
        new.decode()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5000 + "]" * 5000,
        "numpy" + " " * 200_000 + "x",
        "numpy==" + "1," * 50_000,
        "numpy[" * 20_000,
        "numpy==1 " + "--hash=sha256:aa " * 20_000,
        "\\\n" * 100_000,
        "[options]\n" + "install_requires = " + "a;" * 50_000,
        "numpy ; (" + "(" * 10_000,
    ],
)
def test_what_is_long_or_deep_is_no_trouble(kind, text):
    with suppress(NotEditable):
        edited(kind, text.encode(), EDITS[:1], ADDITIONS[:1])
