"""Every block of README and docs/ is run, or read by what would read it; what it shows is what is printed."""

from __future__ import annotations

import json
import logging
import re
import shutil
import subprocess
from importlib import import_module
from shutil import which

import pytest
import yaml

from archcheck.cli.main import COMMANDS, _command
from archcheck.cli.setup.starting.hook import hook_step
from archcheck.settings.file import read_settings
from tests.cli.running import CommandLine
from tests.documents.blocks import ROOT, Block, blocks, commands, inline_commands, sessions, shows
from tests.documents.recorded import DocumentsStore
from tests.e2e.test_shop import command_in
from tests.inputs.reading import read
from tests.loopback import IndexServer
from tests.loopback.fixtures import FIXTURES

BLOCKS = tuple(blocks())
EXAMPLE_WORKFLOW = (ROOT / "examples" / "github" / "arm64.yml").read_text(encoding="utf-8")
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))

# What is neither run nor read by a program of ours, by document and first words, and why.
NOT_RUN = {
    ("docs/install.md", "pip uninstall"): "takes packages away from the environment of the tests",
}
RUN_ELSEWHERE = {"python": {"README.md", "docs/api.md"}}  # tests/test_api_examples.py
"""The languages that another test runs, with the documents that it knows."""


NAMED = {("--version",), *((name,) for name in COMMANDS)}
"""What running text says of the program without meaning a whole command."""


def of(*languages):
    found = [block for block in BLOCKS if block.language in languages and not block.made]
    return pytest.mark.parametrize("block", found, ids=[block.place for block in found])


@pytest.fixture(scope="module")
def recorded():
    with IndexServer(DocumentsStore()) as server:
        yield server


@pytest.fixture(scope="module")
def legacy(recorded, tmp_path_factory):
    """Return the command line in a project with the legacy pins."""
    folder = tmp_path_factory.mktemp("legacy")
    shutil.copy(FIXTURES / "sets" / "legacy.txt", folder / "requirements.txt")
    return CommandLine(folder=folder, index_url=recorded.url)


@pytest.fixture(scope="module")
def shop(recorded, tmp_path_factory):
    """Return the command line in a repository that is deployed in many ways, on a wide terminal."""
    made = command_in(tmp_path_factory.mktemp("shop") / "shop", recorded)
    made.environ["COLUMNS"] = "120"
    return made


def test_every_block_says_what_it_is():
    known = {"console", "sh", "python", "toml", "yaml", "json", "text", "requirements"}
    assert [block.place for block in BLOCKS if block.language not in known] == []
    for language, documents in RUN_ELSEWHERE.items():
        assert {block.document for block in BLOCKS if block.language == language} == documents


@of("console")
def test_what_is_shown_is_what_is_printed(block, legacy, shop):
    for (program, *arguments), output in sessions(block):
        assert program == "archcheck"
        done = (shop if arguments[:1] == ["."] else legacy)(*arguments)
        assert done.code in {0, 1}, done.err
        assert shows(output, done.out), done.out


@of("sh")
def test_commands_parse(block):
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for program, *arguments in commands(block.text):
        match program:
            case "archcheck":
                parses(arguments)
            case "make":
                assert arguments[0] in targets
            case _:
                assert (block.document, " ".join([program, *arguments[:1]])) in NOT_RUN


@pytest.mark.parametrize(("document", "text"), sorted(set(inline_commands())), ids=" ".join)
def test_commands_in_running_text_parse(document, text):
    for program, *arguments in commands(text):
        if program == "archcheck" and tuple(arguments) not in NAMED:
            parses(arguments)


def parses(arguments):
    """Fail unless the command's own parser takes *arguments*."""
    name = _command(arguments[0])
    parser = import_module(COMMANDS[name]).parser()
    try:
        parser.parse(arguments[1:] if arguments[0] == name else arguments)
    finally:
        logging.disable(logging.NOTSET)


@of("toml")
def test_settings_are_accepted(block):
    path = "pyproject.toml" if "tool.archcheck" in block.text else "archcheck.toml"
    assert read_settings(block.text, path).said


@of("requirements")
def test_comments_in_requirements_are_understood(block):
    manifest = read(block.text)
    assert (len(manifest.ignores), manifest.warnings) == (len(block.text.splitlines()), ())


@of("text")
def test_what_is_no_command_names_modules_that_there_are(block):
    folders = (ROOT / "archcheck" / "index", ROOT / "archcheck")
    named = re.findall(r"^[\w/]+(?:\.py|/)", block.text, re.MULTILINE)
    assert len(named) == len(block.text.splitlines())
    assert [name for name in named if not any((folder / name).exists() for folder in folders)] == []


@of("json")
def test_json_is_what_its_readers_expect(block):
    for server in json.loads(block.text)["mcpServers"].values():
        assert server["command"] == "archcheck"
        parses(server["args"])


@of("yaml")
def test_yaml_is_what_its_readers_expect(block):
    match yaml.safe_load(block.text):
        case {"jobs": jobs}:
            for job in jobs.values():
                run_lines(job["steps"])
        case {"repos": [repo]}:
            hooks(repo)
        case list():
            assert block.text in EXAMPLE_WORKFLOW
        case _:
            pytest.fail("nobody reads this")


def run_lines(steps):
    for step in steps:
        for program, *arguments in commands(re.sub(r"\$\{\{.*?\}\}", "1", step.get("run", ""))):
            if program == "archcheck":
                parses([each.replace("$SHARE", "1") for each in arguments])
            else:
                assert [program, *arguments] == ["pip", "install", "./.archcheck"]


def hooks(repo):
    if repo["repo"] == "local":
        assert repo == yaml.safe_load(hook_step(None).after)["repos"][0]
        return
    assert {hook["id"] for hook in repo["hooks"]} == {hook["id"] for hook in HOOKS}
    for hook in repo["hooks"]:
        parses(["check", *hook["args"]])


def test_whole_workflows_pass_a_linter(tmp_path):
    if which("zizmor") is None:
        pytest.skip("zizmor is not installed")
    whole = [block for block in BLOCKS if block.language == "yaml" and block.text.startswith("name:")]
    assert whole
    for number, block in enumerate(whole):
        (tmp_path / f"{number}.yml").write_text(block.text, encoding="utf-8")
    files = sorted(map(str, tmp_path.iterdir()))
    done = subprocess.run(["zizmor", "--offline", *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_comment_that_is_quoted_is_the_one_that_is_written(legacy):
    pins = (legacy.folder / "requirements.txt").read_text(encoding="utf-8")
    legacy.write("requirements.txt", re.sub(r"(?m)^(?:lxml|grpcio)==.*\n", "", pins))
    target = ("requirements.txt", "--target", "lambda:python3.8", "-q")
    assert legacy(*target, "-o", "base.json").code == 1
    legacy.write("requirements.txt", pins)
    assert legacy(*target, "-o", "head.json", "--baseline", "base.json").code == 1
    written = legacy("comment", "github", "head.json", "--baseline", "base.json", "--dry-run").out
    page = (ROOT / "docs" / "pull-requests.md").read_text(encoding="utf-8")
    quoted = [line.strip() for line in re.findall(r"^> (.*)$", page, re.MULTILINE)]
    lines = iter(line.strip() for line in written.splitlines())
    assert len(quoted) > 10
    assert [line for line in quoted if line not in lines] == []  # each after the one before it


VARIABLE = re.compile(r"[\"'](?=[A-Z])((?:GITHUB|GH|GITLAB|CI|SSL|REQUESTS)_[A-Z0-9_]+)[\"']")


def test_every_variable_that_the_bot_reads_is_named():
    sources = [*(ROOT / "archcheck" / "bot").rglob("*.py"), ROOT / "archcheck" / "cli" / "comment.py"]
    read = {name for path in sources for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    page = (ROOT / "docs" / "pull-requests.md").read_text(encoding="utf-8")
    assert {"GITHUB_TOKEN", "CI_MERGE_REQUEST_IID", "SSL_CERT_FILE"} <= read
    assert {name for name in read if f"`{name}`" not in page} == set()


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\n…\nd\n", "a\nb\nc\nd\n", True),
        ("a\n  …\n", "a\n", True),
        ("a…\n", "a and so on\n", True),
        ("a\nd\n", "a\nb\nd\n", False),
        ("a\n…\nc\n", "a\nb\n", False),
        ("a\n", "a\nb\n", False),
        ("a.c\n", "abc\n", False),
    ],
)
def test_what_is_left_out_is_left_out_where_it_says_so(shown, printed, same):
    assert shows(shown, printed) is same


def test_a_block_is_found_wherever_it_stands():
    assert {"README.md", "docs/index.md", "docs/reports.md"} <= {block.document for block in BLOCKS}
    assert sum(isinstance(block, Block) and block.made for block in BLOCKS) >= len(COMMANDS)
    fences = sum(
        text.count("\n```")
        for text in (path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    )
    assert 2 * sum(block.document != "README.md" and not _nested(block) for block in BLOCKS) == fences


def _nested(block):
    lines = (ROOT / block.document).read_text(encoding="utf-8").splitlines()
    return lines[block.line - 1].startswith(" ")
