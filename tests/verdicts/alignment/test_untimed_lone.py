"""One run on the namespaces of a log without times is its deploy, whatever else its writer did, if nothing else fits.

Source: docs/facts/alignment.md#3-text-without-times
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.verdicts.alignment import untimed_calls
from tests.build import CI, at
from tests.verdicts.alignment.untimed_rows import (
    BOTH,
    FIRST,
    OTHER_STORE,
    SECOND,
    Row,
    aligned,
    one,
    put,
    read,
    route,
    step,
)

if TYPE_CHECKING:
    import pytest

LIST = "cccc:routes"
OTHER = CI.replace("/deploy", "/another")


def state(steps: list[Row], calls: list[Row], **deploy: Any) -> str:
    """How the one deploy is aligned."""
    return str(one(aligned(steps, calls, **deploy))["state"])


def test_a_run_may_begin_with_a_list_of_routes() -> None:
    """Without dots: a resource of a list may be done before the first key is written."""
    row = one(aligned([route(), route(), *BOTH], [put(0, LIST), put(1, LIST), *FIRST]))
    assert (row["state"], row["matched"], row["at"]) == ("aligned", 4, at(0))


def test_a_list_that_was_written_long_before_is_not_of_the_run() -> None:
    """Without dots a pause of 30 s ends a run: the log has a route that was not written, and another stack's was."""
    row = one(aligned([route(), *BOTH], [put(-50, LIST), *FIRST, read(4, LIST)]))
    assert (row["state"], row["matched"], row["at"]) == ("aligned", 2, at(3))


def test_a_read_shows_one_operation_on_a_list_and_no_more() -> None:
    routes = [route(), route(), route()]
    assert state([*BOTH, *routes], [*FIRST, read(4, LIST)]) == "ambiguous"
    several = [read(4, LIST), read(5, LIST), read(6, LIST)]
    assert state([*BOTH, *routes], FIRST + several) == "aligned"


def test_tries_whose_outcome_no_record_says_are_no_other_writes() -> None:
    """An export without a column of errors: a refused try has neither an ETag nor an error."""
    tries = [put(2, "aaaa:metadata", ok=None), put(8, LIST, ok=None)]
    row = one(aligned([*BOTH, route()], [*tries, *FIRST, put(9, LIST)]))
    assert (row["state"], row["matched"], row["extras"], row["at"]) == ("aligned", 3, 0, at(3))


def test_tries_of_a_bot_of_which_none_is_known_to_have_succeeded_are_no_rival() -> None:
    bot = [put(second, key, ok=None, caller=OTHER) for second, key in ((1003, "aaaa:a"), (1009, "bbbb:a"))]
    assert state(BOTH, FIRST + bot) == "aligned"
    real = [row | {"ok": True} for row in bot]
    assert state(BOTH, FIRST + real) == "ambiguous"


def test_a_refused_call_shows_that_its_operation_ran() -> None:
    """A failed write must not switch the alignment off: the log calls it a success (swallowed)."""
    calls = [put(3, "aaaa:metadata"), put(9, "bbbb:metadata", ok=False)]
    row = one(aligned(BOTH, calls, duration=20))
    assert (row["state"], row["matched"], row["misses"]) == ("aligned", 1, 1)


def test_what_an_update_purges_is_its_own() -> None:
    purge = put(9, "bbbb:old.txt", effect="delete", event_id="purge")
    row = one(aligned(BOTH, [*FIRST, purge]))
    assert (row["state"], row["extras"]) == ("aligned", 0)


def test_a_list_written_beside_the_only_run_is_anybodys() -> None:
    """Another stack of the same role writes its route into the shared list seconds later."""
    row = one(aligned(BOTH, [*FIRST, put(17, LIST)]))
    assert (row["state"], row["extras"]) == ("aligned", 1)
    assert row["until"] == at(9)
    assert state(BOTH, [*FIRST, put(17, LIST), *SECOND]) == "ambiguous"


def test_flags_written_by_the_same_role_say_nothing_of_the_stack() -> None:
    """SST writes by UpdateKeys alone."""
    assert one(aligned(BOTH, [*FIRST, put(12, "flag:search", api="PutKey")]))["extras"] == 0


def test_beside_other_components_a_birth_or_the_end_tells_the_run() -> None:
    """A component is created once; a file's time, or an update object, is that of one run."""
    beside = [*FIRST, put(10, "ffff:metadata")]
    assert state(BOTH, beside, duration=20) == "ambiguous"
    assert state([BOTH[0], step("bbbb", op="create")], beside, duration=20) == "aligned"
    assert state(BOTH, beside, duration=20, ended_at=at(12)) == "aligned"


def test_the_same_keys_written_again_at_once_are_a_second_run() -> None:
    """A manual fix or a rerun within seconds, by the same role: which one the log is of cannot be told."""
    again = [put(15, "aaaa:metadata"), put(19, "bbbb:metadata")]
    assert state(BOTH, FIRST + again, duration=20) == "ambiguous"


def test_a_run_of_the_role_that_lacks_one_record_is_a_rival() -> None:
    """The deploy's own keys were dropped, or their record is lost: its route is left, and an earlier run is whole."""
    steps = [step("aaaa"), route()]
    whole = [put(3, "aaaa:metadata"), put(9, LIST)]
    assert state(steps, whole, duration=20) == "aligned"
    assert state(steps, [*whole, put(4000, LIST)], duration=20) == "ambiguous"
    assert state(steps, [*whole, put(4000, LIST, caller=OTHER)], duration=20) == "aligned"


def test_a_list_of_the_same_router_in_another_account_is_a_rival_too() -> None:
    steps = [step("aaaa"), route()]
    whole = [put(3, "aaaa:metadata"), put(9, LIST)]
    there: Row = {"store": OTHER_STORE, "caller": CI.replace("111122223333", "444455556666")}
    there |= {"account": "444455556666"}
    assert there["caller"] != CI
    assert state(steps, [*whole, put(4000, LIST, **there)], duration=20) == "ambiguous"
    assert state(steps, [*whole, put(4000, "dddd:routes", **there)], duration=20) == "aligned"


def test_a_success_of_what_failed_by_the_log_is_another_runs() -> None:
    """The rerun wrote what the deploy could not; the refused try shows the deploy's own run."""
    steps = [step("aaaa"), step("bbbb", reported="failed")]
    rerun = [put(4003, "aaaa:metadata"), put(4009, "bbbb:metadata")]
    assert state(steps, rerun, duration=20) == "ambiguous"
    own = [put(3, "aaaa:metadata"), put(9, "bbbb:metadata", ok=False)]
    assert state(steps, own, duration=20) == "aligned"


def test_a_log_that_calls_nothing_done_is_not_of_the_only_run() -> None:
    """The job was killed, and the rerun is in the trail."""
    steps = [step("aaaa", reported="unfinished"), step("bbbb", reported="unfinished")]
    row = one(aligned(steps, FIRST))
    assert row["state"] == "ambiguous"
    assert "calls none of its operations done" in str(row["note"])


def test_more_calls_than_are_looked_at_are_a_doubt_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert state(BOTH, FIRST) == "aligned"
    monkeypatch.setattr(untimed_calls, "MOST_CALLS", 1)
    row = one(aligned(BOTH, [*FIRST, put(5000, "bbbb:metadata")]))
    assert row["state"] == "unaligned"
    assert "more than is looked at" in str(row["note"])
    lists = [put(second, LIST) for second in (1, 2)]
    assert "more than is looked at" in str(one(aligned([step("aaaa"), route()], [FIRST[0], *lists]))["note"])
    assert (
        state([step("aaaa")], [FIRST[0], put(5000, "bbbb:metadata"), put(5001, "bbbb:metadata")]) == "aligned"
    )


def test_of_all_that_is_looked_at_the_busiest_is_left_out_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(untimed_calls, "MOST_OF_ALL", 2)
    busy = [put(second, "bbbb:metadata") for second in (9, 5000)]
    assert one(aligned(BOTH, [FIRST[0], *busy]))["state"] == "unaligned"
    assert one(aligned(BOTH, FIRST))["state"] == "aligned"
