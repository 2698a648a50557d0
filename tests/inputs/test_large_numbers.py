"""A version of more digits than Python's int() reads: one clear line from every reader, never a ValueError later."""

from __future__ import annotations

import pytest

from archcheck.errors import InputError

from .projects import project

DIGITS = "9" * 5000
PIN = f">={DIGITS}"
UV = "version = 1\n[[package]]\nname = 'x'\nversion = '1'\nsource = {{ virtual = '.' }}\n{}"
META = '{{"_meta": {{"pipfile-spec": 6, "requires": {{"python_version": "3.{}"}}, "sources": []}}, "default": {{}}}}'

FILES = {
    "pyproject.toml": f'[project]\nname = "x"\nrequires-python = "{PIN}"\n',
    "setup.cfg": f"[options]\npython_requires = {PIN}\n",
    "setup.py": f'setup(python_requires="{PIN}")\n',
    "uv.lock": UV.format("").replace("version = 1\n", f'version = 1\nrequires-python = "{PIN}"\n'),
    "Pipfile": f'[requires]\npython_version = "3.{DIGITS}"\n',
    "Pipfile.lock": META.format(DIGITS),
    "pylock.toml": f'lock-version = "1.0"\ncreated-by = "x"\nrequires-python = "{PIN}"\npackages = []\n',
    "poetry.lock": f'[metadata]\nlock-version = "{DIGITS}"\n',
    "pdm.lock": '[metadata]\nlock_version = "4.5.0"\n[[package]]\nname = "a"\nversion = "1"\n'
    f'dependencies = ["b{PIN}"]\n',
    "requirements.txt": f"six{PIN}\n",
    "environment.yml": f"dependencies: [pip: [six{PIN}]]\n",
}


@pytest.mark.parametrize("name", FILES)
def test_it_is_refused(name: str) -> None:
    with pytest.raises(InputError) as caught:
        project({name: FILES[name]}, name)
    assert len(str(caught.value)) < 400


def test_a_requirement_of_what_is_installed() -> None:
    metadata = f"Metadata-Version: 2.1\nName: x\nVersion: 1\nRequires-Dist: six{PIN}\n"
    files = {
        "site-packages/x-1.dist-info/METADATA": metadata,
        "site-packages/y-1.dist-info/METADATA": "Name: y\nVersion: 1\n",
    }
    lock = project(files, "site-packages", kind="environment")
    assert [each.text for each in lock.skipped] == ["x-1.dist-info"]


def test_a_requirement_in_uv_lock_metadata() -> None:
    metadata = f'[package.metadata]\nrequires-dist = [{{ name = "x", specifier = "{PIN}" }}]\n'
    edges = '[package.optional-dependencies]\nall = [{ name = "x" }]\n'
    with pytest.raises(InputError, match="are no versions"):
        project({"uv.lock": UV.format(edges + metadata)}, "uv.lock", extras=["all"])
