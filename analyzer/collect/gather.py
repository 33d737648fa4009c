"""The whole way: home → logs → listings → trails → their files → public keys, all into one bundle.

Each step needs what the one before showed: the logs say when the deploys ran and to which stores they wrote. What is
refused is noted, and the rest goes on. Ends early only where nothing was given that anything else could follow from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.collect.context import After, gather_context
from analyzer.collect.deploys import deploys_of
from analyzer.collect.home import Updated, gather_home, state_bucket, time_part
from analyzer.collect.interface import RefusedError
from analyzer.collect.listings import gather_listings
from analyzer.collect.logs import copied_logs, find_logs
from analyzer.collect.request import Home
from analyzer.collect.standing import why_not
from analyzer.collect.tables import WANTED
from analyzer.collect.trail_files import fetch_trail
from analyzer.collect.trails import find_trails, keep_public_keys
from analyzer.collect.tree import delivered
from analyzer.sources.source import Source
from analyzer.sources.walk import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.collect.deploys import Deploys
    from analyzer.collect.interface import Means
    from analyzer.collect.request import Request

_NO_WRITES: Final = "the logs show no write to a key-value store, so that no trail was looked for"
_NO_LATER: Final = "{}: what later updates of the stage took away on purpose cannot be told from a loss"
_MINUTE: Final = timedelta(minutes=1)
_NO_TIMES: Final = "no log says when it ran: give --since and --until"


@dataclass(frozen=True, slots=True)
class Gathered:
    """What came of it; all else stands in the bundle.

    Attributes:
        updates: ids of updates of the home.
        deploys: what the logs say.
        stores: that were asked for.
        trails: that record one of them, or may.
        trail_files: that the bundle has of these.
    """

    updates: tuple[str, ...]
    deploys: Deploys
    stores: tuple[str, ...]
    trails: int
    trail_files: int


def gather(request: Request, means: Means) -> Gathered:
    """Gathers what a request asks for.

    Raises:
        UsageError: an option makes no sense, or an extra is not installed.
        InputError: the bundle cannot be written.
    """
    keep = means.keep
    home = _of_home(request, means)
    sources = [Source(printable(file), file) for file in home.files]
    logs, unread = find_logs(request.logs, means)
    own = copied_logs(logs, means)
    sources += own
    for stats in unread:
        keep.refuse(stats.source, stats.problems[0])
    deploys = deploys_of(sources, request.since, request.until)
    originals = {source.name: keep.source(Path(source.path)) for source in sources if source.path}
    for name, reason in deploys.unread:
        keep.refuse(originals.get(name, name), reason)
    stores = tuple(dict.fromkeys([*deploys.stores, *request.stores]))
    trails, trail_files = 0, WANTED.to_frame()
    if deploys.writes:
        bucket = _bucket(request, home, deploys, means)
        kept = _is_of_now(own, request, bucket, means)
        trails, trail_files = _of_trails(deploys, stores, means, kept=kept)
        if bucket is not None:
            _context(bucket, _last_of(deploys, request, home), trail_files, means)
    elif sources:
        keep.leave_open("the trail", _NO_WRITES)
    return Gathered(tuple(home.ids), deploys, stores, trails, trail_files.height)


def _of_home(request: Request, means: Means) -> Updated:
    """What the state bucket gave."""
    if request.home is None:
        return Updated()
    try:
        bucket = request.bucket or state_bucket(means.cloud)
    except RefusedError as error:
        means.keep.refuse(error.source, error.reason)
        return Updated()
    updated = gather_home(bucket, request.home, request.updates, means)
    updated.bucket = bucket
    return updated


def _bucket(request: Request, home: Updated, deploys: Deploys, means: Means) -> str | None:
    """The state bucket of the stages whose logs there are, if that can be known."""
    known = home.bucket or request.bucket
    if known or not deploys.stages:
        return known or None
    try:
        return state_bucket(means.cloud)
    except RefusedError as error:
        means.keep.leave_open(error.source, _NO_LATER.format(error.reason))
        return None


def _last_of(deploys: Deploys, request: Request, home: Updated) -> dict[str, After]:
    """The deploys of each stage after which others may have come that were not asked for.

    A log that is given beside the updates of its stage may be older than these: of two ids the greater is.
    """
    last = {
        stage: After(time_part(ran.exact) if ran.exact else "", ran.texts)
        for stage, ran in deploys.stages.items()
    }
    if request.home is not None and home.ids:
        stage = str(request.home)
        given = last.get(stage, After(""))
        last[stage] = given._replace(update=max(home.ids[0], given.update))
    return last


def _context(bucket: str, after: Mapping[str, After], files: pl.DataFrame, means: Means) -> None:
    """Takes along the logs of what the stages did after the deploys, up to the end of the trail that was copied.

    Args:
        bucket: the state bucket.
        after: of each `APP/STAGE` its last deploy.
        files: WANTED.
        means: see there.
    """
    times = [time for key in files.filter(kind="trail")["key"] if (time := delivered(key))]
    for stage, last in after.items() if times else ():
        gather_context(bucket, Home.of(stage), last, max(times) + _MINUTE, means)


def _is_of_now(own: Sequence[Source], request: Request, bucket: str | None, means: Means) -> bool:
    """Whether the stores are still as the deploys left them, as far as that can be known; else it is said.

    Args:
        own: logs of this run that are not of the home.
        request: it says when those without times ran, whose files may have been copied since.
        bucket: the state bucket, where it is known.
        means: see there.
    """
    ran = deploys_of(own, request.since, request.until) if own else None
    why = why_not(means.keep.asked_logs(), len(own), ran, bucket, means)
    if why is not None:
        means.keep.leave_open("the listings of the stores", why)
        means.keep.drop("listing")
    return why is None


def _of_trails(
    deploys: Deploys, stores: tuple[str, ...], means: Means, *, kept: bool
) -> tuple[int, pl.DataFrame]:
    """How many trails there are, and WANTED: their files that the bundle has."""
    keep = means.keep
    etags = gather_listings(stores, deploys.deleted, means, kept=kept)
    for deploy in deploys.untimed:
        keep.leave_open(deploy, _NO_TIMES)
    trails = find_trails(means.cloud, stores, keep)
    if trails.is_empty() or not deploys.spans:
        return trails.height, WANTED.to_frame()
    wanted = fetch_trail(
        means.connection,
        trails,
        stores,
        list(deploys.spans),
        keep,
        now=means.now,
        told=means.told,
        namespaces=deploys.namespaces,
        etags=etags,
    )
    if (wanted["kind"] == "digest").any():
        start = min(start for start, _ in deploys.spans)
        keep_public_keys(means.cloud, start, means.now, keep)
    return trails.height, wanted.filter(pl.col("state") != "refused")
