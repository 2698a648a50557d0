"""The change that puts a function of Terraform on arm64: `architectures = ["arm64"]` in its block. No I/O."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from archcheck.data.layers import layer_in
from archcheck.deployables.changes.layer_names import to_see_to, twins
from archcheck.deployables.changes.lines import Change, LineChange, NotChanged, are_apart, changed, lines_of
from archcheck.deployables.terraform.language.files import read_blocks
from archcheck.deployables.terraform.language.syntax import ListOf, Literal
from archcheck.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from archcheck.deployables.model import Deployable, Layer
    from archcheck.deployables.terraform.language.syntax import Attribute, Block

_NAME: Final = "architectures"
_LAYERS: Final = "layers"
_VALUE: Final = '["arm64"]'
_BESIDE: Final = ("runtime", "handler", "package_type", "function_name", "source")
"""Behind which of its attributes it goes: the first of these that the block has, else its first one."""
_LAYER = re.compile(r":layer:([A-Za-z0-9_-]+)(?![A-Za-z0-9_{$-])")
_LINE = re.compile(r"([ \t]*)([\w-]+)([ \t]*)=")


def declare_arm64(text: str, line: int) -> tuple[LineChange, ...] | NotChanged:
    """Return the change to *text*, a `.tf` file, after which the function at *line* runs on arm64.

    *line* is the first of its block: a resource `aws_lambda_function`, or a module that makes one. Nothing is
    to be changed where it says so already; where a variable decides, the reason says which.
    """
    block = _block(text, line)
    if isinstance(block, NotChanged):
        return block
    attribute = block.attribute(_NAME)
    if attribute is None:
        found = _inserted(text, block)
    elif _is_arm64(attribute):
        return ()
    else:
        found = _replaced(text, attribute)
    if isinstance(found, NotChanged):
        return found
    after = _block(changed(text, [found]), line)
    if isinstance(after, NotChanged) or _others(after) != _others(block) or not _declares(after):
        return NotChanged(reason=f"{_NAME} could not be put into the block; write {_NAME} = {_VALUE} by hand")
    return (found,)


def to_arm64(text: str, deployable: Deployable) -> Change | NotChanged:
    """Return what puts *deployable* of *text* on arm64, with the layers that have another name there."""
    line, names = deployable.location.line, twins(deployable)
    layers = _with_layers(text, line, names) if isinstance(names, dict) else names
    if isinstance(layers, NotChanged):
        return _with_architectures(layers) if isinstance(names, dict) else layers
    made = declare_arm64(changed(text, layers), line)  # which may align the lines of the layers
    if isinstance(made, NotChanged):
        return made
    apart = (each for each in layers if are_apart((each, *made)))
    return Change(lines=(*made, *apart), by_hand=to_see_to(deployable))


def layers_to_arm64(text: str, deployable: Deployable) -> Change | NotChanged:
    """Return what gives *deployable*, which says arm64, the layers for it that have another name there."""
    names = twins(deployable)
    layers = _with_layers(text, deployable.location.line, names) if isinstance(names, dict) else names
    return layers if isinstance(layers, NotChanged) else Change(lines=layers)


def layers_beside(text: str, deployable: Deployable, variable: str) -> Change | NotChanged:
    """Return what changes besides the default of *variable*, by which *deployable* moves: its layers.

    Those that hang on the variable as well change with it.
    """
    lines, named = lines_of(text), f"var.{variable}"

    def hangs(layer: Layer) -> bool:
        known, at = layer_in(layer.arn or ""), layer.location
        beside = at.path == deployable.location.path and 0 < at.line <= len(lines)
        line = lines[at.line - 1] if beside else ""
        return named in (layer.when or "") or (
            f"${{{named}}}" in line and known is not None and known.name not in line
        )

    own = tuple(each for each in deployable.layers if not hangs(each))
    made = layers_to_arm64(text, replace(deployable, layers=own))
    return made if isinstance(made, NotChanged) else replace(made, by_hand=to_see_to(deployable))


def _with_layers(text: str, line: int, names: Mapping[str, str]) -> tuple[LineChange, ...] | NotChanged:
    """Return the changes of the block at *line* whose layers are called by *names* for arm64."""
    block = _block(text, line)
    attribute = None if isinstance(block, NotChanged) else block.attribute(_LAYERS)
    lines, left, found = lines_of(text), dict(names), []
    for number in range(attribute.line, attribute.last + 1) if attribute is not None else ():
        new = _LAYER.sub(lambda each: f":layer:{names.get(each[1], each[1])}", lines[number - 1])
        if new != lines[number - 1]:
            found.append(LineChange(first=number, last=number, new=new))
        for each in _LAYER.findall(lines[number - 1]):
            left.pop(each, None)
    if left:
        old, twin = next(iter(left.items()))
        reason = f"the layer {old} is named elsewhere; take {twin} there"
        return NotChanged(reason=reason)
    return tuple(found)


def _with_architectures(layers: NotChanged) -> NotChanged:
    return NotChanged(reason=f"{layers.reason}, and {_NAME} = {_VALUE} with it")


def _block(text: str, line: int) -> Block | NotChanged:
    try:
        blocks = read_blocks(text.encode(), "")
    except (InputError, UnicodeEncodeError) as error:
        return NotChanged(reason=error.message if isinstance(error, InputError) else "not text in UTF-8")
    for each in blocks:
        if each.line == line and (each.kind == "module" or each.labels[:1] == ("aws_lambda_function",)):
            return each
    return NotChanged(reason="no function and no module begins on that line")


def _declares(block: Block) -> bool:
    attribute = block.attribute(_NAME)
    return attribute is not None and _is_arm64(attribute)


def _others(block: Block) -> list[tuple[str, str]]:
    """Return what else the block says: a change of lines may change nothing of it."""
    return [(each.name, each.expression.words) for each in block.attributes if each.name != _NAME]


def _is_arm64(attribute: Attribute) -> bool:
    match attribute.expression:
        case ListOf(items=(Literal(value="arm64"),)):
            return True
    return False


def _replaced(text: str, attribute: Attribute) -> LineChange | NotChanged:
    match attribute.expression:
        case ListOf(items=items) if all(isinstance(each, Literal) for each in items):
            pass
        case Literal(value=None):
            pass
        case expression:
            return NotChanged(reason=f"{expression.words[:120]} decides; change what that is given")
    lines = lines_of(text)
    begun = _LINE.match(lines[attribute.line - 1])
    rest = re.search(r"(?:\]|null)([ \t]*(?:(?:#|//).*)?)(\r?\n)?\Z", lines[attribute.last - 1])
    if begun is None or rest is None:
        return NotChanged(reason=f"{_NAME} shares its lines with others; change it by hand")
    new = f"{begun[0]} {_VALUE}{rest[1]}{rest[2] or ''}"
    return LineChange(first=attribute.line, last=attribute.last, new=new)


def _inserted(text: str, block: Block) -> LineChange | NotChanged:
    lines = lines_of(text)
    if block.line == block.last:
        return NotChanged(reason="the whole block stands on one line; put the attribute in by hand")
    beside = next(filter(None, map(block.attribute, _BESIDE)), None)
    beside = beside or next(iter(block.attributes), None)
    begun = _LINE.match(lines[beside.line - 1]) if beside else None
    end = "\r\n" if lines[block.line - 1].endswith("\r\n") else "\n"
    if beside is None or begun is None:
        line = lines[block.line - 1]
        indent = line[: len(line) - len(line.lstrip())] + "  "
        return LineChange(first=block.last, last=block.last - 1, new=f"{indent}{_NAME} = {_VALUE}{end}")
    width = len(begun[2]) + len(begun[3]) - 1  # up to the blank before `=`
    new = f"{begun[1]}{_NAME.ljust(width)} = {_VALUE}{end}"
    if width < len(_NAME) and beside.line == beside.last:
        return _realigned(lines, block, beside, new)
    return LineChange(first=beside.last + 1, last=beside.last, new=new)


def _realigned(lines: list[str], block: Block, beside: Attribute, new: str) -> LineChange:
    """Return *new* behind *beside*, the attributes on the lines around both aligned as terraform fmt does."""
    alone = {each.line for each in block.attributes if each.line == each.last}
    first = last = beside.line
    while first - 1 in alone:
        first -= 1
    while last + 1 in alone:
        last += 1
    around = [_LINE.sub(_aligned, line, count=1) for line in lines[first - 1 : last]]
    around.insert(beside.line - first + 1, new)
    return LineChange(first=first, last=last, new="".join(around))


def _aligned(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2].ljust(len(_NAME))} ="
