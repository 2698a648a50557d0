"""`archcheck mcp`, asked by the protocol's own client, beside what the command line says.

What hangs on a process (its streams, its end, what is installed) is asked over stdio; all else in this process,
where the server talks through memory.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import asynccontextmanager

import anyio
import pytest
from mcp import Client, StdioServerParameters, stdio_client
from mcp.shared.memory import create_client_server_memory_streams
from mcp_types import ListRootsResult, Root

from archcheck.cli.agents import server
from tests.cli.running import REPOSITORY
from tests.patience import PATIENCE

ALIKE = [
    ("audit", {}, ["check"]),
    ("audit", {"paths": ["requirements.txt"]}, ["requirements.txt"]),
    ("audit", {"paths": ["requirements.txt", "other"]}, ["requirements.txt", "other"]),
    (
        "audit",
        {"requirements": ["stuck", "ready>=1"], "targets": ["lambda:python3.13", "debian12:python3.13"]},
        ["stuck", "ready>=1", "-t", "lambda:python3.13", "-t", "debian12:python3.13"],
    ),
    (
        "audit",
        {"paths": ["other"], "extras": ["more"], "only_binary": [":all:"], "remedies": False},
        ["other", "--extra", "more", "--only-binary", ":all:", "--no-remedies"],
    ),
    ("why", {"name": "Blocked"}, ["why", "blocked"]),
    ("why", {"name": "pure", "paths": ["requirements.txt"]}, ["why", "pure", "requirements.txt"]),
    ("plan", {}, ["fix"]),
    ("plan", {"path": "pins.txt", "only": ["blocked"]}, ["fix", "pins.txt", "--only", "blocked"]),
    ("plan", {"path": "stuck.txt"}, ["fix", "stuck.txt"]),
    ("explain", {"code": "ac003"}, ["explain", "AC003"]),
    ("explain", {}, ["explain"]),
]
HOSTILE = [
    ("audit", {"paths": ["/etc/passwd"]}, "outside of the folders that may be read"),
    ("audit", {"paths": ["../secret.txt"]}, "outside of the folders that may be read"),
    ("audit", {"paths": ["link.txt"]}, "outside of the folders that may be read"),
    ("audit", {"paths": [".git/config"]}, "outside of the folders that may be read"),
    ("audit", {"paths": ["includes.txt"]}, "outside of the folders that may be read"),
    ("audit", {"paths": ["gone.txt"]}, "gone.txt: no such file or folder"),
    ("audit", {"paths": ["-"]}, "-: no such file or folder"),
    ("audit", {"paths": ["--output=x.json"]}, "no such file or folder"),
    ("audit", {"paths": ["x @ https://index.example/x-1-py3-none-any.whl"]}, "no such file or folder"),
    ("audit", {"paths": ["a\0b"]}, "control characters"),
    ("audit", {"paths": ["x" * 5000]}, "length"),
    ("audit", {"paths": "requirements.txt"}, "Expected `array`"),
    ("audit", {"paths": [None]}, "Expected `str`"),
    ("audit", {"requirements": ["--index-url=https://index.example"]}, "expected a requirement"),
    ("audit", {"requirements": ["-r /etc/passwd"]}, "expected a requirement"),
    ("audit", {"requirements": ["ready\n--index-url https://index.example"]}, "control characters"),
    ("audit", {"requirements": ["x @ https://u:secret@index.example/x.whl"]}, "with an address"),
    ("audit", {"requirements": ["x @ file:///etc/passwd"]}, "with an address"),
    ("audit", {"requirements": ["ready"] * 2000}, "length"),
    ("audit", {"index_url": "https://index.example"}, "there is no argument `index_url`"),
    ("audit", {"targets": ["lamda:python3.13"]}, "did you mean 'lambda'?"),
    ("audit", {"targets": ["--write"]}, "--write"),
    ("audit", {"architecture": "riscv64"}, "riscv64"),
    ("why", {}, "`name`"),
    ("why", {"name": "nobody"}, "nobody is not among"),
    ("why", {"name": "--json"}, "is not among"),
    ("plan", {"number": 0}, "number"),
    ("plan", {"path": "/etc/passwd"}, "outside of the folders that may be read"),
    ("plan", {"write": True}, "there is no argument `write`"),
    ("explain", {"code": "AC999"}, "AC999"),
    ("burn", {}, "there is no tool 'burn'"),
]

INITIALIZE = json.dumps(
    {
        "jsonrpc": "2.0",
        "id": 2,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": {"name": "x", "version": "1"},
        },
    }
).encode()


def over_stdio(archcheck, *arguments):
    """Return the way to a server that runs as a process in the folder."""
    _, *command = archcheck.command("mcp", *arguments)
    return stdio_client(
        StdioServerParameters(
            command=sys.executable, args=command, env=archcheck.surroundings(), cwd=archcheck.folder
        )
    )


@asynccontextmanager
async def through_memory(monkeypatch, environ):
    """Yield the way to a server in this process: stdio apart, all of it is what `serve` runs."""

    @asynccontextmanager
    async def streams():
        yield its

    async with create_client_server_memory_streams() as (ours, its), anyio.create_task_group() as group:
        monkeypatch.setattr(server, "stdio_server", streams)
        group.start_soon(server._Answering((), environ).serve)
        yield ours
        await ours[1].aclose()


@pytest.fixture
def ask(archcheck, monkeypatch):
    """Return what asks a server that runs in the folder; each call is a tool and its arguments."""

    def ask(*calls, way=None, mode="auto", folder=None, roots=None, heard=None):
        async def talk():
            told = dict.fromkeys(("list_roots_callback",), named) if roots is not None else {}
            to = way or through_memory(monkeypatch, archcheck.surroundings())
            async with Client(to, mode=mode, read_timeout_seconds=PATIENCE, **told) as client:
                return [await client.call_tool(*call, progress_callback=hear) for call in calls]

        async def named(_context):
            return ListRootsResult(roots=[Root(uri=each) for each in roots])

        async def hear(_progress, _total, message):
            if heard is not None:
                heard.append(message)

        with archcheck.inside(folder):
            return asyncio.run(talk())

    return ask


def text(result):
    (content,) = result.content
    return content.text


@pytest.mark.parametrize(("mode", "version"), [("legacy", "2025-11-25"), ("auto", "2026-07-28")])
def test_a_client_is_told_of_the_tools(archcheck, mode, version):
    async def talk():
        async with Client(over_stdio(archcheck), mode=mode, read_timeout_seconds=PATIENCE) as client:
            return client.protocol_version, client.server_info, (await client.list_tools()).tools

    spoken, who, tools = asyncio.run(talk())
    assert (spoken, who.name) == (version, "archcheck")
    assert [tool.name for tool in tools] == ["audit", "why", "plan", "explain"]
    assert all(tool.annotations.read_only_hint for tool in tools)
    arguments = {name for tool in tools for name in tool.input_schema["properties"]}
    assert {"paths", "requirements", "targets", "extras", "groups"} <= arguments
    assert [name for name in arguments if "index" in name or "url" in name] == []
    assert all(each["description"] for tool in tools for each in tool.input_schema["properties"].values())


def test_every_answer_is_that_of_the_command_line(archcheck, ask):
    archcheck.write("requirements.txt", "service\n")
    archcheck.write("pins.txt", "blocked==1.0\nready\n")
    archcheck.write("stuck.txt", "stuck\n")
    (archcheck.folder / "other").mkdir()
    archcheck.write(
        "other/pyproject.toml",
        '[project]\nname = "x"\nversion = "1"\ndependencies = ["ready"]\n'
        'optional-dependencies.more = ["built"]\n',
    )
    calls = [(tool, arguments) for tool, arguments, _ in ALIKE]
    answers = ask(*calls, way=over_stdio(archcheck))
    told = [(each.structured_content, text(each)) for each in answers]
    assert [(each.structured_content, text(each)) for each in ask(*calls)] == told
    for (_, _, command), found in zip(ALIKE, answers, strict=True):
        done = archcheck(*command, "--json")
        assert (found.is_error, done.code in {0, 1}) == (False, True), (command, text(found))
        assert found.structured_content == json.loads(done.out), command
        assert text(found).strip(), command


def test_the_json_of_why(archcheck):
    archcheck.write("requirements.txt", "service\nready\n")
    document = json.loads(archcheck("why", "Pure", "--json").out)
    (audit,) = document["audits"]
    assert (document["package"], document["complete"], audit["input"]["path"]) == (
        "pure",
        True,
        "requirements.txt",
    )
    assert audit["ways"] == [["ready", "pure"], ["service", "ready", "pure"]]
    assert (audit["all_ways"], audit["findings"], audit["package"]["direct"]) == (True, [], False)
    (audit,) = json.loads(archcheck("why", "blocked", "--json").out)["audits"]
    assert [each["rule"] for each in audit["findings"]] == ["AC001"]


def test_the_json_of_fix(archcheck):
    archcheck.write("requirements.txt", "blocked==1.0\n")
    document = json.loads(archcheck("fix", "--json").out)
    (change,) = document["plans"][0]["changes"]
    assert (change["package"], change["to"], document["plan"]) == ("blocked", "1.1", 1)
    assert (document["files"], document["refused"]) == (["requirements.txt"], [])
    archcheck.write("requirements.txt", "stuck\n")
    done = archcheck("fix", "--json")
    assert (done.code, json.loads(done.out)["plan"], json.loads(done.out)["diff"]) == (1, None, "")


def test_the_json_of_explain(archcheck):
    assert json.loads(archcheck("explain", "AC003", "--json").out)["name"] == "libc-too-new"
    codes = [each["code"] for each in json.loads(archcheck("explain", "--json").out)["rules"]]
    assert codes == [f"AC{number:03}" for number in range(1, 23)]


def test_a_plan_is_a_diff_and_writes_nothing(archcheck, ask):
    archcheck.write("requirements.txt", "blocked==1.0\n")
    (found,) = ask(("plan", {}))
    diff = archcheck("fix").out
    assert found.structured_content["diff"] == diff
    assert diff in text(found)
    assert "blocked 1.0 → 1.1 (requirements.txt:1)" in text(found)
    assert archcheck("fix").out == diff


TEMPLATE = """\
Resources:
  Function:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: app.handler
      CodeUri: src
"""


def test_a_repository_is_planned_as_a_whole(archcheck, ask):
    (archcheck.folder / "src").mkdir()
    archcheck.write("src/requirements.txt", "ready\n")
    archcheck.write("template.yaml", TEMPLATE)
    plan, audit = ask(("plan", {}), ("audit", {}))
    assert plan.structured_content == json.loads(archcheck("fix", "--json").out)
    assert audit.structured_content == json.loads(archcheck("--json").out)
    (moved,) = plan.structured_content["moves"]
    assert moved["name"] == "Function"
    assert "+      Architectures: [arm64]" in plan.structured_content["diff"]
    assert archcheck("fix").out == plan.structured_content["diff"]


def test_outputs_of_the_settings_are_not_written(archcheck, ask):
    archcheck.write("requirements.txt", "ready\n")
    archcheck.write("archcheck.toml", 'outputs = ["result.json"]\ntargets = ["debian12:python3.13"]\n')
    (found,) = ask(("audit", {}))
    assert found.structured_content["audits"][0]["target"]["id"] == "debian12:python3.13"
    assert not (archcheck.folder / "result.json").exists()


def test_what_is_incomplete_is_an_answer_that_says_so(archcheck, ask, index):
    archcheck.write("requirements.txt", "nobody-has-this\n")
    (found,) = ask(("audit", {}))
    assert (found.is_error, found.structured_content["complete"]) == (False, False)


def test_progress_is_told(archcheck, ask):
    archcheck.write("requirements.txt", "ready\n")
    heard = []
    ask(("audit", {"targets": ["lambda:python3.13", "debian12:python3.13"]}), heard=heard)
    assert {f"requirements.txt on {on}:python3.13" for on in ("lambda", "debian12")} <= set(heard)


def test_hostile_arguments_are_an_error_of_one_line(archcheck, ask):
    (folder := archcheck.folder / "inner").mkdir()
    archcheck.write("secret.txt", "secret\n")
    (folder / ".git").mkdir()
    archcheck.write("inner/.git/config", "[core]\n")
    archcheck.write("inner/requirements.txt", "ready\n")
    archcheck.write("inner/includes.txt", "-r ../secret.txt\n")
    (folder / "link.txt").symlink_to("../secret.txt")
    answers = ask(*[(tool, arguments) for tool, arguments, _ in HOSTILE], folder=folder)
    for (tool, arguments, words), found in zip(HOSTILE, answers, strict=True):
        said = text(found)
        assert (found.is_error, found.structured_content) == (True, None), (tool, arguments)
        assert words in said, (tool, arguments)
        assert not {"\n", "\0"} & set(said), said
        assert "secret@" not in said
        assert "Traceback" not in said
        assert "internal error" not in said
    assert sorted(path.name for path in folder.iterdir()) == [
        ".git",
        "includes.txt",
        "link.txt",
        "requirements.txt",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "./../wheels/outer-1.0-py3-none-any.whl",
        "outer @ file:///{above}/outer-1.0-py3-none-any.whl",
        "-e ../project",
    ],
)
def test_what_an_input_names_outside_is_not_read(archcheck, ask, line):
    (folder := archcheck.folder / "inner").mkdir()
    (archcheck.folder / "project").mkdir()
    archcheck.write(
        "project/pyproject.toml", '[project]\nname = "outer"\nversion = "1"\ndependencies = ["stuck"]\n'
    )
    archcheck.write("inner/requirements.txt", line.format(above=archcheck.folder) + "\nready\n")
    (found,) = ask(("audit", {}), folder=folder)
    document = found.structured_content
    assert document["recommendation"]["architecture"] == "undetermined"
    assert "stuck" not in {each["name"] for each in document["audits"][0]["packages"]}
    assert "outside of the folders that may be read" in json.dumps(document)


def test_the_roots_of_the_client_are_its_folders(archcheck, ask):
    for name in ("one", "two"):
        (archcheck.folder / name).mkdir()
        archcheck.write(f"{name}/requirements.txt", "ready\n")
    roots = [(archcheck.folder / name).as_uri() for name in ("one", "two")]
    calls = [("audit", {"paths": [path]}) for path in ("requirements.txt", "../two", "../.cache", "..")]
    answers = ask(*calls, mode="legacy", roots=roots)
    assert [each.is_error for each in answers] == [False, False, True, True]
    (empty,) = ask(("audit", {}), mode="legacy", roots=["file:///there/is/no/such/folder"])
    assert "none of the client's roots is a folder" in text(empty)


def test_folders_may_be_named(archcheck, ask):
    (archcheck.folder / "one").mkdir()
    archcheck.write("one/requirements.txt", "ready\n")
    archcheck.write("requirements.txt", "stuck\n")
    inside, outside = ask(
        ("audit", {}), ("audit", {"paths": [".."]}), way=over_stdio(archcheck, "--root", "one")
    )
    assert (inside.is_error, outside.is_error) == (False, True)
    assert archcheck("mcp", "--root", "gone").err.count("\n") == 1


def test_the_whole_disk_is_no_folder_to_read_in(ask):
    (found,) = ask(("audit", {}), folder="/")
    assert "name the project's with --root" in text(found)


def test_without_the_extra_it_says_what_to_install(archcheck):
    (archcheck.folder / "mcp.py").write_text("raise ModuleNotFoundError('no mcp', name='mcp')\n")
    done = archcheck.process("mcp", environ={"PYTHONPATH": f"{archcheck.folder}:{REPOSITORY}"})
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert "pip install '.[mcp]'" in done.err


def test_it_ends_where_nobody_asks(archcheck):
    done = archcheck.process("mcp")
    assert (done.code, done.out, done.err) == (0, "", "")


def test_what_is_no_message_stops_nothing(archcheck):
    lines = [b"null", b'{"jsonrpc": "2.0", "id": 1, "method": "burn"}', b"\xff\xfe", b"[]", INITIALIZE, b"{"]
    done = archcheck.process("mcp", stdin=b"\n".join(lines))
    assert done.code == 0
    answers = {each.get("id"): each for each in map(json.loads, done.out.splitlines())}
    assert "error" in answers[1]
    assert answers[2]["result"]["serverInfo"]["name"] == "archcheck"


def test_it_ends_with_its_client_though_an_index_keeps_it_waiting(archcheck, index):
    archcheck.write("requirements.txt", "ready\n")
    messages = [
        {"method": "notifications/initialized"},
        {"id": 3, "method": "tools/call", "params": {"name": "audit", "arguments": {}}},
        {"method": "notifications/cancelled", "params": {"requestId": 3}},
        {"id": 4, "method": "tools/call", "params": {"name": "audit", "arguments": {}}},
    ]
    lines = [INITIALIZE, *(json.dumps({"jsonrpc": "2.0", **each}).encode() for each in messages), b""]
    with index.holding():
        done = archcheck.process("mcp", stdin=b"\n".join(lines))
    assert (done.code, done.err) == (0, "")
