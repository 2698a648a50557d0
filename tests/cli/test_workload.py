from __future__ import annotations

import pytest

from archcheck.cli.options.arguments import Parser
from archcheck.cli.options.workload import add_workload, workload_of
from archcheck.errors import UsageError
from archcheck.savings.workload import Workload


def parsed(*arguments):
    parser = Parser(prog="archcheck")
    add_workload(parser)
    return parser.parse(arguments)


def test_nothing_said():
    assert workload_of(parsed()) is None


def test_memory_duration_and_invocations_make_gb_seconds():
    found = workload_of(parsed("--memory", "128", "--duration-ms", "2.5", "--invocations", "4000000"))
    assert found == Workload(memory_mb=128, duration_ms=2.5, invocations=4_000_000, gb_seconds=1250.0)


def test_the_rest_stands_alone_too():
    assert workload_of(parsed("--gb-seconds", "1e6")) == Workload(gb_seconds=1e6)
    assert workload_of(parsed("--arm-duration-ratio", "0.9")) == Workload(arm_duration_ratio=0.9)
    found = workload_of(parsed("--price-x86", "0.00002", "--price-arm", "0.000016"))
    assert found == Workload(price_x86=0.00002, price_arm=0.000016)
    assert workload_of(parsed("--region", "eu-south-1")) == Workload(region="eu-south-1")
    assert workload_of(parsed("--fargate", "--region", "us-east-1")) == Workload(
        region="us-east-1", fargate=True
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--memory 127", "from 128 to 10,240, found '127'"),
        ("--memory 10241", "from 128 to 10,240"),
        ("--memory 512.5", "expected a whole number"),
        ("--memory lots", "found 'lots'"),
        ("--duration-ms 0", "from 0.001 to 900,000"),
        ("--duration-ms 900001", "from 0.001 to 900,000"),
        ("--duration-ms=-1", "found '-1'"),
        ("--invocations 0", "from 1 to"),
        ("--gb-seconds nan", "found 'nan'"),
        ("--gb-seconds inf", "found 'inf'"),
        ("--arm-duration-ratio 0", "from 0.01 to 100"),
        ("--price-x86 5 --price-arm 1", "found '5'"),
        (f"--invocations {'9' * 5000}", "expected a whole number"),
        ("--memory 512 --invocations 5", "--memory and --invocations: expected --duration-ms as well"),
        ("--duration-ms 5", "expected --memory and --invocations as well"),
        ("--gb-seconds 5 --memory 512", "--gb-seconds and --memory say the same"),
        ("--price-arm 0.00001", "go together"),
        ("--region mars-north-1", "(us-east-1, af-south-1, ap-east-1,"),
        ("--region mars-north-1", "found 'mars-north-1'; give another's by --price-x86 and --price-arm"),
        ("--region eu-south-1 --price-x86 0.1 --price-arm 0.1", "say the same"),
        ("--fargate --region eu-south-1", "known for us-east-1 alone"),
        ("--fargate --price-x86 0.1 --price-arm 0.1", "known for us-east-1 alone"),
    ],
)
def test_what_cannot_be(arguments, said):
    with pytest.raises(UsageError, match=r".") as caught:
        workload_of(parsed(*arguments.split()))
    assert said in str(caught.value)
