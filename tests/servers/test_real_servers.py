"""The same packages behind servers that people run, audited in whole runs; pip says what it would install."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from tests.loopback.builders import Sdist
from tests.loopback.store import Store
from tests.patience import PATIENCE
from tests.servers.starting import free_port, started

if TYPE_CHECKING:
    from pathlib import Path

X86 = "cp313-cp313-manylinux_2_17_x86_64"
ARM = "cp313-cp313-manylinux_2_17_aarch64"
PURE = "py3-none-any"
EXPECTED = {
    "Demo.Pkg": {"x86_64": ("wheel", "2.0"), "aarch64": ("wheel", "1.0")},
    "lib": {"x86_64": ("pure-wheel", "1.0+local.1"), "aarch64": ("pure-wheel", "1.0+local.1")},
    "old-name": {"x86_64": ("pure-sdist", "3.0"), "aarch64": ("pure-sdist", "3.0")},
}


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A folder of distributions, as a build leaves them."""
    store = Store()
    store.add("Demo.Pkg", "1.0", wheels=[X86, ARM], requires_dist=["lib"])
    store.add("Demo.Pkg", "2.0", wheels=[X86], requires_dist=["lib", "old-name>=2"])
    store.add("lib", "1.0+local.1", wheels=[PURE])
    store.add("old-name", "3.0", sdist=Sdist(texts={"setup.py": "from setuptools import setup\nsetup()\n"}))
    folder = tmp_path / "packages"
    folder.mkdir()
    for project in store.projects.values():
        for file in project.files:
            name = file.filename.replace("old_name-3", "old-name-3")  # as setuptools wrote it for years
            (folder / name).write_bytes(file.content or b"")
    return folder


@pytest.fixture
def simple(packages: Path) -> Path:
    """The same as folders of pages that were written once (PEP 503), as people keep in a bucket."""
    root = packages.parent / "simple"
    for project, prefix in (("demo-pkg", "demo_pkg"), ("lib", "lib"), ("old-name", "old-name")):
        (root / project).mkdir(parents=True)
        names = sorted(each.name for each in packages.iterdir() if each.name.startswith(prefix))
        links = "".join(f'<a href="../../packages/{name}">{name}</a>\n' for name in names)
        (root / project / "index.html").write_text(f"<!DOCTYPE html><html><body>\n{links}</body></html>\n")
    return root


def audited(folder: Path, *lines: str) -> dict[str, dict[str, tuple[str, str]]]:
    """Return what archcheck says of Demo.Pkg, looked for as *lines* say."""
    (folder / "requirements.txt").write_text("\n".join([*lines, "Demo.Pkg", "old-name"]) + "\n")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "archcheck",
            "--json",
            "-t",
            "lambda:python3.13",
            "--cache-dir",
            str(folder / "cache"),
        ],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_RETRIES": "0",
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (audit,) = json.loads(done.stdout)["audits"]
    return {
        package["name"]: {
            each["architecture"]: (each["status"], each["version"]) for each in package["results"]
        }
        for package in audit["packages"]
    }


def downloaded(folder: Path, architecture: str, *arguments: str) -> set[str]:
    """Return the files that pip would install for one architecture, from the same place."""
    report = folder / f"{architecture}.json"
    platform = (
        f"--platform manylinux_2_17_{architecture} --python-version 3.13 --implementation cp --abi cp313"
    )
    options = f"--dry-run --ignore-installed --no-deps --quiet --only-binary :all: {platform}".split()
    places = ["--target", str(folder / "nowhere"), "--report", str(report), *arguments]
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            *options,
            *places,
            "Demo.Pkg",
        ],
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "PIP_CONFIG_FILE": os.devnull},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    found = json.loads(report.read_text())["install"]
    return {each["download_info"]["url"].rpartition("/")[2] for each in found}


def check(folder: Path, *lines: str) -> None:
    """Hold archcheck's answer against what is known of the packages, and against pip's."""
    found = audited(folder, *lines)
    assert found == {
        "demo-pkg": EXPECTED["Demo.Pkg"],
        "lib": EXPECTED["lib"],
        "old-name": EXPECTED["old-name"],
    }
    arguments = [word for line in lines for word in line.split()]
    assert downloaded(folder, "x86_64", *arguments) == {f"demo_pkg-2.0-{X86}.whl"}
    assert downloaded(folder, "aarch64", *arguments) == {f"demo_pkg-1.0-{ARM}.whl"}


def test_a_folder_of_wheels(packages: Path) -> None:
    check(packages.parent, "--no-index", f"--find-links {packages}")


def test_a_file_index(simple: Path) -> None:
    check(simple.parent, f"--index-url {simple.as_uri()}")


def test_pypiserver(packages: Path, tmp_path: Path) -> None:
    if find_spec("pypiserver") is None:
        pytest.skip("pypiserver is not installed")
    port = free_port()
    command = [sys.executable, "-m", "pypiserver", "run", "-p", str(port), "-i", "127.0.0.1"]
    with started([*command, "--disable-fallback", str(packages)], port, tmp_path / "log") as url:
        check(tmp_path, f"--index-url {url}/simple/")


def test_pages_behind_pythons_http_server(simple: Path, tmp_path: Path) -> None:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "http.server",
        str(port),
        "--bind",
        "127.0.0.1",
        "-d",
        str(simple.parent),
    ]
    with started(command, port, tmp_path / "log") as url:
        check(tmp_path, f"--index-url {url}/simple/")


def test_a_listing_of_pythons_http_server(packages: Path, tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "-d", str(packages)]
    with started(command, port, tmp_path / "log") as url:
        check(tmp_path, "--no-index", f"--find-links {url}/")


NGINX = """
daemon off; pid {root}/pid; error_log {root}/errors; {user}
events {{}}
http {{
  access_log off; client_body_temp_path {root}/t1; proxy_temp_path {root}/t2; fastcgi_temp_path {root}/t3;
  uwsgi_temp_path {root}/t4; scgi_temp_path {root}/t5;
  server {{ listen 127.0.0.1:{port}; root {folder}; autoindex on; }}
}}
"""


@pytest.fixture
def nginx(simple: Path, tmp_path: Path):
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("nginx is not installed")
    root = tmp_path / "nginx"
    root.mkdir()
    port = free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    text = NGINX.format(root=root, port=port, folder=simple.parent, user=user)
    (root / "conf").write_text(text)
    with started([program, "-p", str(root), "-c", str(root / "conf")], port, root / "log") as url:
        yield url


def test_nginx_lists_a_folder(nginx: str, tmp_path: Path) -> None:
    check(tmp_path, "--no-index", f"--find-links {nginx}/packages/")


def test_nginx_lists_a_folder_for_each_project(nginx: str, packages: Path, tmp_path: Path) -> None:
    """No pages at all: the listing of a project's folder is its page."""
    for project, prefix in (("demo-pkg", "demo_pkg"), ("lib", "lib"), ("old-name", "old-name")):
        (tmp_path / "listed" / project).mkdir(parents=True)
        for each in packages.glob(f"{prefix}*"):
            shutil.copy(each, tmp_path / "listed" / project)
    check(tmp_path, f"--index-url {nginx}/listed/")


def test_nginx_serves_pages(nginx: str, tmp_path: Path) -> None:
    check(tmp_path, f"--index-url {nginx}/simple/")
