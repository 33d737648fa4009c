"""A proxy on 127.0.0.1 before the real server: it counts the calls, and answers some of them itself.

What the server cannot be brought to say (public keys, a denial by KMS, a stall, an endless listing) is a rule of a
test; all else is passed on as it is. The moments that it shows are those of the test's own clock.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

S3, SSM, TRAIL, STORES = "s3", "ssm", "cloudtrail", "cloudfront-keyvaluestore"
_TARGETS: Final = {"AmazonSSM": SSM, "CloudTrail_20131101": TRAIL}
_PER_HOP: Final = {"connection", "transfer-encoding", "content-length", "keep-alive", "date"}
_HTTP: Final = {"GET": "Get", "PUT": "Put", "DELETE": "Delete", "POST": "Post", "HEAD": "Head"}


@dataclass(frozen=True, slots=True, repr=False)
class Asked:
    """One call.

    Attributes:
        service: by the name that its actions have in IAM.
        operation: as the API calls it.
        region: for which it was signed.
        bucket, key: of S3.
        said: the headers, by their names in lower case.
    """

    service: str
    operation: str
    region: str
    query: dict[str, str]
    said: dict[str, str]
    body: bytes
    bucket: str = ""
    key: str = ""

    @property
    def action(self) -> str:
        """What IAM would have to allow."""
        name = {"ListObjectsV2": "ListBucket"}.get(self.operation, self.operation)
        return f"{self.service}:{name}"


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What a rule says instead of the server.

    Attributes:
        body: its bytes; an iterable is sent piece by piece, without a length.
        stall: seconds to wait with half of the body sent.
    """

    status: int = 200
    body: bytes | Iterator[bytes] = b""
    headers: tuple[tuple[str, str], ...] = ()
    stall: float = 0


Rule: TypeAlias = "Callable[[Asked], Answer | None]"


@dataclass(repr=False)
class Proxy:
    """The calls so far, and what it does.

    Attributes:
        rules: each is asked first, in this order; what gives an Answer decides.
        now: the moment that its answers are of, for the real moment; the clock goes on from there.
        calls: all so far.
    """

    server: str
    rules: list[Rule] = field(default_factory=list)
    now: datetime | None = None
    calls: list[Asked] = field(default_factory=list)
    url: str = ""

    def of(self, *operations: str) -> list[Asked]:
        """The calls of these operations."""
        return [call for call in self.calls if call.operation in operations]

    @property
    def gets(self) -> list[str]:
        """Objects that were read, as `bucket/key`."""
        return [f"{call.bucket}/{call.key}" for call in self.of("GetObject")]

    @property
    def lists(self) -> list[Asked]:
        """Pages of listings of S3."""
        return self.of("ListObjectsV2", "ListObjects")

    def clear(self) -> None:
        """Forgets the calls and the rules."""
        self.calls.clear()
        self.rules.clear()

    def moment(self) -> datetime:
        """What its clock says."""
        return self.now or datetime.now(UTC)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    proxy: Proxy

    def setup(self) -> None:
        super().setup()
        self._upstream: HTTPConnection | None = None

    def finish(self) -> None:
        if self._upstream is not None:
            self._upstream.close()
        super().finish()

    def log_message(self, *_: Any) -> None:
        """Says nothing."""

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = asked_of(self.command, self.path, dict(self.headers), body)
        self.proxy.calls.append(asked)
        for rule in list(self.proxy.rules):
            answer = rule(asked)
            if answer is not None:
                self._answer(answer)
                return
        self._pass_on(body)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _any  # noqa: N815 - the names of http.server

    def _pass_on(self, body: bytes) -> None:
        if self._upstream is None:
            parts = urlsplit(self.proxy.server)
            self._upstream = HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        given = {name: value for name, value in self.headers.items() if name.lower() not in _PER_HOP}
        try:
            self._upstream.request(self.command, self.path, body or None, given)
            answer = self._upstream.getresponse()
            data = answer.read()
        except (OSError, HTTPException):
            self._upstream.close()
            self._upstream = None
            self.close_connection = True
            return
        headers = tuple(pair for pair in answer.getheaders() if pair[0].lower() not in _PER_HOP)
        self._answer(Answer(answer.status, data, headers))

    def _answer(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        self.send_header("Date", format_datetime(self.proxy.moment(), usegmt=True))
        for name, value in answer.headers:
            self.send_header(name, value)
        if not isinstance(answer.body, bytes):
            self.send_header("Connection", "close")
            self.end_headers()
            for piece in answer.body:
                self.wfile.write(piece)
            return
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        half = len(answer.body) // 2 if answer.stall else 0
        self.wfile.write(answer.body[:half])
        time.sleep(answer.stall)
        self.wfile.write(answer.body[half:])


def asked_of(method: str, path: str, headers: dict[str, str], body: bytes) -> Asked:
    """The call that a request makes."""
    parts = urlsplit(path)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    said = {name.lower(): value for name, value in headers.items()}
    scope = said.get("authorization", "").partition("Credential=")[2].partition(",")[0].split("/")
    region = scope[2] if len(scope) == 5 else ""
    target, _, operation = said.get("x-amz-target", "").rpartition(".")
    service = _TARGETS.get(target.rpartition(".")[2], "")
    if service:
        return Asked(service, operation, region, query, said, body)
    if parts.path.startswith("/key-value-stores/"):
        return Asked(STORES, _of_store(method, unquote(parts.path)), "", query, said, body)
    bucket, _, key = unquote(parts.path).removeprefix("/").partition("/")
    operation = f"{_HTTP[method]}{'Object' if key else 'Bucket'}"
    if method == "GET" and not key:
        operation = "ListObjectsV2" if "list-type" in query else "ListObjects"
    return Asked(S3, operation, region, query, said, body, bucket, key)


def _of_store(method: str, path: str) -> str:
    _, keys, key = path.partition("/keys")
    if not keys:
        return "DescribeKeyValueStore"
    names = {"GET": "GetKey", "PUT": "PutKey", "DELETE": "DeleteKey"}
    return names[method] if key.strip("/") else {"GET": "ListKeys", "POST": "UpdateKeys"}[method]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: Any) -> None:
        """Says nothing: a client that gives up is what is tested."""


@contextmanager
def proxy_before(server: str) -> Iterator[Proxy]:
    """A proxy before the server of this URL, until the end of the block."""
    proxy = Proxy(server)
    listener = _Server(("127.0.0.1", 0), type("Bound", (_Handler,), {"proxy": proxy}))
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    proxy.url = f"http://127.0.0.1:{listener.server_port}"
    try:
        yield proxy
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()
