"""What a gap of the chain leaves open, and how far a clock that is off is known, by examples reasoned by hand."""

from __future__ import annotations

import pytest

from tests.world.calls import Call, Reply
from tests.world.hostile.clocks import LogClock
from tests.world.knowable import Evidence
from tests.world.outsiders import person
from tests.world.service import Done
from tests.world.story import ARN, WEB, Story, placing, two_sites
from tests.world.trail import Condition, File
from tests.world.truth import truths


def _deleted(story: Story, at: float) -> Done:
    """Somebody deletes a key of Web at the console."""
    call = Call("DeleteKey", ARN, if_match=story.etag, deletes=(f"{WEB}:/0",))
    story.etag = f"KV{len(story.calls) + 1}"
    done = Done(len(story.calls), at, person(), call, Reply(etag=story.etag), None, "rx", "ex")
    story.calls.append(done)
    return done


@pytest.mark.parametrize(
    ("recorded", "beyond", "docs", "doubtful"),
    [
        (False, True, True, True),  # the ETag of the later write shows that a call is missing
        (False, False, True, False),  # nothing shows that one is
        (False, True, False, False),  # it may be that of Docs, whose operation has no call
        (True, True, True, False),  # the call shows the loss itself: who has it says `lost`
    ],
)
def test_a_write_that_was_lost_in_a_gap_is_in_doubt(
    *, recorded: bool, beyond: bool, docs: bool, doubtful: bool
) -> None:
    story = Story()
    two_sites(story, docs=docs, closed=False)
    taken = _deleted(story, 300)
    if beyond:
        story.beats()
    available = [done for done in story.calls if recorded or done is not taken]
    evidence = Evidence([File(4000.0, [], available)], [story.deploy], Condition())
    (truth,) = (each for each in truths(story.world()) if each.intent.key == f"{WEB}:/0")
    assert truth.fate == "lost"
    assert evidence.judged(truth).doubtful is doubtful


def test_the_calls_of_a_deploy_tell_no_more_of_a_wrong_clock_than_they_bound() -> None:
    """Web ran from 102 to 104, and its call is of 103: a clock 86.4 s behind shows 15 to 17, cut to whole seconds.

    The call fits where the clock is 89 to 85 s behind: so Web ran from 100 on, and not after 107.
    """
    story = Story()
    web, _ = two_sites(story)
    assert placing(story).edges(web, story.deploy) == (101, 106)
    story.deploy.clock = LogClock(-86.4)
    assert placing(story).edges(web, story.deploy) == (99, 108)
