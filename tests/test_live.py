"""A few audits against the real index (opt in: `pytest -m live`): facts that no later upload can change.

The default index is asked, whatever the caller's settings say, for a dozen packages.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

pytestmark = pytest.mark.live

CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "PATH")


@pytest.fixture
def audit(tmp_path):
    def run(requirements: str, target: str, *arguments: str) -> tuple[int, dict]:
        (tmp_path / "requirements.txt").write_text(requirements)
        kept = {name: os.environ[name] for name in CERTIFICATES if name in os.environ}
        command = [
            sys.executable,
            "-m",
            "archcheck",
            "requirements.txt",
            "--json",
            "--target",
            target,
            *arguments,
        ]
        environ = {**kept, "HOME": str(tmp_path), "PIP_CONFIG_FILE": os.devnull}
        done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        return done.returncode, json.loads(done.stdout)["audits"][0]

    return run


def statuses(found: dict, architecture: str) -> dict[str, str]:
    return {
        package["name"]: result["status"]
        for package in found["packages"]
        for result in package["results"]
        if result["architecture"] == architecture
    }


LEGACY = """
cryptography==3.0
numpy==1.18.5
pandas==1.0.5
psycopg2-binary==2.8.6
lxml==4.5.0
grpcio==1.30.0
PyYAML==5.3.1
requests==2.25.1
"""


def test_every_obstacle_of_a_legacy_set_in_one_run(audit):
    code, found = audit(LEGACY, "lambda:python3.8")
    assert code == 1
    builds = {finding["package"] for finding in found["findings"] if finding["severity"] == "build"}
    assert builds == {"cryptography", "grpcio", "lxml", "numpy", "pandas", "psycopg2-binary"}
    assert "AC013" not in {finding["rule"] for finding in found["findings"]}
    # Its setup.py goes on without the extension where that fails to build.
    assert statuses(found, "aarch64")["pyyaml"] == statuses(found, "x86_64")["pyyaml"] == "fallback-sdist"


def test_the_same_set_on_a_python_that_it_was_never_built_for(audit):
    code, found = audit(LEGACY, "lambda:python3.9")
    assert code == 1
    shared = {finding["package"] for finding in found["findings"] if finding["rule"] == "AC013"}
    assert {"grpcio", "lxml", "numpy", "pandas"} <= shared
    assert "cryptography" not in shared


def test_a_wheel_between_manylinux2014_and_the_targets_glibc_is_seen(audit):
    code, found = audit("psycopg2-binary==2.9.1\n", "lambda:python3.9")
    assert code == 0
    assert statuses(found, "aarch64") == {"psycopg2-binary": "wheel"}


def test_a_wheel_that_needs_a_newer_glibc_is_named_so(audit):
    pins = "numpy==2.3.0\n"
    assert audit(pins, "lambda:python3.12", "--only-binary", ":all:")[0] == 0
    code, found = audit(pins, "lambda:python3.11", "--only-binary", ":all:")
    assert code == 1
    assert "glibc 2.28" in json.dumps(found["findings"], ensure_ascii=False)


def test_a_name_that_no_index_has_leaves_the_rest_audited(audit):
    code, found = audit("six==1.16.0\narchcheck-no-such-project-here\n", "lambda:python3.13")
    assert code == 2
    assert statuses(found, "aarch64")["six"] == "pure-wheel"
    assert not found["complete"]


@pytest.mark.parametrize(("machine", "code"), [("x86_64", 1), ("aarch64", 0)])
def test_a_layer_that_pip_made(tmp_path, machine, code):
    """Name each `.so` of a layer for x86_64 that is put to an arm64 function: the files are the oracle."""
    kept = {name: os.environ[name] for name in CERTIFICATES if name in os.environ}
    environ = {**kept, "HOME": str(tmp_path), "PIP_CONFIG_FILE": os.devnull}
    pip = [sys.executable, "-m", "pip", "install", "-q", "--only-binary", ":all:", "--python-version", "3.12"]
    made = [
        *pip,
        "--platform",
        f"manylinux2014_{machine}",
        "-t",
        "python",
        "markupsafe==3.0.2",
        "numpy==1.26.4",
    ]
    subprocess.run(made, cwd=tmp_path, env=environ, check=True, capture_output=True)
    shutil.make_archive(str(tmp_path / "layer"), "zip", tmp_path, "python")
    native = {
        path.relative_to(tmp_path).as_posix()
        for path in (tmp_path / "python").rglob("*")
        if path.is_file() and path.read_bytes()[:4] == b"\x7fELF"
    }
    command = [sys.executable, "-m", "archcheck", "layer.zip", "--json", "--target", "lambda:python3.12"]
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    (audit,) = json.loads(done.stdout)["audits"]
    named = [path for finding in audit["findings"] for path in finding["evidence"]["files"]]
    assert done.returncode == code
    assert sorted(named) == (sorted(native) if machine == "x86_64" else [])
    assert {finding["remedy"]["kind"] for finding in audit["findings"]} <= {"rebuild"}
