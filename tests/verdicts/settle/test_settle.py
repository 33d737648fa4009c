"""Which evidence would decide a doubt, and how to get it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args

import polars as pl
import pytest

from analyzer.tables import ALIGNMENTS, DEPLOYS, SETTLE, from_columns
from analyzer.verdicts.settle.settle import settle
from analyzer.verdicts.settle.ways import WAYS, Way
from analyzer.verdicts.tables import FINAL_VERDICTS
from tests.build import CI, STORE, at, deploys

LISTING = f"lostwrite keys {STORE} --output keys.json"


def unsure(cause: str | None = "trail_gap", **differs: object) -> dict[str, object]:
    row = {
        "id": "w1",
        "number": 0,
        "deploy": "d1",
        "verdict": "unverifiable",
        "cause": cause,
        "confidence": "low",
    }
    return row | {"store": STORE, "low": at(0), "high": at(60), "exact": True, "sources": []} | differs


def settled(
    *rows: dict[str, object], alignments: pl.DataFrame | None = None, **deploy: object
) -> list[dict[str, Any]]:
    final = from_columns({name: [row.get(name) for row in rows] for name in FINAL_VERDICTS}, FINAL_VERDICTS)
    known = deploys("d1").with_columns(**{name: pl.lit(value) for name, value in deploy.items()})
    table = settle(
        final, known.select(DEPLOYS.names()), ALIGNMENTS.to_frame() if alignments is None else alignments
    )
    assert table.schema == SETTLE
    return table.to_dicts()


CAUSES = (
    "no_trail", "wrong_trail", "data_events_off", "not_covered", "trail_gap", "chain_not_closed", "trail_too_early",
    "no_window", "clocks_differ", "rivals", "other_writer", "contested", "maybe_nothing", "form_lost",
    "outcome_unknown",
)  # fmt: skip


@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_of_doubt_has_its_own_ways(cause: str) -> None:
    assert cause in WAYS
    for exact in (True, False):
        rows = settled(unsure(cause, exact=exact))
        assert rows
        assert [row["order"] for row in rows] == list(range(len(rows)))
        assert LISTING in [row["command"] for row in rows]


def test_every_way_is_of_some_cause() -> None:
    assert {way for ways in WAYS.values() for way in ways} == set(get_args(Way))


def test_what_landed_surely_or_is_known_not_to_have_needs_nothing() -> None:
    for verdict, confidence in (("landed", "high"), ("dropped", "proven"), ("mismatched", "low")):
        assert settled(unsure(None, verdict=verdict, confidence=confidence)) == []
    assert settled(unsure(None, verdict="landed"))[0]["command"] == LISTING


def test_a_trail_that_ends_too_early_says_from_when_its_files_are_there() -> None:
    (hours,) = (row for row in settled(unsure("trail_too_early")) if row["when"])
    assert hours["when"] == at(60) + timedelta(minutes=30)
    assert "--include '*_CloudTrail_us-east-1_20250320T12*'" in hours["command"]
    assert "AWSLogs/111122223333/" in hours["command"]


def test_the_hours_after_close_a_chain() -> None:
    rows = settled(unsure("chain_not_closed"))
    assert [
        "whether anything was written since" in rows[0]["what"],
        "closes the chain" in rows[1]["what"],
    ] == [True] * 2
    assert "20250320T14" in rows[1]["command"]


def test_each_run_that_fits_has_its_window() -> None:
    runs = [
        {"writer": CI, "offset": 0, "at": at(3), "until": at(9), "matched": 2},
        {"writer": CI, "offset": 0, "at": at(93), "until": None, "matched": 2},
    ]
    alignments = from_columns({"deploy": ["d1"], "rivals": [runs]}, ALIGNMENTS)
    rows = settled(unsure("no_window", low=None, high=None, exact=False), alignments=alignments)
    assert [row["command"] for row in rows[:2]] == [
        "lostwrite check eventlog.json --trail '<TRAIL>' --since 2025-03-20T11:59:58Z --until 2025-03-20T12:00:14Z",
        "lostwrite check eventlog.json --trail '<TRAIL>' --since 2025-03-20T12:01:28Z --until 2025-03-20T12:01:38Z",
    ]
    assert "the run of 2025-03-20 12:00:03 to 12:00:09 UTC" in rows[0]["what"]


def test_a_window_that_the_files_do_not_reach_may_be_of_another_zone() -> None:
    runs = [{"writer": CI, "offset": None, "at": at(14403), "until": at(14409), "matched": 2}]
    alignments = from_columns({"deploy": ["d1"], "rivals": [runs]}, ALIGNMENTS)
    first = settled(unsure("not_covered", exact=False), alignments=alignments)[0]
    assert first["command"].endswith("--since 2025-03-20T15:59:58Z --until 2025-03-20T16:00:14Z")


def test_a_window_that_would_hold_calls_of_another_run_too_is_not_given() -> None:
    # The log took 71 seconds: before the second run lies the first, after it nothing; or they are at one time.
    for second, windows in ((5, []), (20, ["11:59:03 to 12:00:14", "12:00:15 to 12:01:26"])):
        runs = [
            {"writer": writer, "offset": 0, "at": at(begin), "until": at(begin + 6), "matched": 2}
            for writer, begin in ((CI, 3), ("another", second))
        ]
        alignments = from_columns({"deploy": ["d1"], "rivals": [runs]}, ALIGNMENTS)
        rows = settled(
            unsure("no_window", low=None, high=None, exact=False), alignments=alignments, duration=71
        )
        commands = [row["command"] or "" for row in rows]
        assert [
            f"{words[-3][11:19]} to {words[-1][11:19]}"
            for words in map(str.split, commands)
            if "--since" in words
        ] == windows


def test_a_log_with_times_that_several_runs_fit_has_windows_as_long_as_the_log_whatever_the_cause() -> None:
    runs = [{"writer": CI, "offset": 0, "at": at(243), "until": at(249), "matched": 2}]
    columns: dict[str, list[object]] = {
        "deploy": ["d1"],
        "state": ["ambiguous"],
        "at": [at(3)],
        "until": [at(9)],
        "rivals": [runs],
    }
    alignments = from_columns(columns, ALIGNMENTS)
    length = {"form": "exact", "started_at": at(100), "ended_at": at(130)}
    for cause in ("rivals", "clocks_differ", "chain_not_closed"):
        rows = settled(unsure(cause), alignments=alignments, **length)
        assert [row["command"] for row in rows[:2]] == [
            f"lostwrite check eventlog.json --trail '<TRAIL>' --since 2025-03-20T{since}Z --until 2025-03-20T{until}Z"
            for since, until in (("11:59:43", "12:00:14"), ("12:03:43", "12:04:14"))
        ]
    taken = alignments.with_columns(state=pl.lit("aligned"))
    assert all(
        "--since" not in (row["command"] or "")
        for row in settled(unsure("rivals"), alignments=taken, **length)
    )


def test_a_text_of_sst_has_objects_in_the_state_and_pulumis_an_option() -> None:
    of_sst = settled(unsure("form_lost", exact=False), app="shop", stage="prod", tool="sst")
    assert (
        of_sst[1]["command"]
        == "aws s3 cp 's3://<SST-STATE-BUCKET>/eventlog/shop/prod/<UPDATE-ID>.json' eventlog.json"
    )
    of_pulumi = settled(unsure("form_lost", exact=False), tool="pulumi")
    assert (of_pulumi[1]["command"], "--event-log" in of_pulumi[1]["what"]) == (None, True)


def test_without_a_store_its_name_comes_first() -> None:
    rows = settled(unsure("no_trail", store=None, low=None, high=None))
    assert rows[0]["command"] == "aws cloudfront list-key-value-stores --output json"
    assert (rows[1]["command"], rows[1]["when"]) == (None, None)


def test_a_listing_that_decided_nothing_is_not_asked_for_again() -> None:
    assert LISTING not in [row["command"] for row in settled(unsure(listed="present"))]


def test_a_listing_that_shows_all_that_it_can_of_a_text_is_not_asked_for_again() -> None:
    weak = {"verdict": "landed", "listed": "there"}
    assert LISTING not in [row["command"] for row in settled(unsure(None, **weak, exact=False))]
    assert LISTING in [row["command"] for row in settled(unsure(None, **weak, exact=True))]


def test_each_write_has_its_rows_in_the_order_of_the_writes() -> None:
    rows = settled(unsure(id="w1"), unsure("no_trail", id="w2", number=1), unsure(id="w3", number=2))
    assert list(dict.fromkeys(row["write"] for row in rows)) == ["w1", "w2", "w3"]
    assert [row["what"] for row in rows if row["write"] == "w1"] == [
        row["what"] for row in rows if row["write"] == "w3"
    ]


def test_names_from_a_log_are_in_no_command_unless_they_are_plain() -> None:
    rows = settled(
        unsure("form_lost", exact=False, store="arn:x'$(touch hit)"), app="$(touch hit)", stage="-x"
    )
    assert "hit" not in "".join(row["command"] or "" for row in rows)


@pytest.mark.parametrize(
    ("value", "listed_value", "asked"), [("v", None, True), (None, None, False), (None, "x", False)]
)
def test_another_listing_decides_where_the_value_is_masked_and_the_log_has_one(
    value: str | None, listed_value: str | None, *, asked: bool
) -> None:
    row = unsure(listed="present", value=value, listed_value=listed_value, pattern=False)
    assert (LISTING in [way["command"] for way in settled(row)]) == asked
