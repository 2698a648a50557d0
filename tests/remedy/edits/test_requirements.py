"""Requirements files with other versions in them: only the tokens change."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from archcheck.inputs.parsing.logical_lines import logical_lines
from archcheck.remedy.edits.dispatch import edited
from archcheck.remedy.edits.model import Addition, Edit, NotEditable

A, B, C = (f"sha256:{letter * 64}" for letter in "abc")


def changed(text: str, *edits: Edit, additions: tuple[Addition, ...] = ()) -> str:
    new = edited("requirements", text.encode(), edits, additions).decode()
    assert edited("requirements", new.encode(), _again(edits), additions).decode() == new
    return new


def _again(edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """Return the edits that a second run could have: of what was replaced or pointed to there is none."""
    return tuple(each for each in edits if each.becomes is None and not each.by_name)


NUMPY = Edit(name="numpy", specifier="==1.21.2")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("numpy==1.19.0", "numpy==1.21.2"),
        ("numpy==1.19.0\n", "numpy==1.21.2\n"),
        ("NumPy == 1.19.0 # keep\r\nother\r\n", "NumPy == 1.21.2 # keep\r\nother\r\n"),
        ("numpy==1.19.0\rother==1\r", "numpy==1.21.2\rother==1\r"),
        ("  numpy [a, b]==1.19.0", "  numpy [a, b]==1.21.2"),
        ("numpy (==1.19.0) ; python_version<'3'", "numpy (==1.21.2) ; python_version<'3'"),
        ("numpy( == 1.19.0 )", "numpy( == 1.21.2 )"),
        ("numpy;python_version<'3'", "numpy==1.21.2;python_version<'3'"),
        ("numpy[a]  # all of it", "numpy[a]==1.21.2  # all of it"),
        ("numpy\\\n==\\\n1.19.0\n", "numpy\\\n==\\\n1.21.2\n"),
        ("numpy>=1.0,\\\n  <1.20 \\\n ; python_version<'3'\n", "numpy==1.21.2 \\\n ; python_version<'3'\n"),
        ("numpy==1.19.0 --no-binary :all:\n", "numpy==1.21.2 --no-binary :all:\n"),
        ("# numpy==1.19.0\nnumpy==1.19.0\n", "# numpy==1.19.0\nnumpy==1.21.2\n"),
        ("numpy==1.19.0 # a \\\n", "numpy==1.21.2 # a \\\n"),
        ("numpy==1.21.2", "numpy==1.21.2"),
        ("a\x0cnumpy==1.19.0\x0cb", "a\x0cnumpy==1.21.2\x0cb"),
    ],
)
def test_only_the_tokens_change(before, after):
    assert changed(before, NUMPY) == after


def test_of_several_lines_the_one_that_is_meant():
    text = "numpy==1.19.0; python_version<'3.8'\n\nnumpy==1.20.0; python_version>='3.8'\n"
    one = Edit(name="numpy", specifier="==1.21.2", line=3)
    assert changed(text, one) == text.replace("1.20.0", "1.21.2")
    assert changed(text, NUMPY) == text.replace("1.20.0", "1.21.2").replace("1.19.0", "1.21.2")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            f"numpy==1.19.0 \\\n    --hash={A} \\\n    --hash={B}\n    # via pandas\n",
            f"numpy==1.21.2 \\\n    --hash={B} \\\n    --hash={C}\n    # via pandas\n",
        ),
        (
            f"numpy==1.19.0 \\\r\n  --hash={A}\r\n",
            f"numpy==1.21.2 \\\r\n  --hash={B} \\\r\n  --hash={C}\r\n",
        ),
        (f"numpy==1.19.0 --hash={A}", f"numpy==1.21.2 --hash={B} --hash={C}"),
        (f"numpy==1.19.0 --hash {A}  # x", f"numpy==1.21.2 --hash {B} --hash {C}  # x"),
        (f"numpy==1.21.2 --hash={C} --hash={B}", f"numpy==1.21.2 --hash={C} --hash={B}"),
    ],
)
def test_hashes_are_written_anew(before, after):
    hashes = (C, B)
    assert changed(before, Edit(name="numpy", specifier="==1.21.2", hashes=hashes)) == after


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("numpy @ https://index.example/numpy-1.0.whl ; a", "numpy==1.21.2 ; a"),
        ("numpy@https://index.example/numpy-1.0.whl", "numpy==1.21.2"),
        ("https://index.example/numpy-1.0-cp39-cp39-linux_x86_64.whl#sha256=00", "numpy==1.21.2"),
        ("./wheels/numpy-1.0-cp39-cp39-linux_x86_64.whl  # ours", "numpy==1.21.2  # ours"),
        ("git+https://git.example/numpy@v1#egg=numpy", "numpy==1.21.2"),
    ],
)
def test_a_file_can_give_way_to_the_name(line, after):
    line, after = line.replace(" a", ' os_name == "posix"'), after.replace(" a", ' os_name == "posix"')
    assert changed(line, Edit(name="numpy", specifier="==1.21.2", line=1, by_name=True)) == after
    other = Edit(name="numpy", becomes="scipy>=1", line=1, by_name=True)
    assert changed(line, other) == after.replace("numpy==1.21.2", "scipy>=1")
    with pytest.raises(NotEditable, match="not from the index"):
        changed(line, NUMPY)


def test_a_replacement_keeps_marker_and_comment_and_can_do_without_a_line():
    text = "a\npsycopg2-binary>=2.8 ; os_name == 'posix'  # db\nb\n"
    edit = Edit(name="psycopg2-binary", becomes="psycopg[binary]>=3.1")
    assert changed(text, edit) == text.replace("psycopg2-binary>=2.8", "psycopg[binary]>=3.1")
    assert changed(text, Edit(name="psycopg2-binary", becomes="")) == "a\nb\n"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("final", [True, False])
def test_a_bound_stands_at_the_end_and_says_why(newline, final):
    bound = Addition(name="numpy", specifier="<2", why="for aarch64; pandas brings it in")
    end = newline if final else ""
    text = newline.join(["pandas", "other"]) + end
    lines = ["pandas", "other", "# archcheck: for aarch64; pandas brings it in", "numpy<2"]
    assert changed(text, additions=(bound,)) == newline.join(lines) + end


def test_a_bound_on_what_is_stated_is_written_there():
    assert changed("numpy>=1\n", additions=(Addition(name="numpy", specifier="<2,>=1"),)) == "numpy>=1,<2\n"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("numpy==${VERSION}", "environment"),
        ("-e ./numpy#egg=numpy", "editable"),
        (f"numpy==1.19.0 --hash={A}", "hashes of numpy"),
        ("numpy==1.19.0 --hash=sha256:sha256:aa", "hashes of numpy"),
        ("pandas", "does not ask for numpy"),
        ("numpy==1.19.0 1.20", "numpy"),
    ],
)
def test_what_cannot_be_changed_is_left_alone(line, reason):
    with pytest.raises(NotEditable, match=reason):
        changed(line, NUMPY)


def test_a_kind_that_nobody_edits():
    with pytest.raises(NotEditable, match=r"setup\.py is not edited"):
        edited("setup-py", b"", (NUMPY,))


TEXT = "# -*- é\nnumpy==1.19.0\r\nb # ü\n"
ENCODED = [
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (b"", "utf-8"),
]


@pytest.mark.parametrize(("bom", "encoding"), ENCODED)
def test_the_encoding_stays(bom, encoding):
    data = bom + TEXT.encode(encoding)
    expected = bom + TEXT.replace("1.19.0", "1.21.2").encode(encoding)
    assert edited("requirements", data, (NUMPY,)) == expected


def test_an_encoding_by_its_comment_stays():
    data = "# -*- coding: latin-1 -*-\nnumpy==1.19.0 # é\n".encode("latin-1")
    assert edited("requirements", data, (NUMPY,)) == data.replace(b"1.19.0", b"1.21.2")


@pytest.mark.parametrize(
    "data", [b"# coding: nonsense\nnumpy==1", b"numpy==1 # \xff", b"# coding: utf-8-sig\nnumpy==1"]
)
def test_what_cannot_be_decoded_and_encoded_alike_is_left_alone(data):
    with pytest.raises(NotEditable):
        edited("requirements", data, (NUMPY,))


SPACE = st.sampled_from(["", " ", "  ", "\t"])
JOINT = st.sampled_from(["", " ", " \\\n ", "\\\n", " \\\r\n\t"])
NEWLINE = st.sampled_from(["\n", "\r\n", "\r"])
NOISE = st.lists(
    st.sampled_from(
        ["", "# a comment", "other==1", "-r more.txt", "numpy-financial==1", "x[y]>=2 # z", "--pre"]
    ),
    max_size=3,
)


@st.composite
def files(draw: st.DrawFn) -> tuple[str, str]:
    """Return the text of a requirements file that asks for numpy, and the same with another version."""
    name = draw(st.sampled_from(["numpy", "NumPy", "numpy[a]", "numpy [ a , b ]"]))
    marker = draw(st.sampled_from(["", "; python_version < '3.9'", " ;os_name=='posix'"]))
    tail = draw(st.sampled_from(["", "  # why", " \t# numpy==1.19.0"]))
    newline = draw(NEWLINE)
    start, joint, gap, behind = draw(SPACE), draw(JOINT), draw(SPACE), draw(JOINT)
    opened, closed = draw(st.sampled_from([("", ""), ("(", ")")]))
    behind = behind if marker else ""
    lines = [f"{start}{name}{joint}{opened}=={gap}@@{closed}{behind}{marker}{tail}"]
    text = newline.join([*draw(NOISE), *lines, *draw(NOISE)]) + draw(st.sampled_from(["", newline]))
    return text.replace("@@", "1.19.0"), text.replace("@@", "1.21.2")


@given(files())
def test_odd_formats_keep_all_but_the_version(pair):
    before, after = pair
    comments = "# numpy==1.21.2", "# numpy==1.19.0"
    assert changed(before, NUMPY) == after.replace(*comments)
    stated = [line.stated for line in logical_lines(changed(before, NUMPY), path="-", environ={})]
    found = [each for each in stated if each.lower().startswith("numpy") and "financial" not in each]
    assert [str(Requirement(each).specifier) for each in found] == ["==1.21.2"]
