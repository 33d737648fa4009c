"""Logs of the updates that came after those that were asked for, while the trail that was copied goes on: context.

The trail is copied on to the nearest later write of each store, which is often of the next deploy: what that took away
on purpose must not look lost. Such a log only says what its deploy meant; `check` does not report that deploy.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from analyzer.collect.copies import copied
from analyzer.collect.home import ANY, KINDS, is_other, time_part, updates_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from analyzer.collect.interface import Means
    from analyzer.collect.request import Home
    from analyzer.sources.s3.client import Object

MOST: Final = 20
"""Updates that are taken along."""
_LISTED: Final = 1000
_NO_LOG: Final = (
    "it ran after the deploys that were asked for, in the time for which the trail was copied, and its event log is not"
    " there: what it took away on purpose cannot be told from a loss"
)
_MORE: Final = (
    f"more than {MOST} ran in the time for which the trail was copied: what the others took away on purpose cannot be"
    " told from a loss"
)
_UNNAMED: Final = (
    "a text log of it names no update (by a permalink, or by an update's id in the name of its file), so that it is not"
    " known which came later: none was taken along, and what later ones took away on purpose cannot be told from a loss"
)
_NOT_FOUND: Final = (
    "the update that a text log of it names is not among the newest ones in the time for which the trail was copied"
    f" ({_LISTED} at most were looked through): none was taken along, and what later ones took away on purpose cannot"
    " be told from a loss"
)


class After(NamedTuple):
    """The deploys of a stage of which later updates are wanted.

    Attributes:
        update: the id of the last of which there is an event log, or the first digits of one that was made when it
            ended; empty: there is none.
        texts: of each deploy that has only a text log the id of its update, or the end of it; None: it is not known.
            Its clock may be of another zone. Taken for a later one, its own event log would claim its calls, and what
            it meant would look dropped: so an update is known by its id alone.
    """

    update: str
    texts: tuple[str | None, ...] = ()


def gather_context(bucket: str, home: Home, after: After, until: datetime, means: Means) -> None:
    """Copies the logs of the updates that may have written keys; what is missing is left open.

    Args:
        bucket: the state bucket.
        home: the stage.
        after: only updates that are newer than the oldest of these.
        until: only updates that began then or earlier.
        means: see there.
    """
    came = _later(bucket, home, after, until, means)
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


def _later(
    bucket: str, home: Home, after: After, until: datetime, means: Means
) -> list[tuple[str, Mapping[str, Object]]]:
    """The later updates, the newest first, each with its objects; none, where that is not known."""
    texts = {text for text in after.texts if text}
    if None in after.texts:
        means.keep.leave_open(f"later updates of {home}", _UNNAMED)
        return []
    oldest = ANY if texts else after.update
    found = updates_of(bucket, home, means, newest=time_part(until), oldest=oldest)
    came = []
    for update, objects in islice(found, _LISTED):
        own = {text for text in texts if update.endswith(text)}
        texts -= own
        if not texts and update >= after.update:
            break
        if not own:
            came.append((update, objects))
    if texts:
        means.keep.leave_open(f"later updates of {home}", _NOT_FOUND)
        return []
    return came
