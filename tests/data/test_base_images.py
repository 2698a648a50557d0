"""What container images stand on, by their names."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archcheck.data.base_images import base_image, base_images, known_base
from archcheck.platforms.targets import parse_target


@pytest.mark.parametrize(
    ("reference", "base", "python"),
    [
        ("python:3.11-slim-bookworm", "debian12", "3.11"),
        ("docker.io/library/python:3.11-slim-bookworm", "debian12", "3.11"),
        ("public.ecr.aws/docker/library/python:3.11-bookworm", "debian12", "3.11"),
        ("gitlab.example/group/dependency_proxy/containers/python:3.11-bookworm", "debian12", "3.11"),
        ("python:3.11.4-slim", "debian12", "3.11.4"),
        ("python:3.11.3-slim", "debian11", "3.11.3"),
        ("python:3.11.13", "debian13", "3.11.13"),
        ("python:3.12.12-alpine", "alpine3.23", "3.12.12"),
        ("python:3.12.4-alpine", "alpine3.20", "3.12.4"),
        ("python:3.9.5", "glibc2.28", "3.9.5"),
        ("python:3.9.2-alpine", "alpine3.13", "3.9.2"),
        ("python:3.8", "debian12", "3.8"),
        ("python:3.8-alpine", "alpine3.20", "3.8"),
        ("python:3.13-slim", "debian13", "3.13"),
        ("python:3.13-alpine3.22", "alpine3.22", "3.13"),
        ("python:3.8-slim-buster", "glibc2.28", "3.8"),
        ("python:bookworm", "debian12", "3.15"),
        ("python", "debian13", "3.15"),
        ("python:3-alpine3.22", "alpine3.22", "3.15"),
        ("python:3.12-sid", None, "3.12"),
        ("python:3.12-windowsservercore-ltsc2025", None, "3.12"),
        ("python:2.7", None, None),
        ("localhost:5000/python:3.12", None, None),
        ("public.ecr.aws/lambda/python:3.12.2025.04.01.18", "lambda", "3.12"),
        ("public.ecr.aws/sam/build-python3.11:1.120.0", "lambda", "3.11"),
        ("public.ecr.aws/lambda/provided:al2023", "amazonlinux2023", None),
        ("ubuntu:22.04", "ubuntu22.04", None),
        ("ubuntu:noble-20240801", "ubuntu24.04", None),
        ("ubuntu:99.04", None, None),
        ("ubuntu", None, None),
        ("debian", "debian13", None),
        ("debian:12.5-slim", "debian12", None),
        ("debian:bullseye", "debian11", None),
        ("amazonlinux:2", "amazonlinux2", None),
        ("alpine:3.20.3", "alpine3.20", None),
        ("redhat/ubi9-minimal:9.4", "rhel9", None),
        ("registry.access.redhat.com/ubi9:9.4", "rhel9", None),
        ("registry.redhat.io/ubi8/python-39", "rhel8", "3.9"),
        ("rockylinux:9.3", "rhel9", None),
        ("ghcr.io/astral-sh/uv:python3.12-bookworm-slim", "debian12", "3.12"),
        ("ghcr.io/astral-sh/uv:0.9.2-python3.13-alpine3.22", "alpine3.22", "3.13"),
        ("ghcr.io/astral-sh/uv:latest", None, None),
        ("gcr.io/distroless/python3-debian13", "debian13", "3.13"),
        ("mcr.microsoft.com/devcontainers/python:1-3.12-bookworm", "debian12", "3.12"),
        ("mcr.microsoft.com/playwright/python:v1.55.0-noble", "ubuntu24.04", "3.12"),
        ("tiangolo/uvicorn-gunicorn-fastapi:python3.11", "debian13", "3.11"),
        ("nvidia/cuda:12.4.1-cudnn-runtime-ubuntu22.04", "ubuntu22.04", None),
        ("node:20", None, None),
        ("", None, None),
    ],
)
def test_what_an_image_stands_on(reference, base, python):
    found = base_image(reference)
    assert (found.base, found.python) == (base, python)
    if base and python:
        assert parse_target(f"{base}:python{python}")


@pytest.mark.parametrize(
    ("reference", "architecture"),
    [
        ("public.ecr.aws/lambda/python:3.13-arm64", "aarch64"),
        ("public.ecr.aws/lambda/python:3.13-x86_64", "x86_64"),
        ("arm64v8/python:3.12", "aarch64"),
        ("amd64/python:3.12", "x86_64"),
        ("gcr.io/distroless/python3-debian12:nonroot-amd64", "x86_64"),
        ("team/app:1.2-aarch64", "aarch64"),
        ("python:3.12", None),
        ("team/arm64:1", None),
    ],
)
def test_the_architecture_that_a_name_states(reference, architecture):
    assert base_image(reference).architecture == architecture


def test_every_row_has_a_source_and_bases_that_targets_know():
    facts = base_images()
    assert {image.source for image in facts.images} <= set(facts.sources)
    assert facts.system_python.source in facts.sources
    assert facts.defaults.source in facts.sources
    bases = {base for line in facts.defaults.lines.values() for _, base in (*line.debian, *line.alpine)}
    assert all(known_base(base) for base in bases | set(facts.system_python.of))
    for image in facts.images:
        for pattern in (*image.names, image.tag):
            re.compile(pattern)
    assert facts.defaults.latest in facts.defaults.lines


@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from(["python", ":", "3.12", "-", "/", "@", "alpine", "."])).map("".join)
)
def test_any_name_has_an_answer(reference):
    found = base_image(reference)
    assert found.base is None or known_base(found.base)
