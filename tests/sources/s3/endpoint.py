"""A small server that speaks S3's ListObjectsV2 and GetObject on 127.0.0.1, counts the requests, and can be hostile."""

from __future__ import annotations

import hashlib
import threading
from bisect import bisect_right
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from analyzer.sources.s3.settings import S3Limits, S3Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BUCKET = "bkt"
QUICK = S3Limits(
    connect=5, silence=1, answer=5, attempts=3, pause=0.001, longest_pause=0.01, listing=20, empty_pages=5
)
"""Limits that let a test wait no longer than it must, and a busy machine answer in time."""


@dataclass
class Endpoint:
    """What is in the bucket, and what the server does.

    Attributes:
        objects: bytes by key.
        hook: gets each request first; what it returns True for is done.
        lists: the queries of the listings so far.
        gets: the keys of the GETs so far.
        headers: those of the GETs.
        page: keys of a page.
    """

    objects: dict[str, bytes] = field(default_factory=dict)
    hook: Callable[[Handler], bool] = lambda _: False
    lists: list[dict[str, str]] = field(default_factory=list)
    gets: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    page: int = 1000
    url: str = ""

    def settings(self, limits: S3Limits = QUICK) -> S3Settings:
        """How it is reached: without credentials."""
        return S3Settings(endpoint_url=self.url, sign=False, limits=limits)


class Handler(BaseHTTPRequestHandler):
    """Answers one request after the other."""

    protocol_version = "HTTP/1.1"
    endpoint: Endpoint

    def log_message(self, *_: Any) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.key = unquote(parts.path).removeprefix(f"/{BUCKET}").removeprefix("/")
        self.query = query
        if "list-type" in query:
            self.endpoint.lists.append(query)
        else:
            self.endpoint.gets.append(self.key)
            self.endpoint.headers.append(dict(self.headers))
        if self.endpoint.hook(self):
            return
        if "list-type" in query:
            self.send(200, listing(self.endpoint, query))
        else:
            self._object()

    def send(self, status: int, body: bytes = b"", /, **headers: str) -> bool:
        """One answer, which is done then; `_` in the name of a header is `-`."""
        self.send_response(status)
        headers.setdefault("Content_Length", str(len(body)))
        for name, value in headers.items():
            if value:
                self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
        return True

    def fail(self, status: int, code: str) -> bool:
        """An error as S3 says it."""
        return self.send(status, f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode())

    def _object(self) -> None:
        data = self.endpoint.objects.get(self.key)
        if data is None:
            self.fail(404, "NoSuchKey")
            return
        etag = etag_of(data)
        if self.headers.get("If-Match", etag) != etag:
            self.fail(412, "PreconditionFailed")
            return
        given = self.headers.get("Range")
        start, end = map(int, given.removeprefix("bytes=").split("-")) if given else (0, len(data) - 1)
        self.send(206 if given else 200, data[start : end + 1], ETag=etag)


def etag_of(data: bytes) -> str:
    return f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'


def entry(key: str, size: int, etag: str = '"e"') -> str:
    """One object of a page."""
    return (
        f"<Contents><Key>{quote(key)}</Key><LastModified>2026-05-06T00:00:00.000Z</LastModified>"
        f"<ETag>{etag}</ETag><Size>{size}</Size></Contents>"
    )


def page_of(entries: str, token: str | None = None) -> bytes:
    """A page of a listing."""
    more = f"<NextContinuationToken>{token}</NextContinuationToken>" if token else ""
    return (
        f"<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>{'true' if token else 'false'}</IsTruncated>"
        f"{more}{entries}</ListBucketResult>"
    ).encode()


def listing(endpoint: Endpoint, query: dict[str, str]) -> bytes:
    """The page that the query asks for."""
    keys = sorted(endpoint.objects)
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter")
    at = bisect_right(keys, query.get("continuation-token") or query.get("start-after", ""))
    most = min(int(query.get("max-keys", 1000)), endpoint.page)
    entries: dict[str, str] = {}
    last = ""
    for key in keys[max(at, bisect_right(keys, prefix) - (prefix in endpoint.objects)) :]:
        if not key.startswith(prefix):
            break
        if len(entries) == most:
            return page_of("".join(entries.values()), quote(last))
        rest = key[len(prefix) :]
        last = key
        if delimiter and delimiter in rest:
            level = prefix + rest.partition(delimiter)[0] + delimiter
            entries[level] = f"<CommonPrefixes><Prefix>{quote(level)}</Prefix></CommonPrefixes>"
            last = level + "\U0010ffff"
        else:
            data = endpoint.objects[key]
            entries[key] = entry(key, len(data), etag_of(data))
    return page_of("".join(entries.values()))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: Any) -> None:
        """Says nothing: a client that gives up is what is tested."""


@contextmanager
def running(endpoint: Endpoint) -> Iterator[Endpoint]:
    """The server, until the end of the block."""
    handler = type("Bound", (Handler,), {"endpoint": endpoint})
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    endpoint.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield endpoint
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
