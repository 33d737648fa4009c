"""Logs of the updates that came after those that were asked for, while the trail that was copied goes on: context.

The trail is copied on to the nearest later write of each store, which is often of the next deploy: what that took away
on purpose must not look lost. Such a log only says what its deploy meant; `check` does not report that deploy.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from analyzer.collect.copies import copied
from analyzer.collect.home import KINDS, is_other, time_part, updates_of

if TYPE_CHECKING:
    from datetime import datetime

    from analyzer.collect.interface import Means
    from analyzer.collect.request import Home

MOST: Final = 20
"""Updates that are taken along."""
_LISTED: Final = 1000
_NO_LOG: Final = (
    "it ran after the deploys that were asked for, in the time for which the trail was copied, and its event log is not"
    " there: what it took away on purpose cannot be told from a loss"
)
_MORE: Final = (
    f"more than {MOST} ran in the time for which the trail was copied: what the others took away on purpose may look"
    " lost"
)


def gather_context(bucket: str, home: Home, after: str, until: datetime, means: Means) -> None:
    """Copies the logs of the updates that may have written keys; what is missing is left open.

    Args:
        bucket: the state bucket.
        home: the stage.
        after: an id, or the first digits of one: only updates that are newer.
        until: only updates that began then or earlier.
        means: see there.
    """
    found = updates_of(bucket, home, means, newest=time_part(until), oldest=after)
    came = [(update, objects) for update, objects in islice(found, _LISTED) if update != after]
    if len(came) > MOST:
        means.keep.leave_open(f"later updates of {home}", _MORE)
    for update, objects in came[-MOST:]:  # the nearest ones
        told = [("update", objects["update"])] if "update" in objects else []
        if any(
            is_other(path) for _, path in copied(means.connection, bucket, told, means.keep, context=True)
        ):
            continue
        if "eventlog" not in objects:
            means.keep.leave_open(f"update {update} of {home}", _NO_LOG)
            continue
        log = [(KINDS["eventlog"], objects["eventlog"])]
        for each, _ in copied(means.connection, bucket, log, means.keep, context=True):
            means.told("logs of later updates", 1, None, each.size)
