"""The scripts that a build by setuptools runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from archcheck.inspect.sdists.reachable import Stop
    from archcheck.setup_script import SetupScript


class Scripts(Struct, frozen=True, kw_only=True):
    """The scripts that a build runs, by file name, as far as they run on the machine; setup.py is first."""

    by_name: tuple[tuple[str, SetupScript], ...] = ()
    stops: tuple[Stop, ...] = ()

    def calls(self) -> Iterator[tuple[str, str, ast.Call]]:
        """Yield every call with the file that has it and the name that is called."""
        for file, script in self.by_name:
            for name, calls in script.calls.items():
                for call in calls:
                    yield file, name, call


NO_SCRIPTS = Scripts()
