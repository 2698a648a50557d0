"""What the commands of a RUN line install, for Python. No I/O."""

from __future__ import annotations

import posixpath
import re
import shlex
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from archcheck.manifest.specifiers import parse_dependency

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST_NAMES: Final = 500
_LONGEST: Final = 500
MAX_WORDS: Final = 20_000
MAX_TEXT: Final = 50_000
"""Characters of one script: shlex takes the square of the longest word's length."""
_PYTHON = re.compile(r"(?:python|pypy)(?:3(?:\.\d+)?)?")
_PIP = re.compile(r"pip(?:3(?:\.\d+)?)?|pip-sync")
_BEFORE = re.compile(
    r"sudo|exec|time|env|nice|command|xargs|if|then|elif|else|while|do|set|!|\(|\{|\[\[?|[A-Za-z_]\w*=.*|-\w+",
    re.DOTALL,
)
"""What may stand before a command: `sudo`, `PIP_NO_CACHE=1`, `then`."""
_SEPARATORS: Final = frozenset({";", "&&", "||", "|", "&", "(", ")", ";;", "\n", "|&", ");", "&&("})
_WITH_VALUE = re.compile(
    r"""-[tifcCpPbdwoEGn] | --(?:
    target | index-url | extra-index-url | find-links | trusted-host | platform | python-version | abi
    | implementation | only-binary | no-binary | prefix | root | src | cache-dir | timeout | retries | proxy
    | constraint | log | progress-bar | report | root-user-action | config-settings? | global-option | python
    | build-option | upgrade-package | refresh-package | index | default-index | index-strategy | link-mode
    | resolution | prerelease | exclude-newer | python-platform | extra | group | no-build-isolation-package
    | keyring-provider | overrides? | build-constraint | wheel-dir | dest | upgrade-strategy | use-feature
    | cert | client-cert | name | channel)""",
    re.VERBOSE,
)
"""The options of `pip install`, `uv pip install` and `conda install` whose value is the next word."""
_CHANGING = re.compile(
    r"""-[ifc].* | --(?:index-url|extra-index-url|find-links|no-index|index|default-index|constraints?
    | only-binary|no-binary|prefer-binary|pre|prerelease|no-deps|resolution|overrides?|exclude-newer|platform
    | python-version|python-platform|abi|implementation)""",
    re.VERBOSE,
)
"""The options that change which files are taken: what they lead to is not followed."""
_TOOLS = re.compile(
    r"pip|setuptools|wheel|uv|poetry|poetry-core|poetry-plugin-export|pipenv|pdm|hatch|hatchling|build|virtualenv"
    r"|pip-tools|pipx|flit|flit-core"
)
"""What installs others: nobody's dependency, though a line of its own installs it."""
_PROJECT_COMMANDS: Final = {
    "uv": {"sync", "export"},
    "poetry": {"install", "sync", "export"},
    "pipenv": {"install", "sync", "requirements", "lock"},
    "pdm": {"install", "sync", "export"},
    "pixi": {"install"},
    "rye": {"sync"},
}
_SYSTEM: Final = frozenset({"apt-get", "apt", "aptitude", "dnf", "microdnf", "yum", "tdnf", "apk", "zypper"})
_SYSTEM_PYTHON = re.compile(
    r"python(?:3\.(\d+)|3(\d\d?)|(3)?)(?:-(?:pip|venv|dev|devel|minimal|full|distutils|libs))?(?:[=~<>].*)?"
)

Kind = Literal["file", "path", "project", "names", "python", "runs"]


class Installed(Struct, frozen=True, kw_only=True):
    """One thing that a command installs.

    `file`: a file of requirements, at `value`. `path`: a project's folder, a wheel or an sdist. `project`:
    what the tool `tool` installs of the project in the folder `value`. `names`: what no file names, each of
    `names`; `is_plain` where all are requirements, and no option (an index, constraints) changes what is
    taken for them. `python`: a Python itself, `3.12`, or empty for the distribution's own. `runs`: Python is
    run, nothing installed.
    """

    kind: Kind
    value: str = ""
    tool: str = ""
    names: tuple[str, ...] = ()
    is_plain: bool = True


def commands_of(text: str) -> Iterator[list[str]]:
    """Yield the words of each simple command of the shell's *text*."""
    lexer = shlex.shlex(text[:MAX_TEXT], posix=True, punctuation_chars=";&|()\n")
    lexer.whitespace = " \t\r"
    lexer.whitespace_split = True
    lexer.commenters = ""
    words: list[str] = []
    count = 0
    comment = False
    while (word := _next(lexer)) is not None and count < MAX_WORDS:
        count += 1
        comment = "\n" not in word and (comment or word.startswith("#"))
        if comment:
            continue
        if word in _SEPARATORS or set(word) <= set(";&|()\n"):
            if words:
                yield words
            words = []
        else:
            words.append(word)
    if words:
        yield words


def _next(lexer: shlex.shlex) -> str | None:
    try:
        return lexer.get_token()
    except ValueError:  # a quote that is not closed: what came before it counts
        return None


def installed_by(words: Sequence[str]) -> Iterator[Installed]:
    """Yield what the simple command *words* installs."""
    if "xargs" in words and "install" in words and any(map(_PIP.fullmatch, words)):
        yield Installed(kind="runs")
        yield Installed(kind="names", value="what xargs is given", is_plain=False)
        return
    words = _without_prefix(words)
    if words:
        yield from _by_program(posixpath.basename(words[0]), words[1:])


def _by_program(program: str, rest: list[str]) -> Iterator[Installed]:
    if _PYTHON.fullmatch(program):
        yield Installed(kind="runs")
        if len(rest) > 1 and rest[0] == "-m":
            yield from installed_by(rest[1:])
        elif rest[:1] == ["setup.py"] and {"install", "develop"} & set(rest):
            yield Installed(kind="path", value=".")
    elif program in {"sh", "bash", "ash", "/bin/sh"} and any(
        each in rest for each in ("-c", "-lc", "-ec", "-exc")
    ):
        for inner in commands_of(rest[-1]):
            yield from installed_by(inner)
    elif program == "uv" and "pip" in rest[:2]:
        yield from _by_pip(rest[rest.index("pip") + 1 :], {"install", "sync"})
    elif _PIP.fullmatch(program):
        yield from _by_pip(
            rest if program != "pip-sync" else ["sync", *rest], {"install", "wheel", "download", "sync"}
        )
    elif program in _SYSTEM:
        yield from _by_system(rest)
    elif program in {"conda", "mamba", "micromamba"}:
        yield from _by_conda(rest)
    else:
        yield from _by_others(program, rest)


def _without_prefix(words: Sequence[str]) -> list[str]:
    """Return *words* without what stands before a command, and `poetry run` before pip."""
    words = list(words)
    while words and _BEFORE.fullmatch(words[0]):
        words.pop(0)
    if words[1:2] == ["run"]:
        inner = [word for word in words[2:] if not word.startswith("-")]
        return inner if inner and _PIP.fullmatch(inner[0]) else words
    return words


def _by_pip(words: list[str], commands: set[str]) -> Iterator[Installed]:
    at = next((at for at, word in enumerate(words) if word in commands), None)
    if at is None:
        return
    yield Installed(kind="runs")
    names: list[str] = []
    plain = not any(_CHANGING.fullmatch(word.partition("=")[0]) for word in words[at + 1 :])
    for option, value in _options(words[at + 1 :]):
        if option in {"-r", "--requirement", "--requirements"}:
            yield Installed(kind="file", value=value)
        elif option in {"-e", "--editable"}:
            yield from _argument(value, names)
        elif not option and words[at] == "sync":
            yield Installed(kind="file", value=value)
        elif not option:
            yield from _argument(value, names)
    if names:
        yield _named(names, is_plain=plain)


def _named(names: list[str], *, is_plain: bool = True) -> Installed:
    plain = is_plain and len(names) <= _MOST_NAMES and all(map(_is_requirement, names))
    return Installed(kind="names", value=", ".join(names), names=tuple(names), is_plain=plain)


def _is_requirement(text: str) -> bool:
    """Return whether *text* names a distribution, and maybe versions of it; an address is another matter."""
    try:
        return len(text) <= _LONGEST and parse_dependency(text).url is None
    except ValueError:
        return False


def _options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the options in *words* with their values, and what is none without; no redirections."""
    left = iter(words)
    for each in left:
        word = re.sub(r"^-[qvUI]+(?=[re]$)", "-", each)  # as in `-Ur requirements.txt`
        option, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        if equals:
            yield option, value
        elif re.fullmatch(r"-r.+|-e.+", word):  # as in `-rrequirements.txt`
            yield word[:2], word[2:]
        elif word in {"-r", "-e", "--requirement", "--requirements", "--editable"} or _WITH_VALUE.fullmatch(
            word
        ):
            yield word, next(left, "")
        elif re.fullmatch(r"\d?>+|<", word):
            next(left, None)
        elif not re.match(r"\d?>|<|-", word):
            yield "", word


def _argument(word: str, names: list[str]) -> Iterator[Installed]:
    """Yield the path that *word* is, or put it among *names*."""
    bare = re.sub(r"\[[^\]]*\]$", "", word)
    is_path = bare.startswith((".", "/")) or bare.endswith((".whl", ".tar.gz"))
    is_path |= "/" in bare and "@" not in bare
    if is_path and "://" not in bare:
        yield Installed(kind="path", value=bare.removeprefix("file:"))
    elif word and not _TOOLS.fullmatch(re.split(r"[\[=<>~!@;\s]", word, maxsplit=1)[0].lower()):
        names.append(word)


def _by_system(words: list[str]) -> Iterator[Installed]:
    if not {"install", "add"} & set(words):
        return
    for word in words:
        if (found := _SYSTEM_PYTHON.fullmatch(word)) and word != "python-is-python3":
            minor = found[1] or found[2]
            yield Installed(kind="python", value=f"3.{int(minor)}" if minor else "")


def _by_conda(words: list[str]) -> Iterator[Installed]:
    yield Installed(kind="runs")
    file = _option(words, "-f", "--file")
    if file and {"create", "update", "install"} & set(words):
        yield Installed(kind="file", value=file)
    elif {"create", "install"} & set(words[:1]):
        yield from _elsewhere(words[1:])


def _by_others(program: str, words: list[str]) -> Iterator[Installed]:
    asked = _option(words, "--python", "-p") if program == "uv" else None
    if program in {"uv", "pyenv"} and "install" in words and ("python" in words or program == "pyenv"):
        asked = next((word for word in words if re.match(r"(?:cpython-)?3\.\d+", word)), asked)
    if asked and (version := re.search(r"3\.\d+(?:\.\d+)?", asked)):
        yield Installed(kind="python", value=version[0])
    if words[:1] == ["install"] and program == "pipx":
        yield from _elsewhere(words[1:])
    elif words[:2] == ["tool", "install"] and program == "uv":
        yield from _elsewhere(words[2:])
    command = next((word for word in words if word in _PROJECT_COMMANDS.get(program, ())), None)
    if command is None:
        if program == "uv" and words[:1] == ["add"]:
            yield _named([word for word in words[1:] if not word.startswith("-")], is_plain=False)
        return
    yield Installed(kind="runs")
    options = ("--project", "--directory", "-C", "-P") if program in {"uv", "poetry"} else ("--project", "-p")
    folder = _option(words, *options)
    names: list[str] = []
    if program == "pipenv" and command == "install":
        arguments = [word for word in words[words.index("install") + 1 :] if not word.startswith("-")]
        names = [word for word in arguments if word not in {".", folder}]
    if names:
        yield _named(names, is_plain=False)
    else:
        yield Installed(kind="project", value=folder or ".", tool=program)


def _elsewhere(words: list[str]) -> Iterator[Installed]:
    """Yield what *words* name, those after `conda install` or `pipx install`: it is not taken as pip does."""
    names: list[str] = []
    for option, value in _options(words):
        if not option and not _SYSTEM_PYTHON.fullmatch(value):
            yield from _argument(value, names)
    if names:
        yield _named(names, is_plain=False)


def _option(words: Sequence[str], *options: str) -> str | None:
    """Return the value of the first of *options* that is given: `--project x`, or `--project=x`."""
    for at, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in options:
            return value if equals else next(iter(words[at + 1 : at + 2]), None)
    return None
