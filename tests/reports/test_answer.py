"""The first line, for each mixture of verdicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analyzer.reports.answer import answer
from analyzer.reports.report import Background
from analyzer.rules.doubt import RULE_OF
from analyzer.tables import LISTINGS, from_columns
from tests.reports.examples import report, write

LANDED: dict[str, object] = {}
DROPPED: dict[str, object] = {"verdict": "dropped"}
ERRORED: dict[str, object] = {"verdict": "errored", "confidence": "high"}
LOST: dict[str, object] = {"verdict": "lost", "confidence": "high"}
OPEN: dict[str, object] = {"verdict": "unfinished", "confidence": "low"}
DOUBT: dict[str, object] = {"verdict": "unverifiable", "cause": "no_trail", "confidence": "low"}
GAP: dict[str, object] = DOUBT | {"cause": "trail_gap"}
LIKELY: dict[str, object] = {"leaning": "dropped"}
HEALED: dict[str, object] = {"status": "healed"}
WEAK: dict[str, object] = {"confidence": "low"}


@pytest.mark.parametrize(
    ("verdicts", "wanted"),
    [
        ([], "The inputs contain no write to a key-value store"),
        ([LANDED], "The only write landed"),
        ([LANDED] * 4, "All 4 writes landed"),
        ([LANDED, WEAK], "All 2 writes landed (1 with low confidence)"),
        ([DROPPED, *[LANDED] * 3], "1 of 4 writes never landed: dropped (proven)"),
        ([DROPPED], "1 of 1 write never landed: dropped (proven)"),
        ([DROPPED, ERRORED, DROPPED], "3 of 3 writes never landed: 1 errored (high), 2 dropped (proven)"),
        ([LOST, LANDED], "1 of 2 writes is not in place: lost (high)"),
        ([LOST, DROPPED], "2 of 2 writes are not in place: 1 lost (high), 1 dropped (proven)"),
        ([OPEN], "1 of 1 write did not finish: unfinished (low)"),
        ([DROPPED, DOUBT], "1 of 2 writes never landed: dropped (proven); 1 cannot be judged"),
        ([DOUBT, LANDED, DOUBT], "2 of 3 writes cannot be judged: no trail was given"),
        ([DOUBT, GAP], "2 of 2 writes cannot be judged: no trail was given, the trail has a gap"),
        ([DOUBT | LIKELY], "1 of 1 write cannot be judged (probably dropped): no trail was given"),
        (
            [DOUBT | LIKELY, DOUBT, DOUBT | LIKELY | {"leaning": "landed"}],
            "3 of 3 writes cannot be judged (1 of them probably dropped, 1 of them probably landed): "
            "no trail was given",
        ),
        (
            [DROPPED, DOUBT | LIKELY, DOUBT],
            "1 of 3 writes never landed: dropped (proven); 2 cannot be judged (1 of them probably dropped)",
        ),
        ([DROPPED | HEALED, LANDED], "1 of 2 writes never landed: dropped (proven), since repaired"),
        (
            [DROPPED | HEALED, DROPPED],
            "2 of 2 writes never landed: 2 dropped (proven), 1 of them since repaired",
        ),
        ([DOUBT | {"cause": None}], "1 of 1 write cannot be judged: the evidence is not sufficient"),
    ],
)
def test_answer(verdicts: list[dict[str, object]], wanted: str) -> None:
    assert answer(report([write(number, **row) for number, row in enumerate(verdicts)])) == wanted


@pytest.mark.parametrize("cause", [cause for cause, code in RULE_OF.items() if code > "LW200"])
def test_each_cause_of_doubt_has_a_clause(cause: str) -> None:
    told = answer(report([write(1, **DOUBT | {"cause": cause})]))
    assert told.startswith("1 of 1 write cannot be judged: ")
    assert "the evidence is not sufficient" not in told


ARN = "arn:aws:cloudfront::111122223333:key-value-store/10a80d9c"


@pytest.mark.parametrize(
    ("unread", "wanted"),
    [
        (["nothere"], "no trail could be read"),
        ([ARN], "the store could not be listed"),
        ([ARN, ARN + "-2", "nothere"], "2 stores could not be listed"),
    ],
)
def test_evidence_that_was_given_in_vain_is_not_told_as_none(unread: list[str], wanted: str) -> None:
    made = replace(report([write(1, **DOUBT)]), unread=tuple((word, "why") for word in unread))
    assert answer(made) == f"1 of 1 write cannot be judged: {wanted}"


NOON = datetime(2025, 3, 20, 12, tzinfo=UTC)
THERE: dict[str, object] = {"listed": "there"}
GONE: dict[str, object] = THERE | {"action": "delete"}
AT = "; the store was listed at 2025-03-20 12:00:00Z"


def answered_live(rows: list[dict[str, object]], *clocks: str | None) -> str:
    """The answer where stores were listed, a second apart, by these clocks."""
    times: list[datetime] = [NOON + timedelta(seconds=second) for second in range(len(clocks))]
    listings = from_columns({"at": times, "live": clocks}, LISTINGS)
    made = report([write(number, **row) for number, row in enumerate(rows)])
    return answer(replace(made, background=Background(listings=listings)))


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([THERE, THERE], "Every route and key is there: all 2 writes landed"),
        ([THERE], "Every route and key is there: the only write landed"),
        ([THERE, GONE], "Every route and key is there, and what was to go is gone: all 2 writes landed"),
        ([GONE, GONE], "Everything that was to go is gone: all 2 writes landed"),
        (
            [THERE | {"pattern": True, "entry": None, "confidence": "low"}],
            "Every route and namespace is there: the only write landed (1 with low confidence)",
        ),
        ([THERE, LANDED], "All 2 writes landed"),
        ([THERE, LOST], "1 of 2 writes is not in place: lost (high)"),
        ([DOUBT], "1 of 1 write cannot be judged: no trail was given"),
    ],
)
def test_a_live_listing_is_told_with_what_it_shows(rows: list[dict[str, object]], wanted: str) -> None:
    assert answered_live(rows, "server") == f"{wanted}{AT} (the server's clock)"


def test_a_live_listing_is_told_with_its_clock_and_a_file_is_not_told() -> None:
    assert answered_live([LOST], "local").endswith(f"{AT} (the clock of this computer)")
    assert answered_live([THERE], None) == "The only write landed"
    several = answered_live([LOST], "server", None, "server")
    assert several.endswith("; 2 stores were listed from 2025-03-20 12:00:00Z (the server's clock)")
