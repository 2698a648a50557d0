"""The kinds of input, a row for each: its names and signs, its reader, and what people do with it.

Nothing else in archcheck names a kind: a new format is a reader below `archcheck.inputs`, and a row here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from archcheck.manifest.manifest import Installer

_START: Final = 64 * 1024  # bytes
_SBOM: Final = re.compile(rb'"(?:bomFormat|spdxVersion)"[ \t\r\n]*:|"https://spdx\.org/rdf/3')


class Text(NamedTuple):
    """A text whose kind no file name tells; `table` is what it holds as TOML, and empty where it is none."""

    data: bytes
    table: Mapping[str, Any]

    @property
    def start(self) -> bytes:
        """Its first 64 KiB."""
        return self.data[:_START]

    def has(self, *keys: str) -> bool:
        """Return whether it is TOML with one of *keys* at the top."""
        return not self.table.keys().isdisjoint(keys)

    def metadata_has(self, key: str) -> bool:
        """Return whether it is TOML whose `[metadata]` has *key*."""
        metadata = self.table.get("metadata")
        return isinstance(metadata, dict) and key in metadata

    def shows(self, pattern: bytes) -> bool:
        """Return whether its start has *pattern*, in which `^` and `$` are about lines."""
        return re.search(pattern, self.start, re.MULTILINE) is not None


class Format(NamedTuple):
    """One kind of input. It is a NamedTuple so that `archcheck --help`, which lists them, loads no msgspec.

    `title` is what `--help` calls it, `reader` the function below `archcheck.inputs` that reads it, `editor`
    the one below `archcheck.remedy.edits` that writes other versions into it; empty where nobody should.

    How it is found. A folder is searched for its `names`, which are file names and globs, in the order of the
    rows. Where such a file often holds the settings of tools alone, it counts only if it has one of the words
    in `says`. `nearby` are names and paths to point out where a folder has no input. A file of any other name
    with one of the `suffixes`, and standard input, is of the first kind whose `sign` its text has. What is
    `called` so, by globs of file names, is of that kind where it is named; a folder is not searched for it.

    How it is read. `locked` is what the name of its lock has behind its own: where that lies beside it, it is
    what counts. `installer` is whose settings say which index is asked; None leaves it to the reader,
    where tables in the file decide. `member_of` is the function that finds the lock of the workspace that a
    project may be a member of; without it there are no members to select. Without `has_extras` it has neither
    extras nor groups to select. With `python_is_advice` no installer insists on the Python that it states: it
    is that of a machine that was, or earns a warning at most (Pipenv). `installed` is what lies there already
    and has its own Python: an environment, or what is `built` to be shipped as it is. Of that is asked
    whether it runs, file by file.

    What people do with it. `edit` is the command that changes a direct requirement, `move` the one for what
    other packages bring in, `relock` locks anew; `{spec}`, `{pin}` and `{name}` are filled in. Without them
    the lines to change are shown. `manifest` is the file beside a lock that says what the project wants.
    `pip` is what pip installs it by: `-r` and the file, `.` for the project that it belongs to, or nothing of
    the sort; then `export` is the command that writes requirements.txt for pip, with `of_member` where a
    member of a workspace is meant, and `of_extra`, `of_all_extras` and `of_group` for what is chosen of it;
    with `of_local` the folders that it names are left out, which are installed apart then.
    `unpackaged` does so for a project that is no package. `tool` is whose install it takes where that is not
    pip's: uv's reads the markers of the machine that it is told of, and the lock itself where there is no
    `export`. `image` has the tool in it, whose command there `installs` what pip cannot. `{path}`,
    `{script}`, `{member}` and `{name}` are filled in.

    A setting, named with its table, may limit the lock to some environments (`admits`), and one may ask for
    wheels for some (`demands`); where a command `adds` aarch64 to them, that is named.
    """

    kind: str
    title: str
    reader: str
    editor: str = ""
    names: tuple[str, ...] = ()
    says: tuple[bytes, ...] = ()
    called: tuple[str, ...] = ()
    nearby: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    sign: Callable[[Text], bool] | None = None
    locked: str = ""
    installer: Installer | None = "pip"
    has_extras: bool = True
    member_of: str = ""
    python_is_advice: bool = False
    installed: bool = False
    built: bool = False
    edit: str = ""
    move: str = ""
    relock: str = ""
    manifest: str = ""
    pip: Literal["-r", ".", ""] = ""
    export: str = ""
    of_member: str = ""
    of_extra: str = ""
    of_all_extras: str = ""
    of_group: str = ""
    of_local: str = ""
    unpackaged: str = ""
    tool: Literal["pip", "uv"] = "pip"
    image: str = ""
    installs: str = ""
    admits: str = ""
    demands: str = ""
    adds: str = ""


REQUIREMENTS: Final = Format(
    kind="requirements",
    title="requirements.txt, *.in and requirements.lock",
    reader="requirements.reader.read_requirements",
    editor="requirements.edit_requirements",
    names=("requirements.txt", "requirements.lock", "requirements-dev.lock"),
    nearby=(
        "requirements*.txt",
        "requirements*.in",
        "*requirements.txt",
        "requirements/*.txt",
        "requirements/*.in",
    ),
    suffixes=(".lock",),
    has_extras=False,
    pip="-r",
)
"""What everything is read as that is nothing else: a file of requirements may have any name."""

ENVIRONMENT: Final = Format(
    kind="environment",
    title="an installed environment",
    reader="artifacts.environment.read_environment",
    has_extras=False,
    python_is_advice=True,
    installed=True,
    edit="python -m pip install {pin}",
    move="python -m pip install {pin}",
    export="python -m pip freeze > requirements.txt",
)
"""What `--environment` names, and what a folder or an interpreter is where it is one."""

FOLDER: Final = Format(
    kind="folder",
    title="a folder of installed packages",
    reader="artifacts.reader.read_folder",
    has_extras=False,
    python_is_advice=True,
    installed=True,
    built=True,
)
"""What a folder is into which packages were installed: `pip install -t`, `sam build`, a layer's `python/`."""

IMAGE: Final = Format(
    kind="image",
    title="a container image",
    reader="artifacts.images.read_image",
    called=("*.tar", "*.tar.gz", "*.tgz", "*.tar.bz2", "*.tar.xz", "*.tar.zst"),
    has_extras=False,
    python_is_advice=True,
    installed=True,
    built=True,
)
"""An OCI layout in a folder, or what `docker save` writes."""

SCRIPT: Final = Format(
    kind="script",
    title="a script (PEP 723)",
    reader="pyproject.script.read_script",
    editor="toml_files.script.edit_script",
    suffixes=(".py",),
    sign=lambda text: text.shows(rb"^# /// script\r?$"),
    locked=".lock",
    installer="uv",
    has_extras=False,
    export="uv export --script {script} -o requirements.txt",
    tool="uv",
)
"""What a Python file is that is no setup.py."""

FORMATS: tuple[Format, ...] = (
    Format(
        kind="uv",
        title="uv.lock",
        reader="uv.lock.read_uv_lock",
        names=("uv.lock",),
        suffixes=(".lock",),
        sign=lambda text: text.has("package") and text.has("version"),
        installer="uv",
        member_of="uv.membership.member_at",
        edit="uv add {spec}",
        move="uv lock --upgrade-package {pin}",
        relock="uv lock",
        manifest="pyproject.toml",
        export="uv export --frozen --no-dev --no-editable --no-emit-project -o requirements.txt",
        of_member=" --package {member}",
        of_extra=" --extra {name}",
        of_all_extras=" --all-extras",
        of_group=" --group {name}",
        of_local=" --no-emit-local",
        tool="uv",
        admits="[tool.uv] environments",
        demands="[tool.uv] required-environments",
    ),
    Format(
        kind="poetry",
        title="poetry.lock",
        reader="poetry.lock.read_poetry_lock",
        names=("poetry.lock",),
        suffixes=(".lock",),
        # Poetry before 1.0 wrote no lock-version.
        sign=lambda text: (
            text.metadata_has("lock-version") or (text.has("package") and text.metadata_has("content-hash"))
        ),
        installer=None,
        edit="poetry add {spec}",
        move="poetry update {name}",
        relock="poetry lock",
        manifest="pyproject.toml",
        # Without it Poetry 2 says: "The requested command export does not exist." Who installed Poetry with
        # pipx or pip adds it with that.
        export=(
            "# Poetry 2 needs its plugin: poetry self add (or pipx inject poetry, or pip install) "
            "poetry-plugin-export\npoetry export -o requirements.txt"
        ),
        of_extra=" --extras {name}",
        of_all_extras=" --all-extras",
        of_group=" --with {name}",
    ),
    Format(
        kind="pdm",
        title="pdm.lock",
        reader="pdm.lock.read_pdm_lock",
        names=("pdm.lock",),
        suffixes=(".lock",),
        sign=lambda text: text.metadata_has("lock_version"),
        installer=None,
        member_of="uv.membership.member_at",
        edit="pdm add {spec}",
        move="pdm lock",
        relock="pdm lock",
        manifest="pyproject.toml",
        export="pdm export --prod -o requirements.txt",
        of_extra=" --group {name}",
        of_all_extras=" --group :all",
        of_group=" --group {name}",
    ),
    Format(
        kind="pylock",
        title="pylock.toml",
        reader="pylock.read_pylock",
        names=("pylock.toml", "pylock.*.toml"),
        suffixes=(".toml",),
        sign=lambda text: text.has("lock-version"),
        tool="uv",
    ),
    Format(
        kind="pipfile-lock",
        title="Pipfile.lock",
        reader="pipenv.lock.read_pipfile_lock",
        names=("Pipfile.lock",),
        suffixes=(".lock", ".json"),
        sign=lambda text: text.start.lstrip().startswith(b"{") and b'"_meta"' in text.start,
        python_is_advice=True,
        edit="pipenv install {spec}",
        move="pipenv upgrade {pin}",
        relock="pipenv lock",
        manifest="Pipfile",
        export="pipenv requirements > requirements.txt",
    ),
    Format(
        kind="pixi",
        title="pixi.lock",
        reader="pixi.read_pixi_lock",
        names=("pixi.lock",),
        suffixes=(".lock",),
        sign=lambda text: text.shows(rb"^environments\s*:") and text.shows(rb"^version\s*:"),
        installer="uv",
        edit="pixi add --pypi {spec}",
        move="pixi add --pypi {pin}",
        relock="pixi lock",
        image="ghcr.io/prefix-dev/pixi:latest",
        installs="pixi install --locked",
        adds="pixi project platform add linux-aarch64",
    ),
    REQUIREMENTS,
    Format(
        kind="pyproject",
        title="pyproject.toml",
        reader="pyproject.reader.read_pyproject",
        editor="toml_files.pyproject.edit_pyproject",
        names=("pyproject.toml",),
        says=(b"[project", b"[tool.poetry", b"[dependency-groups]"),
        suffixes=(".toml",),
        # A slip in its TOML is for its reader to say.
        sign=lambda text: (
            text.has("project", "tool", "build-system", "dependency-groups")
            or text.shows(rb"^[ \t]*\[project\]")
        ),
        installer=None,
        member_of="uv.membership.member_at",
        pip=".",
        unpackaged="uv pip compile {path} --universal -o requirements.txt",
        of_extra=" --extra {name}",
        of_all_extras=" --all-extras",
        of_group=" --group {name}",
    ),
    Format(
        kind="pipfile",
        title="Pipfile",
        reader="pipenv.pipfile.read_pipfile",
        editor="toml_files.pipfile.edit_pipfile",
        names=("Pipfile",),
        suffixes=(".toml",),
        sign=lambda text: text.has("packages", "dev-packages"),
        python_is_advice=True,
        edit="pipenv install {spec}",
        move="pipenv upgrade {pin}",
        relock="pipenv lock",
        # Without a lock `pipenv requirements` prints no requirement, and ends as if all were well.
        export="pipenv lock && pipenv requirements > requirements.txt",
    ),
    Format(
        kind="setup-cfg",
        title="setup.cfg",
        reader="setuptools.setup_cfg.read_setup_cfg",
        editor="setup_cfg.edit_setup_cfg",
        names=("setup.cfg",),
        says=(b"install_requires", b"install-requires", b"[options.extras_require]"),
        sign=lambda text: text.shows(rb"^\[(?:options|metadata)(?:\.[a-z_]+)?\]\s*$"),
        pip=".",
    ),
    SCRIPT,
    Format(
        kind="setup-py",
        title="setup.py",
        reader="setuptools.setup_py.read_setup_py",
        names=("setup.py",),
        suffixes=(".py",),
        sign=lambda text: (
            text.shows(rb"^(?:from|import)\s+(?:setuptools|distutils)\b") and b"setup(" in text.data
        ),
        pip=".",
    ),
    Format(
        kind="conda",
        title="environment.yml",
        reader="conda.read_conda",
        names=("environment.yml", "environment.yaml"),
        nearby=("environment*.yml",),
        suffixes=(".yml", ".yaml"),
        sign=lambda text: text.shows(rb"^dependencies\s*:"),
        has_extras=False,
        python_is_advice=True,
        image="condaforge/miniforge3:latest",
        installs="conda env update --name base --file {path}",
    ),
    Format(
        kind="script-lock",
        title="a script's lock",
        reader="uv.lock.read_uv_lock",
        names=("*.py.lock",),
        has_extras=False,
        installer="uv",
        edit="uv add --script SCRIPT.py {spec}",
        move="uv lock --script SCRIPT.py --upgrade-package {pin}",
        relock="uv lock --script SCRIPT.py",
        export="uv export --script {script} --frozen -o requirements.txt",
        tool="uv",
    ),
    Format(
        kind="sbom",
        title="an SBOM (CycloneDX, SPDX)",
        reader="sbom.reader.read_sbom",
        called=("*.cdx.json", "*.cdx.xml", "*.spdx.json", "*.spdx", "bom.json", "bom.xml", "sbom.json"),
        suffixes=(".json", ".xml"),
        sign=lambda text: (
            (text.start.lstrip().startswith(b"{") and _SBOM.search(text.data) is not None)
            or b"cyclonedx.org/schema/bom" in text.start
            or text.shows(rb"^SPDXVersion:")
        ),
        has_extras=False,
        python_is_advice=True,
    ),
    ENVIRONMENT,
    Format(
        kind="zip",
        title="a function's or layer's .zip",
        reader="artifacts.reader.read_zip",
        called=("*.zip",),
        has_extras=False,
        python_is_advice=True,
        installed=True,
        built=True,
    ),
    Format(
        kind="wheel",
        title="a .whl",
        reader="artifacts.reader.read_wheel",
        called=("*.whl",),
        has_extras=False,
        python_is_advice=True,
        installed=True,
        built=True,
    ),
    FOLDER,
    IMAGE,
)
"""In the order in which a folder is searched: a lock before what it is made of."""


def row_of(kind: str) -> Format:
    """Return the row of *kind*; for one that is not known, as in a newer version's result, an empty row."""
    known = (each for each in FORMATS if each.kind == kind)
    return next(known, Format(kind=kind, title=kind, reader=""))
