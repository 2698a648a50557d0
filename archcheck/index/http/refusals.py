"""What a server's refusal means, in words that help."""

from __future__ import annotations

from urllib.parse import urlsplit

from archcheck.index.http.addresses import host

UNAUTHORIZED, FORBIDDEN = 401, 403
_RENEWAL = (
    "the CodeArtifact token may have expired (one lasts 12 hours at most): get a new one with "
    "`aws codeartifact login --tool pip` or `aws codeartifact get-authorization-token`"
)
_NOT_LET_IN = "it wants a user name and password, or does not take those that it was given"


def is_code_artifact(url: str) -> bool:
    """Return whether *url* is one of AWS CodeArtifact's, which refuses expired tokens."""
    return ".codeartifact." in (urlsplit(url).hostname or "")


def refused(url: str, status: int) -> str:
    """Return that the server at *url* answered *status*, and what that may mean."""
    answered = f"{host(url)} answered {status}"
    if status in {UNAUTHORIZED, FORBIDDEN} and is_code_artifact(url):
        return f"{answered}: {_RENEWAL}"
    return f"{answered}: {_NOT_LET_IN}" if status == UNAUTHORIZED else answered
