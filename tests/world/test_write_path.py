"""Each version's signature in the calls it makes (docs/facts/sst-output.md#42-calls-per-operation to 4.5)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.world import kv_keys, kv_routes
from tests.world.calls import Call, Pause, Refused, Reply
from tests.world.chance import seeded
from tests.world.resources import Props, Version
from tests.world.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.world.calls import Steps

ARN = "arn:aws:cloudfront::111122223333:key-value-store/one"
KEY = "0a25:routes"
NEW = Props(ARN, "0a25", entry="site,aaaa,,/new")
OLD = Props(ARN, "0a25", entry="site,aaaa,,/old")
LONG = Props(ARN, "0a25", entry="y" * 1100)
DENIED = Refused("AccessDeniedException", "not authorized", 403)
LATER = Version.V3_12_5


class Tape:
    """Runs one write path against a store and notes its calls; `before` may refuse a call or change the store."""

    def __init__(
        self, values: dict[str, str], before: Callable[[Call], Refused | None] | None = None
    ) -> None:
        self.store = Store(ARN, seeded(1), values)
        self.calls: list[tuple[str, str | None]] = []
        self._before = before or (lambda _call: None)

    def run(self, steps: Steps[Props] | Steps[Props | None]) -> Props | None:
        """What the path returns."""
        try:
            step = next(steps)
            while True:
                step = self._take(steps, step)
        except StopIteration as stop:
            value: Props | None = stop.value
            return value

    def _take(self, steps: Steps[Props] | Steps[Props | None], step: Call | Pause) -> Call | Pause:
        if isinstance(step, Pause):
            return steps.send(Reply())
        try:
            refused = self._before(step)
            if refused:
                raise Refused(refused.code, refused.message, refused.status, step.api)
            reply = self.store.answer(step)
        except Refused as error:
            error.api = step.api
            self.calls.append((step.api, error.code))
            return steps.throw(error)
        self.calls.append((step.api, None))
        return steps.send(reply)

    def names(self) -> list[str]:
        """The APIs called, in order."""
        return [api for api, _ in self.calls]

    def routes(self) -> list[str]:
        """The list of routes, whole."""
        routes: list[str] = json.loads(self.store.values[KEY])
        return routes


def refuse(api: str, error: Refused, times: int = 10**6) -> Callable[[Call], Refused | None]:
    left = [times]

    def before(call: Call) -> Refused | None:
        if call.api != api or not left[0]:
            return None
        left[0] -= 1
        return error

    return before


def stale_once() -> Callable[[Call], Refused | None]:
    return refuse("UpdateKeys", Refused("ValidationException", "Pre-Condition failed: stale", 400), 1)


def test_3_10_0_never_writes_the_first_route() -> None:
    tape = Tape({})
    assert tape.run(kv_routes.create(Version.V3_10_0, NEW)) == NEW
    assert tape.calls == [("GetKey", "ResourceNotFoundException")]
    assert tape.store.values == {}


@pytest.mark.parametrize("version", [Version.V3_10_1, Version.V3_10_11])
def test_up_to_3_11_1_the_list_is_read_before_the_etag(version: Version) -> None:
    tape = Tape({})
    tape.run(kv_routes.create(version, NEW))
    assert tape.names() == ["GetKey", "DescribeKeyValueStore", "UpdateKeys"]
    assert tape.routes() == [NEW.entry]


@pytest.mark.parametrize(
    ("version", "again"),
    [
        (Version.V3_10_11, ["DescribeKeyValueStore", "UpdateKeys"]),
        (Version.V3_11_2, ["DescribeKeyValueStore", "GetKey", "UpdateKeys"]),
        (LATER, ["DescribeKeyValueStore", "GetKey", "UpdateKeys"]),
    ],
)
def test_a_retry_reads_the_list_again_from_3_11_2_on(version: Version, again: list[str]) -> None:
    tape = Tape({KEY: "[]"}, stale_once())
    tape.run(kv_routes.create(version, NEW))
    assert tape.names()[3:] == again


@pytest.mark.parametrize("version", list(Version))
def test_only_from_3_12_5_on_an_entry_in_place_is_written_again(version: Version) -> None:
    tape = Tape({KEY: json.dumps([NEW.entry])})
    tape.run(kv_routes.create(version, NEW))
    assert ("UpdateKeys" in tape.names()) == (version is LATER)
    other = Tape({KEY: json.dumps(["another"])})
    other.run(kv_routes.delete(version, NEW))
    assert ("UpdateKeys" in other.names()) == (version is LATER)


@pytest.mark.parametrize("version", list(Version))
def test_the_last_route_takes_the_key_with_it(version: Version) -> None:
    tape = Tape({KEY: json.dumps([NEW.entry])})
    tape.run(kv_routes.delete(version, NEW))
    assert tape.store.values == {}


def test_s1_a_failed_read_is_taken_for_success() -> None:
    tape = Tape({KEY: json.dumps([OLD.entry])}, refuse("GetKey", DENIED))
    assert tape.run(kv_routes.change(LATER, NEW, OLD)) is None
    assert tape.calls == [
        ("DescribeKeyValueStore", None),
        ("GetKey", "AccessDeniedException"),
        ("DescribeKeyValueStore", None),
    ]
    assert tape.routes() == [OLD.entry]


@pytest.mark.parametrize("version", [version for version in Version if version is not LATER])
def test_before_3_12_5_a_failed_read_is_an_error(version: Version) -> None:
    tape = Tape({KEY: "[]"}, refuse("GetKey", DENIED))
    with pytest.raises(Refused, match="AccessDenied"):
        tape.run(kv_routes.create(version, NEW))


def test_s1_a_throttled_read_is_tried_ten_times() -> None:
    tape = Tape({KEY: "[]"}, refuse("GetKey", Refused("ThrottlingException", "Rate exceeded", 400)))
    assert tape.run(kv_routes.change(LATER, NEW, OLD)) is None
    assert tape.names() == ["DescribeKeyValueStore", *["GetKey"] * 10, "DescribeKeyValueStore"]


@pytest.mark.parametrize("head", ['{"parts":2}', "not JSON", '"text"'])
def test_s1_a_list_that_cannot_be_read_is_left_alone(head: str) -> None:
    tape = Tape({KEY: head})
    assert tape.run(kv_routes.create(LATER, NEW)) is None
    assert "UpdateKeys" not in tape.names()


def test_long_lists_are_cut_and_put_together_again() -> None:
    tape = Tape({KEY: json.dumps(["x" * 950], separators=(",", ":"))})
    tape.run(kv_routes.create(LATER, LONG))
    assert tape.store.values[KEY] == '{"parts":3}'
    assert set(tape.store.values) == {KEY, f"{KEY}:0", f"{KEY}:1", f"{KEY}:2"}
    tape.run(kv_routes.delete(LATER, LONG))
    assert tape.store.values == {KEY: '["' + "x" * 950 + '"]'}


def test_before_3_12_5_a_long_list_is_a_402() -> None:
    tape = Tape({KEY: json.dumps(["x" * 1010])})
    with pytest.raises(Refused, match="ServiceQuota"):
        tape.run(kv_routes.create(Version.V3_11_2, NEW))


def many(count: int) -> Props:
    return Props(ARN, "aaaa", tuple((f"/{n}", "s3") for n in range(count)), purge=True)


@pytest.mark.parametrize("version", list(Version))
def test_keys_go_in_batches_of_fifty_each_on_the_etag_of_the_last(version: Version) -> None:
    tape = Tape({})
    tape.run(kv_keys.create(version, many(120), seeded(1)))
    assert tape.names() == ["DescribeKeyValueStore", *["UpdateKeys"] * 3]
    assert len(tape.store.values) == 120


@pytest.mark.parametrize("version", list(Version))
def test_up_to_3_10_10_a_retry_forgets_the_later_batches(version: Version) -> None:
    tape = Tape({}, stale_once())
    tape.run(kv_keys.create(version, many(120), seeded(1)))
    assert len(tape.store.values) == (50 if version in kv_keys.FORGETS_THE_REST else 120)


def test_s2_a_new_namespace_writes_nothing() -> None:
    tape = Tape({"aaaa:/0": "s3"})
    moved = Props(ARN, "bbbb", many(1).entries)
    assert tape.run(kv_keys.change(LATER, moved, many(1), seeded(1))) == moved
    assert tape.calls == []


def test_only_what_changed_is_put_and_the_rest_is_purged_by_listing() -> None:
    tape = Tape({"aaaa:/0": "s3", "aaaa:/1": "s3", "bbbb:/9": "s3", "aaaa:stray": "x"})
    new = Props(ARN, "aaaa", (("/0", "s3"), ("/2", "s3")), purge=True)
    tape.run(kv_keys.change(LATER, new, many(2), seeded(1)))
    assert tape.names() == [
        "DescribeKeyValueStore",
        "UpdateKeys",
        "ListKeys",
        "DescribeKeyValueStore",
        "UpdateKeys",
    ]
    assert tape.store.values == {"aaaa:/0": "s3", "aaaa:/2": "s3", "bbbb:/9": "s3"}


def test_a_delete_takes_all_that_lies_under_the_namespace() -> None:
    tape = Tape({"aaaa:/0": "another stage's", "bbbb:/9": "s3"})
    tape.run(kv_keys.delete(LATER, many(2)))
    assert tape.store.values == {"bbbb:/9": "s3"}


@pytest.mark.parametrize("version", list(Version))
def test_a_deleted_store_is_no_error_from_3_10_11_on(version: Version) -> None:
    tape = Tape({})
    tape.store.deleted_at = 0.0
    if version in kv_keys.FORGETS_THE_REST:
        with pytest.raises(Refused, match="not found"):
            tape.run(kv_keys.delete(version, many(1)))
    else:
        tape.run(kv_keys.delete(version, many(1)))
    assert tape.names() == ["ListKeys"]
