"""What the folder of a function's code tells: native files that are packed as they are, and imports."""

from __future__ import annotations

import pytest

from archcheck.deployables.contents.imports import imported_in
from archcheck.deployables.joined import join
from archcheck.deployables.repository import read_repository
from archcheck.deployables.rules import findings_about
from tests.binaries.elves import elf
from tests.deployables.rules.judging import said
from tests.deployables.trees import tree_of

X86, ARM = elf(machine=62), elf(machine=183)
FUNCTION = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, Handler: app.h, CodeUri: code%s}
"""


def findings(files: dict[str, str | bytes], more: str = "", after: str = ""):
    """What is found on one function whose folder `code` holds *files*."""
    inside = {f"code/{name}": text for name, text in files.items()}
    tree = tree_of({"template.yaml": FUNCTION % more + after, **inside})
    repository = read_repository(tree)
    layers = {each.name: each for each in repository.deployables if each.kind == "layer"}
    (unit,) = (
        each for each in join(repository, tree).units if each.deployable and each.deployable.name == "F"
    )
    return findings_about(
        unit.deployable, ("lambda:python3.13",), layers=layers, natives=unit.natives, imports=unit.imports
    )


def layer(name: str) -> str:
    return f", Layers: ['arn:aws:lambda:eu-west-1:123456789012:layer:{name}:3']"


def test_a_library_for_x86_64_is_named_whether_or_not_something_says_what_is_installed():
    there = "in the folder of its code code/lib/libfoo.so is for x86_64; put there what is built for arm64"
    blocker = [("AC011", "blocker", there)]
    assert said(findings({"app.py": "", "lib/libfoo.so": X86})) == blocker
    assert said(findings({"requirements.txt": "a\n", "lib/libfoo.so": X86})) == blocker
    (found,) = findings({"app.py": "", "lib/libfoo.so": X86})
    assert found.location.path == "code/lib/libfoo.so"
    assert found.evidence.detail == ("code/lib/libfoo.so",)


@pytest.mark.parametrize(
    "files",
    [
        {"libfoo.so": ARM},
        {"bin/x86_64/tool": X86, "bin/aarch64/tool": ARM},  # the code chooses
        {"node_modules/a/b.so": X86},
        {".venv/pyvenv.cfg": "", ".venv/lib/a.so": X86},
        {"tool.exe": b"MZ"},
    ],
    ids=["for-arm64", "twins", "of-another-tool", "environment", "windows"],
)
def test_what_hinders_nothing_is_not_spoken_of(files):
    assert findings({"app.py": "", **files}) == ()


def test_a_program_is_named_as_well():
    (found,) = findings({"app.py": "", "tool": X86})
    assert (found.rule, str(found.severity), found.evidence.detail) == ("AC011", "blocker", ("code/tool",))


def test_what_is_packed_is_looked_at_whether_or_not_git_ignores_it():
    (found,) = findings({"app.py": "", ".gitignore": "*.so\n", "libfoo.so": X86})
    assert found.rule == "AC011"


NOT_TOLD = "app.py:1 imports numpy, and nothing says which version"


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("", NOT_TOLD),
        (
            layer("mylibs"),
            (
                f"{NOT_TOLD}; the layer arn:aws:lambda:eu-west-1:123456789012:layer:mylibs:3, "
                "which was not read, may bring it"
            ),
        ),
        (layer("AWS-AppConfig-Extension"), NOT_TOLD),
        (layer("AWSSDKPandas-Python313"), None),
        (layer("Klayers-p313-numpy"), None),
    ],
)
def test_what_is_imported_and_nobody_installs_is_not_told(more, message):
    found = [each for each in findings({"app.py": "import numpy.linalg\n"}, more) if each.rule == "AC009"]
    about = [each for each in found if "imports" in each.message]
    assert [each.message for each in about] == ([message] if message else [])
    assert all(str(each.severity) == "unknown" for each in about)
    assert all((each.location.path, each.location.line) == ("code/app.py", 1) for each in about)


def test_a_layer_that_is_declared_here_is_audited_itself():
    made = "  L: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: l}}\n"
    assert findings({"app.py": "import numpy\n"}, ", Layers: [!Ref L]", made) == ()


def test_requirements_say_what_is_imported():
    assert findings({"app.py": "import numpy\n", "requirements.txt": "numpy\n"}) == ()


SOURCE = """\
import os, boto3, botocore.config
import distutils.util, tomllib
from . import near
from local.part import a
import helpers
from shared import b
if TYPE_CHECKING:
    import mypy_boto3
try:
    import orjson
except ImportError:
    orjson = None
def handler(event, context):
    import late.part
"""


def test_imports_are_those_of_nobody_in_the_repository():
    tree = tree_of(
        {
            "requests/code/app.py": SOURCE,
            "requests/code/local/part.py": "",
            "requests/code/deep/helpers.py": "from requests import get\n",
            "requests/code/tests/test_app.py": "import pytest\n",
            "requests/code/bad.py": "def (\n",
            "shared/__init__.py": "",
        }
    )
    found = imported_in("requests/code", tree)
    assert [(each.value, str(each.location)) for each in found] == [
        ("late", "requests/code/app.py:14"),
        ("requests", "requests/code/deep/helpers.py:1"),
    ]


INLINE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: %s
      Handler: index.handler
      InlineCode: |
        %s
"""


@pytest.mark.parametrize(
    ("runtime", "code", "imports"),
    [
        ("python3.13", "import json, numpy.linalg", ["numpy"]),
        ("python3.13", "import boto3, cfnresponse", []),
        ("python3.13", "this is no Python", []),
        ("nodejs22.x", "import numpy", []),
    ],
)
def test_code_that_stands_in_the_template_imports_as_well(runtime, code, imports):
    tree = tree_of({"template.yaml": INLINE % (runtime, code)})
    units = join(read_repository(tree), tree).units
    assert [each.value for unit in units for each in unit.imports] == imports
    for unit in units:
        found = said(findings_about(unit.deployable, ("lambda:python3.13",), layers={}, imports=unit.imports))
        told = "template.yaml:3 imports numpy, and nothing says which version"
        assert found == ([("AC009", "unknown", told)] if imports else [])
