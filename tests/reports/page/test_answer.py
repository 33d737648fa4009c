"""The answer below the headline, by what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.reports.page.build import build
from analyzer.reports.redacted import redacted_report
from tests.build import STORE, Tape, at
from tests.reports.made import write
from tests.reports.page.pages import sample
from tests.reports.page.scenes import many, proof, route, scene

if TYPE_CHECKING:
    from analyzer.reports.report import Report


def answer(report: Report) -> dict[str, list[str]]:
    """The rows by their labels."""
    rows = build(redacted_report(report)).answer.rows
    return {label: ["".join(piece.text for piece in line) for line in lines] for label, lines in rows}


def test_a_swallowed_refusal_names_the_role_and_the_word_of_the_deploy() -> None:
    said = answer(sample("denied-and-swallowed"))
    assert said["Missing"] == [
        "AWS refused the call for url,5ce0,,/api/v2. ApiRoutesUpdate said “updated” all the same. Show it"
    ]
    assert said["Why"] == ["The role may not call UpdateKeys."]


def test_both_keys_that_a_purge_took_are_named_and_the_command_writes_both() -> None:
    said = answer(sample("purged-by-namespace-collision"))
    assert said["Missing"][0].startswith(
        "2ecd:/favicon.ico and 2ecd:metadata of WebKvKeys landed at 10:00:34"
    )
    assert said["Put it right"] == ["The command writes these 2 keys again"]


def test_by_a_listing_alone_it_is_not_known_since_when() -> None:
    said = answer(sample("missing-route-by-listing"))
    assert said["Since"] == ["At the latest 15:40:12 UTC, when the store was listed"]
    assert said["How sure"] == ["Proven by the listing of the store."]


def test_what_was_put_right_since_is_said_to_have_been_missing() -> None:
    said = answer(sample("plain-pulumi-keys"))
    assert "Missing" not in said
    assert said["Was missing"] == ["config/limits failed, as limits says. Show it"]
    assert said["Since"][0].startswith("14:00:09 UTC, until it was put right: deploy deploy-2")
    assert "Put it right" not in said


def test_more_than_five_are_told_of_by_step_and_cause() -> None:
    said = answer(many(holes=7))["Missing"]
    assert len(said) == 6
    assert said[0] == "1 route of Router6RoutesUpdate: dropped"
    assert said[-1] == "and the same of 2 more steps"


def test_of_a_batch_that_was_never_written_its_place_in_the_step_is_named() -> None:
    """50 of 120 keys, one call's worth: they lie together, and count as one hole."""
    tape = Tape()
    first = tape.write(1, puts=["k"])
    last = tape.write(3, puts=["l"])
    writes = [
        write(
            n + 1,
            store=STORE,
            operation=7,
            key=f"k{n}",
            start=at(0),
            end=at(4),
            **({"verdict": "dropped"} if 50 <= n < 100 else {"event_id": first if n < 50 else last}),
        )
        for n in range(120)
    ]
    tape.write(60, puts=["z"])
    page = build(redacted_report(scene(tape, writes)))
    assert answer(scene(tape, writes))["Missing"][0].startswith("Keys 51 to 100 are not in the store.")
    boxes = [box for frame in page.frames for row in frame.rows for box in row.boxes]
    assert ["".join(piece.text for piece in box.title) for box in boxes] == [
        "No write came for keys 51 to 100 of SiteKvKeys"
    ]


def test_the_list_that_did_not_exist_is_only_named_where_its_own_evidence_says_so() -> None:
    tape = Tape()
    read = tape.read(5, "7c62:routes")
    tape.write(60, puts=["z"])
    dropped = [route(1, 1, 4, 6, verdict="dropped", cause="never_attempted")]
    assert answer(scene(tape, dropped))["Why"] == ["The write was never tried."]
    shown = [proof("w1", 0, "call", 5, read, "GetKey found no such key")]
    assert answer(scene(tape, dropped, evidence=shown))["Why"] == [
        "The list did not exist yet, and the write was never tried."
    ]
