"""Deletes after the last log of a stack, which a later deploy may have meant of which no log is available."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from analyzer.tables import empty
from analyzer.verdicts.losses.next_deploy import by_next_deploy
from analyzer.verdicts.matching.tables import ORDERED_CALLS
from tests.build import CI, at, deploys, writes
from tests.verdicts.judging import OTHER, bracketed, closed, judged_calls
from tests.verdicts.losses.test_meant import GONE, KEPT, LAST, known, last, put

CI_LATER = CI.rpartition("/")[0] + "/next"
PERSON = "arn:aws:sts::111122223333:assumed-role/admin/jo"


@pytest.mark.parametrize(
    ("call", "verdict"),
    [
        ({}, "landed"),
        ({"caller": CI_LATER}, "landed"),
        ({"caller": PERSON}, "lost"),
        ({"api": "DeleteKey"}, "lost"),
        ({"second": 20}, "lost"),
    ],
    ids=["as the next deploy would", "in another session", "by others", "at the console", "meanwhile"],
)
def test_of_a_text_log_alone_the_next_deploy_may_have_meant_a_delete(
    call: dict[str, Any], verdict: str
) -> None:
    """Its log may be all that is left: the purge of the next deploy is by the same principal, after this one's end.

    While a deploy runs its stage is locked: what was deleted at second 20 no other deploy of it deleted.
    """
    tape = bracketed()
    tape.write(2, puts=[KEPT, GONE])
    done: dict[str, Any] = {"second": 600, "deletes": [GONE]}
    tape.write(**done | call)
    tape.write(1200, puts=["other"])
    web = put("ns:*", 0, "d1", pattern=True, store=None, exact=False, operation=1)
    docs = put(
        "do:*", 30, "d1", name="Docs.sst.aws.KvKeys", pattern=True, store=None, exact=False, operation=2
    )
    judged = judged_calls(tape.calls(), writes(web, docs), reach=5000)
    assert judged.verdicts["verdict"][0] == verdict
    doubts = [one for one in judged.evidence["detail"] if "by the same principal" in one]
    ways = [one for one in judged.settle["what"] if "logs of the later deploys" in one]
    assert bool(doubts) == bool(ways) == (verdict == "landed")
    assert verdict == "lost" or judged.verdicts["confidence"][0] == "low"


@pytest.mark.parametrize(
    ("puts", "expected"), [([KEPT], "landed"), (["else:metadata"], "lost"), ([], "lost")]
)
def test_who_has_just_put_keys_of_the_namespace_may_be_the_next_deploy_by_another_role(
    puts: list[str], expected: str
) -> None:
    """The next deploy puts the new files of the site, and purges the old ones; who deletes alone is somebody else."""
    tape = bracketed()
    tape.write(2, puts=[GONE, KEPT])
    if puts:
        tape.write(1000, puts=puts, caller=OTHER)
    tape.write(1002, deletes=[GONE], caller=OTHER)
    rows = [put(key, 0, "d3", operation=1, urn="web") for key in (GONE, KEPT)]
    found = judged_calls(closed(tape).calls(), writes(*rows), stacks=known()).verdicts
    assert found["verdict"][0] == expected


@pytest.mark.parametrize(
    ("gone", "expected"),
    [(8, ("lost", "deleted")), (60, ("landed", None))],
    ids=["at once", "a minute later"],
)
def test_no_later_deploy_deletes_within_seconds_of_the_end_of_the_last_one(
    gone: float, expected: tuple[str, str | None]
) -> None:
    """The next one cannot begin before: the same session deletes what its own deploy has just put."""
    tape = bracketed()
    tape.write(2, puts=[GONE, KEPT])
    tape.write(gone, deletes=[GONE])
    rows = [put(key, 0, "d3", operation=1, urn="web") for key in (GONE, KEPT)]
    table = judged_calls(closed(tape).calls(), writes(*rows), stacks=known()).verdicts
    assert table.select("verdict", "cause").row(0) == expected


@pytest.mark.parametrize(
    ("clock", "gone", "in_doubt"),
    [("aligned", 1480, False), ("aligned", 1495, True), ("none", 600, True), (None, 600, True)],
)
def test_of_a_text_log_whose_clock_nothing_shows_the_end_is_no_bound(
    clock: str | None, gone: float, *, in_doubt: bool
) -> None:
    """The log says that it ended at second 1500, by a clock that may be an hour ahead: at 600 it may have been over."""
    place = {"store": "s", "caller": CI}
    struck = pl.DataFrame(
        place
        | {"write": "w", "own": "d1", "made_by": "e1", "event_id": "e2", "pattern": True}
        | {"type": "sst:aws:KvKeys", "api": "UpdateKeys", "at": at(gone), "namespace": "ns"}
    )
    history = pl.DataFrame(place | {"event_id": "e1"})
    clocks = pl.DataFrame({"deploy": "d1", "clock": clock}, schema={"deploy": pl.String, "clock": pl.String})
    stacks = pl.DataFrame({"id": "d1"}).with_columns(stack=pl.lit(None, dtype=pl.String))
    struck = struck.with_columns(stack=pl.lit(None, dtype=pl.String))
    ended = pl.DataFrame({"deploy": "d1", "end": at(1500), "pattern": True})
    found = by_next_deploy(struck, history, empty(ORDERED_CALLS), ended, deploys=stacks, clocks=clocks)
    assert (found.height == 1) is in_doubt


@pytest.mark.parametrize(
    ("call", "verdict"),
    [({}, "landed"), ({"caller": PERSON}, "lost"), ({"second": 20}, "lost")],
    ids=["as the next deploy would", "by others", "meanwhile"],
)
@pytest.mark.parametrize("followed", [None, "exact", "text"])
def test_after_the_last_event_log_the_next_deploy_may_have_meant_a_delete(
    call: dict[str, Any], verdict: str, followed: str | None
) -> None:
    """Who looks into a deploy of last week need not have the logs since. Who has a later one has those between."""
    tape = bracketed()
    tape.write(2, puts=[KEPT, GONE])
    done: dict[str, Any] = {"second": 600, "deletes": [GONE]}
    tape.write(**done | call)
    if followed:
        tape.write(LAST + 2, puts=["last:a"])
    tape.write(4000, puts=["other"])
    rows = [put(key, 0, "d1", id=key, operation=1) for key in (GONE, KEPT)]
    of_text = {"key": "last:*", "pattern": True, "store": None, "exact": False} if followed == "text" else {}
    rows += [put("ns:c", 30, "d1", id="c", operation=2), *([last() | of_text] if followed else [])]
    ids = ("d1", "d3") if followed else ("d1",)
    stacks = deploys(*ids).with_columns(stack=pl.lit("shop-prod"))
    judged = judged_calls(tape.calls(), writes(*rows), reach=5000, stacks=stacks)
    found = judged.verdicts["verdict"][0]
    assert found == ("lost" if followed == "exact" else verdict)
