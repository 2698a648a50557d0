"""Layers by their names: what they are for, and what the other is called."""

from __future__ import annotations

import re

import pytest

from archcheck.data.layers import layer_named, layers

# As the publishers' own documents and release scripts have them, x86_64 first.
PAIRS = """
AWSSDKPandas-Python312 AWSSDKPandas-Python312-Arm64
AWSDataWrangler-Python39 AWSDataWrangler-Python39-Arm64
AWSLambdaPowertoolsPythonV2 AWSLambdaPowertoolsPythonV2-Arm64
AWSLambdaPowertoolsPythonV3-python312-x86_64 AWSLambdaPowertoolsPythonV3-python312-arm64
AWS-Parameters-and-Secrets-Lambda-Extension AWS-Parameters-and-Secrets-Lambda-Extension-Arm64
AWS-AppConfig-Extension AWS-AppConfig-Extension-Arm64
LambdaInsightsExtension LambdaInsightsExtension-Arm64
Datadog-Extension Datadog-Extension-ARM
Datadog-Extension-FIPS Datadog-Extension-ARM-FIPS
Datadog-Python314 Datadog-Python314-ARM
NewRelicPython312 NewRelicPython312ARM64
NewRelicLambdaExtension NewRelicLambdaExtensionARM64
aws-otel-python-amd64-ver-1-32-0 aws-otel-python-arm64-ver-1-32-0
Klayers-p312-pillow Klayers-p312-arm64-pillow
Klayers-p310-requests Klayers-p310-arm64-requests
LambdaAdapterLayerX86 LambdaAdapterLayerArm64
"""


@pytest.mark.parametrize("pair", PAIRS.strip().splitlines())
def test_twins_name_each_other(pair):
    x86, arm = (layer_named(name) for name in pair.split())
    assert x86 is not None
    assert arm is not None
    assert (x86.architecture, arm.architecture) == ("x86_64", "arm64")
    assert f"{arm.twin} {x86.twin}" == pair
    assert x86.known
    assert arm.known


@pytest.mark.parametrize(
    ("name", "architecture", "twin"),
    [
        ("sumologic-extension-amd64", "x86_64", "sumologic-extension-arm64"),
        ("elastic-apm-extension-ver-1-5-4-arm64", "arm64", "elastic-apm-extension-ver-1-5-4-x86_64"),
        ("our_pandas_x86-64", "x86_64", "our_pandas_arm64"),
        ("SharedAArch64", "arm64", "Sharedx86_64"),
    ],
)
def test_a_strangers_name_says_it_in_so_many_letters(name, architecture, twin):
    found = layer_named(name)
    assert found is not None
    assert (found.architecture, found.twin, found.known) == (architecture, twin, False)


@pytest.mark.parametrize(
    "name",
    [
        "AWSOpenTelemetryDistroPython",
        "SentryPythonServerlessSDK",
        "common-arm64-and-x86_64",
        "my-AWSSDKPandas-Python312",
        "charm",
        "",
    ],
)
def test_a_name_that_says_nothing(name):
    assert layer_named(name) is None


def test_every_row_has_its_source_and_can_be_turned_round():
    facts = layers()
    assert {each.source for each in (*facts.layer, *facts.both)} == set(facts.sources)
    for each in facts.layer:
        assert sorted(re.findall(r"\{\w+\}", each.x86_64)) == sorted(re.findall(r"\{\w+\}", each.arm64))
