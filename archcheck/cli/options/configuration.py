"""What is asked for without being typed: a flag outranks the environment, and that the settings file."""

from __future__ import annotations

import argparse
import os
from errno import EINVAL, EISDIR
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from archcheck.errors import SettingsError, UsageError
from archcheck.report import RENDERERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from archcheck.app.request import Request
    from archcheck.cli.console import Console
    from archcheck.cli.options.arguments import Parser
    from archcheck.files import Files
    from archcheck.settings.file import Settings
    from archcheck.settings.keys import Value

_MAX_BYTES = 4 * 2**20
# A month's use is said in either of two ways, and so are prices: where one is said, the other of a lower rank
# is not meant.
_RIVALS: Final = (
    (frozenset({"gb_seconds"}), frozenset({"memory", "duration_ms", "invocations"})),
    (frozenset({"region"}), frozenset({"price_x86", "price_arm"})),
)
# What is switched on by one option and off by another.
_OPPOSITES: Final = {"no_inspect": "inspect"}


class _Layer(NamedTuple):
    """What one source says, by option, and what it calls each of them."""

    options: Mapping[str, Value]
    labels: Mapping[str, str]


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which settings file counts."""
    group = parser.add_argument_group("settings (docs/settings.md)")
    group.add_argument(
        "--config",
        metavar="FILE",
        help="read the settings in FILE (default: archcheck.toml, or [tool.archcheck] in pyproject.toml, in "
        "the input's folder or above it up to the repository's root)",
    )
    group.add_argument("--no-config", action="store_true", help="read no settings file")


def configure(
    parser: Parser,
    parsed: argparse.Namespace,
    console: Console,
    *,
    commit: str | None = None,
    again: bool = False,
    read: dict[Path, Settings | None] | None = None,
) -> Settings | None:
    """Fill into *parsed* what the environment and the settings file say; return what the file says.

    Variables that set nothing are said, but not *again*, for another input of the same run.
    A file that is not named is looked for in the git *commit*, where there is one, and not in the work tree.
    What *read* has of files is not read again, and what is read is put there.
    Raises SettingsError for settings that cannot be read or meant.
    """
    from archcheck.settings.keys import NAMES, VARIABLES  # noqa: PLC0415
    from archcheck.settings.variables import from_environment, misspelt  # noqa: PLC0415 - not for --help

    for sentence in () if again else misspelt(console.environ):
        console.say(f"archcheck: {sentence}")
    settings = _settings(parsed, console, commit, {} if read is None else read)
    said = from_environment(console.environ)
    layers = [_Layer(options=said, labels={key.option: key.variable for key in VARIABLES})]
    if settings is not None:
        labels = {option: f"{settings.path}: {name}" for option, name in NAMES.items()}
        layers.append(_Layer(options=settings.options, labels=labels))
    named = bool(getattr(parsed, "target", None))
    _fill(parser, parsed, layers)
    if settings is not None and not named and parsed.target == settings.options.get("target"):
        parsed.target_from = settings.path
    return settings


def unsettled(parsed: argparse.Namespace) -> argparse.Namespace:
    """Return a copy of what was typed, before any settings are filled in."""
    return argparse.Namespace(
        **{name: list(value) if isinstance(value, list) else value for name, value in vars(parsed).items()}
    )


def decided(request: Request, parsed: argparse.Namespace, settings: Settings | None) -> Request:
    """Return *request* with what is ignored and assumed, on the command line and in the *settings*."""
    typed = getattr(parsed, "ignore", [])  # `why` has no use for it
    if settings is None and not typed:
        return request
    from msgspec.structs import replace  # noqa: PLC0415 - not for --help, as what follows

    from archcheck.policy import Policy  # noqa: PLC0415
    from archcheck.settings.ignores import parse_ignore  # noqa: PLC0415

    ignores = tuple(parse_ignore(text) for text in dict.fromkeys(typed))
    if settings is None:
        return replace(request, policy=Policy(ignores=ignores))
    policy = replace(settings.policy, ignores=(*ignores, *settings.policy.ignores))
    notes = (f"settings of {settings.path}: {', '.join(settings.said)}",) if settings.said else ()
    return replace(request, policy=policy, notes=notes)


def _fill(parser: Parser, parsed: argparse.Namespace, layers: Sequence[_Layer]) -> None:
    settled = {option for option, value in vars(parsed).items() if value not in (None, False, [])}
    for layer in layers:
        meant = [
            option
            for option in layer.options
            if option in vars(parsed) and option not in settled and not _outranked(option, settled)
        ]
        for option in meant:
            value = parser.converted(option, layer.options[option], layer.labels[option])
            setattr(parsed, option, value)
        settled.update(meant)


def _outranked(option: str, settled: set[str]) -> bool:
    return _OPPOSITES.get(option) in settled or any(
        option in one and not settled.isdisjoint(other)
        for pair in _RIVALS
        for one, other in (pair, pair[::-1])
    )


def _settings(
    parsed: argparse.Namespace, console: Console, commit: str | None, known: dict[Path, Settings | None]
) -> Settings | None:
    """Return what the settings file says that is named, or else found; None where there is none."""
    if parsed.config and parsed.no_config:
        raise UsageError("--config and --no-config exclude each other")
    # The variable is a job's own, and what it names may be a stranger's.
    named = parsed.config or (console.environ.get("ARCHCHECK_CONFIG") if commit is None else None)
    if parsed.no_config:
        return None
    cwd = Path.cwd()
    if named:
        settings = _read(console.disk, cwd / named, named)
        if settings is None:
            raise SettingsError(f"{named}: expected a table [tool.archcheck]")
        return _from_folder(settings, Path(named).parent)
    files = console.disk if commit is None else _committed(cwd, commit)
    folder = _folder(getattr(parsed, "path", []), cwd, files)
    for file in _candidates(folder, _root(folder, console.disk), files):
        path = _spelled(file, cwd)
        if file not in known:
            known[file] = _found(files, file, path) if commit is None else _read(files, file, path)
        settings = known[file]
        if settings is not None:
            settings = settings if commit is None else _without_local(settings, commit)
            return _from_folder(settings, Path(path).parent)
    return None


def _committed(cwd: Path, commit: str) -> Files:
    from archcheck.app.trust_scope import committed  # noqa: PLC0415 - resolution's part, where a commit is read

    return committed(str(cwd), commit)


def _folder(paths: Sequence[str], cwd: Path, files: Files) -> Path:
    """Return the deepest folder that holds all the inputs; what is no file there is in the current one."""
    wanted = [Path(os.path.normpath(cwd / path)) for path in paths if path != "-"]
    places = [place for place in wanted if files.is_folder(str(place)) or files.is_file(str(place))]
    folders = [place if files.is_folder(str(place)) else place.parent for place in places]
    try:
        return Path(os.path.commonpath(folders)) if folders else cwd
    except ValueError:  # on different drives
        return cwd


def _candidates(folder: Path, root: Path, files: Files) -> Iterator[Path]:
    """Yield the files that may hold settings, nearest first, from *folder* up to *root*."""
    from archcheck.settings.keys import OWN, PYPROJECT  # noqa: PLC0415

    above = (folder, *folder.parents)
    for each in above[: above.index(root) + 1]:
        for name in (OWN, PYPROJECT):
            if files.is_file(str(each / name)):
                yield each / name


def _root(folder: Path, disk: Files) -> Path:
    """Return the root of the repository around *folder*, or *folder* itself.

    Above a repository, or in a shared folder such as /tmp, settings may be anybody's.
    """
    return next((each for each in (folder, *folder.parents) if _is_repository(each, disk)), folder)


def _is_repository(folder: Path, disk: Files) -> bool:
    inner = str(folder / ".git")
    return disk.is_folder(inner) or disk.is_file(inner)  # a file in a linked work tree


def _spelled(file: Path, cwd: Path) -> str:
    try:
        return os.path.relpath(file, cwd)
    except ValueError:  # on another drive
        return str(file)


def _found(files: Files, file: Path, path: str) -> Settings | None:
    """Return what a file says that nobody named: of what a link leads to outside nothing is quoted."""
    try:
        return _read(files, file, path)
    except SettingsError:
        from archcheck.inputs.access.confined import Checkout  # noqa: PLC0415 - where something is wrong
        from archcheck.inputs.quoting import unquoted  # noqa: PLC0415

        project = Checkout(str(file.parent))
        if project.leads_inside(str(file)):
            raise
        raise SettingsError(f"{path}: {unquoted(project)}") from None


def _read(files: Files, file: Path, path: str) -> Settings | None:
    from archcheck.settings.file import read_settings  # noqa: PLC0415 - where there is a file

    return read_settings(_text(files, file, path), path)


def _text(files: Files, file: Path, path: str) -> str:
    try:
        data = files.read(str(file))
        if len(data) > _MAX_BYTES:
            raise SettingsError(f"{path}: larger than {_MAX_BYTES:,} bytes; expected archcheck's settings")
        return data.decode()
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: not text in UTF-8; expected archcheck's settings") from None
    except (OSError, ValueError) as error:
        if getattr(error, "errno", None) in {EISDIR, EINVAL}:
            raise SettingsError(f"{path}: not a regular file; expected archcheck's settings") from None
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise SettingsError(f"{path}: cannot be read: {reason}") from None


def _without_local(settings: Settings, commit: str) -> Settings:
    """Return the *settings* of a commit without what leads into the work tree, which is of another commit.

    A page there may be a stranger's, and lead anywhere.
    """
    from msgspec.structs import replace  # noqa: PLC0415

    from archcheck.index.http.addresses import is_remote  # noqa: PLC0415
    from archcheck.settings.keys import NAMES  # noqa: PLC0415

    places = {"index_url", "extra_index_url", "find_links", "output"} & settings.options.keys()
    options = {option: value for option, value in settings.options.items() if option not in places}
    for option in places - {"output"}:
        value = settings.options[option]
        if isinstance(value, list):
            options[option] = [each for each in value if is_remote(each)]
        elif is_remote(str(value)):
            options[option] = value
    changed = {NAMES[option] for option in places if options.get(option) != settings.options[option]}
    said = tuple(f"{key} (but nothing local)" if key in changed else key for key in settings.said)
    return replace(settings, path=f"{settings.path} in {commit}", options=options, said=said)


def _from_folder(settings: Settings, folder: Path) -> Settings:
    """Return *settings* with the files that they name as seen from here, and not from their own *folder*."""
    from msgspec.structs import replace  # noqa: PLC0415

    from archcheck.settings.keys import PATHS  # noqa: PLC0415

    options = {
        option: [_moved(each, folder, settings.path, output=option == "output") for each in value]
        if option in PATHS and isinstance(value, list)
        else value
        for option, value in settings.options.items()
    }
    return replace(settings, options=options)


def _moved(text: str, folder: Path, path: str, *, output: bool) -> str:
    if not output:
        return text if "://" in text else str(folder / text)
    name, equals, file = text.partition("=")
    if name not in RENDERERS:
        name, equals, file = "", "", text
    place = folder / file
    if not place.parent.resolve().is_relative_to(folder.resolve()):  # through a symbolic link
        raise SettingsError(f"{path}: outputs: {text} leads out of the folder of {path}")
    return f"{name}{equals}{place}"
