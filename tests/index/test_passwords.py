"""Whom passwords are for: the order of what may know one, whom the keyring is asked for; and whose certificates count."""

from __future__ import annotations

import asyncio
import base64
import ssl
import sys
from types import ModuleType, SimpleNamespace

import pytest
import truststore
from pip._vendor import certifi

from archcheck.index.config.settings import IndexSettings
from archcheck.index.http.addresses import Credential
from archcheck.index.http.passwords import Passwords
from archcheck.index.http.tls import tls_context

PLACE = "https://index.example/simple/"
PAGE = f"{PLACE}demo/"


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """The user's home folder, with no netrc in it yet."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("NETRC", raising=False)
    return tmp_path


class Keyring(ModuleType):
    """A `keyring` that has what is in `known` by service, and keeps in mind what it was asked."""

    def __init__(self, **known):
        super().__init__("keyring")
        self.known = known
        self.asked = []

    def get_credential(self, service, username):
        self.asked.append((service, username))
        found = self.known.get(service)
        return None if found is None else SimpleNamespace(username=found[0], password=found[1])


@pytest.fixture
def keyring(monkeypatch):
    """Return the keyring that there is."""
    found = Keyring(**{PLACE: ("alice", "s3cret")})
    monkeypatch.setitem(sys.modules, "keyring", found)
    return found


def passwords(*credentials, provider="import"):
    return Passwords(list(credentials), IndexSettings(index_url=PLACE, keyring=provider))


def login(found, url=PAGE):
    """Return the `user:password` that *found* sends to *url*, None where it sends nothing."""
    header = found.header(url)
    return base64.b64decode(header["Authorization"].removeprefix("Basic ")).decode() if header else None


def ask(found, *urls):
    """Ask the keyring for all of *urls* at once; return what *found* sends as soon as it is answered."""

    async def all_at_once():
        await asyncio.gather(*(found.ask_keyring(url) for url in urls))
        return login(found)

    return asyncio.run(all_at_once())


# --- the keyring


def test_what_the_keyring_has_is_there_once_it_was_asked(keyring):
    found = passwords()
    assert login(found) is None
    assert ask(found, PAGE) == "alice:s3cret"
    assert login(found, "https://files.example/demo/") is None


def test_the_keyring_is_asked_once_for_all(keyring):
    found = passwords()
    ask(found, PAGE, f"{PLACE}other/")
    assert keyring.asked == [(PLACE, None)]


def test_a_keyring_that_has_nothing_is_not_asked_again(keyring):
    keyring.known.clear()
    found = passwords()
    ask(found, PAGE, PAGE)
    assert keyring.asked == [(PLACE, None), ("index.example", None)]
    assert login(found) is None


def test_the_keyring_may_know_the_host_alone(keyring):
    keyring.known = {"index.example": ("bob", "hidden")}
    found = passwords()
    ask(found, PAGE)
    assert login(found) == "bob:hidden"


@pytest.mark.parametrize(
    "url",
    [
        "https://files.example/demo/",
        "http://index.example/simple/",
        f"{PLACE}".replace("example", "example:8443"),
    ],
)
def test_the_keyring_is_not_asked_for_a_host_that_nobody_configured(keyring, url):
    found = passwords()
    ask(found, url)
    assert (keyring.asked, login(found, url)) == ([], None)


def test_the_keyring_is_not_asked_where_it_is_disabled(keyring):
    found = passwords(provider="disabled")
    ask(found, PAGE)
    assert (keyring.asked, login(found)) == ([], None)


def test_the_name_in_the_address_is_whose_password_is_asked_for(keyring):
    found = passwords(Credential(url=PLACE, username="alice", password=""))
    assert login(found) == "alice:"
    ask(found, PAGE)
    assert keyring.asked == [(PLACE, "alice")]
    assert login(found) == "alice:s3cret"


def test_a_password_that_the_server_does_not_take_is_the_users_to_change(keyring):
    found = passwords(Credential(url=PLACE, username="alice", password="old"))
    ask(found, PAGE)
    assert (keyring.asked, login(found)) == ([], "alice:old")


# --- netrc


def test_the_settings_go_before_netrc_and_netrc_before_nothing(home):
    netrc = home / ".netrc"
    netrc.write_text("machine index.example login user password secret\nmachine bare.example login user\n")
    netrc.chmod(0o600)
    assert login(passwords()) == "user:secret"
    assert login(passwords(), "http://index.example:8080/") == "user:secret"
    assert login(passwords(), "https://other.example/") is None
    assert login(passwords(), "https://bare.example/") == "user:"
    assert login(passwords(Credential(url=PLACE, username="alice", password="own"))) == "alice:own"


def test_a_variable_names_another_netrc(home, monkeypatch):
    monkeypatch.setenv("NETRC", str(home / "other"))
    (home / "other").write_text(
        "machine index.example login user password secret\ndefault login d password d\n"
    )
    assert login(passwords()) == "user:secret"
    assert login(passwords(), "https://other.example/") is None
    assert login(passwords(), "http://default/") is None


def test_an_empty_variable_names_no_netrc(home, monkeypatch):
    monkeypatch.setenv("NETRC", "")
    (home / ".netrc").write_text("machine index.example login user password secret\n")
    (home / ".netrc").chmod(0o600)
    assert login(passwords()) == "user:secret"


@pytest.mark.parametrize("content", [None, b"machine\n", b"\xff\xfe machine"])
def test_a_netrc_that_cannot_be_read_has_nothing(home, monkeypatch, content):
    monkeypatch.setenv("NETRC", str(home / "netrc"))
    if content is not None:
        (home / "netrc").write_bytes(content)
    assert login(passwords()) is None


# --- certificates


def test_certificates_are_the_systems_unless_others_are_named():
    assert isinstance(tls_context(None, None, check=True), truststore.SSLContext)


def test_certificates_of_a_file_count_alone(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", "/dev/null")
    context = tls_context(certifi.where(), None, check=True)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.cert_store_stats()["x509_ca"] > 100


def test_certificates_of_a_folder_count_alone(monkeypatch, tmp_path):
    """A folder's are read when a server shows one; the system's, which are read at once, must not be there."""
    monkeypatch.setenv("SSL_CERT_FILE", certifi.where())
    context = tls_context(str(tmp_path), None, check=True)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.cert_store_stats()["x509_ca"] == 0


def test_no_certificate_is_asked_for_of_a_host_that_is_trusted():
    context = tls_context(None, None, check=False)
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_NONE, False)


@pytest.mark.parametrize("check", [True, False])
def test_a_certificate_of_our_own_has_to_be_there(check, tmp_path):
    with pytest.raises(OSError, match="No such file"):
        tls_context(None, str(tmp_path / "none.pem"), check=check)
