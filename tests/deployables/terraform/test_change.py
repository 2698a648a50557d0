"""`architectures = ["arm64"]` put into the block where a function is declared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.deployables.changes.lines import LineChange, NotChanged, changed
from archcheck.deployables.terraform import declare_arm64, read_module
from archcheck.deployables.terraform.changes.block import to_arm64
from tests.deployables.trees import tree_of

HEAD = 'resource "aws_lambda_function" "f" {\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '  function_name = "f"\n  runtime       = "python3.12"\n  timeout       = 3\n',
            '  function_name = "f"\n  runtime       = "python3.12"\n  architectures = ["arm64"]\n  timeout       = 3\n',
        ),
        (
            '  runtime          = "python3.12"\n  source_code_hash = x\n',
            '  runtime          = "python3.12"\n  architectures    = ["arm64"]\n  source_code_hash = x\n',
        ),
        ('\truntime = "python3.12"\n', '\truntime       = "python3.12"\n\tarchitectures = ["arm64"]\n'),
        (
            '  role = x\n\n  runtime = "p"\n  handler = "h" # =\n  # why\n  timeout = 3\n',
            '  role = x\n\n  runtime       = "p"\n  architectures = ["arm64"]\n  handler       = "h" # =\n  # why\n  timeout = 3\n',
        ),
        (
            '  filename = "z"\n  runtime  = "p"\n',
            '  filename      = "z"\n  runtime       = "p"\n  architectures = ["arm64"]\n',
        ),
        ("  layers = [\n    a.b,\n  ]\n", '  layers = [\n    a.b,\n  ]\n  architectures = ["arm64"]\n'),
        ("  vpc_config {\n    a = 1\n  }\n", '  vpc_config {\n    a = 1\n  }\n  architectures = ["arm64"]\n'),
        ("", '  architectures = ["arm64"]\n'),
        ('  architectures = ["x86_64"]\n', '  architectures = ["arm64"]\n'),
        (
            '  architectures    = ["x86_64"] # or ["arm64"]\n',
            '  architectures    = ["arm64"] # or ["arm64"]\n',
        ),
        ("  architectures = null\n  a = 1\n", '  architectures = ["arm64"]\n  a = 1\n'),
        ('  architectures = [\n    "x86_64",\n  ]\n  a = 1\n', '  architectures = ["arm64"]\n  a = 1\n'),
        ('  architectures = ["arm64"]\n', '  architectures = ["arm64"]\n'),
        ("  handler = <<EOF\nx\nEOF\n", '  handler = <<EOF\nx\nEOF\n  architectures = ["arm64"]\n'),
    ],
)
def test_what_it_comes_to(before, after):
    for head in (HEAD, "# first\n\n" + HEAD, 'module "m" {\n'):
        for end in ("\n", "\r\n"):
            text = f"{head}{before}}}\n".replace("\n", end)
            line = head.count("\n")
            changes = declare_arm64(text, line)
            assert not isinstance(changes, NotChanged)
            assert changed(text, changes) == f"{head}{after}}}\n".replace("\n", end)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (HEAD + "  architectures = [var.arch]\n}\n", "[var.arch] decides; change what that is given"),
        (
            HEAD + '  architectures = [var.a ? "arm64" : "x86_64"]\n}\n',
            '[var.a ? "arm64" : "x86_64"] decides; change what that is given',
        ),
        (
            'resource "aws_lambda_function" "f" { runtime = "x" }\n',
            "the whole block stands on one line; put the attribute in by hand",
        ),
        ('\nresource "aws_lambda_function" "f" {}\n', "no function and no module begins on that line"),
        ('resource "aws_sqs_queue" "q" {\n}\n', "no function and no module begins on that line"),
        (HEAD, "not Terraform's language"),
        (HEAD + '  architectures = ["x86_64"] /* why */\n}\n', "architectures shares its lines with others; change it by hand"),
    ],
)  # fmt: skip
def test_what_is_not_changed_says_why(text, reason):
    assert declare_arm64(text, 1) == NotChanged(reason=reason)


def test_an_insertion_replaces_nothing():
    assert declare_arm64(HEAD + '  runtime       = "python3.12"\n}\n', 1) == (
        LineChange(first=3, last=2, new='  architectures = ["arm64"]\n'),
    )


LINES = st.lists(
    st.sampled_from(
        [
            '  runtime = "p"',
            "  a = 1",
            "  b {",
            "  }",
            "}",
            HEAD.strip(),
            "# x",
            '  architectures = ["x86_64"]',
            "",
        ]
    ),
    max_size=12,
)


@given(LINES, st.integers(0, 14))
def test_a_change_is_read_as_arm64_or_none_is_made(lines, line):
    text = "\n".join(lines)
    changes = declare_arm64(text, line)
    if not isinstance(changes, NotChanged):
        assert declare_arm64(changed(text, changes), line) == ()


POWERTOOLS = "arn:aws:lambda:eu-west-1:017000801446:layer:AWSLambdaPowertoolsPythonV2"


def made(text):
    return to_arm64(text, read_module(".", tree_of({"main.tf": text})).deployables[0])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            f'  layers  = ["{POWERTOOLS}:7"]\n  runtime = "p"\n',
            f'  layers        = ["{POWERTOOLS}-Arm64:7"]\n  runtime       = "p"\n  architectures = ["arm64"]\n',
        ),
        (
            f'  runtime       = "p"\n  layers = [\n    "{POWERTOOLS}:${{var.v}}",\n    a.b.arn, # {POWERTOOLS}\n  ]\n',
            (
                f'  runtime       = "p"\n  architectures = ["arm64"]\n  layers = [\n    "{POWERTOOLS}-Arm64:${{var.v}}",\n'
                f"    a.b.arn, # {POWERTOOLS}-Arm64\n  ]\n"
            ),
        ),
        (
            f'  architectures = ["x86_64"]\n  layers = [var.ours, "{POWERTOOLS}:7"]\n',
            f'  architectures = ["arm64"]\n  layers = [var.ours, "{POWERTOOLS}-Arm64:7"]\n',
        ),
    ],
)
def test_its_layers_change_with_it(before, after):
    text = f"{HEAD}{before}}}\n"
    assert changed(text, made(text).lines) == f"{HEAD}{after}}}\n"


def test_a_layer_that_is_named_elsewhere_keeps_it():
    text = f'{HEAD}  layers = [local.l]\n}}\nlocals {{\n  l = "{POWERTOOLS}:7"\n}}\n'
    assert made(text) == NotChanged(
        reason="the layer AWSLambdaPowertoolsPythonV2 is named elsewhere; take AWSLambdaPowertoolsPythonV2-Arm64 there, "
        'and architectures = ["arm64"] with it'
    )
