"""What the SAM CLI gives to the parameters of a template: `parameter_overrides` of `samconfig.toml`."""

from __future__ import annotations

import posixpath
import re
import shlex
from typing import TYPE_CHECKING, Any, Final

from archcheck.deployables.tree import folder_of
from archcheck.toml import parse_toml

if TYPE_CHECKING:
    from archcheck.deployables.tree import Tree

FILE: Final = "samconfig.toml"
_MOST: Final = 2**18
_TEMPLATES: Final = frozenset({"template.yaml", "template.yml", "template.json"})
"""What the SAM CLI takes where no other template is named."""
_COMMANDS: Final = ("global", "deploy")
_PAIR = re.compile(r"ParameterKey=([A-Za-z0-9]+),ParameterValue=(.*)", re.DOTALL)


def overrides_for(path: str, tree: Tree) -> dict[str, str]:
    """Return what `sam deploy` gives to parameters of the template at *path*, by their names.

    That is what the environment `default` of the file beside it says; nothing where that is of another one.
    """
    beside = posixpath.join(folder_of(path), FILE) if folder_of(path) != "." else FILE
    try:
        document = parse_toml(tree.read(beside)[:_MOST].decode()) if tree.is_file(beside) else {}
    except (OSError, ValueError):
        return {}
    found: dict[str, str] = {}
    template = None
    for command in _COMMANDS:
        parameters = _table(_table(_table(document.get("default")).get(command)).get("parameters"))
        template = parameters.get("template_file", parameters.get("template", template))
        found |= _pairs(parameters.get("parameter_overrides"))
    name = posixpath.basename(path)
    is_named = posixpath.normpath(template) == name if isinstance(template, str) else name in _TEMPLATES
    return found if is_named else {}


def _pairs(stated: Any) -> dict[str, str]:
    """Return the pairs in *stated*: `A=1 B='2 3'`, or a list of such, or a table."""
    if isinstance(stated, dict):
        return {name: str(value) for name, value in stated.items() if isinstance(value, str | int)}
    texts = stated if isinstance(stated, list) else [stated]
    found = {}
    for text in texts:
        for word in _words(text) if isinstance(text, str) else ():
            long = _PAIR.fullmatch(word)
            name, equals, value = (long[1], "=", long[2]) if long else word.partition("=")
            if equals and name:
                found[name] = value
    return found


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text[:10_000])
    except ValueError:  # a quote that is not closed
        return []


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
