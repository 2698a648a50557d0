"""Logs in the style of each tool: the package, the reason, the target, and what is never quoted."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archcheck.data.build_logs import build_logs
from archcheck.data.building import needed
from archcheck.logs.reading import MAX_FAILURES, Where, read_log
from archcheck.logs.text import joined, lines_of
from archcheck.platforms.targets import parse_target

UV = """\
\x1b[1m\x1b[31merror\x1b[39m\x1b[0m: Distribution `triton==3.0.0 @ registry+https://index.example/simple` can't be installed because it doesn't have a source distribution or wheel for the current platform

hint: You're on Linux (`manylinux_2_28_aarch64`), but `triton` (v3.0.0) only has wheels for the following platforms: `manylinux_2_17_x86_64`
"""
UV_WRAPPED = """\
  × No solution found when resolving dependencies:
  ╰─▶ Because faiss-cpu==1.8.0.post1 has no wheels with a matching Python
      ABI tag (e.g., `cp313`) and you require faiss-cpu==1.8.0.post1, we can
      conclude that your requirements are unsatisfiable.
"""
UV_PLATFORM = """\
  ╰─▶ Because nvidia-nccl-cu12==2.21.5 has no wheels with a matching platform
      tag (e.g., `musllinux_1_2_aarch64`) and you require
      nvidia-nccl-cu12==2.21.5, we can conclude
"""
UV_BUILD = """\
  × Failed to build `mysqlclient==2.2.4`
  ├─▶ The build backend returned an error
      [stderr]
      /bin/sh: 1: pkg-config: not found
"""
PIP = """\
#5 [1/4] FROM python:3.12-slim-bookworm
2026-11-20T10:00:00.1234567Z #9 1.123 Collecting psycopg2==2.9.9
#9 1.4   × Getting requirements to build wheel did not run successfully.
#9 1.5       Error: pg_config executable not found.
#9 1.6 ERROR: Failed to build 'psycopg2' when getting requirements to build wheel
"""
PIP_WHEEL = """\
Building wheels for collected packages: netifaces, zstd
  Building wheel for netifaces (pyproject.toml): started
      building 'netifaces' extension
      error: command 'gcc' failed: No such file or directory
  ERROR: Failed building wheel for netifaces
  Building wheel for zstd (pyproject.toml): started
      aarch64-linux-gnu-gcc -I/usr/include/python3.11 -c zstd.c
      zstd.c:1:10: fatal error: Python.h: No such file or directory
  ERROR: Failed building wheel for zstd
Failed to build netifaces zstd
"""
POETRY = """\
  - Installing numpy (1.23.4): Failed
  Unable to find installation candidates for numpy (1.23.4)
  - Installing cryptography (3.4.8)
  error: can't find Rust compiler
Note: This error originates from the build backend, and is likely not a problem with poetry but one of the following issues with cryptography (3.4.8)

  - not supporting PEP 517 builds
"""


SAM = """\
Building codeuri: /home/me/app runtime: python3.11 architecture: arm64 functions: Hello
 Running PythonPipBuilder:ResolveDependencies
Build Failed
Error: PythonPipBuilder:ResolveDependencies - {psycopg2==2.9.9(sdist), uWSGI==2.0.21(sdist)}
"""
ON_LAMBDA = """\
INIT_START Runtime Version: python:3.12.v57
[ERROR] Runtime.ImportModuleError: Unable to import module 'app': No module named 'pydantic_core._pydantic_core'
"""


@pytest.mark.parametrize(
    ("log", "failures", "where"),
    [
        (UV, [("triton", "3.0.0", "no-wheel-for-platform", None)], (None, "aarch64", None)),
        (UV_WRAPPED, [("faiss-cpu", "1.8.0.post1", "no-wheel-for-python", None)], ("3.13", None, None)),
        (UV + UV_WRAPPED, [("triton", "3.0.0", "no-wheel-for-platform", None),
                           ("faiss-cpu", "1.8.0.post1", "no-wheel-for-python", None)],
         ("3.13", "aarch64", "glibc2.28:python3.13")),
        ("Using CPython 3.12.3\n" + UV_PLATFORM,
         [("nvidia-nccl-cu12", "2.21.5", "no-wheel-for-platform", None)], ("3.12", "aarch64", "musl1.2:python3.12")),
        (UV_BUILD, [("mysqlclient", "2.2.4", "missing-tool", "pkg-config")], (None, None, None)),
        (PIP, [("psycopg2", "2.9.9", "missing-tool", "pg_config")], ("3.12", None, "debian12:python3.12")),
        (PIP_WHEEL, [("netifaces", None, "missing-tool", "a C compiler"), ("zstd", None, "missing-header", "Python's headers")],
         ("3.11", "aarch64", None)),
        (POETRY, [("numpy", "1.23.4", "no-wheel-for-platform", None), ("cryptography", "3.4.8", "missing-tool", "Rust (cargo)")],
         (None, None, None)),
        ("ERROR: No matching distribution found for torch==2.5.1+cpu\n", [("torch", "2.5.1+cpu", "no-distribution", None)],
         (None, None, None)),
        ("FROM --platform=linux/arm64 public.ecr.aws/lambda/python:3.12\nERROR: numpy-1.26.4-cp312-cp312-manylinux_2_17_x86_64.whl is not a supported wheel on this platform.\n",
         [("numpy", "1.26.4", "wrong-platform-wheel", None)], ("3.12", "aarch64", "lambda:python3.12")),
        ("exec /usr/local/bin/python: exec format error\n", [(None, None, "wrong-architecture", None)], (None, None, None)),
        ("ERROR: failed to solve: x: no matching manifest for linux/arm64/v8 in the manifest list entries\n",
         [(None, None, "image-without-architecture", None)], (None, "aarch64", None)),
        ("ImportError: /lib/aarch64-linux-gnu/libm.so.6: version `GLIBC_2.35' not found (required by /opt/python3.9/site-packages/onnxruntime/capi/x.so)\n",
         [("onnxruntime", None, "glibc-too-old", "GLIBC_2.35")], ("3.9", "aarch64", None)),
        ("FROM python:3.13-alpine3.22\nERROR: Failed building wheel for zstd\n", [("zstd", None, "build-failed", None)],
         ("3.13", None, "alpine3.22:python3.13")),
        ("FROM node:20 AS web\nFROM public.ecr.aws/lambda/python:3.13-arm64\nexec format error\n",
         [(None, None, "wrong-architecture", None)], ("3.13", "aarch64", "lambda:python3.13")),
        (SAM, [("psycopg2", "2.9.9", "not-built-for-lambda", None), ("uwsgi", "2.0.21", "not-built-for-lambda", None)],
         ("3.11", "aarch64", "lambda:python3.11")),
        (ON_LAMBDA, [("pydantic-core", None, "native-module-missing", None)], ("3.12", None, "lambda:python3.12")),
        ("ModuleNotFoundError: No module named 'app.views'\n", [], (None, None, None)),
        ("ImportError: /var/lang/lib/python3.9/site-packages/numpy/x.so: invalid ELF header\n",
         [("numpy", None, "wrong-architecture", None)], ("3.9", None, "lambda:python3.9")),
        ("ImportError: libpq.so.5: cannot open shared object file: No such file or directory\n",
         [(None, None, "missing-library", None)], (None, None, None)),
        ("OSError: /lib64/libc.so.6: version `GLIBC_2.28' not found\n", [(None, None, "glibc-too-old", "GLIBC_2.28")],
         (None, None, None)),
        ("OSError: [Errno 8] Exec format error: '/var/task/bin/tool'\n", [(None, None, "wrong-architecture", None)],
         (None, None, None)),
        ("all is well\n", [], (None, None, None)),
    ],
)  # fmt: skip
def test_what_failed_and_where(log, failures, where):
    told = read_log(log.encode())
    assert [(each.package, each.version, each.reason, each.missing) for each in told.failures] == failures
    assert told.where == Where(python=where[0], architecture=where[1], target=where[2])


def test_what_to_do_next():
    (failure,) = read_log(PIP.encode()).failures
    assert failure.command == "archcheck psycopg2==2.9.9 --target debian12:python3.12"
    assert list(failure.install) == ["apt-get"], "as the image is Debian's"
    assert failure.install["apt-get"].endswith(" libpq-dev")
    assert failure.line == 4
    (failure,) = read_log(UV_BUILD.encode()).failures
    assert list(failure.install) == ["apt-get", "apk", "dnf", "yum"], "as nothing tells the image"
    zstd = read_log(PIP_WHEEL.encode()).failures[-1]
    assert zstd.command == "archcheck zstd --target lambda:python3.11", "as the log tells the Python alone"
    (failure,) = read_log(b"exec format error\n").failures
    assert failure.command is None
    assert "linux/arm64" in (failure.advice or "")


EXAMPLES = lines_of(
    f"""{UV}{UV_WRAPPED}{UV_PLATFORM}{UV_BUILD}{PIP}{PIP_WHEEL}{POETRY}{SAM}{ON_LAMBDA}
ERROR: No matching distribution found for torch
x-1-py3-none-any.whl is not a supported wheel on this platform.
exec format error
OSError: [Errno 8] Exec format error
no matching manifest for linux/arm64/v8
docker.io/library/x:1: no match for platform in manifest
version `GLIBC_2.35' not found (required by /x.so)
OSError: /x/y.so: invalid ELF header
ld-linux-x86-64.so.2: cannot open shared object file
libpq.so.5: cannot open shared object file
fatal error: libpq-fe.h: No such file or directory
fatal error: ffi.h: No such file or directory
FileNotFoundError: [Errno 2] No such file or directory: 'g++'
ERROR: Unknown compiler(s): [['cc'], ['gcc']]
/bin/sh: cargo: not found
ERROR: Unknown compiler(s): [['gfortran'], ['flang']]
/bin/sh: 1: cmake: not found
/bin/sh: 1: swig: not found
""".encode()
)


@pytest.mark.parametrize("pattern", build_logs().pattern, ids=lambda each: f"{each.tool}:{each.word}")
def test_every_pattern_has_an_example_and_says_what_is_known(pattern):
    texts = (
        [joined(EXAMPLES[at], EXAMPLES[at + 1 : at + 6]) for at in range(len(EXAMPLES))]
        if pattern.joined
        else EXAMPLES
    )
    assert any(
        pattern.word in line and pattern.search(text) for line, text in zip(EXAMPLES, texts, strict=True)
    )
    assert pattern.opens != bool(pattern.reason)
    assert not pattern.reason or pattern.reason in {each.name for each in build_logs().reason}
    assert not pattern.needs or needed([pattern.needs], "apt-get").build


@pytest.mark.parametrize(
    "secret",
    [
        "https://me:hunter2@index.example/simple",
        "https://index.example/simple?token=hunter2",
        "https://index.example/x#hunter2",
        "PASSWORD=hunter2",
        "token: hunter2",
    ],
)
def test_no_secret_is_quoted(secret):
    log = f"error: Distribution `a==1 @ registry+{secret}` can't be installed because it doesn't have a source distribution or wheel for the current platform\nx {secret}: no match for platform in manifest\n"  # fmt: skip
    told = read_log(log.encode())
    assert "hunter2" not in repr(told)


def test_escapes_and_bars_are_left_out():
    lines = lines_of(b"\x1b]0;title\x07a\x1b[1;31mb\x1b[K\n 10%\r 50%\r100%\r\nweb-1  | c\n#12 3.4 d\x1b")
    assert lines == ["ab", "100%", "c", "d"]
    (failure,) = read_log(b"exec /\x1b[31mx\xe2\x80\xae\x00: exec format error").failures
    assert failure.evidence.isprintable()


def test_a_hostile_log_is_bounded():
    told = read_log(
        "".join(f"No matching distribution found for a{each}\n" for each in range(1_000)).encode()
    )
    assert len(told.failures) == MAX_FAILURES
    for word in {pattern.word for pattern in build_logs().pattern}:
        for filler in ("a", "a-", "/", "a.a-", "a==", "`", "[["):
            read_log((word + filler * 3_000 + "\n").encode())


@given(
    st.lists(st.sampled_from([*EXAMPLES, "\x1b[", "\r", "Collecting ", "cp3"]), max_size=8),
    st.binary(max_size=20),
)
@settings(max_examples=200, deadline=None)
def test_whatever_is_found_can_be_run(lines, noise):
    told = read_log("\n".join(lines).encode() + noise)
    for failure in told.failures:
        assert failure.evidence.isprintable()
        if failure.command:
            assert re.fullmatch(
                r"archcheck [a-z0-9-]+(==[\w.+!]+)?( --target [a-z0-9.]+:python3\.\d+)?", failure.command
            )
    if told.where.target:
        parse_target(told.where.target)
