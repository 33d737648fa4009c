"""What came after a write that is not in place."""

from __future__ import annotations

from typing import Any

import polars as pl

from analyzer.tables import TIME, from_columns
from analyzer.trail.calls.chain import chain
from analyzer.verdicts.groups import GROUP
from analyzer.verdicts.matching.match import ordered_calls
from analyzer.verdicts.remedies.remedy import remedies
from analyzer.verdicts.status import statuses
from analyzer.verdicts.tables import FINAL_VERDICTS, STATUS
from tests.build import CI, STORE, Tape, at, deploys
from tests.verdicts.judging import OTHER

KEY = "7c62:metadata"
ROUTES = "7c62:routes"


def _of_one_group(known: pl.DataFrame) -> pl.DataFrame:
    return known.with_columns(group=pl.lit(0, GROUP))


def broken(number: int = 1, **differs: object) -> dict[str, object]:
    """A put that was dropped: noon and ten seconds, to the second, give or take three."""
    row: dict[str, object] = {"id": f"w{number}", "number": number, "deploy": "d1", "verdict": "dropped"}
    what = {"store": STORE, "key": KEY, "action": "put", "value": "meant", "reported": "succeeded"}
    return row | what | {"pattern": False, "type": "sst:aws:KvKeys", "low": at(7), "high": at(15)} | differs


def landed(event_id: str | None, **differs: object) -> dict[str, object]:
    times = {"low": at(997), "high": at(1005), "deploy": "d2"}
    return broken(2, verdict="landed", event_id=event_id, **times) | differs


def concluded(*rows: dict[str, object]) -> pl.DataFrame:
    return from_columns({name: [row.get(name) for row in rows] for name in FINAL_VERDICTS}, FINAL_VERDICTS)


def found(tape: Tape, *rows: dict[str, object], known: pl.DataFrame | None = None) -> pl.DataFrame:
    calls = tape.calls()
    table = statuses(
        concluded(*rows),
        ordered_calls(calls, chain(calls)),
        _of_one_group(deploys(*sorted({str(row["deploy"]) for row in rows})) if known is None else known),
    )
    assert table.schema == STATUS
    return table


def status(tape: Tape, *rows: dict[str, object], known: pl.DataFrame | None = None) -> tuple[str, str | None]:
    """That of the first row, which is the only one that is not in place."""
    row = structured(tape, *rows, known=known)
    return row["status"], row["healed_by"]


def structured(tape: Tape, *rows: dict[str, object], known: pl.DataFrame | None = None) -> dict[str, Any]:
    """The same as values."""
    (row,) = found(tape, *rows, known=known).rows(named=True)
    assert row["id"] == rows[0]["id"]
    return row


def values(tape: Tape, *rows: dict[str, object], known: pl.DataFrame | None = None) -> tuple[Any, ...]:
    """How, by whom and when it was healed, or perhaps was."""
    row = structured(tape, *rows, known=known)
    return row["healed_how"], row["healer"], row["healed_at"]


def test_nothing_came_after_it() -> None:
    tape = Tape()
    tape.write(300, puts=["x"])
    for verdict in ("dropped", "lost", "errored", "mismatched"):
        assert status(tape, broken(verdict=verdict)) == ("open", None)


def test_a_write_that_landed_or_is_in_doubt_has_no_status() -> None:
    for verdict in ("landed", "unverifiable"):
        assert found(Tape(), broken(verdict=verdict)).is_empty()


def test_a_later_deploy_of_the_logs_heals_it() -> None:
    tape = Tape()
    event = tape.write(1001, puts=[KEY])
    healed = ("healed", f"deploy d2 (UpdateKeys by {CI} at 2025-03-20 12:16:41Z)")
    assert status(tape, broken(), landed(event)) == healed
    assert status(Tape(), broken(), landed(None)) == ("healed", "deploy d2")
    assert status(Tape(), broken(), landed(None, key="7c62:other"))[0] == "open"
    assert status(Tape(), broken(), landed(None, verdict="unverifiable"))[0] == "open"


def test_what_a_stopped_deploy_left_is_healed_by_the_one_that_went_on() -> None:
    tape = Tape()
    event = tape.write(1001, puts=[KEY])
    stopped = broken(verdict="unfinished", reported="unfinished")
    assert status(tape, stopped, landed(event))[0] == "healed"
    assert remedies(
        concluded(stopped, landed(event)), {}, found(tape, stopped, landed(event))
    ).writes.is_empty()
    assert status(tape, stopped)[0] == "maybe_repaired"


def test_an_earlier_deploy_heals_nothing() -> None:
    tape = Tape()
    event = tape.write(-1000, puts=[KEY])
    assert status(tape, broken(), landed(event, low=at(-1003), high=at(-995)))[0] == "open"


def test_what_is_healed_has_no_remedy() -> None:
    rows = concluded(broken(), landed(None))
    assert remedies(rows, {}).writes.height == 1
    assert remedies(rows, {}, found(Tape(), broken(), landed(None))).writes.is_empty()


def test_somebodys_call_may_have_repaired_it() -> None:
    tape = Tape()
    tape.write(1001, puts=[KEY], caller=OTHER)
    tape.write(1600, puts=[KEY], caller=CI)
    expected = ("maybe_repaired", f"UpdateKeys by {OTHER} at 2025-03-20 12:16:41Z")
    assert status(tape, broken()) == expected
    answer = remedies(concluded(broken()), {}, found(tape, broken()))
    assert answer.writes["remedy"].null_count() == 0
    (of_store,) = answer.stores.to_dicts()
    assert of_store["remedy"] is None
    assert of_store["remedy_note"] == "without w1: later calls may have repaired these"


def test_an_earlier_or_a_failed_call_or_one_of_the_other_effect_repairs_nothing() -> None:
    tape = Tape()
    tape.write(-7000, puts=[KEY], caller=OTHER)
    tape.write(100, puts=[KEY], caller=OTHER, error="ThrottlingException")
    tape.write(200, deletes=["7c62:x"], puts=["y"], caller=OTHER)
    assert status(tape, broken())[0] == "open"


def test_another_routes_write_of_the_list_does_not_heal_an_entry() -> None:
    tape = Tape()
    event = tape.write(1001, puts=[ROUTES])
    route: dict[str, Any] = {"key": ROUTES, "action": "append"}
    mine = broken(entry="a", **route)
    assert status(tape, mine, landed(event, entry="b", **route)) == ("open", None)
    assert status(tape, mine, landed(event, entry="a", **route))[0] == "healed"
    assert status(tape, mine)[0] == "maybe_repaired", "whose call it is nothing shows"


def test_a_listing_that_shows_it_heals_what_was_dropped() -> None:
    shown: dict[str, Any] = {"listed": "there", "listed_at": at(3000)}
    assert status(Tape(), broken(**shown)) == ("healed", "a listing of 2025-03-20 12:50:00Z shows it there")
    assert status(Tape(), broken(listed="missing", listed_at=at(3000)))[0] == "open"


def test_the_loss_itself_does_not_repair_but_a_put_after_it_may() -> None:
    tape = Tape()
    tape.write(50, puts=[KEY], caller=OTHER)
    loss = tape.write(100, deletes=[KEY], caller=OTHER)
    lost = broken(verdict="lost", loss_event_id=loss)
    assert status(tape, lost)[0] == "open", "the put came before the loss"
    tape.write(400, puts=[KEY], caller=OTHER)
    assert status(tape, lost)[0] == "maybe_repaired"


def test_the_removal_of_the_stage_leaves_nothing_to_repair() -> None:
    known = deploys("d1", "d2").with_columns(
        stack=pl.lit("shop-prod"),
        command=pl.Series(["update", "destroy"]),
        started_at=pl.Series([at(0), at(2000)], dtype=TIME),
    )
    removed = ("healed", "the stage was removed later by deploy d2 (2025-03-20 12:33:20Z)")
    assert status(Tape(), broken(), known=known) == removed
    failed = known.with_columns(result=pl.lit("failed"))
    assert status(Tape(), broken(), known=failed)[0] == "open"


def test_the_deletion_of_the_whole_namespace_is_told() -> None:
    tape = Tape()
    tape.write(-600, puts=["7c62:other"])
    tape.write(2000, deletes=["7c62:other"])
    kind, by = status(tape, broken())
    assert kind == "maybe_repaired"
    assert "was deleted later, as the removal of the stage does: UpdateKeys by" in (by or "")
    tape.write(3000, puts=["7c62:other"])
    assert status(tape, broken())[0] == "open"


def taken_down(tape: Tape, remover: str) -> dict[str, object]:
    """A write that landed, and whose namespace `remover` deleted in two calls."""
    made = tape.write(11, puts=[KEY, "7c62:/index.html", ROUTES])
    tape.write(2000, deletes=[ROUTES], caller=remover)
    loss = tape.write(2004, deletes=[KEY, "7c62:/index.html"], caller=remover)
    return broken(verdict="lost", cause="deleted", event_id=made, loss_event_id=loss)


def test_the_removal_of_the_whole_site_without_its_log_is_told_as_such() -> None:
    tape = Tape()
    kind, by = status(tape, taken_down(tape, CI.replace("/deploy", "/another-run")))
    assert kind == "maybe_repaired"
    assert by == (
        "all of namespace 7c62 was deleted at 2025-03-20 12:33:24Z by ci/another-run, as sst remove does; its log was "
        "not given"
    )


def test_what_is_no_removal_of_the_site_is_a_loss_and_open() -> None:
    """Another principal's, or a part of the namespace alone, or long apart, or what an available log explains."""
    tape = Tape()
    assert status(tape, taken_down(tape, OTHER))[0] == "open"
    tape = Tape()
    tape.write(-600, puts=["7c62:left"])
    assert status(tape, taken_down(tape, CI))[0] == "open"
    tape = Tape()
    lost = taken_down(tape, CI)
    tape.write(3000, deletes=["7c62:late"])
    assert "sst remove" not in (status(tape, lost)[1] or "")
    tape = Tape()
    lost = taken_down(tape, CI)
    other = landed(str(lost["loss_event_id"]), key="7c62:/index.html", action="delete")
    assert status(tape, lost, other)[0] == "open"
    tape = Tape()
    assert (
        status(tape, taken_down(tape, CI) | {"type": "aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey"})[0]
        == "open"
    )


def test_a_write_without_a_window_is_compared_with_the_end_of_its_deploy() -> None:
    tape = Tape()
    tape.write(1001, puts=[KEY], caller=OTHER)
    timeless = broken(low=None, high=None)
    ended = deploys("d1").with_columns(ended_at=pl.lit(at(60), dtype=TIME))
    assert status(tape, timeless, known=ended)[0] == "maybe_repaired"
    assert status(tape, timeless)[0] == "open", "nothing says which of the two came first"


def test_what_is_likely_not_in_place_has_a_status_too() -> None:
    final = concluded(broken(verdict="unverifiable"))
    calls = Tape().calls()
    for leaning, rows in (("dropped", 1), ("landed", 0), (None, 0)):
        likely = final.with_columns(leaning=pl.lit(leaning, dtype=pl.String))
        assert (
            statuses(likely, ordered_calls(calls, chain(calls)), _of_one_group(deploys("d1"))).height == rows
        )


def test_what_healed_it_is_said_in_values_too() -> None:
    tape = Tape()
    event = tape.write(1001, puts=[KEY])
    assert values(tape, broken(), landed(event)) == ("deploy", "d2", at(1001))
    assert values(Tape(), broken(), landed(None)) == ("deploy", "d2", at(997)), "when its step began"
    assert values(tape, broken()) == ("call", CI, at(1001))
    assert values(Tape(), broken(listed="there", listed_at=at(3000))) == ("listing", None, at(3000))
    assert values(Tape(), broken()) == (None, None, None)


def test_the_surest_heal_gives_all_values() -> None:
    """A listing is surer than a call: neither the caller nor the time of the call is told with it."""
    tape = Tape()
    tape.write(1001, puts=[KEY], caller=OTHER)
    row = structured(tape, broken(listed="there", listed_at=at(3000)))
    assert row["status"] == "healed"
    assert (row["healed_how"], row["healer"], row["healed_at"]) == ("listing", None, at(3000))


def test_a_removal_is_by_a_deploy_or_by_whoever_emptied_the_namespace() -> None:
    known = deploys("d1", "d2").with_columns(
        stack=pl.lit("shop-prod"),
        command=pl.Series(["update", "destroy"]),
        started_at=pl.Series([at(0), at(2000)], dtype=TIME),
    )
    assert values(Tape(), broken(), known=known) == ("removal", "d2", at(2000))
    tape = Tape()
    remover = CI.replace("/deploy", "/another-run")
    assert values(tape, taken_down(tape, remover)) == ("removal", remover, at(2004))
    tape = Tape()
    tape.write(-600, puts=["7c62:other"])
    tape.write(2000, deletes=["7c62:other"], caller=OTHER)
    assert values(tape, broken()) == ("removal", OTHER, at(2000))


def test_a_write_is_missing_since_it_is_known_to_be() -> None:
    """A drop when its window is over, a refusal at the try, a loss at the call that made it, else at the listing."""
    tape = Tape()
    tape.write(9, puts=[KEY], error="AccessDeniedException")
    assert structured(Tape(), broken())["missing_since"] == at(15)
    tried = structured(tape, broken(verdict="errored", failed_event="event-001"))
    assert (tried["missing_since"], tried["taken_by"]) == (at(9), None)
    loss = tape.write(100, deletes=[KEY], caller=OTHER)
    lost: dict[str, Any] = {"verdict": "lost", "listed": "missing", "listed_at": at(900)}
    row = structured(tape, broken(**lost, loss_event_id=loss))
    assert (row["missing_since"], row["taken_by"]) == (at(100), OTHER)
    row = structured(tape, broken(**lost))
    assert (row["missing_since"], row["taken_by"]) == (at(900), None)
    dropped = broken(listed="missing", listed_at=at(900))
    assert structured(Tape(), dropped)["missing_since"] == at(15), "the listing only shows what is known"
    likely = broken(**lost | {"verdict": "unverifiable", "leaning": "lost"})
    assert structured(Tape(), likely)["missing_since"] == at(900)
    ended = deploys("d1").with_columns(ended_at=pl.lit(at(60), dtype=TIME))
    assert structured(Tape(), broken(low=None, high=None), known=ended)["missing_since"] == at(60)
    assert structured(Tape(), broken(low=None, high=None))["missing_since"] is None
