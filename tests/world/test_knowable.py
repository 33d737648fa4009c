"""What an honest analyst can know, by examples that were reasoned by hand (docs/facts/alignment.md#4-safe-drops)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.world.calls import Refused
from tests.world.hostile import exports, windows
from tests.world.hostile.clocks import LogClock
from tests.world.hostile.exports import Export
from tests.world.hostile.listings import Listing, listed
from tests.world.hostile.strangers import bot
from tests.world.listed import with_listings
from tests.world.outsiders import person
from tests.world.placed import NEAR
from tests.world.resources import Props, Version, namespace
from tests.world.score import TEXT, UNTIMED
from tests.world.story import ARN, DOCS, WEB, Story, two_sites
from tests.world.together import Given, together
from tests.world.trail import Condition
from tests.world.truth import truths

if TYPE_CHECKING:
    from tests.world.knowable import Judged

DENIED = Refused("AccessDeniedException", "not authorized", 403)


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
