"""What a writer asks of a key-value store, one API call at a time, and what it gets back.

A write path is a generator: it yields a `Call` (or a `Pause`), is sent a `Reply`, or is thrown a `Refused`. So any
number of writers can be interleaved call by call, and each can be killed between two calls.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

ATTEMPTS = 10
"""Attempts of a call by SST's SDK client (docs/facts/sst-output.md#42-calls-per-operation, since v3.6.22)."""

READS = ("DescribeKeyValueStore", "GetKey", "ListKeys")


@dataclass(frozen=True, slots=True)
class Call:
    """One request."""

    api: str
    store: str
    key: str | None = None
    if_match: str | None = None
    puts: tuple[tuple[str, str], ...] = ()
    deletes: tuple[str, ...] = ()
    token: int = 0

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key that the request would write."""
        return (*(key for key, _ in self.puts), *self.deletes)


@dataclass(frozen=True, slots=True)
class Pause:
    """The writer sleeps."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a request; only the fields of its kind are filled."""

    etag: str = ""
    value: str = ""
    keys: tuple[str, ...] = ()
    token: int | None = None
    item_count: int = 0
    size: int = 0


class Refused(Exception):  # noqa: N818 - the API's answer, not a defect
    """The service (or the SDK) refused a request."""

    def __init__(self, code: str, message: str, status: int, api: str = "", request_id: str = "") -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.status = status
        self.api = api
        self.request_id = request_id
        self.attempts = 1

    @property
    def transient(self) -> bool:
        """Whether the SDK tries the same request again."""
        return self.code == "ThrottlingException" or self.status >= 500

    def text(self) -> str:
        """As the Go SDK prints it; status 0: no request was sent.

        Source: docs/facts/sst-output.md#2-terminal-output, error text.
        """
        if self.status == 0:
            return f"operation error CloudFront KeyValueStore: {self.api}, {self.message}"
        tried = f", exceeded maximum number of attempts, {ATTEMPTS}" if self.attempts > 1 else ""
        plain = "api error " if self.code == "ThrottlingException" else ""
        return (
            f"operation error CloudFront KeyValueStore: {self.api}{tried}, https response error "
            f"StatusCode: {self.status}, RequestID: {self.request_id}, {plain}{self.code}: {self.message}"
        )


Steps = Generator[Call | Pause, Reply, T]
"""A write path: yields steps, is sent replies, returns a `T`."""


def stale(error: Refused) -> bool:
    """Whether SST would take `error` for a stale ETag and start again."""
    return error.code == "ValidationException" and "Pre-Condition failed" in error.message


def send(call: Call) -> Steps[Reply]:
    """One request as the SDK makes it: throttling and 5xx are tried again with a growing pause."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return (yield call)
        except Refused as error:
            if not error.transient:
                raise
            if attempt == ATTEMPTS:
                error.attempts = attempt
                raise
        yield Pause(min(0.1 * 1.6**attempt, 2.0))
    raise AssertionError


def describe(store: str) -> Steps[str]:
    """The store's ETag."""
    reply = yield from send(Call("DescribeKeyValueStore", store))
    return reply.etag


def get(store: str, key: str) -> Steps[str | None]:
    """A key's value; None where the store has no such key."""
    try:
        reply = yield from send(Call("GetKey", store, key=key))
    except Refused as error:
        if error.code == "ResourceNotFoundException" and error.status == 404:
            return None
        raise
    return reply.value


def update(
    store: str, etag: str, puts: tuple[tuple[str, str], ...] = (), deletes: tuple[str, ...] = ()
) -> Steps[str]:
    """The ETag after an UpdateKeys."""
    reply = yield from send(Call("UpdateKeys", store, if_match=etag, puts=puts, deletes=deletes))
    return reply.etag
