"""YAML as a tree of nodes with their lines: no values are made of them, so that an alias costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

import yaml

from archcheck.inputs.parsing.messages import escaped, failure
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from collections.abc import Iterator

_FAST: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlNodes:
    """One walk over the YAML file at *path*, which is *expected* to be something, over *most* items of lists.

    Every error is an InputError with the line.
    """

    def __init__(self, path: str, *, expected: str, most: int) -> None:
        self._path = path
        self._expected = expected
        self._most = most
        self._count = 0

    def at(self, line: int) -> Location:
        """Return the place of *line*."""
        return Location(path=self._path, line=line)

    def root(self, text: str, *, fast: bool = False) -> yaml.Node:
        """Return the document *text*; *fast* is libyaml's parser, whose messages say less."""
        loader: Any = _FAST if fast else yaml.SafeLoader
        try:
            root = yaml.compose(text, Loader=loader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 0
            message = f"not YAML: {escaped(error.problem or '')[:200]}; expected {self._expected}"
            raise failure(self.at(line), message) from None
        except (yaml.YAMLError, ValueError, RecursionError):
            raise failure(self.at(0), f"not YAML; expected {self._expected}") from None
        if root is None:
            raise failure(self.at(0), f"it is empty; expected {self._expected}")
        return root

    def items(self, node: yaml.Node | None, key: str) -> Iterator[yaml.Node]:
        """Yield what is in the list *node* under *key*; nothing where there is none."""
        if node is None or (isinstance(node, yaml.ScalarNode) and not node.value):
            return
        if not isinstance(node, yaml.SequenceNode):
            self.refuse(f"{key}: expected a list", node)
        for item in node.value:
            self._count += 1
            if self._count > self._most:
                self.refuse(f"{key}: expected at most {self._most:,} packages", node)
            yield item

    def pairs(self, node: yaml.Node, key: str) -> Iterator[tuple[str, yaml.Node]]:
        """Yield the keys and values of *node*."""
        if not isinstance(node, yaml.MappingNode):
            self.refuse(f"{key}: expected keys with values", node)
        for name, value in node.value:
            if name.tag == "tag:yaml.org,2002:merge":
                self.refuse(f"{key}: '<<' is not followed; expected keys with values", name)
            yield str(name.value), value

    def scalar(self, node: yaml.Node, key: str, expected: str) -> yaml.ScalarNode:
        """Return *node*, which has to be a text."""
        if not isinstance(node, yaml.ScalarNode):
            self.refuse(f"{key}: expected {expected}", node)
        return node

    def refuse(self, message: str, node: yaml.Node) -> NoReturn:
        """Raise InputError for *node*."""
        raise failure(self.at(node.start_mark.line + 1), message)
