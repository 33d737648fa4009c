"""Logs of the updates that came after those that were asked for, while the trail that was copied goes on: context.

The trail is copied on to the nearest later write of each store, which is often of the next deploy: what that took away
on purpose must not look lost. Such a log only says what its deploy meant; `check` does not report that deploy.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from analyzer.collect.copies import copied
from analyzer.collect.home import KINDS, is_other, time_part, updates_of
from analyzer.collect.spans import earlier

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
_NOT_PLACED: Final = (
    "no update of it began when the log says that its deploy ran, so that it is not known which came later: what these"
    " took away on purpose cannot be told from a loss"
)
_AROUND: Final = timedelta(minutes=15)
"""A log may begin so long after the update, or only say when that ended."""


class After(NamedTuple):
    """The deploy of a stage of which later updates are wanted.

    Attributes:
        update: its id, or the first digits of one that was made when it ended.
        claimed: when it began, where no event log says it: it is looked for first. Taken for a later one, its own event
            log would claim its calls.
    """

    update: str
    claimed: datetime | None = None


def gather_context(bucket: str, home: Home, after: After, until: datetime, means: Means) -> None:
    """Copies the logs of the updates that may have written keys; what is missing is left open.

    Args:
        bucket: the state bucket.
        home: the stage.
        after: only updates that are newer.
        until: only updates that began then or earlier.
        means: see there.
    """
    oldest = time_part(earlier(after.claimed, _AROUND)) if after.claimed else after.update
    found = list(islice(updates_of(bucket, home, means, newest=time_part(until), oldest=oldest), _LISTED))
    came = [(update, objects) for update, objects in found if update < after.update]
    if after.claimed and len(came) == len(found):
        means.keep.leave_open(f"later updates of {home}", _NOT_PLACED)
        return
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
