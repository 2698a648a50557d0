"""Input that is wrong, odd or hostile: one clear line, never a traceback, never a silent "ready"."""

from __future__ import annotations

import pytest


def one_line(err: str) -> str:
    """Return the only line of *err*, free of control characters."""
    assert err.endswith("\n")
    line = err[:-1]
    assert line.isprintable()
    return line


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        ("missing.txt", None, "missing.txt: no such file"),
        (".", None, "no input: this folder has none of uv.lock, "),
        ("binary.txt", b"\x7fELF\x02\x01\x01\x00\x00\xff\xfe", "binary.txt"),
        ("latin.txt", b"caf\xe9\n", "latin.txt"),
        ("bad.txt", "ready==\n", "bad.txt:1"),
        ("bad.txt", "ready\n--no-such-option\n", "bad.txt:2"),
        ("bad.txt", "naïve\n", "bad.txt:1"),
        ("bad.txt", "re\x1b[31mady\n", "bad.txt:1"),
        ("bad.txt", "re\x00ady\n", "bad.txt"),
        ("cyclic.txt", "ready\n-r cyclic.txt\n", "cyclic.txt:2"),
        ("bad.txt", "-r gone.txt\n", "bad.txt:1"),
        ("bad.txt", "ready ; platform_machine = 'x'\n", "bad.txt:1"),
    ],
)
def test_what_cannot_be_read_is_an_error_with_its_place(archcheck, path, content, words):
    if content is not None:
        archcheck.write(path, content)
    done = archcheck(path)
    assert (done.code, done.out) == (2, "")
    assert words in one_line(done.err)


def test_a_cycle_of_two_files_is_told_whole(archcheck):
    archcheck.write("a.txt", "-r b.txt\n")
    archcheck.write("b.txt", "pure\n-r a.txt\n")
    assert "a.txt → b.txt → a.txt" in one_line(archcheck("a.txt").err)


def test_no_input_at_all(archcheck):
    done = archcheck()
    assert done.code == 2
    assert "requirements.txt" in one_line(done.err)


def test_standard_input(archcheck):
    done = archcheck("-", "--json", stdin="ready\n")
    assert done.code == 0
    assert done.report["audits"][0]["input"]["path"] == "-"
    assert archcheck("-", stdin=b"\x80\x81\x00").code == 2


def test_a_file_in_utf_16(archcheck):
    archcheck.write("requirements.txt", "stuck\n".encode("utf-16"))
    assert archcheck("--json").codes == {"AC001"}


def test_line_and_path_of_a_transitive_obstacle(archcheck):
    archcheck.write("base.txt", "# a comment\nservice \\\n  >=1\n")
    archcheck.write("requirements.txt", "pure\n-r base.txt\n")
    done = archcheck("--json")
    (finding,) = done.report["audits"][0]["findings"]
    assert finding["package"] == "blocked"
    assert finding["path"] == ["service", "blocked"]
    assert finding["location"] == {"path": "base.txt", "line": 2}
    assert finding["remedy"]["version"] == "1.1"
    text = archcheck().out
    assert "base.txt:2: service → blocked" in text


def test_hostile_metadata_reaches_no_terminal(archcheck, store):
    store.add("evil", "1.0", wheels=["py3-none-any"], requires_dist=["bad name; \x1b[31m"])
    done = archcheck("-", "-v", stdin="evil\n")
    assert "\x1b" not in done.out + done.err
    assert "undetermined" in done.out


def test_many_includes_are_no_hang(archcheck):
    for depth in range(30):
        archcheck.write(f"{depth}.txt", f"-r {depth + 1}.txt\n-r {depth + 1}.txt\n")
    archcheck.write("30.txt", "pure\n")
    done = archcheck("0.txt")
    assert done.code == 2
    assert "too many files" in one_line(done.err)


def test_the_python_of_the_project_is_the_default_target(archcheck):
    archcheck.write(".python-version", "3.12\n")
    assert archcheck("-", "--json", stdin="pure\n").report["audits"][0]["target"]["id"] == "lambda:python3.12"
