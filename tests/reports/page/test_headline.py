"""The headline, by what became of the writes."""

from __future__ import annotations

import pytest

from analyzer.reports.page.headline import headline
from tests.reports.made import DEPLOY, report, write

LANDED = {"verdict": "landed"}
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
        ([DROPPED, *[LANDED] * 3], "1 of 4 writes never reached the store"),
        ([LOST, LOST, *[LANDED] * 4], "2 of 6 writes landed and were lost again"),
        ([LOST, LANDED], "1 of 2 writes landed and was lost again"),
        ([SWALLOWED, LANDED], "1 of 2 writes was refused, and the deploy said “created”"),
        ([SWALLOWED | {"op": "update"}, LANDED], "1 of 2 writes was refused, and the deploy said “updated”"),
        ([ADMITTED, LANDED], "1 of 2 writes failed, as the deploy says"),
        ([{"verdict": "mismatched"}, LANDED], "1 of 2 writes is not what the store holds"),
        (
            [{"verdict": "unfinished", "confidence": "low"}, LANDED],
            "The deploy was cut off: 1 of 2 writes is not known to have landed",
        ),
        ([DOUBT, LANDED, LANDED], "1 of 3 writes cannot be judged"),
        ([DOUBT, DOUBT], "None of the 2 writes can be judged"),
        ([DROPPED, DOUBT, LANDED], "1 of 3 writes never reached the store, and 1 more cannot be judged"),
        (
            [DROPPED, LOST, LOST, DOUBT],
            "1 of 4 writes never reached the store, and 2 more landed and were lost again",
        ),
        (
            [LOST | {"status": "healed"}, LANDED],
            "1 of 2 writes landed and was lost again, and was put right since",
        ),
        (
            [LOST | {"status": "healed"}, LOST, LANDED],
            "2 of 3 writes landed and were lost again (1 put right since)",
        ),
        ([], "This deploy meant to write nothing"),
    ],
)
def test_the_worst_comes_first_and_nothing_is_said_twice(writes: list[dict[str, object]], told: str) -> None:
    assert headline(report([write(n, **one) for n, one in enumerate(writes, start=1)])) == told


def test_several_deploys_that_meant_nothing() -> None:
    assert (
        headline(report([], deploys=[DEPLOY, DEPLOY | {"id": "d2"}]))
        == "These deploys meant to write nothing"
    )
