"""The rows of the picture by their data: what stands where, and what a mark may say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.reports.page.build import build
from analyzer.reports.redacted import redacted_report
from tests.build import STORE, Tape, at
from tests.reports.made import write
from tests.reports.page.pages import sample
from tests.reports.page.scenes import ALIGNED, NIGHTLY, many, proof, route, scene

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.reports.page.frame import Frame
    from analyzer.reports.page.rows import Row
    from analyzer.reports.report import Report


def frame(report: Report) -> Frame:
    """The only picture of a report."""
    (only,) = build(redacted_report(report)).frames
    return only


def rows(report: Report) -> list[Row]:
    return frame(report).rows


def kinds(shown: Sequence[Row]) -> list[str]:
    """The kinds of rows, but for stretches of time."""
    return [row.kind for row in shown if row.kind != "idle"]


def marks(shown: Sequence[Row]) -> list[str]:
    return [row.mark for row in shown if row.mark]


def said(row: Row) -> str:
    """All that the boxes of a row say."""
    return " ".join(
        "".join(piece.text for piece in sentence)
        for box in row.boxes
        for sentence in (box.title, *box.sentences)
    )


def looks(row: Row) -> list[str]:
    return [shape.look for shape in row.shapes]


def test_a_write_that_never_came_is_a_ring_beside_an_unbroken_line() -> None:
    """first-route-never-written: the two changes around it bear one ETag."""
    shown = rows(sample("first-route-never-written"))
    assert kinds(shown) == ["write", "write", "read", "absent", "write"]
    assert marks(shown) == ["other", "step", "read", "ring", "other"]
    ring = next(row for row in shown if row.kind == "absent")
    assert said(ring).startswith(
        "No write came The write at 15:40:32 returned KV40IAC29OMMOK0; the next one, at 15:50:41"
    )
    before, after = (row.call for row in shown if row.kind == "write" and row.full)
    assert before is not None
    assert after is not None
    assert before.after == after.before == "KV40IAC29OMMOK0"
    assert before.same == after.same == {"KV40IAC29OMMOK0"}
    between = shown[shown.index(ring) - 2 : shown.index(ring) + 2]
    assert all("store" in looks(row) for row in between)
    assert not any("store gap" in looks(row) for row in shown)


def test_a_missing_link_is_dotted_from_the_last_known_write_to_the_next_and_never_a_hole() -> None:
    """trail-with-a-gap: a hole there would be false."""
    shown = rows(sample("trail-with-a-gap"))
    assert kinds(shown) == ["write", "write", "link", "read", "unclear", "write"]
    assert "ring" not in marks(shown)
    assert not any("hole" in looks(row) or "bar bad l0" in looks(row) for row in shown)
    known = [number for number, row in enumerate(shown) if row.kind == "write"]
    for number, row in enumerate(shown):
        inside = known[1] <= number <= known[2]
        assert ("store gap" in looks(row)) == inside, number
        if known[1] < number < known[2]:
            assert "store" not in looks(row)
    assert said(next(row for row in shown if row.kind == "link")).startswith("Records are missing here")
    assert said(next(row for row in shown if row.kind == "unclear")).startswith("Cannot be told")


def test_a_ring_is_drawn_only_for_a_verdict_that_says_so() -> None:
    """No call is recorded for any of them; what the verdict says of that differs."""
    for verdict, confidence, mark in (
        ("dropped", "proven", "ring"),
        ("dropped", "high", "ring"),
        ("unfinished", "proven", "ring"),
        ("unfinished", "low", "query"),
        ("unverifiable", "low", "query"),
        ("errored", "proven", "refused"),
    ):
        tape = Tape()
        tape.write(0, puts=["a"], caller=NIGHTLY)
        tape.write(20, puts=["b"], caller=NIGHTLY)
        reported = "unfinished" if verdict == "unfinished" else "succeeded"
        one = route(1, 1, 5, 6, verdict=verdict, confidence=confidence, reported=reported)
        assert marks(rows(scene(tape, [one]))) == ["other", mark, "other"], verdict


def test_the_order_is_the_chains_even_where_times_say_otherwise() -> None:
    """CloudTrail's seconds are when a request completed: the ETags say which was first."""
    tape = Tape()
    first = tape.write(11, puts=["a"])
    second = tape.write(10, puts=["b"])
    third = tape.write(12, puts=["c"])
    shown = rows(scene(tape, [write(1, store=STORE, event_id=second, start=at(9), end=at(12))]))
    assert [row.event for row in shown if row.kind == "write"] == [first, second, third]


def test_writes_in_the_time_of_the_step_stand_inside_its_bar_and_are_counted() -> None:
    tape = Tape()
    tape.write(0, puts=["a"], caller=NIGHTLY)
    tape.write(6, puts=["b"], caller=NIGHTLY)
    tape.write(7, puts=["c"], caller=NIGHTLY)
    tape.write(20, puts=["d"], caller=NIGHTLY)
    shown = rows(scene(tape, [route(1, 1, 5, 8, verdict="dropped")]))
    assert marks(shown) == ["other", "other", "other", "ring", "other"]
    ring = shown[-2]
    assert "2 other writes came in that time, none of them this one." in said(ring)
    assert "The write at 12:00:07 returned KV3; the next one, at 12:00:20" in said(ring)
    assert [any(look.startswith("bar bad") for look in looks(row)) for row in shown] == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_what_was_taken_away_has_a_side_line_from_where_it_landed_to_the_cross() -> None:
    """purged-by-namespace-collision: one line over three and a half hours; both writes stay on the store's line."""
    shown = rows(sample("purged-by-namespace-collision"))
    crosses = [row for row in shown if "taken" in looks(row)]
    assert [row.call.verb for row in crosses if row.call] == ["delete"]
    beside = [number for number, row in enumerate(shown) if "side" in looks(row)]
    assert beside == list(range(beside[0], shown.index(crosses[0]) + 1))
    assert shown[beside[0]].mark == crosses[0].mark == "step"
    assert said(crosses[0]).startswith(
        "This took away 2ecd:/favicon.ico and 2ecd:metadata which WebKvKeys of shop-pr-415"
    )
    assert [piece.text for note in shown[beside[0]].notes for piece in note] == ["landed, and lost later"]


def test_a_race_shows_the_old_copy_as_a_ladder_across_the_row_of_the_first_write() -> None:
    """racing-routes: the reads are of one second, and the page says that it cannot tell whose is whose."""
    shown = rows(sample("racing-routes"))
    ladder = [
        number for number, row in enumerate(shown) if any(look.startswith("rails") for look in looks(row))
    ]
    victim = next(number for number, row in enumerate(shown) if row.notes and row.kind == "write")
    taker = next(number for number, row in enumerate(shown) if row.anchors)
    assert ladder[0] < victim < ladder[-1] == taker
    assert shown[ladder[0]].kind == "read"
    assert "as it had read it at 14:20:42" in said(shown[taker])
    assert "Which of the two reads is whose cannot be told" in said(shown[taker])
    assert shown[victim].mark == shown[taker].mark == "step"


def test_a_refused_call_is_beside_the_line_and_changes_nothing_on_it() -> None:
    shown = rows(sample("denied-and-swallowed"))
    assert kinds(shown) == ["write", "read", "refused", "write"]
    assert marks(shown) == ["other", "read", "refused", "other"]
    assert said(shown[kinds(shown).index("refused") + 1]) == (
        "Refused, and nothing was changed The step said “updated” all the same."
    )


def test_a_refusal_that_was_made_good_later_is_grey_and_without_a_box() -> None:
    shown = rows(sample("precondition-recovered"))
    (grey,) = (row for row in shown if row.mark == "retried")
    assert grey.boxes == []
    assert not any("bad" in look for row in shown for look in looks(row))


def test_a_step_beside_an_open_end_is_in_doubt_and_the_line_goes_on_dotted() -> None:
    shown = rows(sample("chain-not-closed"))
    assert kinds(shown) == ["write", "write", "read", "unclear", "tail"]
    assert said(shown[-1]) == "No later write closes the chain"
    assert "store gap" in looks(shown[-1])


def test_an_absence_proven_by_coverage_ends_in_a_cap() -> None:
    """No later write closes the chain, but the trail is shown to be complete."""
    tape = Tape()
    tape.write(0, puts=["a"], caller=NIGHTLY)
    why = "every call until 13:00 is logged, and was read"
    report = scene(
        tape,
        [route(1, 1, 5, 6, verdict="dropped", confidence="high")],
        evidence=[proof("w1", 0, "coverage", None, "none", why) | {"source": "trail"}],
    )
    shown = rows(report)
    assert kinds(shown) == ["write", "absent", "tail"]
    assert "cap" in looks(shown[-1])
    assert [piece.text for note in shown[-1].notes for piece in note] == [
        "Every call until 13:00 is logged, and was read."
    ]
    assert not any("store gap" in looks(row) for row in shown)


def test_a_listing_is_a_flag_at_its_time_and_says_what_it_does_not_hold() -> None:
    shown = rows(sample("missing-route-by-listing"))
    assert shown[-1].mark == "flag"
    assert said(shown[-1]).startswith("The entry is not in the list")
    assert "store" in looks(shown[-1]), "the listing bears the ETag of the last write"


def test_steps_without_a_time_stand_in_a_band_without_a_ring_or_a_bar() -> None:
    """console-lines-only: the log says neither when nor where; the write that a call answers has its mark."""
    shown = rows(sample("console-lines-only"))
    assert shown[-1].kind == "untimed"
    assert shown[-1].shapes == []
    assert "ring" not in marks(shown)
    assert not any(look.startswith("bar") for row in shown for look in looks(row))
    assert said(shown[-1]).startswith("No write came")


def test_two_runs_that_fit_leave_the_columns_unjoined() -> None:
    """rerun-nearby: both runs are drawn, and the steps stand between them at the times of their log."""
    shown = frame(sample("rerun-nearby"))
    assert not any(look.startswith(("bar", "joint")) for row in shown.rows for look in looks(row))
    assert [row.call.verb for row in shown.rows if row.call] == ["put"] * 6
    assert shown.why == [
        "Several runs in the trail fit this deploy. Its steps stand at the times of its log, and no line joins them "
        "to a call."
    ]


def test_a_large_deploy_comes_to_twelve_rows_and_counts_every_write() -> None:
    """310 writes in 16 calls, and 61 of another tool."""
    report = many()
    assert report.writes.height == 310
    shown = [row for row in rows(report) if row.kind != "idle"]
    assert len(shown) <= 12
    grouped = sum(row.group.count for row in shown if row.group)
    alone = sum(1 for row in shown if row.kind == "write")
    window = frame(report).words
    assert f"{grouped + alone} changes, unbroken" in window
    keys = sum(
        int(part.split(" keys")[0].rpartition("(")[2])
        for row in shown
        if row.group
        for part in [row.group.summary]
        if " keys" in part
    )
    own = sum(1 for row in shown if row.kind == "write" and row.mark == "step")
    assert keys + own == 309, "all but the one that never came"


def test_numbers_agree_in_answer_strip_and_picture() -> None:
    page = build(redacted_report(many(holes=5)))
    (drawn,) = page.frames
    assert [box.number for row in drawn.rows for box in row.boxes] == [1, 2, 3, 4, 5]
    assert drawn.strip is not None
    assert [pin.number for part in drawn.strip.parts for pin in part.pins] == [1, 2, 3, 4, 5]
    label, lines = page.answer.rows[0]
    assert label == "Missing"
    assert [line[-1].target for line in lines] == [f"#m{number}" for number in (1, 2, 3, 4, 5)]


def test_over_eight_holes_the_first_are_drawn_and_the_others_told_of() -> None:
    drawn = frame(many(holes=10))
    assert sum(1 for row in drawn.rows if row.kind == "absent") == 8
    assert len(drawn.left) == 2
    assert all("dropped, never attempted" in line for line in drawn.left)


def test_a_clock_that_is_off_moves_every_step_and_no_mark() -> None:
    """The same deploy by a log that is 70 s fast: one set of times, the same rows in the same order."""
    tape = Tape()
    tape.write(0, puts=["a"], caller=NIGHTLY)
    event = tape.write(6, puts=["7c62:routes"])
    tape.write(200, puts=["b"], caller=NIGHTLY)

    def shown(ahead: int) -> list[tuple[object, ...]]:
        writes = [
            route(1, 1, 5 + ahead, 7 + ahead, event_id=event),
            route(2, 2, 8 + ahead, 9 + ahead, verdict="dropped"),
        ]
        offsets = [{"low": ahead - 2, "high": ahead + 1}]
        found = rows(scene(tape, writes, alignments=[ALIGNED | {"offsets": offsets}]))
        return [
            (row.kind, row.mark, row.at, row.step and (row.step.begin, row.step.finish), row.shapes)
            for row in found
        ]

    assert shown(70) == shown(0)
    assert len(shown(0)) == 5


def test_a_call_that_failed_for_another_reason_is_no_hole() -> None:
    """A step whose read failed is shown by its reads; those in the middle of many are one row."""
    tape = Tape()
    tape.write(0, puts=["a"], caller=NIGHTLY)
    for second in range(10, 20):
        tape.read(second, "7c62:routes", error="ThrottlingException")
    tape.write(60, puts=["b"], caller=NIGHTLY)
    shown = rows(scene(tape, [route(1, 1, 9, 21, verdict="dropped", cause="read_failed")]))
    assert kinds(shown) == ["write", "read", "reads", "read", "absent", "write"]
    middle = shown[kinds(shown).index("reads")]
    assert middle.call is not None
    assert (middle.call.more, middle.call.error) == (8, "8 of them failed")


def test_a_read_by_another_is_not_put_into_the_steps_mouth() -> None:
    tape = Tape()
    tape.write(0, puts=["a"], caller=NIGHTLY)
    tape.read(5, "7c62:routes", caller=NIGHTLY)
    tape.write(60, puts=["b"], caller=NIGHTLY)
    assert kinds(rows(scene(tape, [route(1, 1, 4, 6, verdict="dropped")]))) == ["write", "absent", "write"]


def test_a_secret_in_a_call_is_not_drawn() -> None:
    """The calls behind a report are not redacted: the page redacts what it shows."""
    secret = "AKIA" + "ABCDEFGHIJKLMNOP"
    tape = Tape()
    tape.write(0, puts=[f"k:{secret}"], caller=f"arn:aws:sts::1:assumed-role/x/{secret}")
    event = tape.write(5, puts=["7c62:metadata"])
    shown = rows(scene(tape, [write(1, store=STORE, event_id=event, start=at(4), end=at(6))]))
    assert secret not in repr(shown)
    assert "redacted" in repr(shown[0].call)
