"""`check --collect APP/STAGE --wait`: gathers again while the trail comes, until its horizon has passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from analyzer.cli import wait
from analyzer.cli.main import run
from analyzer.cli.wait import Clock
from tests.collect.stage.answers import refused
from tests.collect.stage.delivered import Trail, deliver
from tests.collect.stage.proxy import STORES
from tests.collect.stage.stage import Stage, stage

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

__all__ = ["stage"]
LATE = Trail("wait", "trail-wait", until=18.04)
THERE = replace(LATE, until=19.5)
"""The same trail, an hour and a half later: the digest of the hour of the deploy is there too."""


class Time:
    """A clock that only sleeping moves on; what is to happen in a sleep happens in the first ones."""

    def __init__(self, stage: Stage, *then: Callable[[], object]) -> None:
        self.stage, self.then = stage, list(then)
        self.begun = stage.now
        self.slept = 0.0

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        if self.then:
            self.then.pop(0)()

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.slept, self.sleep)


@pytest.fixture
def moments(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The moment of the machine: the last of these."""
    now = [stage.now]

    class Now(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # a plain one
            return now[-1].astimezone(tz)

    monkeypatch.setattr("analyzer.cli.gathering.datetime", Now)
    return now


def no_listing(stage: Stage) -> None:
    stage.proxy.rules.insert(
        0, lambda asked: refused("AccessDeniedException", status=403) if asked.service == STORES else None
    )


def delivered(stage: Stage, moments: list[datetime]) -> None:
    """An hour later the rest of the trail is there."""
    moments.append(stage.now + timedelta(hours=1.25))
    stage.proxy.now = moments[-1]
    deliver(stage.world, THERE).put(stage.client("s3"))


def test_it_waits_until_the_trail_shows_what_is_open(
    stage: Stage, moments: list[datetime], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The listing is denied, so that only the trail decides. In between AWS refuses everything once."""
    stage.show(LATE)
    no_listing(stage)

    def denied() -> None:
        stage.proxy.rules.insert(0, lambda _: refused("ExpiredTokenException"))

    def back() -> None:
        stage.proxy.rules.pop(0)
        delivered(stage, moments)

    time = Time(stage, denied, back)
    monkeypatch.setattr(wait, "Clock", lambda: time.clock)
    code = run(("check", "shop/prod", "--collect", "--wait", "45m", "--endpoint-url", stage.url))
    told = capsys.readouterr()
    assert "waiting for the trail, at most 45 min: 3 writes are open" in told.err
    assert "All 3 writes landed" in told.out, told
    assert code == 0
    assert time.slept == 2 * wait.POLL_BUCKET, told.err
