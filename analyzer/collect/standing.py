"""Whether stores are still as the deploys of a bundle left them: only then does a listing of now say something.

It is so where no deploy came after the oldest of them whose log is not there too. Of a stage of SST the state bucket
tells; of other logs only that they are of today.
"""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from analyzer.collect.copies import copied, keys_after
from analyzer.collect.home import is_other, time_part
from analyzer.collect.interface import RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.collect.deploys import Deploys
    from analyzer.collect.interface import Means

NOT_NEWEST: Final = (
    "the stage {} has updates without a log in the bundle that are as new or newer, and what a store contains now may"
    " be theirs: it is not kept; --update last:N takes them along"
)
NOT_RECENT: Final = (
    "a deploy is long past, and what a store contains now may be of later ones: it is not kept"
    " (lostwrite keys ARN lists it)"
)
OF_ANOTHER_RUN: Final = (
    "the bundle has logs that are not of this run, and what a store contains now may be of deploys after these: it is"
    " not kept; a bundle of its own has it"
)
_RECENT: Final = timedelta(hours=24)
"""A log that is given right after its deploy is most likely of the newest one."""
_LOG: Final = re.compile(
    r"s3://([^/]{3,63})/eventlog/([A-Za-z0-9_.-]{1,128}/[A-Za-z0-9_.-]{1,128})/([0-9a-f]{24})\.json"
)
_MOST: Final = 400
"""Updates that are looked through."""


def why_not(
    logs: Sequence[str], own: int, deploys: Deploys | None, bucket: str | None, means: Means
) -> str | None:
    """Why a listing of now may be of other deploys than those of these logs; None: it is of these.

    Args:
        logs: the sources of all logs in the bundle that were asked for, in this run or an earlier one.
        own: how many logs of this run are not of SST's home.
        deploys: of these.
        bucket: the state bucket, where it is known.
        means: see there.
    """
    stages: dict[tuple[str, str], set[str]] = {}
    others = 0
    for log in logs:
        match = _LOG.fullmatch(log)
        if match is None:
            others += 1
        else:
            stages.setdefault((match[1], match[2]), set()).add(match[3])
    if others > own:
        return OF_ANOTHER_RUN
    if deploys is not None and any(means.now - start > _RECENT for start, _ in deploys.spans):
        return NOT_RECENT
    for stage, ran in deploys.stages.items() if deploys is not None else ():
        if bucket and not _has_all(bucket, stage, set(), time_part(ran.first), means):
            return NOT_NEWEST.format(stage)
    for (home, stage), updates in stages.items():
        if not _has_all(home, stage, updates, max(updates), means):
            return NOT_NEWEST.format(stage)
    return None


def _has_all(bucket: str, stage: str, logged: set[str], oldest: str, means: Means) -> bool:
    """Whether each update down to the oldest is one of those that are logged, or wrote no keys."""
    prefix = f"update/{stage}/"
    passed: set[str] = set()
    try:
        for each in islice(keys_after(means.connection, bucket, prefix), _MOST):
            update = each.key[len(prefix) :].removesuffix(".json")
            if update > oldest:
                break
            passed.add(update)
            if update in logged:
                continue
            objects = copied(means.connection, bucket, [("update", each)], means.keep, context=True)
            if not all(is_other(path) for _, path in objects):
                return False
    except RefusedError:
        return False
    return logged <= passed
