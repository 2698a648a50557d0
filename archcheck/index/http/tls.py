"""Whose certificates count: those of the settings, else the system's."""

from __future__ import annotations

import ssl
from pathlib import Path


def tls_context(cert: str | None, client_cert: str | None, *, check: bool) -> ssl.SSLContext:
    """Return the TLS settings: the certificates in *cert* (file or folder), else those of the system.

    Raise OSError where a file cannot be read.
    """
    if not check:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif cert:
        folder = Path(cert).is_dir()
        context = ssl.create_default_context(cafile=None if folder else cert, capath=cert if folder else None)
    else:
        import truststore  # noqa: PLC0415 - needed only where no certificates are configured

        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if client_cert:
        context.load_cert_chain(client_cert)
    return context
