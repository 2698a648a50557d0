"""How much one `check` audits: an input, several with the settings nearest to each, or a whole repository."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from archcheck.cli.options.arguments import request_of
from archcheck.cli.options.configuration import configure, decided, unsettled
from archcheck.cli.options.repeated import repeated
from archcheck.cli.options.trust import distrust, reaching
from archcheck.cli.options.workload import workload_of
from archcheck.files import STDIN, absolute

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from archcheck.app.perform import Watch
    from archcheck.app.repositories.planning import Plan
    from archcheck.app.request import Request
    from archcheck.app.shares import Share
    from archcheck.cli.console import Console
    from archcheck.cli.options.arguments import Parser
    from archcheck.model import Report, Severity
    from archcheck.settings.file import Settings


class Scope:
    """What the command line asks for; *typed* is what stands on it, before any settings.

    A command without options about trust looks for *remedies* or not, as it says.
    """

    def __init__(
        self,
        command: Parser,
        typed: argparse.Namespace,
        console: Console,
        known: dict[str, Severity] | None,
        *,
        remedies: bool = True,
    ) -> None:
        self._command = command
        self._typed = typed
        self._console = console
        self._known = known
        self._remedies = remedies
        self._reaches = "untrusted" in vars(typed)
        self._read: dict[Path, Settings | None] = {}
        self.request_for = cache(self._request_for)

    def request(self, parsed: argparse.Namespace, settings: Settings | None) -> Request:
        """Return the request that *parsed* comes to, with its *settings* filled in."""
        from msgspec.structs import replace  # noqa: PLC0415 - `--help` and usage errors come first

        asked = decided(request_of(parsed, self._console, parsed.path), parsed, settings)
        asked = replace(asked, options=repeated(self._typed))
        if not self._reaches:  # `fix` changes what is there, and `why` looks: neither says anything of money
            return replace(asked, remedies=self._remedies)
        return reaching(replace(asked, workload=workload_of(parsed), known=self._known), parsed)

    def _request_for(self, path: str) -> Request:
        """Return the request for the one input at *path*, with the settings nearest to it."""
        parsed = unsettled(self._typed)
        parsed.path = [path]
        parsed.environment = []
        commit = distrust(parsed) if self._reaches else None
        settings = configure(self._command, parsed, self._console, commit=commit, again=True, read=self._read)
        return self.request(parsed, settings)

    def perform(self, request: Request, watch: Watch | None, share: Share | None = None) -> Report:
        """Return the report on what *request*, with the settings of the whole run, names, or a *share*."""
        folder = self.repository(request)
        if folder is not None:
            from archcheck.app.repositories.perform import perform_repository  # noqa: PLC0415 - where there is one

            return perform_repository(request, folder, self.request_for, watch, share)
        requests = self._requests(request, apart=share is not None)
        if requests is None:
            from archcheck.app.perform import perform  # noqa: PLC0415 - as above

            return perform(request, watch)
        from archcheck.app.several import perform_all  # noqa: PLC0415 - as above

        return perform_all(requests, watch, share)

    def plan(self, request: Request, share: Share | None = None) -> Plan:
        """Return what `perform` would audit."""
        from archcheck.app.repositories.planning import plan_inputs, plan_repository  # noqa: PLC0415 - as above

        folder = self.repository(request)
        if folder is not None:
            return plan_repository(request, folder, self.request_for, share)
        return plan_inputs(self._requests(request, apart=share is not None) or [request], share)

    def _requests(self, request: Request, *, apart: bool) -> list[Request] | None:
        """Return the request for each of several inputs; None for one, which has the settings of the run.

        Of what falls to shares each stands *apart*, one or not.
        """
        if not apart and (len(request.paths) < 2 or self._typed.config):  # noqa: PLR2004 - as above
            return None
        from msgspec.structs import replace  # noqa: PLC0415 - as above

        from archcheck.app.trust_scope import files_of  # noqa: PLC0415 - as above
        from archcheck.inputs.typed import divided  # noqa: PLC0415 - as above

        whole: tuple[tuple[str, ...], tuple[str, ...]] = (request.paths, ())
        places, requirements = (
            divided(request.paths, files_of(request), request.cwd) if request.kind is None else whole
        )
        rest = [replace(request, paths=requirements)] if requirements or request.environments else []
        return [*map(self.request_for, places), *rest]

    def repository(self, request: Request) -> str | None:
        """Return the folder that is audited as a repository; None where an input is.

        That is one folder, alone, where `--recursive` says so, where nothing in it is an input, or where
        something in it says how it is deployed.
        """
        typed = self._typed
        if len(request.paths) != 1 or request.environments or request.kind or request.paths[0] == STDIN:
            return None
        (path,) = request.paths
        place = absolute(request.cwd, path)
        from archcheck.app.trust_scope import files_of  # noqa: PLC0415 - as above

        files = files_of(request)
        if not files.is_folder(place):
            return None
        return path if getattr(typed, "recursive", False) or _is_deployed(place, request) else None


def _is_deployed(place: str, request: Request) -> bool:
    """Return whether the folder *place* is no project itself, or says how it is deployed."""
    from archcheck.app.repositories.perform import tree_of  # noqa: PLC0415 - as above
    from archcheck.app.trust_scope import files_of  # noqa: PLC0415 - as above
    from archcheck.deployables.joined import has_lost, is_deployed  # noqa: PLC0415 - as above
    from archcheck.inputs.discovery import found_in  # noqa: PLC0415 - as above

    files = files_of(request)
    found = found_in(".", files=files, cwd=place)
    if found is None and any(
        not name.startswith(".") and files.is_folder(f"{place}/{name}") for name in files.entries(place)
    ):
        return True
    if found is not None and found.kind is not None:  # what is built already
        return False
    tree, start = tree_of(request, place)
    return is_deployed(tree, start) or has_lost(tree, start)
