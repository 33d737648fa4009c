"""`lostwrite check --live` against endpoints that misbehave, and on a computer that cannot list a store."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from analyzer.store.endpoint import Limits
from tests.ministack import aws
from tests.store.rude import described, http, rude, store

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Outcome
    from tests.store.rude import Answer

    Run = Callable[..., Outcome]

__all__ = ["aws"]
pytestmark = pytest.mark.usefixtures("aws")

SAMPLE = Path(__file__).parents[2] / "samples" / "first-route-never-written" / "deploy" / "eventlog.json"
SHORT = Limits(seconds=2, connect=1, silence=1, size=2_000_000)
ESCAPE: Final = "\x1b[31mred\x07\u202e"


def denied(_: str, __: int) -> bytes:
    fault = {"__type": "AccessDeniedException", "Message": f"{ESCAPE}::error::you may not\nlist"}
    return http(fault, status="403 Forbidden")


def trickle(target: str, _: int) -> Any:
    def answer() -> Any:
        yield b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"
        while True:
            yield b" "

    return answer() if "/keys" in target else described()


def unknown_region(_: str, __: int) -> bytes:
    fault = {
        "__type": "InvalidSignatureException",
        "Message": "Credential should be scoped to a valid region",
    }
    return http(fault, status="403 Forbidden")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (denied, "AccessDeniedException: "),
        (trickle, "no complete answer within 2 s"),
        (unknown_region, "InvalidSignatureException: Credential should be scoped to a valid region"),
        (store(http(b"<html>")), "does not have the documented form"),
        (
            store(http({"Items": [{"Key": ESCAPE, "Value": "x"}, {"Key": "b", "Value": "x"}]})),
            "the store changed",
        ),
    ],
)
def test_what_is_denied_slow_or_broken_is_one_sentence_and_no_pass(
    lostwrite: Run, monkeypatch: pytest.MonkeyPatch, answer: Answer, reason: str
) -> None:
    monkeypatch.setattr("analyzer.store.endpoint.Limits", lambda: SHORT if answer is trickle else Limits())
    with rude(answer) as url:
        outcome = lostwrite("check", str(SAMPLE), "--live", "--endpoint-url", url)
    assert outcome.code == 3
    assert reason in outcome.err
    assert outcome.err.count("\n") == 1
    assert "4 of 4 writes cannot be judged" in outcome.out
    for hostile in ("\x1b", "\x07", "\u202e", "\n::error"):
        assert hostile not in outcome.out + outcome.err


@pytest.mark.parametrize(
    ("header", "clock", "sure"),
    [
        (
            "Date: Fri, 21 Mar 2025 15:41:02 GMT",
            "listed at 2025-03-21 15:41:02Z (the server's clock)",
            "proven",
        ),
        ("Date: yesterday", "(the clock of this computer)", "low"),
        ("Date: Fri, 21 Mar 9999 15:41:02 GMT", "(the clock of this computer)", "low"),
        ("X: y", "(the clock of this computer)", "low"),
    ],
)
def test_the_time_is_the_servers_or_where_it_says_none_this_computers(
    lostwrite: Run, header: str, clock: str, sure: str
) -> None:
    """A listing long after the deploy proves nothing of it: a later one may have changed the store."""
    state = {"ItemCount": 0, "TotalSizeInBytes": 0, "KvsARN": "a", "Created": 1}
    with rude(
        lambda target, _: http({"Items": []} if "/keys" in target else state, "ETag: E1", header)
    ) as url:
        outcome = lostwrite("check", str(SAMPLE), "--live", "--endpoint-url", url)
    first = " ".join(outcome.out.split("\n\n")[0].split())
    assert first.startswith(
        f"4 of 4 writes are not in place: 4 mismatched ({sure}); the store was listed at "
    )
    assert first.endswith(clock)


def test_what_a_hostile_store_holds_is_written_as_data(lostwrite: Run) -> None:
    page = http({"Items": [{"Key": "ea01:routes", "Value": json.dumps([f"{ESCAPE}\n::error::x"])}]})
    with rude(store(page)) as url:
        outcome = lostwrite("check", str(SAMPLE), "--live", "--endpoint-url", url)
    assert outcome.code == 1
    for hostile in ("\x1b", "\x07", "\u202e", "\n::error"):
        assert hostile not in outcome.out + outcome.err


def test_without_the_extra_one_sentence_tells_what_to_install(
    lostwrite: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    outcome = lostwrite("check", str(SAMPLE), "--live")
    assert outcome.code == 3
    assert outcome.err == (
        "lostwrite: --live: a live listing needs the extra `aws`: pip install 'lostwrite[aws]'\n"
    )
    assert "4 of 4 writes cannot be judged: no store could be listed\n" in outcome.out


def test_an_extra_that_cannot_be_imported_is_no_defect(
    lostwrite: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = ImportError("libssl.so.3: cannot open shared object file")
    monkeypatch.setattr("botocore.session.get_session", lambda *_, **__: (_ for _ in ()).throw(broken))
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    outcome = lostwrite("check", str(SAMPLE), "--live")
    assert (outcome.code, "needs the extra `aws`" in outcome.err) == (3, True)


def test_without_credentials_it_is_no_pass(lostwrite: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    outcome = lostwrite("check", str(SAMPLE), "--live", "--endpoint-url", "http://127.0.0.1:9")
    assert outcome.code == 3
    assert "cannot be listed: Unable to locate credentials" in outcome.err
