"""What an honest analyst can know, by examples that were reasoned by hand (docs/facts/alignment.md#4-safe-drops)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from tests.world.calls import Call, Refused, Reply
from tests.world.chance import seeded
from tests.world.clock import Clock
from tests.world.deploy import Deploy
from tests.world.hostile import exports, windows
from tests.world.hostile.clocks import LogClock
from tests.world.hostile.exports import Export
from tests.world.hostile.listings import Listing, listed
from tests.world.hostile.strangers import bot, monitor
from tests.world.hostile.switches import NONE
from tests.world.knowable import Evidence, Judged
from tests.world.listed import with_listings
from tests.world.outsiders import person
from tests.world.placed import NEAR, Placing
from tests.world.resources import KV_KEYS, KV_ROUTES, Operation, Props, Version, namespace
from tests.world.scenario import Scenario
from tests.world.score import TEXT, UNTIMED
from tests.world.service import Actor, Done, Service
from tests.world.together import Given, together
from tests.world.trail import Condition, File
from tests.world.truth import truths

ARN = "arn:aws:cloudfront::111122223333:key-value-store/one"
WEB, DOCS = namespace("shop", "prod", "Web"), namespace("shop", "prod", "Docs")
OURS = Actor("arn:aws:sts::111122223333:assumed-role/deploy/ci", "deploy", "go", "198.51.100.10")
DENIED = Refused("AccessDeniedException", "not authorized", 403)


def _deploy() -> Deploy:
    service = Service(Clock(), seeded(1))
    deploy = Deploy("shop", "prod", Version.V3_12_5, OURS, {}, {}, service, seeded(1), 0.0)
    deploy.began, deploy.ended, deploy.siblings = 100.0, 130.0, [deploy]
    return deploy


@dataclass
class Story:
    """One deploy from second 100 on, and what the store was asked; each call is made by hand."""

    deploy: Deploy = field(default_factory=_deploy)
    calls: list[Done] = field(default_factory=list)
    etag: str = "KV0"

    def keys(self, name: str, began: float, entries: int = 2, op: str = "create") -> Operation:
        """A KvKeys of the deploy that ran for two seconds."""
        space = namespace("shop", "prod", name)
        props = Props(ARN, space, tuple((f"/{n}", f"v{n}") for n in range(entries)))
        return self._ran(Operation(KV_KEYS, f"{name}KvKeys", op, props, None), began)

    def route(self, name: str, began: float) -> Operation:
        """A KvRoutesUpdate of the deploy that ran for two seconds."""
        props = Props(ARN, "9900", entry=f"site,{name}")
        return self._ran(Operation(KV_ROUTES, f"{name}RoutesUpdate", "create", props, None), began)

    def _ran(self, operation: Operation, began: float) -> Operation:
        operation.began, operation.ended, operation.outputs = began, began + 2, operation.new
        self.deploy.operations.append(operation)
        return operation

    def call(  # noqa: PLR0913 - what a record holds
        self,
        at: float,
        *keys: str,
        by: Operation | None = None,
        actor: Actor = OURS,
        api: str = "UpdateKeys",
        error: Refused | None = None,
        value: str | None = None,
    ) -> Done:
        """A call: a write moves the ETag on, unless it is refused."""
        number = len(self.calls)
        reads = api == "GetKey"
        meant = dict(by.new.entries) if by and by.new else {}
        puts = tuple((key, value or meant.get(key.partition(":")[2], '["site,Web"]')) for key in keys)
        call = Call(api, ARN, key=keys[0] if reads else None, if_match=self.etag, puts=() if reads else puts)
        reply = None
        if error is None:
            self.etag = self.etag if reads else f"KV{number + 1}"
            reply = Reply(etag=self.etag)
        done = Done(number, at, replace(actor, operation=by), call, reply, error, f"r{number}", f"e{number}")
        self.calls.append(done)
        return done

    def beats(self) -> None:
        """Another tool's write, which brackets the chain."""
        at = 10.0 if not self.calls else 900.0
        self.call(at, "flag:beat", actor=monitor(), api="PutKey")

    def world(self) -> Scenario:
        """The scenario that this was."""
        service = self.deploy.service
        service.history = sorted(self.calls, key=lambda done: done.number)
        if ARN not in service.stores:
            service.add_store(ARN, {})
            service.first_etags[ARN] = "KV0"
        condition, base = Condition(), datetime(2026, 7, 1, tzinfo=UTC)
        return Scenario(
            1, self.deploy.version, base, service, [self.deploy], condition, 4000.0, [], seeded(1), NONE, []
        )

    def evidence(self, condition: Condition | None = None, *listings: Listing) -> Evidence:
        """All calls are available."""
        return Evidence([File(4000.0, [], self.calls)], [self.deploy], condition or Condition(), listings)

    def judged(self, condition: Condition | None = None, *listings: Listing) -> dict[str, Judged]:
        """What can be known, by key."""
        evidence = self.evidence(condition, *listings)
        return {truth.intent.key: evidence.judged(truth) for truth in truths(self.world())}


def two_sites(story: Story, *, docs: bool = True, closed: bool = True) -> tuple[Operation, Operation]:
    """Web at 102 and Docs at 112, each of two keys; Docs' call may be missing."""
    story.beats()
    web, second = story.keys("Web", 102), story.keys("Docs", 112)
    story.call(103, f"{WEB}:/0", f"{WEB}:/1", by=web)
    if docs:
        story.call(113, f"{DOCS}:/0", f"{DOCS}:/1", by=second)
    if closed:
        story.beats()
    return web, second


def placing(story: Story) -> Placing:
    return Placing(story.calls, [story.deploy])


class TestPlaced:
    def test_two_sets_of_keys_that_nobody_else_wrote_place_a_clock_that_is_90_s_off(self) -> None:
        story = Story()
        two_sites(story)
        story.deploy.clock = LogClock(90)
        assert placing(story).placed(story.deploy)

    def test_a_rerun_that_writes_the_same_keys_could_be_the_deploy(self) -> None:
        story = Story()
        two_sites(story)
        story.call(193, f"{WEB}:/0", f"{WEB}:/1")
        story.deploy.clock = LogClock(90)
        assert not placing(story).placed(story.deploy)
        story.deploy.clock = LogClock()
        assert placing(story).placed(story.deploy)  # clocks are right as a rule

    def test_one_operation_places_a_right_clock_alone(self) -> None:
        story = Story()
        web = story.keys("Web", 102)
        story.call(103, f"{WEB}:/0", f"{WEB}:/1", by=web)
        assert placing(story).placed(story.deploy)
        story.deploy.clock = LogClock(-30)
        assert not placing(story).placed(story.deploy)

    def test_each_other_run_in_reach_makes_a_wrong_clock_less_certain(self) -> None:
        """Of three sets two are the deploy's alone and two were created, but its list was written by others too."""
        story = Story()
        story.keys("Api", 120, op="update")
        web = story.keys("Web", 102)
        story.call(103, f"{WEB}:/0", f"{WEB}:/1", by=web)
        route = story.route("Web", 105)
        story.call(106, "9900:routes", by=route)
        story.deploy.clock = LogClock(900)
        assert placing(story).placed(story.deploy)  # 6 and 2.5 for the set, less 2.3 for Api's: 5.7
        story.call(700, "9900:routes")
        story.call(1500, "9900:routes")
        assert not placing(story).placed(story.deploy)  # ln 3 less

    def test_a_run_of_which_the_log_is_there_is_no_rival(self) -> None:
        story, other = Story(), Story()
        story.keys("Api", 120, op="update")
        web = story.keys("Web", 102)
        story.call(103, f"{WEB}:/0", f"{WEB}:/1", by=web)
        route = story.route("Web", 105)
        story.call(106, "9900:routes", by=route)
        story.deploy.clock = LogClock(900)
        for at in (700, 1500):
            story.call(at, "9900:routes", by=other.route(f"at{at}", at - 1))
        assert not placing(story).placed(story.deploy)
        assert Placing(story.calls, [story.deploy, other.deploy]).placed(story.deploy)

    def test_a_clock_that_steps_places_nothing(self) -> None:
        story = Story()
        two_sites(story)
        story.deploy.clock = LogClock(0, 60, 110)
        assert not placing(story).placed(story.deploy)

    def test_a_deploy_of_which_most_calls_are_missing_is_not_placed(self) -> None:
        story = Story()
        web = story.keys("Web", 102)
        for number, name in enumerate(("Docs", "Api")):
            story.keys(name, 104 + number)
        story.call(103, f"{WEB}:/0", f"{WEB}:/1", by=web)
        assert not placing(story).placed(story.deploy)


class TestDrop:
    def test_an_unbroken_chain_and_another_operation_prove_it(self) -> None:
        story = Story()
        two_sites(story, docs=False)
        known = story.judged()
        assert (known[f"{DOCS}:/0"].truth.fate, known[f"{DOCS}:/0"].level) == ("dropped", "proof")
        assert (known[f"{WEB}:/0"].truth.fate, known[f"{WEB}:/0"].level) == ("landed", "proof")

    def test_not_if_the_chain_ends_before_the_operation_does(self) -> None:
        story = Story()
        story.beats()
        web, _ = story.keys("Web", 102), story.keys("Docs", 112)
        story.call(103, f"{WEB}:/0", f"{WEB}:/1", by=web)
        assert story.judged()[f"{DOCS}:/0"].level != "proof"

    def test_a_listing_with_the_last_etag_closes_the_chain(self) -> None:
        story = Story()
        story.beats()
        web, _ = story.keys("Web", 102), story.keys("Docs", 112)
        story.call(103, f"{WEB}:/0", f"{WEB}:/1", by=web)
        shown = Listing(ARN, 400.0, {}, story.etag, named=True)
        assert story.judged(None, shown)[f"{DOCS}:/0"].level == "proof"
        assert story.judged(None, replace(shown, etag="KVother"))[f"{DOCS}:/0"].level != "proof"
        assert story.judged(None, replace(shown, at=113.0))[f"{DOCS}:/0"].level != "proof"

    @pytest.mark.parametrize("error", [None, DENIED])
    def test_not_if_anybody_tried_the_key_in_its_time(self, error: Refused | None) -> None:
        story = Story()
        story.beats()
        web, _ = story.keys("Web", 102), story.keys("Docs", 112)
        story.call(103, f"{WEB}:/0", f"{WEB}:/1", by=web)
        story.call(113, f"{DOCS}:/0", actor=bot(), error=error, value="theirs")
        story.beats()
        assert story.judged()[f"{DOCS}:/0"].level == ""

    def test_not_if_a_rerun_writes_the_key_later_and_nothing_else_tells(self) -> None:
        story = Story()
        two_sites(story, docs=False, closed=False)
        story.call(150, f"{DOCS}:/0", f"{DOCS}:/1", value="again")
        story.beats()
        assert story.judged()[f"{DOCS}:/0"].level == ""

    def test_operations_on_both_sides_tell_if_it_is_somebody_elses_call(self) -> None:
        story = Story()
        two_sites(story, docs=False, closed=False)
        api = story.keys("Api", 122)
        story.call(123, f"{namespace('shop', 'prod', 'Api')}:/0", by=api)
        story.call(400, f"{DOCS}:/0", actor=person(), value="theirs")
        story.beats()
        assert story.judged()[f"{DOCS}:/0"].level == "proof"

    def test_its_own_read_tells_though_a_rerun_follows(self) -> None:
        """A route that was read and not written, and the rerun 40 s later that writes it."""
        story = Story()
        story.beats()
        web, route = story.keys("Web", 102), story.route("Web", 112)
        story.call(103, f"{WEB}:/0", f"{WEB}:/1", by=web)
        missing = Refused("ResourceNotFoundException", "Key was not found", 404)
        story.call(113, "9900:routes", by=route, api="GetKey", error=missing)
        story.call(152, "9900:routes")  # the same run of the same job, as far as the record shows
        story.beats()
        assert story.judged()["9900:routes"].truth.fate == "dropped"
        assert story.judged()["9900:routes"].level == "proof"
        story.calls = [done for done in story.calls if done.call.api != "GetKey"]
        assert story.judged()["9900:routes"].level == ""

    @pytest.mark.parametrize(("offset", "level"), [(0.0, "proof"), (-1.5, "")])
    def test_a_read_that_by_the_logs_times_may_be_anothers_tells_nothing(
        self, offset: float, level: str
    ) -> None:
        """A clock 1.5 s behind counts as right, and by it the read lies in the next operation's time too."""
        story = Story()
        story.beats()
        web, route = story.keys("Web", 102), story.route("Web", 112)
        story.call(103, f"{WEB}:/0", f"{WEB}:/1", by=web)
        missing = Refused("ResourceNotFoundException", "Key was not found", 404)
        story.call(113, "9900:routes", by=route, api="GetKey", error=missing)
        story.call(118, "9900:routes", by=story.route("Docs", 115))
        story.call(152, "9900:routes")
        story.beats()
        story.deploy.clock = LogClock(offset)
        evidence = story.evidence()
        judged = {each.intent.operation.name: evidence.judged(each).level for each in truths(story.world())}
        assert judged["WebRoutesUpdate"] == level

    @pytest.mark.parametrize(("offset", "level"), [(0.0, "proof"), (-2.0, "")])
    def test_the_links_of_the_chain_lie_beyond_the_operation_as_the_log_times_it(
        self, offset: float, level: str
    ) -> None:
        """The chain begins in second 109; Docs began in second 112, and by a clock that is 2 s behind in 110."""
        story = Story()
        web = story.keys("Web", 108)
        story.keys("Docs", 112)
        story.call(109, f"{WEB}:/0", f"{WEB}:/1", by=web)
        story.beats()
        story.deploy.clock = LogClock(offset)
        assert story.judged()[f"{DOCS}:/0"].level == level

    def test_a_clock_four_seconds_off_proves_no_drop_by_one_operation(self) -> None:
        story = Story()
        story.beats()
        web, _ = story.keys("Web", 102), story.keys("Docs", 112)
        story.call(103, f"{WEB}:/0", f"{WEB}:/1", by=web)
        story.beats()
        for offset, within in ((0, True), (NEAR, True), (-4, False)):
            story.deploy.clock = LogClock(offset)
            assert bool(story.judged()[f"{DOCS}:/0"].level) == within

    def test_outputs_that_were_never_set_are_certain(self) -> None:
        story = Story()
        story.beats()
        route = story.route("Web", 112)
        route.op, route.outputs = "update", Props()
        story.call(113, "9900:routes", actor=bot(), value="[]")
        story.beats()
        story.deploy.clock = LogClock(600)
        assert route.lost_outputs
        assert story.judged()["9900:routes"].level == "proof"


class TestMoot:
    def test_a_put_that_was_never_made_may_be_called_dropped_though_its_value_was_there(self) -> None:
        story = Story()
        story.call(50, f"{DOCS}:/0", f"{DOCS}:/1", by=None, value="v0")
        two_sites(story, docs=False)
        truth = story.judged()[f"{DOCS}:/0"].truth
        assert (truth.fate, truth.right) == ("moot", frozenset({"landed", "unverifiable", "dropped"}))

    @pytest.mark.parametrize(
        ("version", "right"),
        [
            (Version.V3_11_2, {"landed", "unverifiable"}),
            (Version.V3_12_5, {"landed", "unverifiable", "dropped"}),
        ],
    )
    def test_an_entry_that_was_there_needs_no_write_until_3_12_5(
        self, version: Version, right: set[str]
    ) -> None:
        """From then on SST writes the list whatever it finds: who does not, drops the write."""
        story = Story()
        story.deploy.version = version
        story.beats()
        story.call(50, "9900:routes", value='["site,Web"]')
        story.route("Web", 112)
        story.beats()
        truth = story.judged()["9900:routes"].truth
        assert (truth.fate, truth.right) == ("moot", frozenset(right))


class TestExports:
    @pytest.mark.parametrize(
        ("kind", "landed", "dropped"),
        [
            (exports.NO_ERRORS, "proof", "proof"),
            (exports.NO_REQUEST, "proof", "proof"),
            (exports.NO_ANSWERS, "", ""),
            (exports.NO_IDENTITY, "likely", ""),
        ],
    )
    def test_what_a_missing_column_takes_away(self, kind: str, landed: str, dropped: str) -> None:
        story = Story()
        two_sites(story, docs=False)
        known = story.judged(Condition(export=Export(kind)))
        assert known[f"{WEB}:/0"].level == landed
        assert known[f"{DOCS}:/0"].level == dropped

    def test_a_call_whose_keys_are_hidden_may_be_any_write_of_its_store(self) -> None:
        story = Story()
        two_sites(story, docs=False)
        last = story.calls[-1].number
        known = story.judged(Condition(export=Export(exports.HIDDEN, keyless=frozenset({last}))))
        assert known[f"{WEB}:/0"].level == "proof"
        assert known[f"{DOCS}:/0"].level == ""


class TestText:
    def test_a_resource_of_which_one_key_landed_is_neither_landed_nor_dropped(self) -> None:
        story = Story()
        story.beats()
        web = story.keys("Web", 102)
        story.call(103, f"{WEB}:/0", by=web)
        story.beats()
        row = self.rows(story, TEXT)["WebKvKeys.sst.aws.KvKeys"]
        assert "dropped" not in row.right
        assert row.doubtful  # landed with low confidence alone
        assert row.level == ""

    def test_a_resource_of_which_all_keys_landed_is_landed(self) -> None:
        story = Story()
        two_sites(story)
        row = self.rows(story, TEXT)["WebKvKeys.sst.aws.KvKeys"]
        assert (row.right, row.doubtful, row.level) == (frozenset({"landed"}), False, "proof")

    def test_a_window_that_misses_the_deploy_proves_nothing(self) -> None:
        story = Story()
        two_sites(story)
        late = windows.Window(windows.LATE, 130, 162)
        assert self.rows(story, TEXT, late)["WebKvKeys.sst.aws.KvKeys"].level == ""

    def test_a_wide_window_that_holds_another_run_too_does_not_tell_whose_call_it_is(self) -> None:
        story = Story()
        two_sites(story)
        story.call(300, f"{WEB}:/0", value="v0")
        wide = windows.Window(windows.WIDE, 20, 330)
        assert self.rows(story, TEXT)["WebKvKeys.sst.aws.KvKeys"].level == "proof"
        assert self.rows(story, TEXT, wide)["WebKvKeys.sst.aws.KvKeys"].level == ""

    def test_without_times_the_only_run_is_likely(self) -> None:
        story = Story()
        two_sites(story)
        assert self.rows(story, UNTIMED)["WebKvKeys.sst.aws.KvKeys"].level == "likely"
        story.call(500, f"{WEB}:/0", value="theirs")
        assert self.rows(story, UNTIMED)["WebKvKeys.sst.aws.KvKeys"].level == ""

    @staticmethod
    def rows(story: Story, form: str, window: windows.Window | None = None) -> dict[str, Judged]:
        """What can be said of each row."""
        evidence = story.evidence()
        judged = [evidence.judged(truth) for truth in truths(story.world())]
        given = Given(form, window or windows.right_window(story.deploy))
        return {group.name: each for group, each in together(story.deploy, judged, evidence, given)}


class TestListings:
    def test_what_they_allow_to_be_said_of_a_drop(self) -> None:
        """Before it nothing; after it that the key is missing; and after a rerun that it is in place."""
        story = Story()
        two_sites(story, docs=False)
        story.call(200, f"{DOCS}:/0", value="v0")
        right = {}
        for at in (50.0, 150.0, 300.0):
            world, evidence = story.world(), story.evidence()
            world.listings = [listed(world.service, ARN, at, named=True)]
            judged = with_listings(world, evidence, [evidence.judged(truth) for truth in truths(world)])
            right[at] = next(each.right for each in judged if each.truth.intent.key == f"{DOCS}:/0")
        assert right == {50.0: {"dropped"}, 150.0: {"dropped", "mismatched"}, 300.0: {"dropped", "landed"}}
