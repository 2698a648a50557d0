"""setup.cfg as its editor leaves it: the places that name a requirement, and nothing else."""

from __future__ import annotations

import pytest

from archcheck.remedy.edits.model import Addition, Edit, NotEditable, Setting
from archcheck.remedy.edits.setup_cfg import edit_setup_cfg

TEXT = """\
[metadata]
name = demo

[options]
# what it runs on
install_requires =
    one==1.0   # kept
    two>=2; python_version < "3.12"

[options.extras_require]
more = three==3.0; four
"""


def edited(*changes, text=TEXT, additions=()):
    return edit_setup_cfg(text.encode(), changes, additions).decode()


def to(name, specifier, **more):
    return Edit(name=name, specifier=specifier, **more)


@pytest.mark.parametrize(
    ("change", "old", "new"),
    [
        (to("one", "==1.1"), "one==1.0   # kept", "one==1.1   # kept"),
        (to("two", ">=3"), 'two>=2; python_version < "3.12"', 'two>=3; python_version < "3.12"'),
        (to("three", "==3.1"), "three==3.0; four", "three==3.1; four"),
        (to("one", "", becomes=""), "    one==1.0   # kept\n", ""),
    ],
)
def test_one_place_changes(change, old, new):
    assert edited(change) == TEXT.replace(old, new)


def test_line_ends_stay():
    text = TEXT.replace("\n", "\r\n")
    assert edited(to("one", "==1.1"), text=text) == text.replace("one==1.0", "one==1.1")


@pytest.mark.parametrize(
    ("addition", "old", "new"),
    [
        (
            Addition(name="five", specifier="<6"),
            '    two>=2; python_version < "3.12"\n',
            '    two>=2; python_version < "3.12"\n    five<6\n',
        ),
        (Addition(name="one", specifier="==1.2"), "one==1.0", "one==1.2"),
    ],
)
def test_what_is_added_goes_behind_the_last_one(addition, old, new):
    assert edited(additions=[addition]) == TEXT.replace(old, new)


def test_what_is_added_to_one_line_is_put_behind_it():
    text = "[options]\ninstall_requires = one==1.0\n"
    five = Addition(name="five", specifier="<6")
    assert edited(text=text, additions=[five]) == text.replace("one==1.0", "one==1.0; five<6")


@pytest.mark.parametrize(
    ("change", "addition", "text", "said"),
    [
        (to("six", "==1"), None, TEXT, "does not ask for six"),
        (to("three", "", becomes=""), None, TEXT, "shares its line"),
        (None, Addition(name="five", specifier=""), "[metadata]\nname = x\n", "no install_requires"),
    ],
)
def test_what_cannot_be_edited_is_said(change, addition, text, said):
    with pytest.raises(NotEditable, match=said):
        edited(*filter(None, [change]), text=text, additions=list(filter(None, [addition])))


def test_it_has_no_place_for_a_tools_setting():
    setting = Setting(table="tool.uv", key="required-environments", item="x")
    with pytest.raises(NotEditable, match="no place for a setting"):
        edited(additions=[setting])
