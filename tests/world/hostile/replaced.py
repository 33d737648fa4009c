"""One deploy creates a component, and then deletes the one in whose place it is (S3).

The component got another parent, so that its URN is a new one; or Pulumi replaces it, and both have one URN. Both have
the same namespace and the same entry. What the create wrote, the delete takes away: the keys are lost, and the log says
that all went well. Source: docs/facts/sst-output.md#45-unfixed-defects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.world.resources import KV_ROUTES, OLD_PARENT, REPLACED, component

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
        known = sorted(at for at in stage.state if at in stage.wanted)
        components = sorted({component(name) for _, name in known})
        if not components:
            continue
        moved = chance.sample(components, min(len(components), chance.choice((1, 2))))
        for kind, name in known:
            if component(name) in moved:
                had = stage.state[kind, name + mark] = stage.state.pop((kind, name))
                if kind == KV_ROUTES and chance.random() < 0.8:
                    stage.wanted[kind, name] = had.inputs  # only the component moved: the entry is the same
        return [note]
    return []
