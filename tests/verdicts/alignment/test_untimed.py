"""A log without times is aligned with the one run that explains it, and every other run is listed.

Source: docs/facts/alignment.md#3-text-without-times
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.resources.namespace import namespace
from analyzer.tables import CALLS, DEPLOYS, WRITES, from_columns
from analyzer.verdicts.alignment.align import align
from tests.build import CI, at
from tests.verdicts.alignment.untimed_model import Told, World, results
from tests.verdicts.alignment.untimed_rows import (
    BOTH,
    FIRST,
    OTHER_STORE,
    SECOND,
    STORE,
    Row,
    aligned,
    aligned_all,
    one,
    put,
    read,
    route,
    step,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


def test_the_one_run_on_the_namespaces_is_the_deploys() -> None:
    found = aligned(BOTH, FIRST, duration=42)
    row = one(found)
    assert {name: row[name] for name in ("state", "basis", "matched", "of", "misses", "extras")} == {
        "state": "aligned",
        "basis": "order",
        "matched": 2,
        "of": 2,
        "misses": 0,
        "extras": 0,
    }
    assert row["offsets"] == []
    assert row["rivals"] == []
    assert row["note"] == (
        "No times in the log. The trail has one run on its namespaces: "
        "2025-03-20 12:00:03 to 12:00:09 by ci/deploy (2 of 2 operations, low)."
    )
    assert found.writers.rows() == [("d1", CI, None)]
    assert found.times.select("start", "end", "slack").unique().rows() == [(at(3), at(9), 36)]


def test_nothing_that_rests_on_it_shows_a_drop() -> None:
    assert aligned(BOTH, FIRST).states.rows() == [("d1", "aligned", "order", False, True, False, False)]


def test_times_follow_from_the_dots() -> None:
    found = aligned(
        [step("aaaa", 10, 11), step("bbbb", 30, 31)], [put(20, "aaaa:a"), put(40, "bbbb:a")], ticks=35
    )
    times = found.times.sort("start")
    assert ((times["end"] - times["start"]).dt.total_seconds() == 1).all()
    expected = pl.Series([at(20), at(40)], dtype=times["start"].dtype)
    assert ((times["start"] - expected).dt.total_seconds().abs() <= 2).all()
    assert (times["slack"] <= 5).all()


def test_one_of_two_operations_is_not_enough() -> None:
    row = one(aligned([step("aaaa"), route()], [put(3, "aaaa:metadata")], duration=30))
    assert (row["state"], row["matched"], row["of"]) == ("ambiguous", 1, 2)
    assert "--since 2025-03-20T11:59:38Z --until 2025-03-20T12:00:08Z (ci/deploy, 1 of 2)" in str(row["note"])


def test_a_list_that_was_read_and_not_written_is_the_deploys_own_gap() -> None:
    row = one(
        aligned([step("aaaa"), route()], [put(3, "aaaa:metadata"), read(4, "cccc:routes")], duration=30)
    )
    assert (row["state"], row["matched"], row["misses"]) == ("aligned", 1, 1)


def test_a_list_is_sought_in_the_store_of_the_namespaces() -> None:
    elsewhere = put(4, "cccc:routes", store=OTHER_STORE)
    assert one(aligned([step("aaaa"), route()], [*FIRST[:1], elsewhere]))["matched"] == 1
    assert one(aligned([step("aaaa"), route()], [*FIRST[:1], put(4, "cccc:routes")]))["matched"] == 2


def test_of_two_like_runs_none_is_taken_and_both_are_listed() -> None:
    row = one(aligned(BOTH, FIRST + SECOND, duration=20))
    assert row["state"] == "ambiguous"
    assert [(rival["at"], rival["until"], rival["matched"]) for rival in row["rivals"]] == [
        (at(3), at(9), 2),
        (at(4003), at(4009), 2),
    ]
    assert "--since 2025-03-20T13:06:34Z --until 2025-03-20T13:06:54Z" in str(row["note"])


def test_a_window_from_the_list_chooses_its_run() -> None:
    row = one(aligned(BOTH, FIRST + SECOND, (at(3994), at(4014)), duration=20))
    assert (row["state"], row["basis"], len(row["rivals"])) == ("aligned", "clock", 1)


def test_a_window_that_is_guessed_half_a_minute_late_still_chooses() -> None:
    assert one(aligned(BOTH, FIRST, (at(40), at(80)), duration=30))["state"] == "aligned"


def test_a_window_shorter_than_the_log_ran_is_none() -> None:
    row = one(aligned(BOTH, FIRST + SECOND, (at(4000), at(4010)), duration=42))
    assert row["state"] == "ambiguous"
    assert "The window given is 10 s long, but the log says that it ran 42 s: it is not used." in str(
        row["note"]
    )


def test_a_run_that_lies_hours_from_the_window_is_named_and_not_taken() -> None:
    row = one(aligned(BOTH, FIRST, (at(7200), at(7220)), duration=20))
    assert row["state"] == "ambiguous"
    assert "The window given lies 2 h after a run on its namespaces" in str(row["note"])


def test_a_run_that_lies_elsewhere_is_not_taken_either() -> None:
    row = one(aligned(BOTH, FIRST, (at(5000), at(5020)), duration=20))
    assert (row["state"], len(row["rivals"])) == ("ambiguous", 1)


def test_dots_distinguish_runs_whose_delays_differ() -> None:
    steps = [step("aaaa", 3, 4), step("bbbb", 30, 31)]
    other = [put(1000, "aaaa:metadata"), put(1018, "bbbb:metadata")]
    own = [put(5003, "aaaa:metadata"), put(5030, "bbbb:metadata")]
    row = one(aligned(steps, [put(0, "aaaa:x"), put(0, "bbbb:x"), *other, *own], ticks=33, duration=33))
    assert row["state"] == "aligned"
    assert row["note"] is not None
    assert "13:23:23 to 13:23:50" in str(row["note"])


def test_far_too_few_dots_are_no_clock() -> None:
    steps = [step("aaaa", 1, 1), step("bbbb", 1, 1)]
    assert one(aligned(steps, FIRST, ticks=1, duration=12))["matched"] == 2


def test_a_run_that_wrote_other_components_too_is_not_taken() -> None:
    row = one(aligned([step("aaaa")], [put(3, "aaaa:metadata"), put(5, "ffff:metadata")], duration=20))
    assert (row["state"], row["extras"]) == ("ambiguous", 1)


def test_what_is_created_was_not_there_before() -> None:
    created = [step("aaaa", op="create"), step("bbbb", op="create")]
    assert one(aligned(created, FIRST + SECOND, ticks=20))["rivals"][0]["at"] == at(4003)
    alone = one(
        aligned([step("aaaa", op="create")], [put(-9000, "aaaa:x", caller="arn:aws:iam::1:user/a"), FIRST[0]])
    )
    assert alone["state"] == "ambiguous"


def test_an_update_may_be_the_first_call_in_a_trail_that_begins_late() -> None:
    assert one(aligned(BOTH, FIRST))["state"] == "aligned"
    assert one(aligned(BOTH, FIRST + SECOND))["state"] == "ambiguous"


def test_an_update_object_decides_between_runs() -> None:
    row = one(aligned(BOTH, FIRST + SECOND, duration=20, ended_at=at(4012)))
    assert (row["state"], row["basis"]) == ("aligned", "order")
    steps = [step("aaaa", 3, 4), step("bbbb", 9, 10)]
    row = one(aligned(steps, FIRST + SECOND, duration=12, ticks=11, ended_at=at(4012)))
    assert row["state"] == "aligned"
    assert row["rivals"][0]["at"] == at(3)


def test_an_update_id_says_when_the_deploy_began() -> None:
    row = one(aligned(BOTH, FIRST + SECOND, duration=20, started_at=at(3990)))
    assert (row["state"], row["basis"]) == ("aligned", "clock")
    assert row["rivals"][0]["at"] == at(3)


def test_an_update_object_of_another_time_refuses_the_only_run() -> None:
    assert one(aligned(BOTH, FIRST, duration=20, ended_at=at(9000)))["state"] == "ambiguous"


def test_the_time_of_a_file_decides_but_that_of_a_copy_changes_nothing() -> None:
    steps = [step("aaaa", 3, 4), step("bbbb", 9, 10)]

    def state(calls: Sequence[Row], second: float) -> str:
        found = aligned(steps, calls, duration=12, ticks=11, modified_at=at(second))
        return str(one(found)["state"])

    assert state(FIRST + SECOND, 12) == "aligned"
    assert state(FIRST + SECOND, 900_000) == "ambiguous"
    assert state(FIRST, 900_000) == "aligned"


def test_runs_in_two_accounts_refuse() -> None:
    other = [
        put(second, key, store=OTHER_STORE, account="444455556666", caller="arn:aws:iam::444455556666:user/a")
        for second, key in ((7003, "aaaa:metadata"), (7009, "bbbb:metadata"))
    ]
    row = one(aligned(BOTH, FIRST + other, duration=20))
    assert (row["state"], len(row["rivals"])) == ("ambiguous", 2)
    assert "Runs in several accounts" in str(row["note"])


def test_a_trail_without_a_call_on_the_namespaces_says_so() -> None:
    row = one(aligned(BOTH, [put(3, "ffff:metadata")]))
    assert (row["state"], row["basis"], row["rivals"]) == ("unaligned", None, [])
    assert "namespaces aaaa, bbbb" in str(row["note"])


def test_flushed_output_lies_before_its_stamps() -> None:
    row = one(aligned(BOTH, FIRST + SECOND, (at(3990), at(4015)), times="flushed", duration=20))
    assert (row["state"], row["basis"]) == ("aligned", "order")
    assert "The output was held back" in str(row["note"])


def test_a_window_does_not_choose_a_rerun_that_is_no_better() -> None:
    """Expected: ambiguous. The window is half a minute late: just before it lies a whole run, and in it a worse one."""
    rerun = [put(63, "aaaa:metadata"), put(69, "bbbb:metadata"), put(70, "cccc:metadata")]
    row = one(aligned(BOTH, FIRST + rerun, (at(40), at(80)), duration=20))
    assert (row["state"], len(row["rivals"])) == ("ambiguous", 2)


def test_a_log_of_routes_alone_is_sought_in_the_store_of_its_component() -> None:
    """Expected: with a window, aligned: the list lies where the component's own keys lie, which other calls name."""
    home = namespace("shop-prod", "Site")
    calls = [put(-900, f"{home}:metadata"), put(9, "cccc:routes"), put(9, "cccc:routes", store=OTHER_STORE)]
    names = {"name": "SiteRoutesUpdate.sst.aws.KvRoutesUpdate", "type": "sst:aws:KvRoutesUpdate"}
    steps = [route() | names]
    found = one(aligned(steps, calls, (at(0), at(20)), stack="shop-prod"))
    assert (found["state"], found["basis"], found["at"]) == ("aligned", "clock", at(9))
    alone = one(aligned(steps, calls[:2], stack="shop-prod"))
    assert (alone["state"], len(alone["rivals"])) == ("ambiguous", 1)
    assert "wrote nothing but lists of routes" in str(alone["note"])
    assert one(aligned(steps, calls[1:], (at(0), at(20)), stack="shop-prod"))["state"] == "unaligned"


def test_a_log_that_does_not_say_how_long_it_ran_takes_no_other_runs_calls() -> None:
    """Expected: calls within a pause of the run: of the 600 s that it may have run, most are another deploy's."""
    assert max(aligned(BOTH, FIRST).times["slack"]) <= 30


def test_who_removes_the_last_route_deletes_the_list() -> None:
    steps = [step("aaaa"), route() | {"action": "remove", "op": "delete"}]
    row = one(aligned(steps, [FIRST[0], put(9, "cccc:routes", effect="delete")]))
    assert (row["state"], row["matched"]) == ("aligned", 2)


def test_times_that_come_from_dots_are_said_to() -> None:
    """Source: docs/facts/alignment.md#5-what-the-report-says."""
    row = step("bbbb", deploy="d1", id="t", operation=0, line=0) | {"start": at(8), "end": at(10)}
    deploy: Row = {"id": "d1", "form": "text", "times": "dots", "duration": 20}
    found = align(
        from_columns({name: [row.get(name)] for name in WRITES}, WRITES),
        from_columns({name: [deploy.get(name)] for name in DEPLOYS}, DEPLOYS),
        from_columns({name: [each.get(name) for each in FIRST] for name in CALLS}, CALLS),
    )
    assert str(found.table["note"].item()).startswith(
        "The output was flushed: its lines carry late times, and `Duration:` says 20 s. Times come from the dots"
    )


def test_two_logs_that_fit_one_run_are_both_in_doubt() -> None:
    found = aligned_all([("d1", BOTH), ("d2", BOTH)], FIRST)
    assert found.table["state"].to_list() == ["ambiguous", "ambiguous"]


@pytest.mark.parametrize(
    "deploy", [{"form": "exact", "times": "events"}, {"form": "text", "times": "stamps"}]
)
def test_deploys_with_times_are_not_its_concern(deploy: Row) -> None:
    assert aligned(BOTH, FIRST, **deploy).table.is_empty()


def test_refused_calls_are_no_run() -> None:
    refused = [put(3, "aaaa:metadata", ok=False), put(9, "bbbb:metadata", ok=False)]
    assert one(aligned(BOTH, refused))["state"] == "unaligned"


def test_a_suggested_window_is_not_shorter_than_the_log_ran() -> None:
    row = one(aligned(BOTH, FIRST + SECOND, duration=300))
    windows = [word.split("Z")[0] for word in str(row["note"]).split() if word.startswith("2025")]
    pairs = zip(windows[::2], windows[1::2], strict=True)
    lengths = [datetime.fromisoformat(until) - datetime.fromisoformat(since) for since, until in pairs]
    assert len(lengths) == 2
    assert min(lengths) >= timedelta(seconds=300)


def test_of_lone_runs_at_least_95_of_100_are_right_and_none_is_wrong() -> None:
    for told in (Told(), Told(dots=False)):
        counts = Counter(state for _, state in results(World(dropped=0.02), told, range(1, 31)))
        assert counts["wrong"] == 0
        assert counts["right"] >= 0.95 * counts.total()


def test_an_update_object_leaves_no_wrong_run() -> None:
    world = World(deploys=6, close=0.6, dropped=0.06, missing=0.1, absent=0.3)
    counts = Counter(state for _, state in results(world, Told(end=True), range(1, 6)))
    assert counts["wrong"] == 0
    assert counts["right"] >= 0.4 * counts.total()


def test_times_of_calls_are_kept_to_the_second() -> None:
    rivals = aligned(BOTH, FIRST + SECOND).table["rivals"].explode().struct.unnest()
    assert rivals["until"].dt.microsecond().unique().to_list() == [0]
    assert rivals["offset"].dtype == pl.Int64


def test_deploys_with_and_without_times_are_aligned_side_by_side() -> None:
    timed = step("bbbb", deploy="timed", id="t", operation=0, line=0, store=STORE)
    timed |= {"start": at(8), "end": at(10)}
    bare = step("aaaa", deploy="bare", id="b", operation=0, line=0)
    rows = [timed | {"key": "bbbb:metadata", "pattern": False, "exact": True}, bare]
    deploys: list[Row] = [
        {"id": "timed", "form": "exact", "times": "events", "started_at": at(5), "ended_at": at(12)},
        {"id": "bare", "form": "text"},
    ]
    found = align(
        from_columns({name: [row.get(name) for row in rows] for name in WRITES}, WRITES),
        from_columns({name: [row.get(name) for row in deploys] for name in DEPLOYS}, DEPLOYS),
        from_columns({name: [row.get(name) for row in FIRST] for name in CALLS}, CALLS),
    )
    assert found.table.select("deploy", "state").rows() == [("timed", "aligned"), ("bare", "ambiguous")]
    assert found.states["deploy"].to_list() == ["timed", "bare"]
