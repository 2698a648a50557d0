"""YAML as infrastructure files use it: lines, tags, merges and bounds."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.deployables.yaml_documents import MAX_BYTES, MAX_NODES, Table, read_documents
from archcheck.errors import InputError

TEMPLATE = b"""\
Resources:
  One:
    Type: AWS::Serverless::Function
    Properties:
      Architectures: [arm64]
      Role: !GetAtt Role.Arn
      CodeUri: !Sub "${X}/src"
      Layers:
        - !Ref Layer
      Memory: !If [Big, 1024, 512]
"""


def only(data):
    (document,) = read_documents(data, "template.yaml")
    return document


def test_tags_read_as_their_long_forms():
    properties = only(TEMPLATE)["Resources"]["One"]["Properties"]
    assert properties["Role"] == {"Fn::GetAtt": ["Role", "Arn"]}
    assert properties["CodeUri"] == {"Fn::Sub": "${X}/src"}
    assert properties["Layers"] == [{"Ref": "Layer"}]
    assert properties["Memory"] == {"Fn::If": ["Big", 1024, 512]}


def test_every_key_has_its_line():
    resources = only(TEMPLATE)["Resources"]
    assert resources.line_of("One") == 2
    assert resources.line_of("One", "Properties", "Architectures") == 5
    assert resources.line_of("One", "Nothing", "More") == 2


def test_merges_and_anchors():
    document = only(b"base: &b {a: 1, b: 2}\none:\n  <<: *b\n  b: 3\ntwo:\n  <<: [*b, {c: 4}]\n")
    assert document["one"] == {"a": 1, "b": 3}
    assert document["two"] == {"a": 1, "b": 2, "c": 4}


def test_several_documents():
    assert list(read_documents(b"a: 1\n---\nb: 2\n", "x")) == [{"a": 1}, {"b": 2}]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a: [1, 2", "not YAML: "),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"a: \x00", "not YAML: "),
        (b"x" * (MAX_BYTES + 1), "expected at most"),
        (b"[" * 5000 + b"]" * 5000, "nest"),
        (b"a: &a [*a]", "an alias leads to what holds it"),
        (b"a: &a\n  <<: *a\n", "an alias leads to what holds it"),
        (
            b"a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + b"".join(
                b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, 10)
            ),
            f"more than {MAX_NODES:,} values",
        ),
        (b"? {a: b}\n: c\n? [1]\n: 2\n", None),
        (b"a: 2026-13-45\n", None),
        (b"a: !Unknown {b: 1}\n", None),
        (b"!!python/object:os.system x\n", None),
        (b"", None),
    ],
)
def test_bad_documents_are_one_line(data, said):
    if said is None:
        list(read_documents(data, "x.yaml"))
        return
    with pytest.raises(InputError) as error:
        list(read_documents(data, "x.yaml"))
    assert said in str(error.value)
    assert "\n" not in str(error.value)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.text(st.characters(min_codepoint=32, max_codepoint=126)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abcXYZ_", min_size=1).filter(lambda key: key != "<<"), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_json_is_read_as_json(value):
    assert only(json.dumps(value).encode()) == value


@given(st.binary(max_size=200) | st.text("{}[]&*!<>|-: \nab", max_size=200).map(str.encode))
def test_anything_is_a_value_or_our_error(data):
    try:
        for document in read_documents(data, "x"):
            assert document is None or isinstance(
                document, (Table, list, str, int, float, bytes, bool, object)
            )
    except InputError:
        pass
