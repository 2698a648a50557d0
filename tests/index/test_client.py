"""The HTTP client against a server that misbehaves."""

from __future__ import annotations

import asyncio
import errno
import gzip
import re
import socket
from email.utils import formatdate

import httpx
import pytest

from archcheck.index.http import client as client_module
from archcheck.index.http.addresses import Credential
from archcheck.index.http.client import Client
from archcheck.index.http.messages import Asked, HttpSettings, Reply, Stats, Unavailable
from archcheck.index.http.patience import Patience
from tests.loopback import Failure, Features, IndexServer, Store
from tests.loopback.failures import hang, server_error, too_many_requests
from tests.patience import IMPATIENCE, PATIENCE, impatient


@pytest.fixture
def demo(index, store):
    store.add("demo", "1.0", wheels=["py3-none-any"])
    return f"{index.url}demo/"


@pytest.fixture(autouse=True)
def _no_netrc(monkeypatch, tmp_path):
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))


class Clock:
    """The client's `time`, which passes only in its pauses."""

    def __init__(self):
        self.now = 1_700_000_000.0
        self.pauses = []

    def time(self):
        return self.now

    def monotonic(self):
        return self.now

    async def pause(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(client_module, "time", clock)
    return clock


def ask(url, *, credentials=(), headers=None, limit=1 << 20, clock=None, stats=None, **settings):
    """Return the answer and the pauses that were made; no real time passes in them."""
    clock = clock or Clock()

    async def run():
        chosen = HttpSettings(**{"timeout": PATIENCE, "retries": 3, **settings})
        client = Client(chosen, stats or Stats(), list(credentials), pause=clock.pause)
        try:
            return await client.get(url, headers=headers, limit=limit)
        finally:
            await client.aclose()

    return asyncio.run(run()), clock.pauses


def test_an_answer(demo, index):
    reply, pauses = ask(demo, headers={"Accept": "application/vnd.pypi.simple.v1+json"})
    assert isinstance(reply, Reply)
    assert (reply.status, reply.url, pauses) == (200, demo, [])
    assert reply.headers["content-type"] == "application/vnd.pypi.simple.v1+json"
    assert b'"demo-1.0-py3-none-any.whl"' in reply.body
    assert index.log[0].headers["user-agent"].startswith("archcheck/")


def test_not_found_is_an_answer(index):
    reply, pauses = ask(f"{index.url}none/")
    assert (reply.status, reply.body, pauses) == (404, b"", [])


@pytest.mark.parametrize("wait", [lambda _: "7", lambda now: formatdate(now + 7, usegmt=True)])
def test_retry_after_is_honoured(demo, index, clock, wait):
    index.fail(too_many_requests("*", retry_after=wait(clock.now)))
    reply, pauses = ask(demo, clock=clock)
    assert (reply.status, pauses) == (200, [7])


def test_other_requests_to_the_same_host_are_quiet_too(demo, index, clock):
    index.fail(too_many_requests("*", retry_after="9"))

    async def run():
        client = Client(HttpSettings(retries=0), Stats(), [], pause=clock.pause)
        try:
            return [await client.get(demo), await client.get(demo)]
        finally:
            await client.aclose()

    first, second = asyncio.run(run())
    assert isinstance(first, Unavailable)
    assert isinstance(second, Reply)
    assert clock.pauses == [9]


def test_a_wait_that_is_too_long_ends_it(demo, index):
    index.fail(too_many_requests("*", retry_after="3600", times=None))
    reply, pauses = ask(demo)
    assert reply.incomplete
    assert reply.reason.endswith("answered 429 Too Many Requests and asks to wait 3600 s")
    assert (pauses, len(index.log)) == ([], 1)


@pytest.mark.parametrize(
    "failure",
    [
        server_error("*", times=2),
        server_error("*", status=503, times=2),
        Failure(pattern="*", times=2, cut_off=0.5),
        hang("*", times=1),
    ],
)
def test_passing_failures_pass(demo, index, monkeypatch, failure):
    index.fail(failure)
    unheard = iter([True] if failure.hang else [])
    impatient(monkeypatch, lambda _: next(unheard, False))
    reply, pauses = ask(demo)
    assert isinstance(reply, Reply)
    assert b"demo-1.0" in reply.body
    assert pauses
    assert all(0 < pause <= 15 for pause in pauses)


@pytest.mark.parametrize(
    ("failure", "reason", "tries"),
    [
        (server_error("*", times=None), "answered 500 Internal Server Error (tried 3 times)", 3),
        (server_error("*", status=501, times=None), "answered 501 Not Implemented", 1),
        (Failure(pattern="*", cut_off=0.5), "broke off its answer (RemoteProtocolError) (tried 3 times)", 3),
        (hang("*"), f"did not answer within {IMPATIENCE:g} s (tried 3 times)", 3),
        (Failure(pattern="*", status=302, headers={"Location": ""}), "redirects more than 10 times", 10),
        (
            Failure(pattern="*", status=302, headers={"Location": "file:///etc/passwd"}),
            "redirects to something that is not HTTP",
            1,
        ),
        (
            Failure(pattern="*", headers={"content-encoding": "gzip"}, body=b"not gzip"),
            "sent what is not packed as it says (Error -3 while decompressing data: incorrect header check) (tried 3 times)",
            3,
        ),
    ],
)
def test_lasting_failures_are_one_line(demo, index, failure, reason, tries):
    index.fail(failure)
    stats = Stats()
    reply, _ = ask(demo, retries=2, stats=stats, timeout=IMPATIENCE if failure.hang else PATIENCE)
    assert reply == Unavailable(reason=f"{index.base.removeprefix('http://')} {reason}", incomplete=True)
    assert stats.requests == tries


def together(urls, patience, *, pause=asyncio.sleep, **settings):
    """Return what is answered to *urls*, all asked at once and with one *patience*."""

    async def run():
        chosen = HttpSettings(**{"timeout": PATIENCE, "retries": 5, **settings})
        client = Client(chosen, Stats(), [], patience=patience, pause=pause)
        try:
            return await asyncio.gather(*(client.get(url) for url in urls))
        finally:
            await client.aclose()

    return asyncio.run(run())


@pytest.mark.parametrize(
    "failure", [hang("*"), Failure(pattern="*", drip=PATIENCE / 1000, body=b"x" * 64 * 1000)]
)
def test_what_does_not_come_is_waited_for_once_in_a_run(demo, index, failure):
    """Every byte of a drip is in time, the whole is not; and it is no other for the next project."""
    index.fail(failure)
    patience = Patience(IMPATIENCE)
    first, *rest = together([demo, f"{index.url}one/", f"{index.url}two/"], patience)
    place = index.base.removeprefix("http://")
    why = f" within {IMPATIENCE:g} s, the patience that a run has for what does not come (--timeout)"
    asked = len(index.log)
    assert asked == 3
    for answer in (first, *rest, *together([demo, f"{index.url}three/"], patience)):
        assert answer.incomplete
        # Each names what it waited for; those that came later what the run had waited for first.
        assert re.fullmatch(f"{place} did not send (demo|one|two){re.escape(why)}", answer.reason)
    assert len(index.log) == asked


def test_what_one_host_used_up_leaves_the_next_one_enough_to_answer(demo):
    patience = Patience(PATIENCE)
    patience.use_up("silent.example", "demo")
    assert isinstance(together([demo], patience)[0], Reply)


def test_a_wait_beyond_the_patience_that_is_left_is_not_begun(demo, index, clock):
    index.fail(too_many_requests("*", retry_after="7", times=None))
    patience = Patience(20, clock.monotonic)
    (reply,) = together([demo], patience, pause=clock.pause)
    assert clock.pauses == [7, 7]
    assert reply.reason.endswith("answered 429 Too Many Requests and asks to wait 7 s")
    assert together([f"{index.url}other/"], patience) == [reply]
    assert len(index.log) == 3


def test_retries_are_paid_from_the_patience_of_the_run(demo, index, clock):
    index.fail(server_error("*", times=None))
    patience = Patience(5, clock.monotonic)
    together([demo], patience, pause=clock.pause, retries=1000)
    assert sum(clock.pauses) <= 5
    assert len(index.log) == len(clock.pauses) + 1


def test_a_port_that_is_closed_is_known_after_three_attempts_for_the_whole_run(clock):
    patience = Patience(clock=clock.monotonic)
    (reply,) = together(["http://127.0.0.1:9/simple/one/"], patience, pause=clock.pause)
    assert reply.reason == "cannot connect to 127.0.0.1:9: connection refused (tried 3 times)"
    assert sum(clock.pauses) <= 2
    assert together(["http://127.0.0.1:9/simple/two/"], patience, pause=clock.pause) == [reply]
    assert len(clock.pauses) == 2


def test_a_server_that_speaks_no_tls_is_named_as_that(index):
    """OpenSSL's failures have numbers of its own, which the system's words would make nonsense of."""
    reply, _ = ask(index.base.replace("http:", "https:"), retries=0, trusted_hosts=("127.0.0.1",))
    place = index.base.removeprefix("http://")
    assert re.fullmatch(
        rf"cannot connect to {place}: no TLS connection comes about \([a-z ]+\)", reply.reason
    )


def test_a_port_that_says_nothing_is_tried_once(monkeypatch, clock):
    """The system has tried to connect several times by the time that httpx gives up."""
    tried = []

    async def silent(_, request):
        tried.append(request.url)
        raise httpx.ConnectTimeout("")

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", silent)
    patience = Patience(clock=clock.monotonic)
    urls = ["http://index.example/simple/one/", "http://index.example/simple/two/"]
    replies = [together([url], patience)[0] for url in urls]
    assert {each.reason for each in replies} == {f"index.example did not answer within {PATIENCE:g} s"}
    assert len(tried) == 1


def test_a_bomb_is_stopped_while_it_unpacks(demo, index):
    bomb = gzip.compress(bytes(50_000_000))
    index.fail(Failure(pattern="*", headers={"content-encoding": "gzip"}, body=bomb))
    reply, _ = ask(demo, limit=2 << 20)
    assert "more than 2 MiB" in reply.reason


def test_nobody_there():
    reply, pauses = ask("http://127.0.0.1:9/simple/", retries=1)
    assert reply == Unavailable(
        reason="cannot connect to 127.0.0.1:9: connection refused (tried 2 times)", incomplete=True
    )
    assert len(pauses) == 1


NOT_KNOWN = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
NO_ANSWER = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
NO_NETWORK = OSError(errno.ENETUNREACH, "Network is unreachable")


@pytest.mark.parametrize(
    ("error", "proxy", "reason"),
    [
        (NOT_KNOWN, None, "index.example: DNS knows no such name, and no proxy is set"),
        (NOT_KNOWN, "http://user:secret@proxy.example:3128", "the proxy proxy.example:3128 for index.example: DNS knows no such name"),
        (NOT_KNOWN, "env", "the proxy proxy.example for index.example: DNS knows no such name"),
        (NO_ANSWER, None, "index.example: DNS does not answer, and no proxy is set (tried 3 times)"),
        (NO_NETWORK, None, "index.example: network is unreachable (tried 3 times)"),
    ],
)  # fmt: skip
def test_no_network_is_soon_known_and_named(monkeypatch, error, proxy, reason):
    def look_up(*_, **__):
        raise error

    for name in ("all_proxy", "http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    if proxy == "env":
        monkeypatch.setenv("https_proxy", "http://user:secret@proxy.example/")
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    reply, pauses = ask("https://index.example/simple/", retries=5, proxy=None if proxy == "env" else proxy)
    assert reply.reason == f"cannot connect to {reason}"
    assert len(pauses) == (2 if "tried" in reason else 0)


def test_a_host_that_has_answered_gets_all_its_retries(monkeypatch, demo):
    url = demo.replace("127.0.0.1", "localhost")

    def look_up(*_, **__):
        raise NOT_KNOWN

    async def pause(_):
        return None

    async def run():
        client = Client(HttpSettings(retries=5), Stats(), [], pause=pause)
        assert isinstance(await client.get(url), Reply)
        client._connections._idle.clear()  # the next request takes a connection of its own
        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        reply = await client.get(url)
        await client.aclose()
        return reply

    assert asyncio.run(run()).reason.endswith("DNS knows no such name, and no proxy is set (tried 6 times)")


def test_what_a_proxy_answers_is_told(index):
    index.fail(Failure(pattern="*", status=407))
    reply, _ = ask("https://index.example/simple/", proxy=index.base, retries=0)
    assert "the proxy 127.0.0.1" in reply.reason
    assert "index.example" in reply.reason


@pytest.mark.parametrize(
    "url", ["https://[x/", "http://a b/", "http://:80/", "http://h:port/", "http://\ud800/", "http://"]
)
def test_addresses_from_strangers(url):
    reply, _ = ask(url)
    assert isinstance(reply, Unavailable)
    assert reply.incomplete


def test_a_certificate_file_that_is_none(tmp_path):
    (tmp_path / "cert.pem").write_text("nothing")
    reply, _ = ask("https://127.0.0.1:9/", cert=str(tmp_path / "cert.pem"))
    assert "certificate or proxy settings cannot be used" in reply.reason
    reply, _ = ask("https://127.0.0.1:9/", cert=str(tmp_path / "none.pem"))
    assert "certificate or proxy settings cannot be used" in reply.reason


def authorizations(index):
    return [request.headers.get("authorization") for request in index.log]


def test_credentials_go_to_their_origin_alone(demo, index):
    with IndexServer(Store()) as other:
        index.fail(Failure(pattern="*", status=302, headers={"Location": f"{other.url}elsewhere/"}))
        credential = Credential(url=index.url, username="user", password="secret")
        ask(demo, credentials=[credential])
        assert authorizations(index) == ["Basic dXNlcjpzZWNyZXQ="]
        assert authorizations(other) == [None]


def test_a_redirect_within_the_origin_keeps_them(demo, index):
    credential = Credential(url=index.url, username="user", password="secret")
    reply, _ = ask(demo.replace("demo", "Demo"), credentials=[credential])
    assert (reply.status, reply.url) == (200, demo)
    assert authorizations(index) == ["Basic dXNlcjpzZWNyZXQ="] * 2


def test_a_redirect_with_a_password_of_its_own_does_not_show_it(demo, index):
    target = demo.replace("http://", "http://name:secret@")
    index.fail(Failure(pattern="*", times=1, status=302, headers={"Location": target}))
    reply, _ = ask(demo)
    assert reply.url == demo


def test_netrc_by_name_only(demo, index, tmp_path):
    (tmp_path / "netrc").write_text("default login d password d\n")
    ask(demo)
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login user password secret\n")
    ask(demo)
    assert authorizations(index) == [None, "Basic dXNlcjpzZWNyZXQ="]


def test_the_default_of_netrc_is_not_for_a_host_of_that_name_either(index, tmp_path):
    (tmp_path / "netrc").write_text("default login d password d\n")
    reply, _ = ask("http://default/simple/demo/", proxy=index.base)
    assert isinstance(reply, Reply)
    assert authorizations(index) == [None]


def test_a_broken_netrc_is_no_obstacle(demo, tmp_path):
    (tmp_path / "netrc").write_text("machine\n")
    assert ask(demo)[0].status == 200


def test_a_proxy_from_the_settings(demo, index):
    with IndexServer(Store()) as proxy:
        ask(demo, proxy=proxy.base)
        assert proxy.log
    assert not index.log


def test_concurrency_is_bounded(demo, index, monkeypatch):
    send = httpx.AsyncHTTPTransport.handle_async_request
    under_way, at_once = 0, []

    async def counted(transport, request):
        nonlocal under_way
        under_way += 1
        at_once.append(under_way)
        try:
            return await send(transport, request)
        finally:
            under_way -= 1

    async def run():
        client = Client(HttpSettings(timeout=PATIENCE), Stats(), [], jobs=4)
        await asyncio.gather(*(client.get(demo) for _ in range(12)))
        await client.aclose()

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", counted)
    asyncio.run(run())
    assert (len(at_once), max(at_once)) == (12, 4)


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:-1/",
        "http://127.0.0.1:port/",
        "http://[::1/",
        "http://xn--/",
    ],
)
def test_a_redirect_to_what_is_no_address(demo, index, location):
    index.fail(Failure(pattern="*", status=302, headers={"Location": location}))
    reply, pauses = ask(demo)
    reason = f"{index.base.removeprefix('http://')}: not an address that can be asked"
    assert (reply, pauses) == (Unavailable(reason=reason, incomplete=True), [])


@pytest.mark.parametrize("seconds", ["61", "86400", "9" * 30])
def test_a_host_that_asks_to_wait_for_longer_than_anybody_does_is_not_asked_again(demo, index, seconds):
    index.fail(too_many_requests("*", retry_after=seconds, times=None))

    async def asked():
        client = Client(HttpSettings(retries=5), Stats(), [], pause=forbidden)
        first = await client.get(demo)
        rest = [await client.get(f"{index.url}{name}/") for name in ("one", "two")]
        await client.aclose()
        return [first, *rest]

    async def forbidden(seconds):
        raise AssertionError(f"waits for {seconds} s")

    answers = asyncio.run(asked())
    assert len(index.log) == 1
    assert {each.reason for each in answers} == {answers[0].reason}
    assert "answered 429 Too Many Requests and asks to wait" in answers[0].reason


@pytest.mark.parametrize(("limit", "truncated"), [(10, True), (10_000, False)])
def test_the_whole_in_place_of_a_part_is_not_read_where_it_is_too_long(index, store, limit, truncated):
    store.add("demo", "1.0", wheels=["py3-none-any"])
    index.features = Features(ranges=False)
    stats = Stats()
    url = f"{index.base}/files/demo-1.0-py3-none-any.whl"
    reply, _ = ask(url, headers={"Range": "bytes=0-9"}, limit=limit, stats=stats)
    assert (reply.status, reply.truncated) == (200, truncated)
    assert (len(reply.body) == 0) == (stats.received == 0) == truncated


def test_what_is_waited_for_is_known_by_whom_and_since_when(demo, index, clock, monkeypatch):
    index.fail(too_many_requests("*", retry_after="9"))
    stats, seen = Stats(), []
    send = httpx.AsyncHTTPTransport.handle_async_request

    async def sent(transport, request):
        seen.extend(stats.waiting)
        return await send(transport, request)

    async def pause(seconds):
        seen.extend(stats.waiting)
        await clock.pause(seconds)

    async def run():
        patience = Patience(60, clock.monotonic)
        client = Client(HttpSettings(timeout=PATIENCE), stats, [], patience=patience, pause=pause)
        await client.get(demo)
        await client.aclose()

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", sent)
    start, host = clock.now, index.base.removeprefix("http://")
    asyncio.run(run())
    times = [start, start, start + 9]  # asked, told to wait, asked again
    assert seen == [Asked(host=host, what="demo", since=since) for since in times]
    assert stats.waiting == []
