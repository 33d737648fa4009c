"""Records without `{"Records": [...]}` around them: in an array, a line each, one after the other, or one alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.trail.harvest import Harvest
from analyzer.trail.json_values import values

if TYPE_CHECKING:
    from analyzer.trail.interface import Unwrapped

KIND: Final = "cloudtrail-records"
FORM: Final = "records"


def unwrap(data: bytes) -> Unwrapped:
    """The records in `data`."""
    found = values(data)
    taken = Harvest()
    for raw in found.found:
        taken.take(raw)
    taken.damage(found.damaged)
    return taken.unwrapped(found.problems)
