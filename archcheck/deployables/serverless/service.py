"""One serverless.yml: its fields, with their variables filled in, and where each stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from archcheck.deployables.serverless.variables import Unknown, Variables
from archcheck.deployables.tree import folder_of
from archcheck.deployables.yaml_documents import Table
from archcheck.manifest.manifest import Location

if TYPE_CHECKING:
    from archcheck.deployables.tree import Tree


MAX_PLUGINS: Final = 500


class Field(Struct, frozen=True, kw_only=True):
    """The value of one key and its place; `value` is None where it has none, or `unknown` says why not."""

    value: Any = None
    location: Location
    when: str | None = None
    unknown: str | None = None


class Service:
    """One serverless.yml, with its variables."""

    def __init__(self, document: Table, path: str, tree: Tree) -> None:
        self.path = path
        self.folder = folder_of(path)
        self.tree = tree
        self._document = document
        self._variables = Variables(document, path, tree)
        self.provider = self._provider()
        self.plugins = self._plugins()

    def top(self, *keys: str) -> Field:
        """Return what *keys* lead to from the top of the document."""
        found = Field(value=self._document, location=Location(path=self.path))
        for key in keys:
            if not isinstance(found.value, Table):
                return Field(location=found.location, unknown=found.unknown)
            found = self.field(found.value, key)
        return found

    def field(self, table: Table, key: str) -> Field:
        """Return the value of *key* in *table*."""
        location = Location(path=self._variables.path_of(table), line=table.line_of(key))
        return self.filled(table.get(key), location)

    def filled(self, value: Any, location: Location) -> Field:
        """Return *value*, which stands at *location*, with its variables filled in."""
        found = self._variables.filled(value)
        if isinstance(found, Unknown):
            return Field(location=location, unknown=found.reason)
        return Field(value=found.value, location=location, when=found.when)

    def table(self, *keys: str) -> Table:
        """Return the mapping that *keys* lead to from the top; an empty one where there is none."""
        found = self.top(*keys).value
        return found if isinstance(found, Table) else Table()

    def _plugins(self) -> frozenset[str]:
        """Return the names of the plugins; `plugins: {modules: […]}` is their old form."""
        found = self.top("plugins")
        listed = self.field(found.value, "modules").value if isinstance(found.value, Table) else found.value
        names = listed[:MAX_PLUGINS] if isinstance(listed, list) else []
        filled = (self.filled(each, found.location).value for each in names)
        return frozenset(name for name in filled if isinstance(name, str))

    def _provider(self) -> Table:
        found = self.top("provider")
        if isinstance(found.value, str):  # `provider: aws`
            provider = Table(found.location.line)
            provider["name"] = found.value
            self._variables.add(provider, self.path)
            return provider
        return found.value if isinstance(found.value, Table) else Table()
