"""Repositories by strangers: whatever is in them, there is a line for it, and a report on the rest."""

from __future__ import annotations

import json
import os

import pytest

from archcheck.deployables.repository import read_repository
from archcheck.deployables.walk import MAX_ENTRIES
from tests.deployables.trees import tree_of

LAUGHS = "a0: &a0 [x]\n" + "".join(
    f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]\n" for number in range(1, 12)
)
TEMPLATE = "Transform: AWS::Serverless-2016-10-31\nResources:\n"
FUNCTION = (
    TEMPLATE + "  F: {Type: AWS::Serverless::Function, Properties: {CodeUri: ., Runtime: python3.13}}\n"
)
SECRET = "not-for-anybody"
LARGE = 50_000_000


@pytest.fixture
def root(archcheck):
    """Return the command line in a repository with one good service, and what is nobody's business beside it."""
    outside = archcheck.folder / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text(SECRET)
    (outside / "requirements.txt").write_text(SECRET)
    (outside / "template.yaml").write_text(FUNCTION.replace("F:", f"{SECRET}:"))
    archcheck.folder = archcheck.folder / "repository"
    (archcheck.folder / ".git").mkdir(parents=True)
    put(archcheck, "good/requirements.txt", "pure\n")
    return archcheck


def put(command, name, content):
    path = command.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def audited(command, *flags):
    """Return the report, in which the good service is as it always is."""
    done = command(".", "--json", *flags)
    assert done.err == ""
    (good,) = (each for each in done.report["deployables"] if each["name"] == "good/requirements.txt")
    assert good["recommendation"]["code"] == "ready"
    assert SECRET not in done.out
    return done.report


def said(report):
    notes = [*report["fleet"]["notes"], *(note for each in report["deployables"] for note in each["notes"])]
    assert all(note.isprintable() and len(note) < 500 for note in notes)
    return notes


@pytest.mark.parametrize(
    ("name", "content", "note"),
    [
        ("a/template.yaml", f"{LAUGHS}{TEMPLATE}  F: *a11\n", "a/template.yaml: more than 400,000 values"),
        ("a/serverless.yml", f"{LAUGHS}provider: {{name: aws}}\nfunctions: *a11\n", "a/serverless.yml: more than 400,000 values"),
        ("a/k.yaml", f"{LAUGHS}apiVersion: v1\nkind: Pod\ncontainers: *a11\n", "a/k.yaml: more than 400,000 values"),
        ("a/template.yaml", "Resources: &r\n  F: {Type: AWS::Lambda::Function, Properties: *r}\n", "a/template.yaml: an alias leads to what holds it"),
        ("a/t.json", '{"Resources": {"AWS::": ' + "[" * 20_000 + "]" * 20_000 + "}}", "a/t.json: not YAML"),
        ("a/main.tf", 'resource "aws_lambda_function" "a" { runtime = ' + "[" * 9_000 + "]" * 9_000 + " }\n", "is none that is known"),
        ("a/Dockerfile", "FROM x\n" + "RUN pip install -r requirements.txt \\\n" * 50_000, "a/Dockerfile"),
        ("a/zappa_settings.json", "{" * 50_000, "a/zappa_settings.json: "),
        ("a/.chalice/config.json", "[" * 50_000, "a/.chalice/config.json: "),
        ("a/requirements.txt", "\0", "a/requirements.txt"),
        ("a/template.yaml", b"Resources: AWS::\xff\xfe", "a/template.yaml: not text in UTF-8"),
        (".gitignore", "[z-a]\n" + "*a" * 1_000 + "*b\n!\n\\\n", None),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "",
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_a_line(root, name, content, note):
    put(root, name, content)
    notes = said(audited(root))
    assert note is None or [each for each in notes if note in each], notes


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("template.yaml", FUNCTION),
        ("Dockerfile", "FROM python:3.12\n"),
        ("serverless.yml", "provider: {name: aws}\n"),
        ("main.tf", 'resource "aws_lambda_function" "a" {}\n'),
        ("requirements.txt", "pure\n"),
    ],
)
def test_what_is_too_large_is_named_and_not_read(root, name, start):
    put(root, f"a/{name}", start)
    os.truncate(root.folder / "a" / name, LARGE)
    notes = said(audited(root))
    assert [each for each in notes if each.startswith(f"a/{name}: ") and "too large" in each], notes


@pytest.mark.parametrize("name", ["template.yaml", "requirements.txt", "Dockerfile", "main.tf", "uv.lock"])
@pytest.mark.parametrize("target", ["../../outside/{}", "/dev/zero", "/proc/self/environ"])
def test_links_out_of_the_repository_are_named_and_not_followed(root, name, target):
    (root.folder / "a").mkdir()
    (root.folder / "a" / name).symlink_to(target.format(name))
    report = audited(root)
    assert f"a/{name}: a link that leads out of the repository; it is not followed" in said(report)
    assert [each["name"] for each in report["deployables"]] == ["good/requirements.txt"]


def test_loops_of_links_and_what_is_no_file(root):
    for name, target in {
        "a": ".",
        "b/c": "..",
        "d": "e",
        "e": "d",
        "f": "good",
        "requirements.txt": "x",
    }.items():
        (root.folder / name).parent.mkdir(exist_ok=True)
        (root.folder / name).symlink_to(target)
    (root.folder / "x").symlink_to("requirements.txt")
    os.mkfifo(root.folder / "b" / "template.yaml")
    os.mkfifo(root.folder / "b" / "requirements.txt")
    assert [each["name"] for each in audited(root)["deployables"]] == ["good/requirements.txt"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("serverless.yml", "service: '${file(../../outside/secret.txt)}'\nprovider: {name: aws, runtime: python3.13}\nfunctions:\n  f: {handler: a.b, name: '${file(../../outside/secret.txt)}', architecture: '${file(../../outside/secret.txt)}'}\n"),
        ("main.tf", 'locals { s = file("../../outside/secret.txt") }\nresource "aws_lambda_function" "f" {\n  function_name = local.s\n  runtime = local.s\n  filename = local.s\n  architectures = [local.s]\n}\nmodule "m" { source = "../../outside" }\n'),
        ("template.yaml", TEMPLATE + "  F: {Type: AWS::Serverless::Function, Properties: {CodeUri: ../../outside, Runtime: python3.13}}\n  N: {Type: AWS::Serverless::Application, Properties: {Location: ../../outside/template.yaml}}\n"),
        ("Dockerfile", "FROM python:3.12-slim-bookworm\nRUN pip install -r ../../outside/requirements.txt\n"),
        ("cdk.out/manifest.json", json.dumps({"artifacts": {"S": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "../../../outside/template.yaml"}}}})),
        ("zappa_settings.py", "open('/etc/passwd')"),
        ("uv.lock", "version = 1\n[manifest]\nmembers = ['m']\n[[package]]\nname = 'm'\nsource = { editable = '../../outside' }\n"),
    ],
    ids=lambda value: value if "\n" not in value and "{" not in value else "",
)  # fmt: skip
def test_nothing_outside_is_read_for_what_leads_there(root, name, content):
    put(root, f"a/{name}", content)
    put(root, "a/cdk.out/S.template.json", "{}")
    said(audited(root))


NAMES = {
    "line": "a\nb",
    "escape": "\x1b[31mred\x1b]0;title\x07",
    "formula": "=cmd|' -C calc'!A0",
    "workflow": "::error::x",
    "markup": "<script>alert(1)<!--",
    "option": "-rf",
    "markdown": "`](x)|",
    "bidi": "\u202egnp",
    "bytes": os.fsdecode(b"\xff\xfe"),
    "long": "d" * 250,
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.no_cover
def test_names_of_every_sort_are_told_in_every_format(root, name):
    """A finding in each, since its fingerprint is made of the name as well."""
    put(root, f"{name}/requirements.txt", "blocked==1.0\n")
    quoted = json.dumps(name, ensure_ascii=True)
    put(root, f"{name}/template.yaml", FUNCTION.replace("F:", f"{quoted}:"))
    report = audited(root)
    assert len(report["deployables"]) == 2
    assert [each["rule"] for audit in report["audits"] for each in audit["findings"]]
    code = 2 if name == NAMES["bytes"] else 1  # YAML has no half of a character: that template cannot be read
    for form in ("text", "markdown", "html", "sarif", "github", "gitlab", "junit", "cyclonedx", "badge"):
        done = root(".", "-f", form)
        assert (done.code, done.err) == (code, "")
        assert not {"\x1b", "\u202e", "\x07"} & set(done.out)
    planned = root(".", "--plan")
    assert (planned.code, planned.err) == (0, "")
    assert not {"\x1b", "\u202e", "\x07"} & set(planned.out)
    assert not [line for line in planned.out.splitlines() if line.startswith("b/requirements.txt")]
    paths = {each["path"] for each in json.loads(root(".", "--plan", "--json").out)["inputs"]}
    assert len(paths) == 2


def test_each_of_many_small_files_is_read_once_or_twice():
    """To see whether it says what is deployed, and by whom it is read that knows."""
    files = {f"d{number % 50}/f{number}.yaml": "a: 1\n" for number in range(4_000)}
    files |= {f"s{number}/template.yaml": FUNCTION for number in range(100)}
    files |= {f"s{number}/app.py": "" for number in range(100)}
    tree = tree_of(files)
    found = read_repository(tree)
    assert len(found.deployables) == 100
    reads = [tree.files.reads.count(path) for path in set(tree.files.reads)]
    assert max(reads) <= 3
    assert len(tree.files.reads) <= 4_000 + 100 * 3
    assert len(files) < MAX_ENTRIES
