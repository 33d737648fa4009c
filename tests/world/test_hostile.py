"""Each kind of hostility really happens, as its switch says, and the others do not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from analyzer import parse_log, scan_trail
from tests.world import trail
from tests.world.chance import seeded
from tests.world.hostile import ci, exports, windows
from tests.world.hostile.clocks import LogClock
from tests.world.hostile.strangers import BLIND, BOT
from tests.world.hostile.switches import (
    ALL,
    CLOCKS,
    COPIES,
    EXPORTS,
    HEALS,
    HOUR,
    LISTINGS,
    MACHINE_HOUR,
    NONE,
    RECREATED,
    REPLACED,
    RERUNS,
    STRANGERS,
    SWITCHES,
    TWINS,
    UNREAD,
    chosen,
)
from tests.world.logs import event_log
from tests.world.resources import OLD_PARENT, plain
from tests.world.scenario import scenario
from tests.world.truth import truths

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.world.scenario import Scenario

SEEDS = range(100)


def worlds(*kinds: str) -> Iterator[Scenario]:
    """Worlds in which these kinds are on."""
    for seed in SEEDS:
        yield scenario(seed, hostile=frozenset(kinds))


def files(world: Scenario) -> list[trail.File]:
    """The log files of its trail."""
    return trail.files_of(world.service.history, world.condition, world.base, world.end, seeded(world.seed))


def test_the_switches_choose() -> None:
    assert chosen() == ALL
    assert chosen(only=[CLOCKS]) == {CLOCKS}
    assert chosen(without=[CLOCKS]) == ALL - {CLOCKS}


def test_a_world_is_the_same_for_a_seed_and_switches() -> None:
    for seed in range(20):
        one, other = scenario(seed, hostile=ALL), scenario(seed, hostile=ALL)
        assert one.notes == other.notes
        assert [done.request_id for done in one.service.history] == [
            done.request_id for done in other.service.history
        ]
        assert [deploy.clock for deploy in one.deploys] == [deploy.clock for deploy in other.deploys]
        assert one.listings == other.listings


@pytest.mark.parametrize("kind", [CLOCKS, EXPORTS, LISTINGS, COPIES, UNREAD])
def test_what_is_available_changes_nothing_that_happened(kind: str) -> None:
    for seed in range(25):
        kind_world, hostile = scenario(seed), scenario(seed, hostile=frozenset({kind}))
        assert [(done.at, done.call) for done in kind_world.service.history] == [
            (done.at, done.call) for done in hostile.service.history
        ]
        assert [truth.fate for truth in truths(kind_world)] == [truth.fate for truth in truths(hostile)]


def test_without_switches_nothing_is_hostile() -> None:
    for world in worlds():
        assert world.hostile == NONE
        assert all(deploy.clock == LogClock() for deploy in world.deploys)
        assert world.listings == []
        assert world.condition.export.own_files
        assert not world.condition.not_logged


def test_each_kind_is_often_in_a_thousand() -> None:
    kinds = (
        "monitor",
        "bot",
        "second job",
        "put at the console",
        "rerun",
        "healed at last",
        "a twin",
        "another parent",
        "store made anew",
        "copies",
        "reads not logged",
        "export",
        "listed",
    )
    notes = [" / ".join(scenario(seed, hostile=ALL).notes) for seed in SEEDS]
    for kind in kinds:
        assert sum(kind in each for each in notes) * 1000 / len(SEEDS) >= 25, kind
    assert len(SWITCHES) == len(ALL)


class TestClocks:
    def test_they_are_right_off_a_little_off_by_up_to_an_hour_and_step(self) -> None:
        clocks = [deploy.clock for world in worlds(CLOCKS) for deploy in world.deploys]
        offsets = [clock.offset for clock in clocks]
        assert sum(offset == 0 for offset in offsets) > len(offsets) / 4
        assert sum(0 < abs(offset) <= 3 for offset in offsets) > len(offsets) / 10
        assert min(offsets) < -2000
        assert max(offsets) > 2000
        assert 0.03 < sum(clock.steps for clock in clocks) / len(clocks) < 0.15

    def test_a_log_is_stamped_by_the_clock_and_its_durations_are_right(self, tmp_path: Path) -> None:
        deploy = scenario(3).deploys[0]
        at = {}
        for offset in (0, -600):
            deploy.clock = LogClock(offset)
            path = tmp_path / f"{offset}.json"
            path.write_text(event_log(deploy, scenario(3).base))
            events = parse_log(path)
            at[offset] = events["at"].drop_nulls()
        assert ((at[0] - at[-600]) == timedelta(seconds=600)).all()

    def test_all_may_be_off_by_up_to_an_hour_alone_or_together(self) -> None:
        for kind in (HOUR, MACHINE_HOUR):
            alike = {
                len({deploy.clock for deploy in world.deploys}) == 1
                for world in worlds(kind)
                if world.deploys[1:]
            }
            assert alike == {kind == MACHINE_HOUR}

    def test_a_step_moves_what_comes_after_it(self) -> None:
        clock = LogClock(5.0, -20.0, 100.0)
        assert [clock.shows(at) for at in (99.0, 100.0)] == [104.0, 85.0]
        assert clock.offsets == (5.0, -15.0)


class TestWindows:
    def test_only_the_right_and_the_wide_one_hold_the_deploy(self) -> None:
        deploy = scenario(3).deploys[0]
        seen = set()
        for seed in range(60):
            window = windows.guessed(deploy, seeded(seed))
            seen.add(window.kind)
            assert deploy.ended is not None
            assert window.holds == (window.since <= deploy.began and deploy.ended <= window.until)
            assert window.since < window.until
        assert seen == set(windows.KINDS)

    def test_one_is_shorter_than_the_duration_that_the_log_gives(self) -> None:
        deploy = scenario(3).deploys[0]
        deploy.began, deploy.ended = 100.0, 112.0
        found = [windows.guessed(deploy, seeded(seed)) for seed in range(60)]
        shorter = next(window for window in found if window.kind == windows.SHORTER)
        assert shorter.until - shorter.since < 12


class TestCi:
    def test_stamps_are_those_of_the_lines_unless_they_were_held_back(self) -> None:
        world = scenario(3)
        deploy = world.deploys[0]
        stamps = {}
        for kind in (ci.LIVE, ci.AT_END, ci.LATE):
            text = ci.ci_text(deploy, world.base, ci.Printed(kind, 30.0 if kind == ci.LATE else 0.1))
            stamps[kind] = [line[:19] for line in text.splitlines()]
        assert len(set(stamps[ci.LIVE])) > 2
        assert len(set(stamps[ci.AT_END])) == 1
        assert stamps[ci.LATE] > stamps[ci.LIVE]

    def test_the_dots_are_the_seconds_since_the_display_began(self) -> None:
        lines = ci.with_dots(10.0, [(10.0, "a"), (12.5, "b"), (12.9, "c"), (15.0, "d")])
        assert [line for _, line in lines] == ["a", "@ updating.....", "b", "c", "@ updating......", "d"]

    def test_the_reader_knows_the_stamps(self, tmp_path: Path) -> None:
        world = scenario(3)
        path = tmp_path / "job.log"
        path.write_text(ci.ci_text(world.deploys[0], world.base, ci.Printed()))
        events = parse_log(path).filter(kind="done")
        ended = sorted(int(each.ended) for each in world.deploys[0].operations if each.ended)
        seconds = [int((at - world.base).total_seconds()) for at in events["at"]]
        assert seconds
        assert all(min(abs(at - end) for end in ended) <= 1 for at in seconds)


class TestStrangers:
    def test_a_bot_is_always_refused_and_a_monitor_only_reads(self) -> None:
        bots = monitors = 0
        for world in worlds(STRANGERS):
            for done in world.service.history:
                if done.actor.session == BOT and done.call.api != "DescribeKeyValueStore":
                    bots += 1
                    assert done.error is not None
                if done.actor.session in ("monitor", BLIND):
                    monitors += 1
                    assert done.call.api == "GetKey"
                    assert (done.actor.session == BLIND) == (
                        done.error is not None and done.error.status == 403
                    )
        assert bots > 30
        assert monitors > 130

    def test_a_second_job_writes_the_list_as_the_deploys_own_writer(self) -> None:
        found = 0
        for world in worlds(STRANGERS):
            callers = {deploy.actor.caller for deploy in world.deploys}
            found += any(
                done.actor.operation is None and done.actor.caller in callers and done.writes
                for done in world.service.history
            )
        assert found > 10


class TestReruns:
    def test_its_calls_are_there_and_its_log_is_not(self) -> None:
        found = 0
        for world in worlds(RERUNS):
            known = {id(each) for deploy in world.deploys for each in deploy.operations}
            hidden = [
                done
                for done in world.service.history
                if done.actor.operation is not None and id(done.actor.operation) not in known
            ]
            found += any(done.writes for done in hidden)
        assert found > 10

    def test_a_last_deploy_writes_what_was_dropped_and_the_drop_stays_one(self) -> None:
        healed = 0
        for world in worlds(HEALS):
            every = truths(world)
            dropped = {(t.intent.store, t.intent.key): t.deploy for t in every if t.fate == "dropped"}
            healed += sum(
                t.fate == "landed"
                and dropped.get((t.intent.store, t.intent.key), t.deploy).began < t.deploy.began
                for t in every
            )
        assert healed > 2


class TestStores:
    def test_a_twin_has_the_same_namespaces_and_the_trail_may_have_only_its_calls(self) -> None:
        only_theirs = both = 0
        for world in worlds(TWINS):
            logged = {
                done.call.store for file in files(world) for done in file.calls if done.call.api != "PutKey"
            }
            ours = {truth.intent.store for truth in truths(world)}
            only_theirs += bool(logged - ours) and not logged & ours
            both += bool(logged - ours) and bool(logged & ours)
        assert only_theirs > 1
        assert both > 3

    def test_records_are_of_the_account_of_their_store(self) -> None:
        accounts = set()
        for world in worlds(TWINS):
            for done in world.service.history:
                record = trail.record_of(done, world.base)
                accounts.add(record["recipientAccountId"])
                assert record["recipientAccountId"] == done.call.store.split(":")[4]
        assert len(accounts) == 2

    def test_a_store_made_anew_gets_the_later_writes_and_the_old_one_is_deleted(self) -> None:
        found = 0
        for world in worlds(RECREATED):
            if "store made anew" not in world.notes:
                continue
            found += 1
            deleted = [store for store in world.service.stores.values() if store.deleted]
            assert deleted
            stores = [
                {truth.intent.store for truth in truths(world) if truth.deploy is each}
                for each in world.deploys
            ]
            assert len(set().union(*stores)) > 1
        assert found > 2


class TestReplaced:
    def test_the_create_is_lost_to_the_delete_of_the_old_urn(self) -> None:
        lost = kept = 0
        for world in worlds(REPLACED):
            for deploy in world.deploys:
                gone = [each for each in deploy.operations if each.name != plain(each.name) and each.ended]
                old = {each.full_name for each in gone}
                for truth in truths(world):
                    operation = truth.intent.operation
                    mine = (
                        truth.deploy is deploy and operation.op == "create" and truth.intent.action == "put"
                    )
                    if mine and operation.full_name in old:
                        lost += truth.fate == "lost" and truth.why == "deleted"
                        kept += truth.fate == "landed"
        assert lost > 6
        assert kept < lost / 4  # a delete that found a deleted store, or was refused

    def test_an_entry_that_the_old_resource_removes_is_lost(self) -> None:
        every = [truth for world in worlds(REPLACED) for truth in truths(world)]
        removed = [truth for truth in every if truth.why == "removed"]
        assert {truth.fate for truth in removed} == {"lost"}
        assert len(removed) > 2
        by = [truth.taken.actor.operation for truth in removed if truth.taken]
        assert all(operation is not None and operation.op == "delete" for operation in by)

    def test_both_urns_are_in_the_log(self) -> None:
        world = next(each for each in worlds(REPLACED) if "another parent" in each.notes and each.deploys)
        text = "".join(event_log(deploy, world.base) for deploy in world.deploys)
        assert "sst:aws:OldSite$" in text
        assert "sst:aws:Site$" in text
        assert OLD_PARENT not in text

    def test_a_replacement_has_one_urn_and_its_own_words(self) -> None:
        world = next(each for each in worlds(REPLACED) if "replacement" in each.notes and each.deploys)
        every = [operation for deploy in world.deploys for operation in deploy.operations]
        words = {
            operation.word for operation in every if operation.word not in ("create", "update", "delete")
        }
        assert words == {"create-replacement", "delete-replaced"}
        urns = {world.deploys[0].urn(operation) for operation in every if operation.word in words}
        assert all("sst:aws:Site$" in urn and "|" not in urn for urn in urns)


class TestTrail:
    @pytest.mark.parametrize("kind", [*exports.LOST])
    @pytest.mark.parametrize("table", [True, False])
    def test_an_export_is_read_and_lacks_the_columns(self, kind: str, table: bool, tmp_path: Path) -> None:
        world = scenario(3)
        world.condition.export = exports.Export(kind, table)
        found = files(world)
        trail.write(found, tmp_path, world.base, world.condition)
        (path,) = tmp_path.iterdir()
        head = path.read_text().splitlines()[0].lower()
        for name in exports.LOST[kind]:
            assert name.lower() not in head
        scan = scan_trail([tmp_path])
        asked = {done.event_id for file in found for done in file.calls}
        assert asked
        assert {event.removeprefix("copy-") for event in scan.calls["event_id"].unique()} == asked

    def test_keys_are_hidden_or_cut_in_some_records(self) -> None:
        for kind, word in ((exports.HIDDEN, exports.WORD), (exports.CUT, "omitted")):
            world = scenario(3)
            wrote = next(done for done in world.service.history if done.writes)
            export = exports.Export(kind, keyless=frozenset({wrote.number}))
            shown = export.shown(trail.record_of(wrote, world.base), wrote)
            assert word in str(shown["requestParameters"])
            assert not any(key in str(shown) for key in wrote.call.keys)

    def test_a_copy_has_the_request_and_the_answer_of_the_call_and_another_event_id(self) -> None:
        copies = 0
        for world in worlds(COPIES):
            seen: dict[str, set[str]] = {}
            for record in (record for file in files(world) for record in file.records):
                seen.setdefault(record["requestID"], set()).add(record["eventID"])
            copies += any(len(events) > 1 for events in seen.values())
        assert copies > 5

    def test_reads_are_not_logged_in_some(self) -> None:
        silent = sum(not world.condition.reads for world in worlds(UNREAD))
        assert silent > sum(not world.condition.reads for world in worlds()) + 5


class TestListings:
    def test_they_show_a_store_before_during_and_after(self) -> None:
        when = set()
        for world in worlds(LISTINGS):
            for listing in world.listings:
                began = min((deploy.began for deploy in world.deploys), default=0)
                ended = max((each.ended or each.killed_at or each.began for each in world.deploys), default=0)
                word = "before" if listing.at < began else "after" if listing.at > ended else "during"
                when.add((listing.named, word))
        assert when == {(named, word) for named in (True, False) for word in ("before", "during", "after")}

    def test_at_the_end_they_show_what_the_store_holds(self) -> None:
        found = 0
        for world in worlds(LISTINGS):
            last = world.service.history[-1].at
            for listing in world.listings:
                store = world.service.stores[listing.store]
                if listing.at > last:
                    found += 1
                    assert (listing.values, listing.etag) == (store.values, store.etag)
        assert found > 5
