"""What a gap of the chain leaves open: a call is missing there, and nobody who has the records knows what it did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.world.resources import intents

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from tests.world.deploy import Deploy
    from tests.world.service import Done
    from tests.world.truth import Truth


def lost_in_a_gap(
    truth: Truth, runs: Sequence[Sequence[Done]], deploys: Iterable[Deploy], numbers: Collection[int]
) -> bool:
    """Whether the records show that a call is missing where the write was taken away, and none of an available log is.

    Args:
        truth: of the write.
        runs: of the chain of its store, as the available records link it.
        deploys: whose logs are available.
        numbers: of the available calls.
    """
    landed, taken, mine = truth.landed, truth.taken, truth.intent
    if landed is None or taken is None or taken.number in numbers:
        return False
    here = next((number for number, run in enumerate(runs) if landed in run), len(runs))
    if here + 1 >= len(runs) or not runs[here][-1].number < taken.number < runs[here + 1][0].number:
        return False
    made = {id(done.actor.operation) for run in runs for done in run}
    operations = [operation for deploy in deploys for operation in deploy.operations]
    if any(
        id(each) not in made and any(one.store == mine.store for one in intents(each)) for each in operations
    ):
        return False
    # What its own resource wrote there later stands in its place.
    of_key = [
        done for run in runs for done in run if mine.key in done.call.keys and done.number > landed.number
    ]
    own = (mine.operation.kind, mine.operation.name)
    return not any(by and (by.kind, by.name) == own for by in (done.actor.operation for done in of_key))
