"""After which deploy the updates come that are taken along as context."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from analyzer.collect.context import After
from analyzer.collect.deploys import Deploys, Ran
from analyzer.collect.gather import _last_of
from analyzer.collect.home import Updated, time_part
from analyzer.collect.request import Home, Request

NOON = datetime(2026, 5, 6, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NEWEST = time_part(NOON) + "0123456789ab"
"""The update that the home gave."""


def deploys(**stages: Ran) -> Deploys:
    return Deploys(
        1, 1, (), (), (), (), True, lambda _: False, {f"shop/{name}": ran for name, ran in stages.items()}, ()
    )


@pytest.mark.parametrize(
    ("begun", "expected"),
    [
        (NOON, After(NEWEST)),
        (NOON - 90 * MINUTE, After(time_part(NOON - 88 * MINUTE), NOON - 90 * MINUTE)),
    ],
    ids=["its own output", "an older deploy's"],
)
def test_a_text_beside_the_updates_may_be_older_than_they_are(begun: datetime, expected: After) -> None:
    ran = Ran(begun + 2 * MINUTE, begun + 2 * MINUTE, begun)
    request = Request(home=Home.of("shop/prod"))
    assert _last_of(deploys(prod=ran), request, Updated(ids=[NEWEST])) == {"shop/prod": expected}


def test_each_stage_has_its_own_last_deploy() -> None:
    ran = Ran(NOON, NOON + MINUTE, None)
    found = _last_of(deploys(dev=ran), Request(home=Home.of("shop/prod")), Updated(ids=[NEWEST]))
    assert found == {"shop/dev": After(time_part(NOON + MINUTE)), "shop/prod": After(NEWEST)}
