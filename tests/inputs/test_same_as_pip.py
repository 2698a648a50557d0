"""Requirements files: what we read is what pip's own parser reads, and what it refuses we refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pip._internal.exceptions import PipError

from archcheck.errors import InputError
from archcheck.inputs import Disk
from archcheck.inputs.requirements.reader import read_requirements
from archcheck.manifest.manifest import Manifest

from .pip_oracle import PIP_VERSION, pip_reads
from .reading import row

if TYPE_CHECKING:
    from pathlib import Path

    from archcheck.manifest.manifest import Manifest


DIGEST = "0123456789abcdef" * 4
OTHER_DIGEST = "fedcba9876543210" * 4

# name → (the oldest pip that reads it thus, files; the first one is read).
SAME_AS_PIP: dict[str, tuple[tuple[int, int], dict[str, str]]] = {
    "frozen": ((23, 1), {"r.txt": "certifi==2024.2.2\nPyYAML==5.3.1\nzope.interface==6.1\nruamel_yaml.clib==0.2.8\n"}),
    "comments": (
        (23, 1),
        {
            "r.txt": "# top\n\n   # indented\nrequests>=2.25 # why\nflask #\n"
            "a @ https://index.example/x.zip\nb @ https://index.example/b.zip#egg=b  # c\n"
        },
    ),
    "continuations": (
        (23, 1),
        {
            "r.txt": "numpy \\\n  >=1.20,\\\n  <2\nrequests\\\n# a comment ends it\nflask \\\n\na \\\n\\>=1\\\n\nbackslash-at-end\\",
        },
    ),
    "continued comment": ((23, 1), {"r.txt": "# not continued \\\nnumpy\n  # nor this \\\npandas\n"}),
    "line breaks": ((23, 1), {"r.txt": "a==1\r\nb==2\rc==3\x0cd==4\u2028e==5\n"}),
    "hashes": (
        (23, 1),
        {
            "r.txt": f"attrs==23.1.0 \\\n    --hash=sha256:{DIGEST} \\\n    --hash=sha512:{DIGEST * 2}\n"
            f"six==1.16.0 --hash sha256:{OTHER_DIGEST.upper()} --hash='sha384:{DIGEST}'\n"
        },
    ),
    "hashes implied by none": ((23, 1), {"r.txt": f"a @ https://index.example/a-1.0.zip#sha256={DIGEST}\n"}),
    "no-require-hashes": ((26, 3), {"r.txt": f"--no-require-hashes\na==1 --hash=sha256:{DIGEST}\n"}),
    "extras": ((23, 1), {"r.txt": "celery[redis,SQS]~=5.3\nuvicorn[standard] >=0.20\nblack[d_e.f]\nx [ y ] (>=1,<2)\n"}),
    "operators": (
        (23, 1),
        {"r.txt": "a===1.0+weird\nb!=1.5,>=1\nc~=1.4.2\nd==1.*\ne<2,>1\nf==1!2.0.post1.dev2\ng==1.0+local.7\nh>=1.0a1\n"},
    ),
    "markers": (
        (23, 1),
        {
            "r.txt": "dataclasses; python_version < '3.7'\n"
            'uvloop>=0.17 ; sys_platform != "win32" and (platform_python_implementation == "CPython" or extra == "x")\n'
            "pywin32 ; platform_machine in 'x86_64 AMD64'\nempty;\nspaced  ;python_version>='3'\n"
        },
    ),
    "pep 508 urls": (
        (23, 1),
        {
            "r.txt": f"pkg @ https://index.example/pkg-1.0-py3-none-any.whl#sha256={DIGEST}\n"
            "PKG.two[a]@https://index.example/x.tar.gz#subdirectory=src ; python_version < '4'\n"
            "repo @ git+https://git.example/o/repo.git@v1.2#subdirectory=python\n"
            "quoted @ https://index.example/a%20b.zip; python_version < '4'\n"
            "named @ file:///opt/wheels/named-1.0-py3-none-any.whl\n"
        },
    ),
    "bare urls": (
        (23, 1),
        {
            "r.txt": "https://index.example/numpy-1.26.4-cp312-cp312-manylinux_2_17_x86_64.whl\n"
            "https://index.example/src.tar.gz#egg=My_Project&subdirectory=pkg ; python_version > '3'\n"
            "https://index.example/unnamed.zip\n"
            f"http://index.example/six-1.0-py2.py3-none-any.whl#sha256={DIGEST} --hash=sha256:{OTHER_DIGEST}\n"
            "https://index.example/a;b.zip#egg=semi ; python_version > '3'\nfile:///opt/a%20b/y-1-py3-none-any.whl\n"
            "git+https://git.example/o/r@main#egg=r\nhg+ssh://hg.example/r#egg=h\ngit+ssh://git@git.example/o/r.git#egg=s\n"
            "file:///opt/x-2.0-py3-none-any.whl\nfile:../up/y.tar.gz\nHTTPS://index.example/cap.zip#egg=cap\n"
        },
    ),
    "local": (
        (23, 1),
        {
            "r.txt": "./wheels/numpy-1.26.4-cp312-cp312-manylinux_2_17_x86_64.whl\nproject/\n./project[dev,test] ; python_version > '3'\n"
            "sdist-1.0.tar.gz\n../outside.zip\n/abs/dir/six-1.16.0-py2.py3-none-any.whl\nproject/../project\n"
            "-e .\n-e ./project[Dev]\n-e project\n--editable=project\n-e git+https://git.example/o/r@v1#egg=r\n"
            "-e git://git.example/o/r#egg=old\n-e file:///opt/checkout#egg=named\n",
            "setup.py": "",
            "project/pyproject.toml": "",
        },
    ),
    "named editable": (
        (25, 3),
        {"r.txt": "-e 'mine[x] @ git+https://git.example/o/r ; python_version > \"3\"'\n"},
    ),
    "nested": (
        (23, 1),
        {
            "reqs/dev.txt": "-r base.txt\npytest\n-c ../constraints.txt\n--requirement=more/deep.txt\n./here.tar.gz\n",
            "reqs/base.txt": "requests\n",
            "reqs/more/deep.txt": "-r ../base.txt\ndeep==1\n",
            "constraints.txt": "urllib3<2\nidna==3.7 ; python_version < '4'\n-r inner.txt\n",
            "inner.txt": "a-requirement-after-all\n",
        },
    ),
    "index options": (
        (23, 1),
        {
            "r.txt": "--extra-index-url https://lost.example/\n-i https://one.example/simple\n"
            "--index-url=https://two.example/simple --extra-index-url https://a.example --extra-index-url=https://b.example\n"
            "--extra-index-url https://c.example\n--trusted-host two.example\n--prefer-binary\n-ihttps://three.example\n"
        },
    ),
    "no-index": (
        (23, 1),
        {"r.txt": "-i https://one.example\n--no-index\n--index-url https://two.example\n--extra-index-url https://a.example\n"},
    ),
    "find-links": (
        (23, 1),
        {
            "reqs/r.txt": "-f wheels\n--find-links ../other -f ignored\n-f https://index.example/links.html\n-f nowhere\n-f /abs\n",
            "reqs/wheels/x": "",
            "other/x": "",
        },
    ),
    "formats": (
        (23, 1),
        {
            "r.txt": "--only-binary=:all:\n--no-binary psycopg2,My_Pkg\n--only-binary my-pkg\nx --no-binary=yy\n-r n.txt --only-binary zz\n",
            "n.txt": "--no-binary :none:\n--no-binary late\n",
        },
    ),
    "formats, all and none": ((23, 1), {"r.txt": "--no-binary a\n--only-binary b,:all:,c\n--no-binary a,:all:,b,:none:,c\n"}),
    "formats, none clears one and takes from the other": (
        (23, 1), {"r.txt": "--only-binary x,z\n--no-binary v,x,:none:,y\n"},
    ),
    "pre": ((23, 1), {"r.txt": "--pre\nnumpy\n"}),
    "pre beside a requirement": ((23, 1), {"r.txt": "numpy --pre --index-url https://x.example --no-index\n"}),
    "releases": ((26, 1), {"r.txt": "--all-releases :all:\n--only-final numpy,Scipy\n--all-releases scipy\n"}),
    "require-hashes": ((23, 1), {"r.txt": "--require-hashes\n"}),
    "stray words": ((23, 1), {"r.txt": f"a==1 --hash=sha256:{DIGEST} ; python_version < '3'\n-e . ; python_version < '3'\n", "setup.py": ""}),
    "abbreviated": ((23, 1), {"r.txt": "--index https://x.example\n--prefer\n--find https://y.example\n"}),
    "config settings": ((23, 1), {"r.txt": 'a --config-settings="--build-option=x y" -C k=v\n--use-feature=fast-deps\n'}),
    "quoting": ((23, 1), {"r.txt": "-i 'https://x.example/a b'\n-f \"https://y.example/c\"\n--extra-index-url https://z.example/d\\ e\n"}),
    "variables": (
        (23, 1),
        {"r.txt": "a==${ARCHCHECK_V}\n-i https://${ARCHCHECK_USER}:${ARCHCHECK_V}@x.example\nb @ https://x.example/${NO_SUCH_}/$HOME/${lower}.zip\n"},
    ),
    "utf-8": ((23, 1), {"r.txt": "a==1 # naïve ☃\nb\n"}),
}  # fmt: skip


@pytest.mark.parametrize("case", SAME_AS_PIP)
def test_same_as_pip(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    oldest, files = SAME_AS_PIP[case]
    if oldest > PIP_VERSION:
        pytest.skip(f"pip {oldest} is the first to read this")
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    monkeypatch.chdir(tmp_path)
    environ = {"ARCHCHECK_V": "1.5", "ARCHCHECK_USER": "me"}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    main = next(iter(files))
    theirs = pip_reads(main)
    ours = read_requirements(main, files=Disk(), environ=environ, cwd=str(tmp_path))
    assert [row(one) for one in ours.requirements] == theirs.requirements
    assert [row(one) for one in ours.constraints] == theirs.constraints
    assert options(ours) == theirs.options
    assert not ours.skipped


def options(manifest: Manifest) -> dict[str, object]:
    said = manifest.options
    assert said.pre == (":all:" in said.releases.all_releases)
    return {
        "index_urls": [url for url in (said.index_url, *said.extra_index_urls) if url],
        "find_links": list(said.find_links),
        "no_index": said.no_index,
        "prefer_binary": said.prefer_binary,
        "no_binary": said.formats.no_binary,
        "only_binary": said.formats.only_binary,
        "all_releases": said.releases.all_releases,
        "only_final": said.releases.only_final,
        "require_hashes": said.require_hashes,
    }


REFUSED_BY_PIP = [
    ("--no-such-option", "no such option: --no-such-option"),
    ("numpy --no-such-option", "no such option"),
    ("-q", "no such option: -q"),
    ("--no-deps", "no such option: --no-deps"),
    ("--re x", "ambiguous option: --re"),
    ("-r", "requires 1 argument"),
    ("--no-index=yes", "does not take a value"),
    ("-i 'unclosed", "No closing quotation"),
    ("a==1 --hash=sha256", "--hash takes an algorithm and a digest"),
    ("a==1 --hash=md5:00", "not md5"),
    ("--no-binary -x", "requires 1 argument"),
    ("numpy=1.0", "did you mean '=='"),
    ("numpy 1.0", "'numpy 1.0' is not a requirement"),
    ("numpy>=", "is not a requirement"),
    ("numpy==old-1", "is not a requirement"),
    ("numpy ; python_version", "is not a requirement"),
    ("numpy ; os = 'x'", "is not a requirement"),
    ("numpy[a", "is not a requirement"),
    ("not/there", "is not a requirement"),
    ("naïve==1", "is not a requirement"),
    ("x\u202ey", "'x\\u202ey' is not a requirement"),
    ("nu\x1b[31mmpy", "'nu\\x1b[31mmpy' is not a requirement"),
    ("./bad.whl", "invalid wheel filename"),
    ("https://index.example/bad-1.whl", "invalid wheel filename"),
    ("http://[::1/x.zip", "is not a requirement"),
    ("-e numpy", "is not an editable requirement"),
    ("-e https://index.example/x.zip", "is not an editable requirement"),
    ("-e git+https://git.example/o/r", "expected the project's name"),
    ("-e git@git.example:o/r.git", "is not an editable requirement"),
    ("-r gone.txt", "no such file or directory; expected a requirements file"),
    ("-c gone.txt", "no such file or directory; expected a constraints file"),
    ("-r r.txt", "includes itself"),
]


@pytest.mark.parametrize(("line", "expected"), REFUSED_BY_PIP)
def test_refused_as_by_pip(line: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "r.txt").write_text(f"# first\n\n{line}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    # Before 24.2 pip knew a cycle by its stack alone.
    with pytest.raises((PipError, ValueError, RecursionError)):
        pip_reads("r.txt")
    with pytest.raises(InputError) as ours:
        read_requirements("r.txt", files=Disk(), environ={}, cwd=str(tmp_path))
    assert str(ours.value).startswith("r.txt:3: ")
    assert expected in str(ours.value)
    assert str(ours.value).isprintable()
