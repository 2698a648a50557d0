"""Names of container images, held against what AWS and Docker call theirs."""

import pytest

from archcheck.data import images
from archcheck.data.runtimes import runtimes
from archcheck.judge.rule_texts import rule
from archcheck.platforms.targets import parse_target


@pytest.mark.parametrize(
    ("target", "python"),
    [
        ("lambda:python3.13", "3.13"),
        ("lambda:python3.9.21", "3.9"),
        ("debian12:python3.12", None),
        ("lambda:python3", None),
        ("lambda:python3.13; rm -r /", None),
    ],
)
def test_the_python_of_a_lambda_target(target, python):
    assert images.lambda_python(target) == python


def test_every_lambda_target_has_an_image():
    for line in runtimes().lambda_:
        target = parse_target(f"lambda:python{line}")
        python = images.lambda_python(target.id)
        assert python == target.python.short
        assert images.lambda_image(python) == f"public.ecr.aws/lambda/python:{line}-arm64"


def test_amazon_linux_2_has_yum_and_its_successor_dnf():
    """The images of python3.12 and later stand on Amazon Linux 2023, which has no yum."""
    managers = {line: images.lambda_package_manager(line) for line in runtimes().lambda_}
    assert managers == {
        **dict.fromkeys(("3.8", "3.9", "3.10", "3.11"), "yum"),
        **dict.fromkeys(("3.12", "3.13", "3.14", "3.15"), "dnf"),
    }
    last = [line for line, manager in managers.items() if manager == "yum"][-1]
    assert any(f"Up to python{last} the image has yum" in action.text for action in rule("AC002").actions)


def test_a_runtime_of_a_later_version_has_what_the_newest_has():
    assert images.lambda_package_manager("3.99") == "dnf"


@pytest.mark.parametrize(
    ("base", "image"),
    [
        ("debian11", "python:3.12-slim-bullseye"),
        ("debian12", "python:3.12-slim-bookworm"),
        ("debian13", "python:3.12-slim-trixie"),
        ("alpine3.22", "python:3.12-alpine3.22"),
        ("ubuntu24.04", None),
        ("glibc2.28", None),
        ("alpine3.22 AS x", None),
    ],
)
def test_dockers_own_python_image(base, image):
    assert images.python_image(base, "3.12") == image


@pytest.mark.parametrize(
    ("target", "manager"),
    [
        ("lambda:python3.11", "yum"),
        ("lambda:python3.13", "dnf"),
        ("debian12:python3.12", "apt-get"),
        ("alpine3.22:python3.13", "apk"),
        ("rhel9:python3.12", "dnf"),
        ("glibc2.28:python3.11", "apt-get"),
    ],
)
def test_what_installs_system_packages(target, manager):
    assert images.package_manager(target) == manager
