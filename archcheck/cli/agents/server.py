"""The server: what a client of the Model Context Protocol asks, one call at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import anyio
import anyio.from_thread
import anyio.to_thread
from mcp import MCPError
from mcp.server.lowlevel.server import Server
from mcp.server.stdio import stdio_server
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListRootsRequest,
    ListRootsResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)

from archcheck._version import __version__
from archcheck.cli.agents import tools
from archcheck.cli.agents.answers import Answer, answer
from archcheck.cli.agents.folders import folders_of, working_folder
from archcheck.cli.shortage import in_words
from archcheck.errors import UsageError
from archcheck.index.http.addresses import without_passwords
from archcheck.report.layout import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mcp.server.context import ServerRequestContext

    from archcheck.app.perform import Step, Watch
    from archcheck.index.client import IndexClient

_PATIENCE: Final = 10.0
"""Seconds that a client may take to name its roots."""
_INSTRUCTIONS: Final = (
    "archcheck tells whether a Python project's dependencies install on arm64 (aarch64) as they do on "
    "x86_64. Begin with audit; why says who brings a package in, plan what to change, explain what a rule "
    "means. Every answer's structured content is the JSON of the command line. What could not be determined "
    "is unknown, never ready."
)


def serve(folders: Sequence[str], environ: Mapping[str, str]) -> None:
    """Answer on stdin and stdout until the client is gone; inputs are in *folders*, or the client's own."""
    anyio.run(_Answering(folders, environ).serve)


class _Answering:
    """A server for the inputs in *named* folders; with none, in the client's roots or the current folder."""

    def __init__(self, named: Sequence[str], environ: Mapping[str, str]) -> None:
        self._named = tuple(named)
        self._environ = environ
        self._turn = anyio.Lock()
        self._tools = {tool.name: tool for tool in tools.TOOLS}

    async def serve(self) -> None:
        server: Server[dict[str, Any]] = Server(
            "archcheck",
            version=__version__,
            instructions=_INSTRUCTIONS,
            on_list_tools=self._list,
            on_call_tool=self._call,
        )
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    async def _list(
        self, _context: ServerRequestContext, _params: PaginatedRequestParams | None
    ) -> ListToolsResult:
        return ListToolsResult(tools=[_listed(tool) for tool in self._tools.values()])

    async def _call(self, context: ServerRequestContext, params: CallToolRequestParams) -> CallToolResult:
        try:
            found = await self._answer(context, params)
        except Exception as error:  # noqa: BLE001 - no traceback ever reaches a client
            line = clean(without_passwords(in_words(error)))
            return CallToolResult(content=[TextContent(text=line)], is_error=True)
        return CallToolResult(content=[TextContent(text=found.text)], structured_content=found.document)

    async def _answer(self, context: ServerRequestContext, params: CallToolRequestParams) -> Answer:
        tool = self._tools.get(params.name)
        if tool is None:
            raise UsageError(f"there is no tool {params.name[:40]!r}; there are {', '.join(self._tools)}")
        asked = tools.read(tool, params.arguments or {})
        folders = self._named or await _roots(context) or working_folder()
        work = partial(answer, asked, folders, self._environ, _watch(context))
        async with self._turn:  # the current folder is the process's own
            return await anyio.to_thread.run_sync(work, abandon_on_cancel=True)


def _listed(tool: tools.Tool) -> Tool:
    return Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.schema(),
        annotations=ToolAnnotations(
            read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=tool.asks
        ),
    )


async def _roots(context: ServerRequestContext) -> tuple[str, ...]:
    """Return the folders that the client has; none where it has not said that it names any."""
    session = context.session
    able = session.client_capabilities
    if able is None or able.roots is None or not session.can_send_request:
        return ()
    try:
        found = await session.send_request(
            ListRootsRequest(), ListRootsResult, request_read_timeout_seconds=_PATIENCE
        )
    except MCPError as error:
        raise UsageError(f"the client did not name its roots: {error}") from None
    folders = folders_of(str(root.uri) for root in found.roots)
    if found.roots and not folders:
        raise UsageError("none of the client's roots is a folder on this machine")
    return folders


def _watch(context: ServerRequestContext) -> Watch:
    """Return what tells the client of each step, and ends the work once nobody waits for it."""
    steps = 0

    def watch(step: Step, _index: IndexClient) -> None:
        nonlocal steps
        steps += 1
        anyio.from_thread.check_cancelled()
        anyio.from_thread.run(context.session.report_progress, float(steps), None, clean(str(step)))

    return watch
