"""The URL of an endpoint in the place of AWS, as the user names it: of S3, or of the stores."""

from __future__ import annotations

from urllib.parse import urlsplit

from analyzer.errors import UsageError


def require_endpoint(url: str) -> None:
    """Sees to it that the URL is one of a server, and has nothing that a message would give away.

    Raises:
        UsageError: it is not so; the sentence does not repeat the URL, which may hold a password.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise UsageError("--endpoint-url: is no URL of a server, as http://127.0.0.1:4566")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise UsageError("--endpoint-url: must have no user, no password, no query and no fragment")
