"""Which deploys an honest analyst can place in the trail, by examples that were reasoned by hand."""

from __future__ import annotations

from tests.world.hostile.clocks import LogClock
from tests.world.placed import Placing
from tests.world.story import WEB, Story, placing, two_sites


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
