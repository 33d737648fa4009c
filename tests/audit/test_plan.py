"""What is judged again: what a unit rests on, and what it does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from analyzer.audit.plan import NO_STORE, Spoken, Unit, packs, rests_of

if TYPE_CHECKING:
    from analyzer.audit.catalogue.held import Held

DAY = datetime(2025, 3, 21, tzinfo=UTC)
SPOKEN = Spoken(DAY, DAY + timedelta(days=90), [], {}, [])
HELD = cast("Held", SimpleNamespace(batches={"000001": None, "000002": None}, mark=str))


def evidence(days: float | None, *, untimed: bool = False) -> str:
    """What a unit of one day rests on, where a call without a store was made so many days later; None: none was."""
    unit = Unit("deploy d", {"000001": ["d"]}, untimed=untimed, first=DAY, last=DAY + timedelta(hours=1))
    lost = Unit(NO_STORE, stores={"000002": [""]})
    if days is not None:
        lost.spans["000002"] = (at := DAY + timedelta(days=days), at)
    return rests_of([unit, lost] if days is not None else [unit], HELD, SPOKEN)["deploy d"].evidence


@pytest.mark.parametrize(
    ("days", "untimed", "again"), [(1, False, True), (30, False, False), (30, True, True)]
)
def test_a_call_without_a_store_judges_again_what_it_is_near_to(
    days: float, untimed: bool, again: bool
) -> None:
    """A log without times is compared with calls at any."""
    assert (evidence(days, untimed=untimed) != evidence(None, untimed=untimed)) is again


def test_calls_without_a_store_are_counted_once_in_a_pack() -> None:
    """Else every unit of a history with many of them would be a pack of its own, each with its fixed cost."""
    units = [Unit(f"deploy {n}", {"000001": [str(n)]}, calls=10, anybodys=20_000) for n in range(250)]
    assert [len(pack) for pack in packs(units)] == [250]
    many = [Unit(f"deploy {n}", {"000001": [str(n)]}, calls=30_000, anybodys=20_000) for n in range(4)]
    assert [len(pack) for pack in packs(many)] == [1, 1, 1, 1]
