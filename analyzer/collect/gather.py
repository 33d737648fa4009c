"""The whole way: home → logs → listings → trails → their files → public keys, all into one bundle.

Each step needs what the one before showed: the logs say when the deploys ran and to which stores they wrote. What is
refused is noted, and the rest goes on. Ends early only where nothing was given that anything else could follow from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.collect.deploys import deploys_of
from analyzer.collect.home import Updated, gather_home, state_bucket
from analyzer.collect.interface import RefusedError
from analyzer.collect.listings import gather_listings
from analyzer.collect.logs import copied_logs, find_logs
from analyzer.collect.trail_files import fetch_trail
from analyzer.collect.trails import find_trails, keep_public_keys
from analyzer.sources.source import Source
from analyzer.sources.walk import printable

if TYPE_CHECKING:
    from analyzer.collect.deploys import Deploys
    from analyzer.collect.interface import Means
    from analyzer.collect.request import Request

_NO_WRITES: Final = "the logs show no write to a key-value store, so that no trail was looked for"
_NOT_NEWEST: Final = (
    "the stage has newer updates, and what a store contains now is theirs: it is not kept, and what they took away on"
    " purpose may look lost; --update last:N takes them along"
)
_NOT_RECENT: Final = (
    "the deploy is long past, and what a store contains now may be of later ones: it is not kept"
    " (lostwrite keys ARN lists it)"
)
_RECENT: Final = timedelta(hours=24)
"""A log that is given right after its deploy is most likely of the newest one."""
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
    sources += copied_logs(logs, means)
    for stats in unread:
        keep.refuse(stats.source, stats.problems[0])
    deploys = deploys_of(sources, request.since, request.until)
    for source, reason in deploys.unread:
        keep.refuse(source, reason)
    stores = tuple(dict.fromkeys([*deploys.stores, *request.stores]))
    trails = trail_files = 0
    if deploys.writes:
        trails, trail_files = _of_trails(
            deploys, stores, means, kept=_is_of_now(request, home, deploys, means)
        )
    elif sources:
        keep.leave_open("the trail", _NO_WRITES)
    return Gathered(tuple(home.ids), deploys, stores, trails, trail_files)


def _of_home(request: Request, means: Means) -> Updated:
    """What the state bucket gave."""
    if request.home is None:
        return Updated()
    try:
        bucket = request.bucket or state_bucket(means.cloud)
    except RefusedError as error:
        means.keep.refuse(error.source, error.reason)
        return Updated()
    return gather_home(bucket, request.home, request.updates, means)


def _is_of_now(request: Request, home: Updated, deploys: Deploys, means: Means) -> bool:
    """Whether the stores are still as the deploys left them, as far as that can be known; else it is said."""
    if request.home is not None and not home.newest:
        means.keep.leave_open("the listings of the stores", _NOT_NEWEST)
        return False
    ended = max((end for _, end in deploys.spans), default=means.now)
    if request.home is None and means.now - ended > _RECENT:
        means.keep.leave_open("the listings of the stores", _NOT_RECENT)
        return False
    return True


def _of_trails(deploys: Deploys, stores: tuple[str, ...], means: Means, *, kept: bool) -> tuple[int, int]:
    """How many trails there are, and how many of their files the bundle has."""
    keep = means.keep
    etags = gather_listings(stores, deploys.deleted, means, kept=kept)
    for deploy in deploys.untimed:
        keep.leave_open(deploy, _NO_TIMES)
    trails = find_trails(means.cloud, stores, keep)
    if trails.is_empty() or not deploys.spans:
        return trails.height, 0
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
    return trails.height, wanted.filter(pl.col("state") != "refused").height
