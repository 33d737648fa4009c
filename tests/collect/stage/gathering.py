"""`collect` on the stage, as a function: with the stage's clock, and limits for tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from analyzer.bundle.writer import Writer
from analyzer.collect.calls import Aws
from analyzer.collect.gather import Gathered, gather
from analyzer.collect.interface import Means
from analyzer.collect.request import Home, Request, Updates
from analyzer.sources.s3.client import Connection
from analyzer.sources.s3.session import Sessions
from analyzer.sources.s3.settings import S3Limits, S3Settings
from analyzer.store.live import list_store

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tests.collect.stage.stage import Stage

PATIENT = S3Limits(
    connect=10, silence=20, answer=60, attempts=3, pause=0.001, longest_pause=0.01, listing=60, empty_pages=5
)
"""Of a busy machine: for tests in which nothing stalls."""
HASTY = replace(PATIENT, silence=1.5, answer=5, attempts=2, failures=2)
"""For endpoints that stall."""


@dataclass(frozen=True)
class Got:
    """What came of it: the folder, the counts, and what was refused and is open, as sentences."""

    folder: Path
    gathered: Gathered
    refused: list[str]
    open: list[str]
    files: int


def collected(  # noqa: PLR0913 - what a test chooses
    stage: Stage,
    folder: Path,
    update: str | None = "latest",
    *,
    home: str = "shop/prod",
    limits: S3Limits = PATIENT,
    now: datetime | None = None,
    **request: Any,
) -> Got:
    """Gathers from the stage, through its proxy, into a bundle."""
    sessions = Sessions()
    settings = S3Settings(endpoint_url=stage.url, limits=limits)
    since, until = request.get("since"), request.get("until")
    word = stage.state.ids.get(update, update) if update else None
    asked = Request(home=Home.of(home) if home else None, updates=Updates.of(word, since, until), **request)
    with Writer.open(folder, now=lambda: now or stage.now) as keep:
        keep.ask({"home": home})
        means = Means(
            cloud=Aws(settings, sessions),
            connection=Connection(settings, sessions),
            lister=lambda arn: list_store(arn, endpoint_url=stage.url),
            keep=keep,
            told=lambda *_: None,
            now=now or stage.now,
        )
        found = gather(asked, means)
    refused = [f"{one.what}: {one.why}" for one in keep.refused]
    return Got(folder, found, refused, [f"{one.what}: {one.why}" for one in keep.open_ends], keep.files)
