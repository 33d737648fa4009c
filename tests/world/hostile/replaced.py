"""One deploy creates a component, and then deletes the one in whose place it is (S3).

The component got another parent, so that its URN is a new one; or Pulumi replaces it, and both have one URN. Both have
the same namespace and the same entry. What the create wrote, the delete takes away: the keys are lost, and the log says
that all went well. Source: docs/facts/sst-output.md#45-unfixed-defects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.world.resources import OLD_PARENT, REPLACED

if TYPE_CHECKING:
    from random import Random

    from tests.world.program import Stage

SHARE = 0.25


def move_components(stages: list[Stage], chance: Random) -> list[str]:
    """Some components of a stage's state are under another URN than the program has them now, or to be replaced."""
    if chance.random() >= SHARE:
        return []
    mark, note = chance.choice(((OLD_PARENT, "another parent"),) * 3 + ((REPLACED, "replacement"),))
    for stage in stages:
        names = sorted({name for at, name in stage.state if (at, name) in stage.wanted})
        if not names:
            continue
        for name in chance.sample(names, min(len(names), chance.choice((1, 2)))):
            for kind in [kind for kind, each in stage.state if each == name]:
                stage.state[kind, name + mark] = stage.state.pop((kind, name))
        return [note]
    return []
