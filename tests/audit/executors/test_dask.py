"""What only Dask has: a scheduler that is named, sockets, and what is not installed."""

from __future__ import annotations

import re
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analyzer.audit.executors import dask
from analyzer.audit.executors.dask import Dask
from analyzer.errors import ExtraError, InputError, UsageError
from tests.audit.executors.works import same, where

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOPBACK = "0100007F"  # of /proc/net/tcp: the bytes of 127.0.0.1 in the order of the processor


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="sockets are listed by /proc")
def test_our_own_cluster_listens_on_loopback_only() -> None:
    before = _listening()
    with Dask(2) as executor:
        while len({pid for _, (pid, _) in executor.run(where, range(9))}) < 2:
            continue  # until both have joined
        ours = _listening() - before
    assert len(ours) >= 3  # the scheduler and the workers
    assert {address.partition(":")[0] for address in ours} == {LOOPBACK}


def _listening() -> set[str]:
    text = "".join(Path(f"/proc/net/{kind}").read_text() for kind in ("tcp", "tcp6"))
    return set(re.findall(r"^ *\d+: ([0-9A-F]+:[0-9A-F]{4}) [0-9A-F]+:0000 0A ", text, re.MULTILINE))


def test_what_is_not_installed_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("distributed", "cryptography"):
        with monkeypatch.context() as patched:
            patched.setitem(sys.modules, module, None)
            with pytest.raises(ExtraError, match=r"pip install 'lostwrite\[cluster\]'"):
                Dask()


@pytest.mark.parametrize(
    "address", ["", "x", "processes", "file:///etc/passwd", "inproc://a/b:1", "tcp://h:1\n"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="tcp://HOST:PORT"):
        Dask(scheduler=address)


@pytest.fixture
def silent() -> Iterator[str]:
    """An address where somebody accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"


def test_an_address_where_nobody_answers_is_said_in_a_sentence_and_in_time(
    silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask, "_CONNECT", 1)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    for address in (
        silent,
        f"tcp://127.0.0.1:{port}",
        f"tls://127.0.0.1:{port}",
        "tcp://no.such.host.invalid:1",
    ):
        with (
            pytest.raises(InputError, match="there is no Dask scheduler that answers") as caught,
            Dask(0, address),
        ):
            pass
        assert "\n" not in str(caught.value)
        assert caught.value.source == address


def test_one_that_speaks_another_language_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask, "_CONNECT", 2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_chatter, args=(server,), daemon=True).start()
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(InputError, match="there is no Dask scheduler that answers"), Dask(0, address):
            pass
        server.shutdown(socket.SHUT_RDWR)


def _chatter(server: socket.socket) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 10)


def test_no_python_that_can_be_started_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    for executable in ("/nowhere/python", ""):
        monkeypatch.setattr(sys, "executable", executable)
        with pytest.raises(InputError, match="no cluster could be started"), Dask(1):
            pass


def test_a_stranger_on_this_machine_cannot_use_our_cluster() -> None:
    """A port of loopback is open to every user of the machine; without the certificate of the run it is of no use."""
    from distributed import Client

    with Dask(1) as executor:
        assert executor._cluster is not None
        address = executor._cluster.address
        assert address.startswith("tls://127.0.0.1:")
        with pytest.raises((OSError, TypeError)):
            Client(address.replace("tls", "tcp"), timeout=1, set_as_default=False)
        assert list(executor.run(same, [1])) == [(1, 1)]
