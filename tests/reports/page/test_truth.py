"""What the page must not say: more than is shown of a doubt, of a part of a step, of what was put right since."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.reports.page.build import build
from analyzer.reports.redacted import redacted_report
from analyzer.reports.registry import render
from tests.build import STORE, Tape, at
from tests.reports.made import DEPLOY, write
from tests.reports.page.pages import Reader, sample
from tests.reports.page.scenes import ALIGNED, NIGHTLY, many, proof, route, scene

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.reports.page.build import Page
    from analyzer.reports.page.frame import Frame
    from analyzer.reports.report import Report

BAD = ("hole", "taken", "side", "bar bad", "joint bad", "refused", "rails")


def page(report: Report) -> Page:
    return build(redacted_report(report))


def frame(report: Report) -> Frame:
    (only,) = page(report).frames
    return only


def answer(report: Report) -> dict[str, str]:
    rows = page(report).answer.rows
    return {label: " ".join("".join(piece.text for piece in line) for line in lines) for label, lines in rows}


def notes(shown: Frame) -> list[str]:
    return ["".join(piece.text for piece in note) for row in shown.rows for note in row.notes]


def between(*writes: Mapping[str, object]) -> Report:
    """The writes with a change by another before them, and one after them."""
    tape = Tape()
    tape.write(0, puts=["a"], caller=NIGHTLY)
    tape.write(60, puts=["b"], caller=NIGHTLY)
    return scene(tape, list(writes))


def test_of_a_deploy_that_was_cut_off_nothing_is_red_where_nothing_shows_that_no_write_came() -> None:
    unsure = {"verdict": "unfinished", "confidence": "low", "reported": "unfinished"}
    report = between(route(1, 1, 5, 6, **unsure))
    assert page(report).answer.look == "doubt"
    assert answer(report)["In doubt"].startswith("Router1RoutesUpdate was cut off: it is not known whether")
    assert "Missing" not in answer(report)
    assert not [s.look for row in frame(report).rows for s in row.shapes if s.look.startswith(BAD)]


def test_doubts_are_no_red_blocks_and_no_red_pins_in_the_strip() -> None:
    report = many(holes=3)
    cut = {"verdict": "unfinished", "confidence": "low"}
    unsure = report.writes.with_columns(
        pl.when(pl.col("verdict") == "dropped").then(pl.lit(value)).otherwise(name).alias(name)
        for name, value in cut.items()
    )
    drawn = frame(replace(report, writes=unsure))
    assert drawn.strip is not None
    (part,) = drawn.strip.parts
    assert [pin.look for pin in part.pins] == ["doubt"] * 3
    assert {look for _, _, look in part.blocks} == {"ok", "doubt"}


def test_an_answer_to_a_read_is_not_red() -> None:
    """chain-not-closed: the list was not there, which is an answer and no failure; the page is about a doubt."""
    html = render(sample("chain-not-closed"), "html")
    assert "<strong>no such key</strong>" in html
    assert "bad-text" not in Reader(html).looks("strong")


def test_an_open_end_is_not_called_unbroken_and_its_records_may_be_missing() -> None:
    shown = frame(sample("chain-not-closed"))
    assert "Where the line is dotted at its end, nothing shows that no record is missing." in shown.words
    assert "records may be missing" in shown.caption
    assert "records are missing, and nobody" in frame(sample("trail-with-a-gap")).caption


def test_without_a_change_no_chain_is_called_unbroken() -> None:
    tape = Tape()
    tape.read(5, "7c62:routes")
    shown = frame(scene(tape, [route(1, 1, 4, 6, verdict="unverifiable", confidence="low")]))
    assert shown.words.startswith("Store 0f1e2d3c: 0 changes. Where the line is dotted")


def test_a_step_of_which_a_part_came_has_a_mark() -> None:
    """The ring is for the second key; the first one is on the line."""
    tape = Tape()
    event = tape.write(5, puts=["k1"])
    tape.write(60, puts=["z"], caller=NIGHTLY)
    one = {"store": STORE, "operation": 1, "start": at(4), "end": at(6)}
    shown = frame(
        scene(tape, [write(1, **one, key="k1", event_id=event), write(2, **one, key="k2", verdict="dropped")])
    )
    assert shown.caption == "An empty ring below the mark of its step: a part of the step never came."


def test_not_every_step_has_its_mark_where_a_listing_alone_shows_a_write() -> None:
    tape = Tape()
    event = tape.write(5, puts=["k1"])
    both = [
        write(1, store=STORE, operation=1, key="k1", event_id=event, start=at(4), end=at(6)),
        write(2, store=STORE, operation=2, key="k2", start=at(7), end=at(8)),
    ]
    assert frame(scene(tape, both)).caption == "Of some steps no call is recorded."
    assert frame(scene(tape, both[:1])).caption == "Every step has its mark."


def test_a_pill_does_not_say_that_all_landed_where_some_were_lost() -> None:
    """Fourteen were lost, eight are drawn: the others say so where they landed, and in the strip."""
    tape = Tape()
    rows, evidence = [], []
    for n in range(1, 15):
        event = tape.write(10 * n, puts=[f"k{n}"])
        when = {"start": at(10 * n - 1), "end": at(10 * n + 1)}
        rows.append(write(n, store=STORE, operation=n, key=f"k{n}", event_id=event, verdict="lost", **when))
    for n in range(1, 15):
        event = tape.write(300 + n, deletes=[f"k{n}"], caller=NIGHTLY)
        evidence.append(proof(f"w{n}", 1, "call", 300 + n, event, "then deleted"))
    shown = frame(scene(tape, rows, evidence=evidence))
    alone = notes(shown).count("landed, and lost later; one of those that are listed below")
    grouped = [row.group.summary for row in shown.rows if row.group]
    assert alone or any("not in place or in doubt" in summary for summary in grouped)
    assert not any("all landed" in summary for summary in grouped)
    assert shown.strip is not None
    assert {look for part in shown.strip.parts for _, _, look in part.blocks} == {"bad"}
    assert [pin.number for part in shown.strip.parts for pin in part.pins] == list(range(1, 9))


def _healed(cause: str = "never_attempted") -> Report:
    tape = Tape()
    tape.write(0, puts=["a"], caller=NIGHTLY)
    tape.write(50, puts=["b"], caller=NIGHTLY)
    event = tape.write(80_000, puts=["7c62:routes"])
    second = DEPLOY | {"id": "d2", "started_at": at(79_990), "ended_at": at(80_010)}
    healed = {"status": "healed", "healed_by": "deploy d2 (UpdateKeys by ci at 10:13)", "cause": cause}
    again = route(2, 7, 79_998, 80_001, event_id=event) | {"deploy": "d2", "entry": "site,0001,,/"}
    return scene(
        tape,
        [route(1, 1, 4, 8, verdict="dropped", **healed), again],
        deploys=[DEPLOY | {"started_at": at(0), "ended_at": at(60)}, second],
        alignments=[ALIGNED, ALIGNED | {"deploy": "d2"}],
    )


def test_what_a_later_deploy_put_right_was_missing_and_its_row_says_so() -> None:
    """The hole stays; nothing says that the route is missing now."""
    report = _healed()
    told = answer(report)
    assert told["Was missing"].startswith(
        "The route site,0001,,/ was not in 7c62:routes. Router1RoutesUpdate said “created”; its own calls never"
    )
    assert told["Since"].startswith("20 March 2025 12:00:08 UTC, until it was put right")
    assert "This put right what 1 shows, 22 h 13 min later." in notes(frame(report))
    assert any(row.mark == "ring" for row in frame(report).rows)


def test_only_what_is_still_missing_counts_for_since_when() -> None:
    """exclusive-sets-erase-each-other: the keys of Monday are back, those of Tuesday are not."""
    told = answer(sample("exclusive-sets-erase-each-other"))
    assert told["Since"].startswith("15 September 2026 09:00:13 UTC, at least until")
    first, second = told["Missing"].split("Show 1")
    assert first.endswith("It was put right since. ")
    assert "put right" not in second


def test_a_step_that_puts_and_deletes_is_not_said_to_write() -> None:
    shown = frame(sample("exclusive-sets-erase-each-other"))
    last = [row.step for row in shown.rows if row.step is not None][-1]
    assert "".join(piece.text for piece in last.purpose) == "to change 4 keys"


def test_the_command_of_a_store_is_not_shown_a_second_time_for_the_write_of_an_unnamed_store() -> None:
    """console-lines-only: the log does not name the store, the evidence does."""
    assert [command.title for command in page(sample("console-lines-only")).commands] == ["Store 8d61d420"]


def test_the_state_beside_a_command_is_the_last_one_that_was_read() -> None:
    """Not the last one that is drawn."""
    tape = Tape()
    tape.write(0, puts=["a"], caller=NIGHTLY)
    for second in (60, 600, 6_000):
        tape.write(second, puts=["b"], caller=NIGHTLY)
    store = {"arn": STORE, "remedy": "true"}
    (command,) = page(scene(tape, [route(1, 1, 5, 6, verdict="dropped")], stores=[store])).commands
    assert "Made for the state of 20 March 2025 13:40:00 UTC, ETag KV4." in command.notes


def test_a_step_that_was_cut_off_has_no_end() -> None:
    cut = {"verdict": "unfinished", "confidence": "proven", "reported": "unfinished"}
    text = Reader(render(between(route(1, 1, 5, 6, **cut)), "html")).text
    assert "from 12:00:05 on, did not say how it ended" in text
    assert "12:00:05 to 12:00:06" not in text


def test_a_hole_of_a_deploy_whose_clock_is_not_tied_to_the_trail_is_not_proven_by_its_neighbours() -> None:
    """Where the step stands is the log's word: the two changes around it prove nothing of it."""
    tape = Tape()
    tape.write(0, puts=["a"], caller=NIGHTLY)
    tape.write(60, puts=["b"], caller=NIGHTLY)
    dropped = [route(1, 1, 5, 6, verdict="dropped", confidence="high")]
    apart = ALIGNED | {"state": "ambiguous", "offsets": None}
    for alignment, proven in ((ALIGNED, True), (apart, False)):
        shown = frame(scene(tape, dropped, alignments=[alignment]))
        told = ["".join(p.text for p in s) for row in shown.rows for box in row.boxes for s in box.sentences]
        assert any("nothing came between" in sentence for sentence in told) == proven


def test_contested_steps_are_joined_by_dots_to_the_write_that_one_of_them_made() -> None:
    tape = Tape()
    tape.write(0, puts=["a"], caller=NIGHTLY)
    tape.write(6, puts=["7c62:routes"])
    tape.write(60, puts=["b"], caller=NIGHTLY)
    unsure = {"verdict": "unverifiable", "cause": "contested", "confidence": "low"}
    shown = frame(scene(tape, [route(n, n, 4, 8 + n, **unsure) for n in (1, 2)]))
    (both,) = (row for row in shown.rows if row.fits)
    assert [s.look for s in both.shapes if "dots" in s.look] == ["joint doubt dots l0", "joint doubt dots l1"]
    assert "One of 2 steps made this write; nothing tells which." in notes(shown)


@pytest.mark.parametrize(
    ("result", "problems", "told"),
    [
        ("succeeded", [], "This deploy meant to write nothing"),
        ("failed", [], "No write to a key-value store is in what was read"),
        (None, [], "No write to a key-value store is in what was read"),
        ("succeeded", ["it does not end"], "No write to a key-value store is in what was read"),
    ],
)
def test_only_a_whole_log_of_a_deploy_that_succeeded_says_that_nothing_was_meant(
    result: str | None, problems: Sequence[str], told: str
) -> None:
    report = scene(Tape(), [], deploys=[DEPLOY | {"result": result}])
    inputs = report.inputs.with_columns(problems=pl.lit(list(problems), pl.List(pl.String)))
    made = page(replace(report, inputs=inputs))
    assert made.headline == told
    assert made.nothing == "There is nothing to draw: no write to a key-value store is in what was read."


def test_what_was_put_right_is_counted_for_all_kinds_together() -> None:
    """The lost one is back, the one that never came is not: the clause of neither may say it."""
    healed = {"status": "healed", "healed_by": "x"}
    report = between(
        route(1, 1, 5, 6, verdict="dropped", status="open"), route(2, 2, 7, 8, verdict="lost", **healed)
    )
    assert page(report).headline == (
        "1 of 2 writes never reached the store, and 1 more was lost after it had landed (1 put right since)"
    )
