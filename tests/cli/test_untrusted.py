"""`--untrusted` and `--revision`: what a pull request brings reaches nothing that was not there before it."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.loopback import IndexServer, Store


@pytest.fixture
def git(archcheck):
    """Return a function that runs git in the project's folder, which is a repository with one commit."""

    def run(*arguments):
        return subprocess.run(
            ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments],
            cwd=archcheck.folder,
            check=True,
            capture_output=True,
            text=True,
            env={"PATH": os.environ["PATH"], "HOME": str(archcheck.folder), "GIT_CONFIG_NOSYSTEM": "1"},
        ).stdout.strip()

    run("init", "-q", "-b", "main")
    archcheck.write("requirements.txt", "ready\n")
    archcheck.write(".gitignore", ".cache\n")
    run("add", ".")
    run("commit", "-qm", "base")
    return run


@pytest.fixture
def evil():
    """Another index, which has a package of the name `ready` too."""
    store = Store()
    store.add("ready", "9.0", wheels=["py3-none-any"])
    with IndexServer(store) as server:
        yield server


def skipped(done):
    return [trouble["message"] for audit in done.report["audits"] for trouble in audit["errors"]]


def test_a_commit_is_audited_without_the_work_tree(archcheck, git):
    archcheck.write("requirements.txt", "blocked==1.0\n-r more/other.txt\n")
    (archcheck.folder / "more").mkdir()
    archcheck.write("more/other.txt", "pure\n")
    git("add", ".")
    git("commit", "-qm", "head")
    archcheck.write("requirements.txt", "stuck\n")
    (archcheck.folder / "more" / "other.txt").unlink()
    status = git("status", "--porcelain")
    base = archcheck("--json", "--revision", "HEAD~1", "requirements.txt").report
    head = archcheck("--json", "--revision", "HEAD").report
    assert [p["name"] for p in base["audits"][0]["packages"]] == ["pure", "ready"]
    assert [p["name"] for p in head["audits"][0]["packages"]] == ["blocked", "pure"]
    assert git("status", "--porcelain") == status


def test_a_commit_follows_links_within_itself_alone(archcheck, git):
    archcheck.write("outside.txt", "stuck\n")
    for name, target in {
        "a.txt": "requirements.txt",
        "b.txt": "/etc/passwd",
        "c.txt": "../x",
        "d.txt": "d.txt",
    }.items():
        (archcheck.folder / name).symlink_to(target)
    git("add", "[a-d].txt")
    git("commit", "-qm", "links")
    assert archcheck("--json", "--revision", "HEAD", "a.txt").code == 0
    for name in ("b.txt", "c.txt", "d.txt", "outside.txt", "../up.txt", "/etc/passwd", "-"):
        done = archcheck("--json", "--revision", "HEAD", name)
        assert (done.code, done.out) == (2, ""), name


@pytest.mark.parametrize("revision", ["nowhere", "--help", "-x", "", "HEAD:requirements.txt"])
def test_a_commit_that_is_none(archcheck, git, revision):
    done = archcheck("--json", f"--revision={revision}")
    assert done.code == 2
    assert "no such commit" in done.err


def test_no_repository(archcheck):
    assert "no git repository" in archcheck("--json", "--revision", "HEAD").err


def test_variables_are_not_filled_in(archcheck, git):
    archcheck.write("requirements.txt", "ready\nblocked @ https://index.example/${SECRET}.whl\n")
    done = archcheck("--json", "--untrusted", environ={"SECRET": "s3cr3t"})
    assert done.code == 2
    assert "s3cr3t" not in done.out + done.err
    assert "${SECRET}" in skipped(done)[0]


@pytest.mark.parametrize("option", ["--index-url", "--extra-index-url", "--find-links"])
def test_an_index_of_strangers_is_not_asked(archcheck, git, evil, option):
    archcheck.write("requirements.txt", f"{option} {evil.url}\nready\n")
    done = archcheck("--json", "--untrusted", "--base", "HEAD")
    assert (done.code, done.report["recommendation"]["architecture"]) == (2, "undetermined")
    assert evil.log == []
    assert evil.url in skipped(done)[0]


def test_an_index_that_the_base_has_is_asked_also_by_its_variables(archcheck, git, evil):
    address = evil.url.replace("http://", "http://${USER_OF_IT}:${SECRET}@")
    archcheck.write("requirements.txt", f"--index-url {address}\npure\n")
    git("commit", "-qam", "a private index")
    archcheck.write("requirements.txt", f"--index-url {address}\nready\n")
    secret = {"USER_OF_IT": "me", "SECRET": "s3cr3t"}
    done = archcheck("--json", "--untrusted", "--base", "HEAD", environ=secret)
    assert done.code == 0
    assert done.report["audits"][0]["packages"][0]["results"][0]["version"] == "9.0"
    assert "s3cr3t" not in done.out + done.err
    assert archcheck("--json", "--untrusted", environ=secret).code == 2


def test_a_direct_address_of_strangers_is_not_fetched(archcheck, git, evil):
    wheel = f"{evil.base}/files/ready-9.0-py3-none-any.whl"
    archcheck.write("requirements.txt", f"ready @ {wheel}\npure\n")
    done = archcheck("--json", "--untrusted", "--base", "HEAD")
    assert done.code == 2
    assert evil.log == []
    assert [p["name"] for p in done.report["audits"][0]["packages"]] == ["pure"]


def with_secrets_of_git(folder):
    """Put what would be read well, and told, into folders of git: a message quotes the line that it cannot read."""
    config = folder / ".git" / "config"
    config.write_text(f"[s3cr3t]\n{config.read_text()}")
    for place in (".git", ".GIT", "module/.git"):
        (folder / place / "project").mkdir(parents=True)
        (folder / place / "more.txt").write_text("stuck==6.6.6-s3cr3t\n")
        (folder / place / "project" / "pyproject.toml").write_text(
            '[project]\nname = "stuck"\nversion = "6"\ndependencies = ["stuck"]\n'
        )
        (folder / place / "stuck-6-py3-none-any.whl").touch()
    (folder / "into.txt").symlink_to(".git/more.txt")


@pytest.mark.parametrize(
    "line",
    [
        "-r ../outside.txt",
        "-c ../outside.txt",
        "-r link.txt",
        "-r /etc/hostname",
        "-r file:///etc/hostname",
        "-r .git/config",
        "-r .git/more.txt",
        "-r .GIT/more.txt",
        "-r module/.git/more.txt",
        "-r into.txt",
        "-c .git/more.txt",
        "./.git/project",
        "--find-links .git",
        "-r folder/outside.txt",
        "--find-links ..",
        "--find-links folder",
        "-e ..",
        "./folder",
        "./holder",
        "ready @ file:///etc/hostname",
        "../ready-1.0-py3-none-any.whl",
    ],
)
def test_nothing_outside_of_the_checkout_is_read(archcheck, git, line, tmp_path_factory):
    outside = archcheck.folder.parent / "outside.txt"
    outside.write_text("stuck==6.6.6-s3cr3t\n")
    (archcheck.folder / "link.txt").symlink_to(outside)
    (archcheck.folder / "folder").symlink_to(archcheck.folder.parent)
    (archcheck.folder / "holder").mkdir()
    (archcheck.folder / "holder" / "pyproject.toml").symlink_to(outside)
    with_secrets_of_git(archcheck.folder)
    archcheck.write("requirements.txt", f"pure\n{line}\n")
    done = archcheck("--json", "--untrusted", "--base", "HEAD")
    assert done.code == 2
    assert "s3cr3t" not in done.out + done.err
    assert "stuck" not in done.out + done.err


def test_what_is_inside_is_read(archcheck, git):
    (archcheck.folder / "sub").mkdir()
    archcheck.write("sub/more.txt", "-r ../third.txt\n")
    archcheck.write("third.txt", "pure\n")
    (archcheck.folder / "plugin").mkdir()
    archcheck.write(
        "plugin/pyproject.toml", '[project]\nname = "plugin"\nversion = "1"\ndependencies = ["ready"]\n'
    )
    archcheck.write("requirements.txt", "-r sub/more.txt\n./plugin\n")
    done = archcheck("--json", "--untrusted")
    assert done.code == 0
    assert [p["name"] for p in done.report["audits"][0]["packages"]] == ["plugin", "pure", "ready"]


def test_a_project_of_the_checkout_leads_to_nobody_either(archcheck, git, evil):
    (archcheck.folder / "plugin").mkdir()
    project = '[project]\nname = "plugin"\nversion = "1"\ndependencies = ["ready @ {}/files/ready-9.0-py3-none-any.whl"]\n'
    archcheck.write("plugin/pyproject.toml", project.format(evil.base))
    archcheck.write("requirements.txt", "./plugin\n")
    assert archcheck("--json", "--untrusted", "--base", "HEAD").code == 2
    assert evil.log == []
    archcheck("--json")
    assert evil.log != []


@pytest.mark.parametrize(
    "option", ["--index-url file:{}/local", "--find-links local/ready", "--find-links local/ready/index.html"]
)
def test_a_page_in_the_checkout_leads_to_nobody_either(archcheck, git, evil, option):
    (archcheck.folder / "local" / "ready").mkdir(parents=True)
    link = f'<a href="{evil.base}/files/ready-9.0-py3-none-any.whl">ready-9.0-py3-none-any.whl</a>'
    archcheck.write("local/ready/index.html", link)
    archcheck.write("requirements.txt", f"{option.format(archcheck.folder)}\nready\n")
    git("add", ".")
    git("commit", "-qm", "a local index")
    assert archcheck("--json", "--untrusted", "--base", "HEAD").code == 2
    assert evil.log == []
    archcheck("--json")
    assert evil.log != []


def test_the_settings_file_of_the_checkout_does_not_count(archcheck, git, evil):
    archcheck.write("archcheck.toml", f"index-url = '{evil.url}'\noutputs = ['hacked.json']\n")
    assert archcheck("--json", "--untrusted").code == 0
    assert evil.log == []
    assert not (archcheck.folder / "hacked.json").exists()


IGNORE = "[[ignore]]\npackage = '{}'\nreason = 'known'\n"


def ignored(done):
    return [found["package"] for audit in done.report["audits"] for found in audit["ignored"]]


@pytest.fixture
def with_settings(archcheck, git):
    """Let the base accept `blocked`, and the head, its settings changed, bring `stuck` besides."""
    archcheck.write("archcheck.toml", IGNORE.format("blocked"))
    archcheck.write("requirements.txt", "blocked==1.0\n")
    git("add", ".")
    git("commit", "-qm", "base with settings")
    git("tag", "base")
    archcheck.write("archcheck.toml", IGNORE.format("stuck") + "[[ignore]]\nrule = 'AC001'\nreason = 'x'\n")
    archcheck.write("requirements.txt", "blocked==1.0\nstuck\n")
    git("commit", "-qam", "head")


@pytest.mark.usefixtures("with_settings")
def test_the_settings_of_the_base_count_for_what_strangers_bring(archcheck):
    head = archcheck("--json", "--untrusted", "--base", "base")
    assert (head.code, ignored(head)) == (1, ["blocked"])
    assert "settings of archcheck.toml in base: ignore" in head.report["audits"][0]["notes"]
    base = archcheck("--json", "--revision", "base")
    assert (base.code, ignored(base)) == (0, ["blocked"])
    assert ignored(archcheck("--json", "--revision", "HEAD")) == ["blocked", "stuck"]
    for arguments in (["--untrusted"], ["--untrusted", "--base", "base", "--no-config"]):
        assert ignored(archcheck("--json", *arguments)) == []
    named = archcheck("--json", "--untrusted", "--base", "base", "--config", "archcheck.toml")
    assert ignored(named) == ["blocked", "stuck"]
    by_variable = {"ARCHCHECK_CONFIG": "archcheck.toml"}
    assert ignored(archcheck("--json", "--untrusted", "--base", "base", environ=by_variable)) == ["blocked"]


def test_settings_of_a_commit_lead_to_nothing_in_the_work_tree(archcheck, git, evil):
    """The page and the folder that the base names are the head's when they are read."""
    archcheck.write("page.html", "")
    own = "find-links = ['page.html', '{}']\nindex-url = 'file:local'\noutputs = ['hacked.json']\n"
    archcheck.write("archcheck.toml", own.format(f"{archcheck.index_url}ready/"))
    git("add", ".")
    git("commit", "-qm", "base with local places")
    archcheck.write(
        "page.html", f'<a href="{evil.base}/files/ready-9.0-py3-none-any.whl">ready-9.0-py3-none-any.whl</a>'
    )
    for arguments in (["--untrusted", "--base", "HEAD"], ["--revision", "HEAD"]):
        done = archcheck("--json", *arguments)
        assert (done.code, evil.log) == (0, [])
        note = "find-links (but nothing local), index-url (but nothing local), outputs (but nothing local)"
        assert f"settings of archcheck.toml in HEAD: {note}" in done.report["audits"][0]["notes"]
    assert not (archcheck.folder / "hacked.json").exists()


def test_the_settings_of_a_base_reach_up_to_its_root_alone(archcheck, git):
    (archcheck.folder / "inner").mkdir()
    archcheck.write("inner/requirements.txt", "stuck\n")
    archcheck.write("archcheck.toml", IGNORE.format("stuck"))
    git("add", ".")
    git("commit", "-qm", "base")
    (archcheck.folder / "archcheck.toml").unlink()
    (archcheck.folder.parent / "archcheck.toml").write_text("strict = 'broken'")
    done = archcheck("--json", "--untrusted", "--base", "HEAD", "inner/requirements.txt")
    assert (done.code, ignored(done)) == (0, ["stuck"])
    archcheck.write("archcheck.toml", "strict = 'broken'")
    git("commit", "-qam", "broken")
    assert "archcheck.toml: strict: expected true or false" in archcheck("--untrusted", "--base", "HEAD").err


def test_a_lock_leads_to_no_host_that_the_base_has_not(archcheck, git, evil):
    def lock(base):
        return (
            'version = 1\nrequires-python = ">=3.13"\n[[package]]\nname = "app"\nversion = "0"\nsource = { virtual = "." }\n'
            'dependencies = [{ name = "source" }]\n[[package]]\nname = "source"\nversion = "1.0"\n'
            f'source = {{ registry = "{archcheck.index_url}" }}\n'
            f'sdist = {{ url = "{base}/files/source-1.0.tar.gz", hash = "sha256:{"0" * 64}" }}\n'
        )

    archcheck.write("uv.lock", lock(evil.base))
    archcheck("--json", "--untrusted", "--base", "HEAD", "uv.lock")
    assert evil.log == []
    archcheck("--json", "uv.lock")
    assert evil.paths == ["/files/source-1.0.tar.gz"]


def test_base_goes_with_untrusted(archcheck):
    assert "--base goes with --untrusted" in archcheck("--json", "--base", "HEAD").err


def test_a_stranger_accepts_nothing_by_a_comment_that_the_base_has_not(archcheck, git):
    archcheck.write("requirements.txt", "ready\nstuck  # archcheck: ignore[AC001] its owner builds it\n")
    git("add", ".")
    git("commit", "-qm", "the base accepts one")
    archcheck.write(
        "requirements.txt",
        "# moved down\nready\nstuck  # archcheck: ignore[AC001] its owner builds it\nblocked==1.0  # archcheck: ignore trust me\n",
    )
    head = archcheck("--json", "--untrusted", "--base", "HEAD")
    assert (head.code, ignored(head)) == (1, ["stuck"])
    assert ignored(archcheck("--json", "--untrusted")) == []
    assert ignored(archcheck("--json")) == ["blocked", "stuck"]
