"""An endpoint that misbehaves: a server on 127.0.0.1 whose answers are bytes that a test chooses."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Answer = Callable[[str, int], "bytes | Iterator[bytes]"]

PAUSE = 0.05
"""Seconds between the pieces of an answer that trickles."""

_MOST_OF_A_REQUEST = 65536


class Rude:
    """The server: `answer` gets the target of a request and its number, and gives the bytes of the whole answer.

    Where it gives pieces, they are sent one by one, with a pause in between, until the client goes away.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._over = threading.Event()
        self._asked = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def run(self) -> None:
        with suppress(OSError):
            while not self._over.is_set():
                client, _ = self._socket.accept()
                threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def stop(self) -> None:
        self._over.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError, IndexError):
            target = client.recv(_MOST_OF_A_REQUEST).split()[1].decode()
            self._asked += 1
            answer = self._answer(target, self._asked)
            if isinstance(answer, bytes):
                client.sendall(answer)
                return
            for piece in answer:
                client.sendall(piece)
                if self._over.wait(PAUSE if len(piece) == 1 else 0):
                    return


@contextmanager
def rude(answer: Answer) -> Iterator[str]:
    """The URL of a server that answers so."""
    server = Rude(answer)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.stop()
        thread.join()


def http(body: bytes | object, *headers: str, status: str = "200 OK") -> bytes:
    """A whole answer; a body that is no bytes is sent as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(data)}", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode() + data


def described(count: object = 1) -> bytes:
    """A right answer to DescribeKeyValueStore."""
    return http({"ItemCount": count, "TotalSizeInBytes": 9, "KvsARN": "a", "Created": 1}, "ETag: E1")


def store(listing: bytes | Callable[[int], bytes | Iterator[bytes]]) -> Answer:
    """A store that is described rightly, and listed so."""

    def answer(target: str, number: int) -> bytes | Iterator[bytes]:
        if "/keys" not in target:
            return described()
        return listing if isinstance(listing, bytes) else listing(number)

    return answer
