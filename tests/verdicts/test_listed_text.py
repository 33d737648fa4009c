"""A text log, which names neither store nor key, held against a listing.

The component `RouterRoute/` of the stack `shop-d1` has the namespace that SST hashes from both.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.resources.namespace import namespace
from analyzer.tables import ALIGNMENTS, CALLS, KEYS, LISTINGS, empty, from_columns
from analyzer.trail.calls.chain import chain
from analyzer.verdicts.judge import Judgement, judge
from analyzer.verdicts.listed_text import of_text
from analyzer.verdicts.tables import FINAL_VERDICTS
from tests.build import STORE, Tape, at, deploys, write, writes

if TYPE_CHECKING:
    from collections.abc import Mapping

NS = namespace("shop-d1", "RouterRoute/")
ENTRY = f"site,{NS},,/"
LIST = "5ad2:routes"
LISTED = 600


def put(**other: object) -> dict[str, object]:
    row = write(f"{NS}:*", None, None, action="put", op="create", type="sst:aws:KvKeys")
    name = {"name": "RouterRoute/KvKeys.sst.aws.KvKeys"}
    return row | name | {"store": None, "pattern": True, "exact": False} | other


def append(**other: object) -> dict[str, object]:
    row = write("*:routes", None, None, op="create", name="RouterRoute/RoutesUpdate.sst.aws.KvRoutesUpdate")
    return row | {"store": None, "pattern": True, "exact": False, "entry": ENTRY} | other


def judged(
    rows: list[dict[str, object]],
    held: Mapping[str, str],
    *,
    store: str | None = STORE,
    at_by: str = "file",
    tape: Tape | None = None,
) -> Judgement:
    listing: dict[str, list[object]] = {
        "listing": [1],
        "source": ["keys.json"],
        "store": [store],
        "store_by": [store and "file"],
        "at": [at(LISTED)],
        "at_by": [at_by],
        "items": [len(held)],
    }
    keys: dict[str, list[object]] = {
        "listing": [1] * len(held),
        "key": list(held),
        "value": list(held.values()),
    }
    calls = empty(CALLS) if tape is None else tape.calls()
    return judge(
        writes(*rows),
        deploys("d1").with_columns(form=pl.lit("text")),
        calls,
        chain(calls),
        reach=None if tape is None else at(3600),
        has_trail=tape is not None,
        listings=from_columns(listing, LISTINGS),
        keys=from_columns(keys, KEYS),
    )


def verdicts(judgement: Judgement) -> list[tuple[str, str | None, str]]:
    found: list[tuple[str, str | None, str]] = judgement.verdicts.select(
        "verdict", "cause", "confidence"
    ).rows()
    return found


def routes(*entries: str) -> dict[str, str]:
    return {LIST: json.dumps(entries)}


LANDED = ("landed", None, "low")
MISSING = ("mismatched", "missing", "low")
UNKNOWN = ("unverifiable", "no_trail", "low")


@pytest.mark.parametrize("store", [STORE, None])
def test_what_is_there_landed_and_what_is_not_is_missing(store: str | None) -> None:
    keys = {f"{NS}:metadata": "{}"}
    assert verdicts(judged([put(), append()], keys | routes(ENTRY), store=store)) == [LANDED, LANDED]
    assert verdicts(judged([put(), append()], keys | routes("site,1111,,/"), store=store)) == [
        LANDED,
        MISSING,
    ]
    assert verdicts(judged([put(), append()], keys, store=store)) == [LANDED, MISSING]
    assert verdicts(judged([put(), append()], routes(ENTRY), store=store)) == [MISSING, LANDED]


def test_the_evidence_says_by_what_the_store_and_the_time_are_known() -> None:
    (row,) = (
        judged([append()], {f"{NS}:x": "1"} | routes(), at_by="mtime").evidence.filter(kind="keys").to_dicts()
    )
    assert row["source"] == f"keys.json#{LIST}"
    for words in (
        "the only list of routes does not contain the entry",
        "the log names no store",
        "the log has no times",
        "the file's last change",
    ):
        assert words in row["detail"]


def test_a_listing_without_any_of_the_namespaces_says_nothing() -> None:
    assert verdicts(judged([put(), append()], {"beef:x": "1"} | routes("site,beef,,/"))) == [UNKNOWN] * 2


def test_a_component_of_which_the_log_shows_no_entry_has_one_of_its_namespace() -> None:
    silent = append(entry=None)
    keys = {f"{NS}:metadata": "{}"}
    assert verdicts(judged([silent], keys | routes(ENTRY))) == [LANDED]
    assert verdicts(judged([silent], keys | routes("site,beef,,/"))) == [MISSING]
    updated = append(entry=None, op="update")
    assert verdicts(judged([updated], keys | routes(ENTRY))) == [UNKNOWN], "it may be the old one"


def test_keys_that_were_there_before_show_nothing_of_an_update() -> None:
    assert verdicts(judged([put(op="update")], {f"{NS}:metadata": "{}"})) == [UNKNOWN]


def test_a_listing_from_before_the_end_of_the_deploy_says_nothing() -> None:
    late = put(start=at(LISTED - 30), end=at(LISTED + 30))
    assert verdicts(judged([late], {f"{NS}:metadata": "{}"})) == [UNKNOWN]


def test_where_two_writes_mean_the_same_the_order_of_texts_is_not_known() -> None:
    rows = [put(), put(action="delete", op="delete", urn="old")]
    assert verdicts(judged(rows, {f"{NS}:metadata": "{}"})) == [UNKNOWN] * 2


def test_what_was_to_go() -> None:
    gone = [put(action="delete", op="delete"), append(action="remove", op="delete")]
    assert verdicts(judged(gone, routes("site,beef,,/") | {f"{NS}:x": "1"})) == [
        ("mismatched", "still_there", "low"),
        LANDED,
    ]


def test_the_remedy_of_a_route_is_the_command_where_its_list_is_told() -> None:
    keys = {f"{NS}:metadata": "{}"} | routes("site,1111,,/")
    (remedy,) = judged([append()], keys).remedies["remedy"]
    assert f'"Key":"{LIST}","add":["{ENTRY}"]' in remedy
    two = keys | {"5ad3:routes": "[]"}
    (remedy,) = judged([append()], two).remedies["remedy"]
    assert "list-keys" in remedy, "nothing shows which of the two it is"


@pytest.mark.parametrize(
    ("second", "verdict"),
    [(1200, ("unverifiable", "no_window", "low")), (300, MISSING)],
)
def test_a_listing_between_the_runs_of_which_any_may_be_the_deploy_says_nothing(
    second: float, verdict: tuple[str, str | None, str]
) -> None:
    # The log is of either run. Ten past noon the namespace was empty: after the second it may well be filled.
    tape = Tape()
    for begin in (100, second):
        tape.write(begin, puts=[f"{NS}:metadata"])
        tape.write(begin + 60, deletes=[f"{NS}:metadata"])
    assert verdicts(judged([put(), append()], routes("site,1111,,/"), tape=tape))[0] == verdict


def test_what_a_stopped_deploy_without_times_called_may_be_in_any_of_the_runs() -> None:
    tape = Tape()
    for begin in (100, 1200, 2400):
        tape.write(begin, puts=[f"{NS}:metadata"])
    stopped = judged([put(reported="unfinished")], {"beef:x": "1"}, tape=tape)
    assert verdicts(stopped) == [("unverifiable", "interrupted", "low")]


@pytest.mark.parametrize("until", [LISTED - 60, LISTED, LISTED + 60])
def test_a_listing_that_is_older_than_the_likeliest_run_shows_nothing(until: int) -> None:
    """Expected: a key that is missing then was perhaps not written yet: the deploy is the run that may be later."""
    row = put(id="w1", number=1, high=at(10), verdict="unverifiable", inferred_store=STORE)
    final = from_columns({name: [row.get(name)] for name in FINAL_VERDICTS}, FINAL_VERDICTS)
    run: dict[str, list[object]] = {
        "deploy": ["d1"],
        "state": ["ambiguous"],
        "at": [at(until - 5)],
        "until": [at(until)],
        "rivals": [[]],
    }
    runs = from_columns({name: run.get(name, [None]) for name in ALIGNMENTS}, ALIGNMENTS)
    listing: dict[str, list[object]] = {
        "listing": [1],
        "source": ["keys.json"],
        "store": [STORE],
        "store_by": ["file"],
        "at": [at(LISTED)],
    }
    listings = from_columns({name: listing.get(name, [None]) for name in LISTINGS}, LISTINGS)
    keys = from_columns({"listing": [1], "key": ["aaaa:/other.txt"], "value": ["s3"]}, KEYS)
    said = of_text(final, deploys("d1"), listings, keys, runs)
    assert said["verdict"].to_list() == ["mismatched" if until < LISTED else "unverifiable"]
