"""Which evidence would decide a doubt, by its cause: the cheapest first.

A window and a listing take a minute; what lies in a bucket takes its name, and what others have takes asking.
"""

from __future__ import annotations

from typing import Final, Literal

Way = Literal[
    "listing",  # of the store as it is now
    "keys_at",  # when a file was made that has the last ETag
    "hours",  # the trail's files of the operation's time
    "hours_after",  # and of the time after it, until a later write of the store
    "coverage",  # the digests of the day, and what the trail selects
    "selectors",  # what the trail selects
    "originals",  # CloudTrail's own files, in the place of an export
    "candidates",  # each run in the trail that fits, with its window
    "update",  # the object of SST's state with the deploy's times
    "event_log",  # of this deploy: it has keys and times
    "later_logs",  # of the deploys that came after this one
    "other_log",  # of the deploy that may have made the call
]

LANDED: Final = "landed"
"""In the place of a cause: a landing of low confidence."""

_BY_LOG: Final[tuple[Way, ...]] = ("candidates", "listing", "update", "event_log")

WAYS: Final[dict[str, tuple[Way, ...]]] = {
    "no_trail": ("listing", "hours"),
    "wrong_trail": ("listing", "hours"),
    "data_events_off": ("listing", "selectors"),
    "not_covered": ("listing", "hours"),
    "trail_gap": ("keys_at", "listing", "hours", "coverage"),
    "chain_not_closed": ("keys_at", "listing", "hours_after", "coverage"),
    "trail_too_early": ("listing", "hours"),
    "no_window": _BY_LOG,
    "clocks_differ": _BY_LOG,
    "rivals": ("candidates", "listing", "update", "other_log"),
    "other_writer": ("listing", "other_log"),
    "contested": ("listing", "event_log", "other_log"),
    "maybe_nothing": ("listing", "event_log"),
    "form_lost": ("listing", "event_log", "originals"),
    "degraded_form": ("listing", "event_log", "originals"),
    "outcome_unknown": ("listing", "originals"),
    "interrupted": ("listing", "event_log"),
    LANDED: ("keys_at", "listing", "later_logs", "event_log", "hours_after"),
}

OTHERWISE: Final[tuple[Way, ...]] = ("listing",)
"""For a cause of which one of several writes is certain: a listing shows which."""
