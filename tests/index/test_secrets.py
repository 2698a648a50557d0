"""A planted password never leaves: not in a report, a message, the cache, or a request to somebody else."""

from __future__ import annotations

import base64

import pytest

from tests.loopback import Failure, IndexServer, Sdist, Store
from tests.loopback.failures import bad_body, cut_off, hang, redirect, server_error
from tests.patience import IMPATIENCE, PATIENCE, eventually

USER, SECRET = "pl4nted-us3r", "pl4nted-s3cret"
BASIC = base64.b64encode(f"{USER}:{SECRET}".encode()).decode()
TRACES = (SECRET, BASIC, SECRET.replace("-", "%2D"))

FAILURES = {
    "none": None,
    "401": Failure(pattern="*", status=401, body=b""),
    "403": Failure(pattern="*", status=403, body=b""),
    "404": Failure(pattern="*", status=404, body=b""),
    "429": Failure(pattern="*", status=429, headers={"Retry-After": "0"}, body=b""),
    "500": server_error("*", times=None),
    "not JSON": bad_body("*"),
    "cut off": cut_off("*"),
    "silence": hang("*"),
    "a loop": redirect("*"),
    "not HTTP": redirect("*", f"ftp://{USER}:{SECRET}@files.example/"),
    "nowhere": redirect("*", f"http://{USER}:{SECRET}@127.0.0.1:9/"),
    "no address": redirect("*", f"http://{USER}:{SECRET}@[::1/"),
}


@pytest.fixture
def other():
    """Another host, to which nothing of the first one's may go."""
    store = Store()
    store.add("demo", "1.0", wheels=["py3-none-any"])
    with IndexServer(store) as server:
        yield server


@pytest.fixture
def shop(store, index):
    """The private index, whose files are on another host where a test says so."""
    store.add("demo", "1.0", wheels=["py3-none-any"], sdist=True, requires_dist=["lib"])
    store.add("lib", "2.0", sdist=Sdist(metadata_version="2.1", static_requires=False))
    return index


def with_password(url):
    return url.replace("://", f"://{USER}:{SECRET}@")


def assert_nothing_left(run, *ran):
    for each in ran:
        for trace in TRACES:
            assert trace not in each.out + each.err
        assert "Traceback" not in each.err
    kept = [path for path in run.cache.rglob("*") if path.is_file()]
    for path in kept:
        data = path.read_bytes()
        assert not [trace for trace in TRACES if trace.encode() in data]
        assert not [trace for trace in TRACES if trace in str(path)]


def audited(run, *arguments, timeout=PATIENCE):
    """Run in all forms, from the index and then from the cache."""
    forms = ("json", "text", "markdown")
    return [run("-v", "--timeout", str(timeout), *arguments, form=form) for form in forms] + [
        run("--offline", *arguments, form="text")
    ]


def assert_received(server, *, wanted):
    had = {request.headers.get("authorization") for request in server.log}
    assert had == ({f"Basic {BASIC}"} if wanted else {None})


@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("place", ["file", "flag", "variable", "netrc", "find-links", "uv", "poetry"])
def test_whatever_the_index_answers(run, shop, monkeypatch, place, failure):
    if FAILURES[failure]:
        shop.fail(FAILURES[failure])
    secret, arguments, text = with_password(shop.url), [], "demo\n"
    match place:
        case "file":
            text = f"--index-url {secret}\ndemo\n"
        case "flag":
            arguments = ["--index-url", secret]
        case "variable":
            monkeypatch.setenv("PIP_INDEX_URL", secret)
        case "netrc":
            (run.folder.parent / "home" / "netrc").write_text(
                f"machine 127.0.0.1 login {USER} password {SECRET}\n"
            )
            monkeypatch.setenv("PIP_INDEX_URL", shop.url)
        case "find-links":
            monkeypatch.setenv("PIP_NO_INDEX", "1")
            text = f"--find-links {secret}demo/\n--find-links {secret}lib/\ndemo\n"
        case "uv":
            run.write(
                '[project]\nname = "x"\nversion = "1"\ndependencies = ["demo"]\n[[tool.uv.index]]\n'
                f'name = "shop"\nurl = "{shop.url}"\ndefault = true\n',
                "pyproject.toml",
            )
            monkeypatch.setenv("UV_INDEX_SHOP_USERNAME", USER)
            monkeypatch.setenv("UV_INDEX_SHOP_PASSWORD", SECRET)
            arguments = ["pyproject.toml"]
        case "poetry":
            run.write(
                '[tool.poetry]\nname = "x"\nversion = "1"\n[tool.poetry.dependencies]\ndemo = "*"\n'
                f'[[tool.poetry.source]]\nname = "shop"\nurl = "{shop.url}"\n',
                "pyproject.toml",
            )
            monkeypatch.setenv("POETRY_HTTP_BASIC_SHOP_USERNAME", USER)
            monkeypatch.setenv("POETRY_HTTP_BASIC_SHOP_PASSWORD", SECRET)
            arguments = ["pyproject.toml"]
    run.write(text)
    ran = audited(run, *arguments, timeout=IMPATIENCE if failure == "silence" else PATIENCE)
    assert_nothing_left(run, *ran)
    eventually(lambda: shop.log, "the index is asked")
    assert_received(shop, wanted=True)
    assert ran[0].code == (0 if failure == "none" else 2), ran[0].err
    if failure == "none":
        assert {"demo", "lib"} == set(ran[0].results)


@pytest.mark.parametrize("how", ["redirect", "link", "find-links"])
def test_another_host_gets_nothing(run, shop, other, how):
    text = f"--index-url {with_password(shop.url)}\ndemo\n"
    if how == "redirect":
        shop.fail(redirect("*", f"{other.url}demo/"))
    elif how == "link":
        link = f'<a href="{other.base}/files/demo-1.0-py3-none-any.whl">demo</a>'
        shop.fail(Failure(pattern="*", body=link.encode(), headers={"Content-Type": "text/html"}))
    else:
        shop.fail(Failure(pattern="*", status=404, body=b""))
        text += f"--find-links {other.url}demo/\n"
    run.write(text)
    ran = audited(run)
    assert_nothing_left(run, *ran)
    assert other.log
    assert_received(other, wanted=False)
    assert_received(shop, wanted=True)
    assert ran[0].code == 0, ran[0].err


def test_a_link_with_a_password_of_its_own(run, shop, other):
    """The password in a page's link is not kept, nor is it sent: pip's users have theirs in their settings."""
    link = with_password(f"{other.base}/files/demo-1.0-py3-none-any.whl")
    body = f'<a href="{link}">demo</a>'.encode()
    shop.fail(Failure(pattern="*", body=body, headers={"Content-Type": "text/html"}))
    run.write(f"--index-url {shop.url}\ndemo\n")
    assert_nothing_left(run, *audited(run))
    assert_received(other, wanted=False)


TEXTS = {
    "an address that is none": "--index-url https://{login}@[::1/simple\ndemo\n",
    "a port that is none": "--extra-index-url https://{login}@index.example:port/simple\ndemo\n",
    "ftp": "--index-url ftp://{login}@index.example/simple\ndemo\n",
    "find-links by ftp": "--no-index\n--find-links ftp://{login}@index.example/simple\ndemo\n",
    "file with a host": "--no-index\n--find-links file://{login}@index.example/simple\ndemo\n",
    "plain http": "--index-url http://{login}@index.example/simple\ndemo\n",
    "nobody listens": "--index-url http://{login}@127.0.0.1:9/simple\ndemo\n",
    "a wheel": "demo @ {files}/demo-1.0-py3-none-any.whl\n",
    "an sdist": "demo @ {files}/demo-1.0.tar.gz\n",
    "a wheel that is not there": "demo @ {files}/demo-9.0-py3-none-any.whl\n",
    "a wheel that is another": "demo @ {files}/demo-1.0-py3-none-any.whl --hash=sha256:" + "0" * 64 + "\n",
    "a wheel by ftp": "demo @ ftp://{login}@files.example/demo-1.0-py3-none-any.whl\n",
    "no wheel at all": "demo @ {files}/demo.exe\n",
    "a bare address": "{files}/demo-1.0-py3-none-any.whl\n",
    "a checkout": "demo @ git+https://{login}@code.example/demo@main\n",
    "an editable checkout": "-e git+https://{login}@code.example/demo@main#egg=demo\n",
    "a checkout by token": "demo @ git+https://{secret}@code.example/demo@main\n",
    "words after it": "demo @ {files}/demo-1.0-py3-none-any.whl oops\n",
    "an option that is none": "--index-urls https://{login}@index.example/\n",
    "two on one line": "--index-url https://{login}@index.example/ demo\n",
    "an included file": "-r {files}/demo.txt\n",
    "included constraints": "-c {files}/demo.txt\ndemo\n",
    "an included file by ftp": "-r ftp://{login}@files.example/demo.txt\n",
    "a name that is none": "demo! @ {files}/demo-1.0-py3-none-any.whl\n",
}


@pytest.mark.parametrize("case", TEXTS)
def test_whatever_the_file_says(run, shop, monkeypatch, case):
    login = f"{USER}:{SECRET}"
    files = with_password(f"{shop.base}/files")
    monkeypatch.setenv("PIP_INDEX_URL", shop.url)
    run.write(TEXTS[case].format(login=login, secret=SECRET, files=files))
    assert_nothing_left(run, *audited(run))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PIP_PROXY", "http://{login}@127.0.0.1:9"),
        ("PIP_PROXY", "http://{login}@[::1"),
        ("PIP_PROXY", "nonsense://{login}@proxy.example"),
        ("PIP_CERT", "/{login}.pem"),
        ("PIP_INDEX_URL", "//{login}@index.example"),
        ("PIP_CONSTRAINT", "http://{login}@127.0.0.1:9/constraints.txt"),
        ("PIP_CONFIG_FILE", "{broken}"),
    ],
)
def test_whatever_the_settings_say(run, shop, monkeypatch, name, value):
    broken = run.folder / "broken.conf"
    broken.write_text(f"[global]\nindex-url https://{USER}:{SECRET}@index.example\n")
    monkeypatch.setenv("PIP_INDEX_URL", shop.url)
    monkeypatch.setenv(name, value.format(login=f"{USER}:{SECRET}", broken=broken))
    run.write("demo\n")
    assert_nothing_left(run, *audited(run))
