"""A whole repository from the command line: what is found, what is said of the rest, and how it ends."""

from __future__ import annotations

import sys

import pytest

from tests.cli.running import agrees

INLINE = (
    "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Runtime: {}\n      Code: {}\n"
)
ARM, X86 = "cp313-cp313-manylinux2014_aarch64", "cp313-cp313-manylinux2014_x86_64"
ZIP_FILE = '{ZipFile: "x"}'


@pytest.fixture
def root(archcheck):
    """Return the command line in a folder that holds nothing."""
    archcheck.folder = archcheck.folder / "repository"
    (archcheck.folder / "a").mkdir(parents=True)
    yield archcheck
    agrees(archcheck)


def test_where_there_is_nothing_it_says_what_was_looked_for(root):
    root.write("a/notes.txt", "pure\n")
    for flags in ([], ["--recursive"]):
        done = root(".", *flags)
        assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
        assert "no input: this folder has none of uv.lock, " in done.err


@pytest.mark.parametrize(
    ("template", "code", "recommended", "line"),
    [
        (INLINE.format("python3.12", ZIP_FILE), "nothing-to-audit", True, "✓ 1 function: 1 can move today"),
        (
            INLINE.format("python3.12", "{S3Bucket: b, S3Key: k.zip}"),
            "unknowns",
            False,
            "? 1 function: 1 undetermined",
        ),
        (
            INLINE.format("nodejs22.x", ZIP_FILE),
            "nothing-to-audit",
            None,
            "? nothing was found that is deployed or has requirements",
        ),
        ("Resources: [AWS::", "nothing-to-audit", None, "? nothing was found that is deployed or has requirements"),
    ],
    ids=["inline", "elsewhere", "other-language", "broken"],
)  # fmt: skip
def test_what_has_no_packages_has_an_answer(root, template, code, recommended, line):
    root.write("a/template.yaml", template)
    done = root(".", "--json")
    assert (done.code, done.err) == (0, "")
    assert (done.report["recommendation"]["code"], done.report["audits"]) == (code, [])
    found = [each["recommendation"] is not None for each in done.report["deployables"]]
    assert found == ([] if recommended is None else [recommended])
    assert root(".").out.splitlines()[0] == line
    for form in ("markdown", "html", "sarif", "github", "gitlab", "junit", "cyclonedx", "badge"):
        assert root(".", "-f", form).code == 0


FUNCTION = "  F: {Type: AWS::Serverless::Function}\n"


@pytest.mark.parametrize(
    "text",
    [
        f"Resources:\n{FUNCTION}  G: [\n",
        '{"Resources": {"F": {"Type": "AWS::Lambda::Function"}',
        f"Transform: x\nResources:\n{FUNCTION}\tG: x\n",
        f"Resources:\n{FUNCTION}# {'x' * 2**22}\n",
    ],
    ids=["yaml", "json", "tab", "large"],
)
def test_a_template_that_cannot_be_read_leaves_the_answer_incomplete(root, text):
    root.write("a/broken.json" if text.startswith("{") else "a/broken.yaml", text)
    root.write("b.yaml", INLINE.format("python3.12", ZIP_FILE))
    done = root(".", "--json")
    assert (done.code, done.err, done.report["complete"]) == (2, "", False)
    assert [each["name"] for each in done.report["deployables"]] == ["F"]  # the other one
    assert len(done.report["fleet"]["unread"]) == len(done.report["fleet"]["notes"]) == 1
    assert root(".").out.splitlines()[0] == "? 1 template could not be read; 1 function: 1 can move today"
    assert '"1 ready, 1 template unread"' in root(".", "-f", "badge").out


TERRAFORM = 'resource "aws_lambda_function" "f" {{{}\n'


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("main.tf", TERRAFORM.format("")),
        ("a/main.tf", 'module "f" {\n  source = "terraform-aws-modules/lambda/aws"\n'),
        ("serverless.yml", "provider: {name: aws}\nfunctions: [\n"),
        ("zappa_settings.json", '{"prod": {'),
        ("a/.chalice/config.json", '{"stages": {'),
    ],
)
@pytest.mark.parametrize("place", ["requirements.txt", "a/requirements.txt"])
def test_what_names_functions_and_cannot_be_read_is_no_ready(root, path, text, place):
    """Whatever stands beside it, and wherever: nobody knows which runtime and which layers it would have."""
    (root.folder / path).parent.mkdir(exist_ok=True)
    root.write(path, text)
    root.write(place, "")
    done = root(".", "--json")
    assert (done.code, done.report["complete"], done.report["fleet"]["unread"]) == (2, False, [path])
    assert root(".").out.splitlines()[0].startswith("? 1 template could not be read")


@pytest.mark.parametrize("place", ["requirements.txt", "a/requirements.txt"])
def test_without_the_extra_for_terraform_no_answer_is_ready(root, monkeypatch, place):
    monkeypatch.setitem(sys.modules, "hcl2", None)
    root.write("a.tf", "terraform {}\n")
    root.write("main.tf", TERRAFORM.format("}"))
    root.write(place, "")
    done = root(".")
    assert done.code == 2
    assert done.out.splitlines()[0].startswith("? 1 template could not be read")
    assert "main.tf: reading Terraform takes python-hcl2; install archcheck's extra [terraform]" in done.out


@pytest.mark.parametrize("path", ["main.tf", "tests/data/main.tf"])
def test_what_deploys_nothing_that_is_audited_may_be_broken(root, path):
    """A bucket's own module, and what tests hold."""
    (root.folder / path).parent.mkdir(parents=True, exist_ok=True)
    root.write(path, TERRAFORM.format("") if path.startswith("tests") else 'resource "aws_s3_bucket" "b" {\n')
    root.write("requirements.txt", "")
    assert (root(".", "--json").code, root(".", "--json").report["complete"]) == (0, True)


@pytest.mark.parametrize(
    "text",
    [
        f"Resources:\n{FUNCTION}{{% for a in b %}}\n  {{{{ a }}}}: [\n{{% endfor %}}\n",
        "Resources:\n  B: {Type: AWS::S3::Bucket\n  C: [\n",
        "# The Resources: AWS::Lambda::Function\na: [\n",
    ],
    ids=["jinja", "nothing-audited", "words"],
)
def test_what_is_no_template_of_functions_is_a_note(root, text):
    root.write("a/broken.yaml", text)
    root.write("b.yaml", INLINE.format("python3.12", ZIP_FILE))
    done = root(".", "--json")
    assert (done.code, done.report["complete"], done.report["fleet"]["unread"]) == (0, True, [])
    assert len(done.report["fleet"]["notes"]) == 1


def test_what_could_not_be_audited_says_why_and_fails_where_unknowns_do(root):
    root.write("a/template.yaml", INLINE.format("python3.12", "{S3Bucket: b, S3Key: k.zip}"))
    (one,) = root(".", "--json").report["deployables"]
    assert one["recommendation"] is None
    assert one["notes"] == ["its code is not in this repository: s3://b/k.zip"]
    assert one["notes"][0] in root(".").out
    assert root(".", "--strict").code == root(".", "--fail-on", "unknown").code == 1


@pytest.mark.parametrize("code", ["build", "build/function.zip", "function.tar"])
def test_code_that_is_not_there_is_not_ready(root, code):
    """A build would put it there: nothing is known of what it installs."""
    root.write("a/function.tar", "x")
    root.write("a/template.yaml", INLINE.format("python3.12", code))
    (one,) = root(".", "--json").report["deployables"]
    assert (one["recommendation"], one["edits"]) == (None, [])
    assert f"a/{code}" in one["notes"][-1]


SERVERLESS = """\
service: s
provider: {name: aws, runtime: python3.13}
plugins: [serverless-python-requirements]
functions:
  F: {handler: srcc/app.main}
"""
ARCHIVED = """\
data "archive_file" "f" {
  source_dir  = "srcc"
  output_path = "f.zip"
}
resource "aws_lambda_function" "F" {
  runtime  = "python3.13"
  filename = data.archive_file.f.output_path
}
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("template.yaml", INLINE.format("python3.13", "srcc")),
        ("template.yaml", INLINE.format("python3.13", ".") + "      Handler: srcc/app.main\n"),
        ("serverless.yml", SERVERLESS),
        ("main.tf", ARCHIVED),
    ],
    ids=["code", "handler", "serverless", "terraform"],
)
@pytest.mark.parametrize("there", [False, True], ids=["misspelt", "there"])
def test_code_whose_folder_is_not_there_is_undetermined_whatever_lies_beside(root, name, text, there):
    """The requirements beside the template may be those of another function."""
    root.write(f"a/{name}", text)
    root.write("a/requirements.txt", "pure\n")
    (root.folder / "a" / "src").mkdir()
    root.write("a/src/app.py", "")
    if there:
        (root.folder / "a" / "src").rename(root.folder / "a" / "srcc")
    done = root(".", "--json")
    (one,) = (each for each in done.report["deployables"] if each["kind"] == "function")
    first = root(".").out.splitlines()[0]
    if there:
        assert (one["missing"], one["recommendation"]["when"]) == (None, "now")
        assert first.startswith("✓ ready for arm64 now")
        return
    assert (one["missing"], one["recommendation"], one["edits"]) == ("a/srcc", None, [])
    assert "its code was not found: a/srcc is no folder of this repository" in one["notes"]
    assert first.startswith(f"? the code of {one['name']} was not found; 1 function: 1 undetermined")
    assert done.report["recommendation"]["architecture"] == "undetermined"
    fixed = root("fix", ".")
    assert (fixed.out, f"undetermined, so left as it is: {one['name']} (a/{name}:" in fixed.err) == ("", True)


@pytest.mark.parametrize("handler", ["app.main", "srcc.app.main", "src/app.main", "./app.main"])
def test_a_handler_that_may_be_installed_is_no_folder_that_is_missing(root, handler):
    """`datadog_lambda.handler.handler` is what a layer brings."""
    root.write("a/template.yaml", INLINE.format("python3.13", ".") + f"      Handler: {handler}\n")
    root.write("a/requirements.txt", "pure\n")
    (root.folder / "a" / "src").mkdir()
    assert root(".").out.splitlines()[0].startswith("✓ ready for arm64 now")


@pytest.mark.parametrize(
    ("count", "heading"),
    [(2, "F0, F1"), (3, "F0, F1, F2"), (6, "F0, F1, 4 more")],
)
def test_a_change_for_several_is_told_once_for_all_of_them(root, count, heading):
    function = "  F{}:\n    Type: AWS::Serverless::Function\n    Properties: {{InlineCode: x}}\n"
    common = "Globals:\n  Function:\n    Runtime: python3.13\n    Architectures: [x86_64]\n"
    functions = "".join(map(function.format, range(count)))
    root.write("template.yaml", f"Transform: AWS::Serverless-2016-10-31\n{common}Resources:\n{functions}")
    text = root(".").out
    told = f"{heading}\n  → template.yaml:5\n      -    Architectures: [x86_64]\n      +    Architectures: [arm64]\n"
    assert text.endswith(f"\n\n{told}")
    assert "moves together" not in text
    for form in ("text", "markdown", "html"):
        assert root(".", "-f", form).out.count("+    Architectures: [arm64]") == 1
        assert heading in root(".", "-f", form).out


MIXED = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Fine:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, InlineCode: x}
  Gone:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, CodeUri: gone}
  Stuck:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, CodeUri: a}
  Layered:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      InlineCode: x
      Architectures: [arm64]
      Layers: ["arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:53"]
"""


def test_quietly_only_what_cannot_move_or_was_not_read_is_told(root, store):
    store.add("stuck", "1.0", wheels=["cp313-cp313-manylinux2014_x86_64"])
    root.write("a/requirements.txt", "stuck\n")
    root.write("template.yaml", MIXED)
    root.write("broken.yaml", f"Resources:\n{FUNCTION}  G: [\n")
    lines = root(".", "-q", environ={"COLUMNS": "200"}).out.splitlines()
    assert lines[0] == root(".", environ={"COLUMNS": "200"}).out.splitlines()[0]
    assert lines[0].startswith(
        "✗ 1 template could not be read; the code of Gone was not found; 4 functions: "
    )
    rows = [line.split()[0] for line in lines if " lambda:python3.13 " in line or " python3.13 " in line]
    assert rows == ["Gone", "Stuck", "Layered"]
    assert "  - its code was not found: gone is no folder of this repository" in lines
    assert any(line.startswith("  - broken.yaml: ") for line in lines)
    assert any(line.startswith("  AC020  the layer LambdaInsightsExtension is for x86_64") for line in lines)
    assert not any("→ template.yaml" in line or "Fine" in line for line in lines)
    root.write("a/requirements.txt", "pure\n")
    (root.folder / "broken.yaml").unlink()
    root.write(
        "template.yaml",
        MIXED.partition("  Gone:")[0]
        + "  Stuck:"
        + MIXED.partition("  Stuck:")[2].partition("  Layered:")[0],
    )
    assert root(".", "-q").out == "✓ all 2 functions can move today\n"


def test_quietly_one_function_is_one_line(root):
    root.write("a/requirements.txt", "pure\n")
    root.write("template.yaml", INLINE.format("python3.13", "a"))
    assert root(".", "-q").out == "✓ ready for arm64 now: its 1 package installs\n"


@pytest.mark.parametrize("code", [".", "app.py"])
def test_source_without_requirements_installs_nothing(root, code):
    root.write("a/app.py", "")
    root.write("a/template.yaml", INLINE.format("python3.12", code))
    (one,) = root(".", "--json").report["deployables"]
    assert one["recommendation"]["code"] == "nothing-to-audit"


def test_what_is_built_on_either_architecture_is_not_called_ready(root):
    root.write("a/requirements.txt", "source\n")
    root.write("a/template.yaml", INLINE.format("python3.13", "."))
    root.write("requirements.txt", "pure\n")
    lines = root(".", "--recursive", environ={"COLUMNS": "140"}).out.splitlines()
    (function,) = (line for line in lines if "lambda:python3.13" in line and "F " in line)
    assert "no worse than on x86_64" in function
    assert "can move now" not in function


def test_what_a_dockerfile_installs_by_name_is_audited(root, store):
    store.add("fine", "1.0", wheels=["cp312-cp312-manylinux2014_x86_64", "cp312-cp312-manylinux2014_aarch64"])
    store.add("x86", "1.0", wheels=["cp312-cp312-manylinux2014_x86_64"])
    store.add("x86", "1.1", wheels=["cp312-cp312-manylinux2014_x86_64", "cp312-cp312-manylinux2014_aarch64"])
    root.write("a/requirements.txt", "fine\n")
    root.write(
        "a/Dockerfile",
        "FROM python:3.12-bookworm\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n"
        "RUN pip install -U pip && \\\n    pip install x86==1.0\n",
    )
    done = root(".", "--json")
    (one,) = done.report["deployables"]
    name = "a/Dockerfile (RUN pip install)"
    assert one["inputs"] == ["a/requirements.txt", name]
    (audit,) = [each for each in done.report["audits"] if each["input"]["path"] == name]
    assert [(each["name"], each["locations"]) for each in audit["packages"]] == [
        ("x86", [{"path": "a/Dockerfile", "line": 4}])
    ]
    assert (one["recommendation"]["code"], done.code) == ("remedies-known", 1)
    assert all(not plan["edits"] for plan in audit["plans"])
    fixed = root("fix", ".")
    assert (fixed.code, fixed.out) == (0, "")
    assert f"first its packages, by hand: {name}" in fixed.err
    assert f"fix '{name}'" not in root(".").out


def test_the_recommendation_of_a_repository_hides_nothing_that_was_not_read(archcheck):
    """One audit is ready: neither the template that names nobody knows what, nor the code that is not here, is."""
    (archcheck.folder / ".git").mkdir()
    for name in ("fine", "gone", "broken"):
        (archcheck.folder / name).mkdir()
    archcheck.write("fine/requirements.txt", "ready\n")
    for folder, name, code in (("fine", "Here", "."), ("gone", "Gone", "nowhere/")):
        archcheck.write(
            f"{folder}/template.yaml",
            "Transform: AWS::Serverless-2016-10-31\nResources:\n"
            f"  {name}:\n    Type: AWS::Serverless::Function\n    Properties:\n"
            f"      Runtime: python3.13\n      Handler: app.handler\n      CodeUri: {code}\n",
        )
    gone = archcheck(".", "--json").report["recommendation"]
    assert (gone["code"], gone["architecture"], gone["reasons"]) == (
        "unknowns",
        "undetermined",
        ["nothing could be told of Gone"],
    )
    archcheck.write("broken/template.yaml", "Resources:\n  F: {Type: AWS::Serverless::Function\n")
    recommendation = archcheck(".", "--json").report["recommendation"]
    assert (recommendation["code"], recommendation["reasons"]) == (
        "incomplete",
        ["broken/template.yaml could not be read", "nothing could be told of Gone"],
    )


def test_the_use_of_one_function_makes_no_dollars_of_a_repository(archcheck):
    (archcheck.folder / "services").mkdir()
    archcheck.write("services/requirements.txt", "ready\n")
    use = [
        "--memory",
        "1024",
        "--duration-ms",
        "350",
        "--invocations",
        "20000000",
        "--arm-duration-ratio",
        "0.9",
    ]
    report = archcheck(".", "--recursive", "--json", *use).report
    ((savings,),) = [[audit["savings"] for audit in report["audits"]]]
    assert (savings["monthly_usd"], savings["percent"]) == (None, 28.0)
    assert "a repository has shares, and no dollars" in report["fleet"]["notes"][0]


def test_why_looks_at_all_that_an_audit_of_the_folder_would(root):
    root.write("requirements.txt", "pure\n")
    root.write("a/requirements.txt", "pure\n# other\nready\n")
    root.write(
        "a/template.yaml",
        "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties: {Runtime: python3.12, CodeUri: ., Handler: a.b}\n",
    )
    done = root("why", "ready", "--target", "lambda:python3.12")
    assert done.code == 0
    assert "ready in a/requirements.txt on AWS Lambda python3.12" in done.out
    assert "a/requirements.txt:3: ready 1.0" in done.out
    assert "\nnot in requirements.txt on AWS Lambda python3.12" in done.out
    done = root("why", "nobody", "--target", "lambda:python3.12")
    assert (done.code, done.out) == (2, "")
    assert "nobody is not among the 2 packages of these 2 audits" in done.err


RUNTIME = "Resources:\n  F: {{Type: AWS::Serverless::Function, Properties: {{CodeUri: ., Runtime: {}}}}}\n"


@pytest.mark.parametrize(
    ("runtime", "flags", "standing", "targets"),
    [
        ("python3.7", (), "stays", []),
        ("python3.99", (), "undetermined", []),
        ("!Ref Rt", (), "undetermined", []),
        ("!Ref Rt", ("--target", "lambda:python3.12"), "now", ["lambda:python3.12"]),
    ],
)
def test_a_runtime_is_never_answered_for_by_another(root, runtime, flags, standing, targets):
    root.write("a/requirements.txt", "pure\n")
    root.write("a/template.yaml", RUNTIME.format(runtime))
    (row,) = root("a", "-f", "csv", *flags).out.splitlines()[1:]
    assert f",{standing}," in row
    report = root("a", "--json", *flags).report
    assert [each["target"]["id"] for each in report["audits"]] == targets
    assert report["deployables"][0]["targets"] == targets
    planned = root("a", "--plan", *flags)
    assert ("lambda:python3.14" in planned.out, planned.code) == (False, 0)


EACH = """\
resource "aws_lambda_function" "f" {
  for_each      = toset(["ready", "other"])
  runtime       = "python3.13"
  architectures = ["x86_64"]
  filename      = data.archive_file.z[each.key].output_path
}
data "archive_file" "z" {
  for_each    = toset(["ready", "other"])
  source_dir  = "${path.module}/${each.key}"
  output_path = "${each.key}.zip"
}
"""


@pytest.mark.parametrize(
    ("other", "standing"),
    [
        ({"requirements.txt": "ready\n"}, "now"),
        ({"requirements.txt": "stuck\n"}, "stays"),
        ({"app.py": "import numpy\n"}, "undetermined"),
        ({"app.py": "import json\n"}, "now"),
        ({}, "undetermined"),  # its folder is not there
    ],
)
def test_what_is_made_for_each_key_moves_where_the_code_of_every_key_does(root, store, other, standing):
    store.add("ready", "1.0", wheels=[X86, ARM])
    store.add("stuck", "1.0", wheels=[X86])
    root.write("main.tf", EACH)
    for path, text in {
        "ready/requirements.txt": "ready\n",
        **{f"other/{n}": t for n, t in other.items()},
    }.items():
        (root.folder / path).parent.mkdir(exist_ok=True)
        root.write(path, text)
    done = root(".", "--json")
    assert [each["standing"] for each in done.report["deployables"]] == [standing]


@pytest.mark.parametrize(
    ("command", "standing"),
    [
        ("pip install -r requirements.txt", "now"),
        ("pip install -r requirements.txt -r gone.txt", "undetermined"),
        ("pip install ready && pip install --index-url https://index.example/ other", "undetermined"),
    ],
)
def test_an_image_of_which_something_was_not_read_is_undetermined(root, store, command, standing):
    store.add("ready", "1.0", wheels=[X86, ARM])
    root.write("a/requirements.txt", "ready\n")
    root.write("a/Dockerfile", f"FROM python:3.13-slim\nCOPY . .\nRUN {command}\n")
    root.write("compose.yaml", "services:\n  a:\n    build: a\n    platform: linux/amd64\n")
    done = root(".", "--json")
    (found,) = (each for each in done.report["deployables"] if each["kind"] == "container")
    assert found["standing"] == standing
    assert [each["rule"] for each in found["findings"]] == (["AC009"] if standing == "undetermined" else [])


def test_images_of_several_keys_are_not_told_by_the_first(root, store):
    store.add("ready", "1.0", wheels=[X86, ARM])
    root.write(
        "main.tf",
        'resource "aws_lambda_function" "f" {\n  for_each = toset(["a", "b"])\n  package_type = "Image"\n'
        "  image_uri = docker_image.i[each.key].name\n}\n"
        'resource "docker_image" "i" {\n  for_each = toset(["a", "b"])\n  name = each.key\n'
        "  build {\n    context = each.key\n  }\n}\n",
    )
    for folder, name in (("a", "ready"), ("b", "stuck")):
        (root.folder / folder).mkdir(exist_ok=True)
        root.write(
            f"{folder}/Dockerfile", f"FROM public.ecr.aws/lambda/python:3.13\nRUN pip install {name}\n"
        )
    standings = {each["name"]: each["standing"] for each in root(".", "--json").report["deployables"]}
    assert standings["aws_lambda_function.f"] == "undetermined"
