"""The headline, by what became of the writes."""

from __future__ import annotations

import pytest

from analyzer.reports.page.headline import headline
from tests.reports.made import DEPLOY, report, write

LANDED = {"verdict": "landed"}
WEAK = LANDED | {"confidence": "low"}
DROPPED = {"verdict": "dropped"}
LOST = {"verdict": "lost"}
SWALLOWED = {"verdict": "errored", "reported": "succeeded"}
ADMITTED = {"verdict": "errored", "reported": "failed"}
DOUBT = {"verdict": "unverifiable", "confidence": "low"}


@pytest.mark.parametrize(
    ("writes", "told"),
    [
        ([LANDED] * 3, "All 3 writes landed"),
        ([LANDED, LANDED, LANDED | {"confidence": "low"}], "All 3 writes landed, 1 without full proof"),
        ([LANDED | {"confidence": "low"}] * 2, "All 2 writes landed, without full proof"),
        ([LANDED], "The only write landed"),
        ([DROPPED], "The only write never reached the store"),
        ([DROPPED, *[LANDED] * 3], "1 of 4 writes never reached the store; the other 3 landed"),
        ([LOST, LOST, *[LANDED] * 4], "2 of 6 writes were lost after they had landed; the other 4 landed"),
        ([LOST, LANDED], "1 of 2 writes was lost after it had landed; the other one landed"),
        (
            [SWALLOWED, LANDED],
            "1 of 2 writes was refused, and the deploy said “created”; the other one landed",
        ),
        ([SWALLOWED | {"op": "update"}], "The only write was refused, and the deploy said “updated”"),
        ([ADMITTED, LANDED], "1 of 2 writes failed, as the deploy says; the other one landed"),
        (
            [{"verdict": "mismatched"}, LANDED],
            "1 of 2 writes is not what the store holds; the other one landed",
        ),
        (
            [{"verdict": "unfinished", "confidence": "low"}, LANDED],
            "The deploy was cut off: 1 of 2 writes is not known to have landed; the other one landed",
        ),
        ([DOUBT, LANDED, LANDED], "1 of 3 writes cannot be judged; the other 2 landed"),
        ([DOUBT, DOUBT], "None of the 2 writes can be judged"),
        (
            [DROPPED, DOUBT, LANDED],
            "1 of 3 writes never reached the store, and 1 more cannot be judged; the other one landed",
        ),
        ([DROPPED] * 4, "4 of 4 writes never reached the store"),
        ([LOST], "The only write was lost after it had landed"),
        (
            [LOST, *[LANDED] * 2, WEAK],
            "1 of 4 writes was lost after it had landed; the other 3 landed, 1 without full proof",
        ),
        ([DOUBT, WEAK, WEAK], "1 of 3 writes cannot be judged; the other 2 landed, without full proof"),
        (
            [DROPPED, LOST, LOST, DOUBT],
            "1 of 4 writes never reached the store, and 2 more were lost after they had landed; "
            "the other one is in doubt",
        ),
        (
            [DROPPED, LOST, DOUBT, DOUBT, LANDED],
            "1 of 5 writes never reached the store, and 1 more was lost after it had landed; "
            "of the other 3: 1 landed and 2 in doubt",
        ),
        (
            [DROPPED, LOST, ADMITTED, ADMITTED],
            "1 of 4 writes never reached the store, and 1 more was lost after it had landed; "
            "the other 2 are not in place",
        ),
        (
            [DROPPED, LOST, ADMITTED, DOUBT, WEAK, LANDED],
            "1 of 6 writes never reached the store, and 1 more was lost after it had landed; "
            "of the other 4: 2 landed (1 without full proof), 1 in doubt and 1 not in place",
        ),
        (
            [LOST | {"status": "healed"}, LANDED],
            "1 of 2 writes was lost after it had landed, and was put right since; the other one landed",
        ),
        (
            [LOST | {"status": "healed"}, LOST, LANDED],
            "2 of 3 writes were lost after they had landed (1 put right since); the other one landed",
        ),
        ([], "This deploy meant to write nothing"),
    ],
)
def test_the_worst_comes_first_nothing_is_said_twice_and_the_others_are_not_forgotten(
    writes: list[dict[str, object]], told: str
) -> None:
    assert headline(report([write(n, **one) for n, one in enumerate(writes, start=1)])) == told


def test_several_deploys_that_meant_nothing() -> None:
    assert (
        headline(report([], deploys=[DEPLOY, DEPLOY | {"id": "d2"}]))
        == "These deploys meant to write nothing"
    )
