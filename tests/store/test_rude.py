"""`lostwrite keys` at an endpoint that misbehaves: exit 3, one line on stderr, in bounded time and memory."""

from __future__ import annotations

import gzip
import socket
import time
from typing import TYPE_CHECKING

import pytest

from analyzer.cli.main import run
from analyzer.errors import InputError
from analyzer.store import live
from analyzer.store.endpoint import Limits
from tests.store.rude import described, http, rude, store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.store.rude import Answer

ARN = "arn:aws:cloudfront::111122223333:key-value-store/0f1e2d3c"
SHORT = Limits(seconds=2, connect=1, silence=1, size=2_000_000)
ITEM = {"Key": "k", "Value": "v"}
PAGE = http({"Items": [ITEM]})

pytestmark = [pytest.mark.filterwarnings("error"), pytest.mark.usefixtures("aws")]


def endless(number: int) -> bytes:
    return http({"Items": [ITEM], "NextToken": f"t{number}"})


def empty_pages(number: int) -> bytes:
    return http({"Items": [], "NextToken": f"t{number}"})


def trickle(_: int) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
    while True:
        yield b" "


def headers_that_trickle(_: int) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"x"


def no_end(_: int) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n\r\n"
    while True:
        yield b" " * 100_000


def silence(_: int) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
    time.sleep(SHORT.seconds + 1)


def description(body: object, *headers: str) -> Answer:
    return lambda *_: http(body, *headers)


RUDE: dict[str, Answer] = {
    "pages without end": store(endless),
    "the same page again and again": store(http({"Items": [ITEM], "NextToken": "t"})),
    "empty pages without end": store(empty_pages),
    "a body that trickles": store(trickle),
    "headers that trickle": store(headers_that_trickle),
    "a body without end": store(no_end),
    "a body that stops": store(silence),
    "a body that is cut": store(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{"),
    "HTML": store(http(b"<html><body>Sign in</body></html>", "Content-Type: text/html")),
    "no JSON": store(http(b"\xff\xfe\x00")),
    "JSON nested without end": store(http(b"[" * 500_000)),
    "a list": store(http([])),
    "items as text": store(http({"Items": "k=v"})),
    "items as an object": store(http({"Items": {"k": "v"}})),
    "an item as text": store(http({"Items": ["k"]})),
    "a key as a number": store(http({"Items": [{"Key": 1, "Value": "v"}]})),
    "no value": store(http({"Items": [{"Key": "k"}]})),
    "a token as an object": store(http({"Items": [ITEM], "NextToken": {"a": 1}})),
    "half a character": store(http(b'{"Items": [{"Key": "\\ud800", "Value": "v"}]}')),
    "a key twice": store(http({"Items": [ITEM, ITEM]})),
    "fewer keys than it counts": store(http({"Items": []})),
    "no ETag": description({"ItemCount": 1}),
    "an empty ETag": description({"ItemCount": 1}, "ETag: "),
    "no count": description({}, "ETag: E1"),
    "a count as text": description({"ItemCount": "1"}, "ETag: E1"),
    "a negative count": description({"ItemCount": -1}, "ETag: E1"),
    "a huge count": lambda target, _: PAGE if "/keys" in target else described(2**70),
    "faults without end": lambda *_: http({"message": "no"}, status="500 Internal Server Error"),
    "a fault in HTML": lambda *_: http(b"<h1>Bad\nGateway</h1>", status="502 Bad Gateway"),
    "a fault of wrong types": lambda *_: http({"__type": 1, "message": ["\n"]}, status="400 Bad"),
    "a fault as a list": lambda *_: http([1], status="403 Forbidden"),
    "a fault that tells a novel": lambda *_: http({"message": "a\nb\x1b[31m" * 90_000}, status="400 Bad"),
    "a redirect": lambda *_: http(b"", "Location: http://127.0.0.1:9/", status="302 Found"),
    "a redirect to itself": lambda *_: http(b"", "Location: /", status="307 Temporary Redirect"),
    "a header without end": lambda *_: http({}, "X: " + "x" * 200_000),
    "headers without end": lambda *_: http({}, *(f"X{number}: x" for number in range(5000))),
    "a bomb": store(http(gzip.compress(b" " * 3_000_000), "Content-Encoding: gzip")),
    "no answer": lambda *_: b"",
    "another protocol": lambda *_: b"SSH-2.0-OpenSSH_9.6\r\n",
    "a status that is none": lambda *_: b"HTTP/1.1 9999999 What\r\n\r\n",
    "a negative length": lambda *_: b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}",
    "chunks that are none": lambda *_: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
}


@pytest.mark.parametrize("how", RUDE)
def test_each_ends_in_one_sentence(
    how: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(live, "Limits", lambda: SHORT)
    began = time.monotonic()
    with rude(RUDE[how]) as url:
        code = run(["keys", ARN, "--endpoint-url", url])
    printed = capfd.readouterr()
    assert (code, printed.out, printed.err.count("\n")) == (3, "", 1), printed.err
    assert printed.err.startswith(f"lostwrite: {ARN}: ") or printed.err.startswith(f"lostwrite: {url}")
    assert len(printed.err) < 800
    assert time.monotonic() - began < 60, "a minute is enough for each"


def test_nobody_listens(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert run(["keys", ARN, "--endpoint-url", f"http://127.0.0.1:{port}"]) == 3
    printed = capfd.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 1)


def test_a_well_behaved_endpoint_is_listed() -> None:
    with rude(store(PAGE)) as url:
        assert b'"item_count": 1' in live.list_store(ARN, endpoint_url=url, limits=Limits())


def test_what_is_taken_from_an_endpoint_is_bounded() -> None:
    with rude(store(no_end)) as url, pytest.raises(InputError, match="more than 2 MB"):
        live.list_store(ARN, endpoint_url=url, limits=Limits(seconds=60, size=SHORT.size))


def test_the_usual_limits_are_below_a_minute() -> None:
    assert Limits().seconds < 60
