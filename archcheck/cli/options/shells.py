"""The completion scripts of bash, zsh and fish, written from what the parsers say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BASH = """\
# bash completion for archcheck; where it has nothing to say, bash completes files.
_archcheck() {
    # bash splits words at colons, which targets have in them.
    local typed=() last=-1 word
    for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        if (( last > 0 )) && [[ $word == : || ${typed[last]} == *: ]]; then
            typed[last]+=$word
        else
            typed[++last]=$word
        fi
    done
    local current=${typed[last]} previous=${typed[last-1]} command=@DEFAULT@ words=
    (( last > 1 )) && case ${typed[1]} in
        @NAMES@) command=${typed[1]} ;;
    esac
    case $command:$previous:$current in
@CASES@
    esac
    (( last == 1 )) && [[ $current != -* ]] && words="@COMMANDS@"
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    if [[ $current != "${COMP_WORDS[COMP_CWORD]}" ]]; then
        COMPREPLY=("${COMPREPLY[@]#"${current%"${current##*:}"}"}")
    fi
}
complete -o default -F _archcheck archcheck
"""

_ZSH = """\
#compdef archcheck
_archcheck() {
    local command=@DEFAULT@
    local -a commands=(
@COMMANDS@
    )
    if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
        _describe command commands
        _files
        return
    fi
    case $words[2] in
        @NAMES@) command=$words[2]; shift words; (( CURRENT-- )) ;;
    esac
    case $command in
@CASES@
    esac
}
if [[ $funcstack[1] == _archcheck ]]; then _archcheck "$@"; else compdef _archcheck archcheck; fi
"""


class Word(Struct, frozen=True, kw_only=True):
    """What can stand on a command line: an option by its `names`, or without any the arguments themselves.

    `values` are what may follow an option, or what an argument may be; where there are none and `file` is
    set, it is a file. A flag takes no value.
    """

    names: tuple[str, ...] = ()
    help: str = ""
    flag: bool = False
    values: tuple[str, ...] = ()
    file: bool = False


class Command(Struct, frozen=True, kw_only=True):
    """One command of archcheck, as a shell has to know it."""

    name: str
    help: str
    words: tuple[Word, ...]

    @property
    def options(self) -> tuple[Word, ...]:
        """The words that begin with a dash."""
        return tuple(word for word in self.words if word.names)

    @property
    def values(self) -> tuple[str, ...]:
        """What the arguments may be, where that is known."""
        return tuple(value for word in self.words if not word.names for value in word.values)


def bash(commands: Sequence[Command]) -> str:
    """Return the script for bash."""
    names = [command.name for command in commands]
    cases = [f"        {case}" for command in commands for case in _bash_cases(command)]
    return _filled(_BASH, names, cases, " ".join(names))


def _bash_cases(command: Command) -> Iterator[str]:
    """Yield what completes after an option that takes a value, at a dash, and elsewhere."""
    after: dict[tuple[str, ...], list[str]] = {}
    for option in command.options:
        if not option.flag:
            after.setdefault(option.values, []).extend(option.names)
    for values, names in after.items():
        pattern = "|".join(f"{command.name}:{name}:*" for name in names)
        yield f'{pattern}) words="{" ".join(values)}" ;;'
    yield f'{command.name}:*:-*) words="{" ".join(option.names[-1] for option in command.options)}" ;;'
    if command.values:
        yield f'{command.name}:*) words="{" ".join(command.values)}" ;;'


def zsh(commands: Sequence[Command]) -> str:
    """Return the script for zsh; it works as an autoloaded function and as a sourced file."""
    names = [command.name for command in commands]
    cases = [line for command in commands for line in _zsh_case(command)]
    described = [f"        {_quoted(f'{command.name}:{command.help}')}" for command in commands]
    return _filled(_ZSH, names, cases, "\n".join(described))


def _zsh_case(command: Command) -> Iterator[str]:
    yield f"        {command.name}) _arguments -s -S : \\"
    for option in command.options:
        for name in option.names:
            yield f"            {_quoted(f'*{name}{_zsh_spec(option)}')} \\"
    rest = f"*:value:({' '.join(command.values)})" if command.values else "*:file:_files"
    yield f"            {_quoted(rest)} ;;"


def _zsh_spec(option: Word) -> str:
    described = "".join(f"\\{sign}" if sign in "[]:\\" else sign for sign in option.help)
    if option.flag:
        return f"[{described}]"
    values = (
        f"({' '.join(option.values)})".replace(":", "\\:")
        if option.values
        else "_files"
        if option.file
        else " "
    )
    return f"[{described}]:value:{values}"


def fish(commands: Sequence[Command]) -> str:
    """Return the script for fish."""
    lines = ["# fish completion for archcheck"]
    others = " ".join(command.name for command in commands[1:])
    lines += [
        f"complete -c archcheck -n __fish_use_subcommand -a {command.name} -d {_quoted(command.help)}"
        for command in commands
    ]
    for number, command in enumerate(commands):
        seen = f"__fish_seen_subcommand_from {command.name if number else others}"
        condition = f"complete -c archcheck -n {_quoted(seen if number else f'not {seen}')}"
        lines += [f"{condition} {_fish_option(option)}" for option in command.options]
        if command.values:
            lines.append(f"{condition} -f -a {_quoted(' '.join(command.values))}")
    return "\n".join([*lines, ""])


def _fish_option(option: Word) -> str:
    names = [f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names]
    if option.values:
        names.append(f"-x -a {_quoted(' '.join(option.values))}")
    elif not option.flag:
        names.append("-r -F" if option.file else "-x")
    return f"{' '.join(names)} -d {_quoted(option.help)}"


def _filled(template: str, names: Sequence[str], cases: Sequence[str], commands: str) -> str:
    found = {"@DEFAULT@": names[0], "@NAMES@": "|".join(names), "@CASES@": "\n".join(cases)}
    for sign, text in (found | {"@COMMANDS@": commands}).items():
        template = template.replace(sign, text)
    return template


def _quoted(text: str) -> str:
    """Return *text* as one word of a shell; all three end a quotation to put a quotation mark."""
    return "'" + text.replace("'", "'\\''") + "'"
