"""A gap of the chain after a write landed: the call that is missing may have taken the write away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from tests.build import CI, Tape, deploys, write, writes
from tests.verdicts.judging import OTHER, bracketed, closed, judged, judged_calls
from tests.verdicts.listing import KEY, A, append, put, routes
from tests.verdicts.listing import judged as with_listing

if TYPE_CHECKING:
    from analyzer.verdicts.judge import Judgement

_KEY = "ns:file"


def _kept(key: str = _KEY, start: float = 0, **other: object) -> dict[str, object]:
    """A put by a resource that writes no list: nothing but a call on its own key takes it away."""
    kind = "sst:aws:KvKeys"
    return write(key, start, start + 3, action="put", op="create", value="v", type=kind) | other


def _with_a_gap(second: float = 500, *, beyond: bool = True) -> Tape:
    """The deploy puts the key; later somebody makes a call that no file has."""
    tape = bracketed()
    tape.write(2, puts=[_KEY])
    tape.write(second, deletes=[_KEY], caller=OTHER, recorded=False)
    return closed(tape) if beyond else tape


def _said(judgement: Judgement) -> list[tuple[str, str]]:
    return judgement.verdicts.select("verdict", "confidence").rows()


def test_a_call_that_is_missing_may_have_taken_the_write_away() -> None:
    """Expected: landed, since nothing shows that it was lost; `low`, since nothing shows that it stayed."""
    judgement = judged(_with_a_gap(), writes(_kept()))
    assert _said(judgement) == [("landed", "low")]
    assert judgement.evidence["detail"].str.contains("the call that is missing before it may").any()


def test_an_unbroken_chain_leaves_no_doubt() -> None:
    tape = bracketed()
    tape.write(2, puts=[_KEY])
    assert _said(judged(closed(tape), writes(_kept()))) == [("landed", "proven")]


def test_where_the_trail_ends_nothing_shows_that_a_call_is_missing() -> None:
    tape = _with_a_gap(beyond=False)
    assert _said(judged(tape, writes(_kept()))) == [("landed", "proven")]


def test_a_gap_before_the_write_says_nothing() -> None:
    tape = bracketed()
    tape.write(-500, puts=["other"], recorded=False)
    tape.write(2, puts=[_KEY])
    assert _said(judged(closed(tape), writes(_kept()))) == [("landed", "proven")]


def test_an_operation_without_a_call_may_be_what_is_missing() -> None:
    """A later deploy wrote another key while the trail lacked a file: the gap is its own, as far as is known."""
    tape = bracketed()
    tape.write(2, puts=[_KEY])
    tape.write(502, puts=["ns:new"], recorded=False)
    calls = closed(tape).calls()
    rows = writes(_kept(), _kept("ns:new", 500, deploy="d2"))
    one_stack = deploys("d1", "d2").with_columns(stack=pl.lit("shop-d1"))
    first = judged_calls(calls, rows, stacks=one_stack).verdicts.row(0, named=True)
    assert (first["verdict"], first["confidence"]) == ("landed", "high")


def test_what_its_own_resource_wrote_again_is_not_in_doubt() -> None:
    """The later deploy's write stands in the earlier one's place, and it is that which the gap threatens."""
    tape = bracketed()
    tape.write(2, puts=[_KEY])
    tape.write(300, puts=[_KEY])
    tape.write(500, deletes=[_KEY], caller=OTHER, recorded=False)
    rows = writes(_kept(name="a"), _kept(start=298, deploy="d2", name="a"))
    one_stack = deploys("d1", "d2").with_columns(stack=pl.lit("shop-d1"))
    judgement = judged_calls(closed(tape).calls(), rows, stacks=one_stack)
    assert _said(judgement) == [("landed", "proven"), ("landed", "low")]


def test_a_key_that_was_deleted_later_was_there() -> None:
    """SST's purge deletes what it finds: beyond the gap the key was there, and then it was taken away."""
    tape = _with_a_gap()
    tape.write(4100, deletes=[_KEY], caller=OTHER)
    assert judged(tape, writes(_kept())).verdicts["verdict"].to_list() == ["lost"]


def test_a_record_without_its_etag_is_no_gap() -> None:
    tape = bracketed()
    tape.write(2, puts=[_KEY])
    tape.write(500, puts=["other"], caller=CI)
    calls = closed(tape).calls()
    cut = calls.with_columns(etag=pl.when(pl.col("key") != "other").then("etag"))
    assert _said(judged_calls(cut, writes(_kept()))) == [("landed", "proven")]


@pytest.mark.parametrize(("etag", "confidence"), [("KV4", "proven"), ("KV9", "high"), (None, "high")])
def test_a_list_behind_a_gap_stands_where_a_listing_bears_the_etag_of_its_record(
    etag: str | None, confidence: str
) -> None:
    """Nothing was written from the last record to the listing, so none of it can be missing."""
    tape = Tape()
    tape.write(-4000, puts=["7c62:other"])
    tape.write(11, puts=[KEY])
    tape.write(12, puts=["7c62:other"], caller=OTHER, recorded=False)
    tape.read(12, "7c62:routes")
    tape.write(13, puts=["7c62:routes"])
    assert tape.etag == "KV4"
    held = {KEY: "meant", **routes(A)}
    found = with_listing([append(start=12, end=14), put()], held, tape, second=600, etag=etag)
    assert _said(found)[0] == ("landed", confidence)


def test_a_listing_after_the_gap_settles_it() -> None:
    tape = Tape()
    tape.write(-4000, puts=["7c62:other"])
    tape.write(11, puts=[KEY])
    tape.write(200, deletes=["7c62:other"], caller=OTHER, recorded=False)
    tape.write(400, puts=["7c62:other"])
    later = with_listing([put()], {KEY: "meant"}, tape, second=600)
    earlier = with_listing([put()], {KEY: "meant"}, tape, second=100)
    assert _said(later) == [("landed", "high")]
    assert _said(earlier) == [("landed", "low")]
