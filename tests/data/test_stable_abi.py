"""Which names of the stable ABI a Python lacks, held to what its libpython exports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archcheck.data.stable_abi import absent_from

SAID = json.loads((Path(__file__).parents[2] / "fixtures" / "oracle" / "stable_abi.json").read_text())


@pytest.mark.parametrize("python", sorted(SAID["exports"]))
def test_nothing_is_called_absent_that_is_exported(python):
    exported = [*SAID["always"], *SAID["exports"][python]]
    assert absent_from(exported, int(python.split(".")[1])) == ()


@pytest.mark.parametrize("python", sorted(SAID["exports"]))
def test_what_only_later_pythons_export_is_absent(python):
    """But for two: one was a macro in 3.9 alone, the other is in 3.8 and again in 3.11."""
    minor = int(python.split(".")[1])
    older = {
        name for each, names in SAID["exports"].items() if int(each.split(".")[1]) <= minor for name in names
    }
    later = {name for names in SAID["exports"].values() for name in names}
    new = sorted(later - older - {"PyCFunction_New", "PyStructSequence_UnnamedField"})
    assert absent_from(new, minor) == tuple(new)


def test_what_3_13_lacks():
    assert absent_from(("PyLong_AsInt32", "PyList_New"), 13) == ("PyLong_AsInt32",)
    assert absent_from(("PyLong_AsInt32",), 14) == ()
