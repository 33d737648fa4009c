"""Whether two logs with times are of one deploy by these: both are of the machine that deployed.

A CI system stamps a line when it is shown: never before its event, and at most some seconds later, but for output that
was held back, which comes at once when the deploy ends, or a buffer is full (docs/facts/alignment.md#2-ci-stamps). So
the text of the next deploy, or of the one before, is told from this one's by its stamps, however alike they are.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from analyzer.logs.clusters import Log

EARLY: Final = timedelta(seconds=2)
"""Event logs have whole seconds, and so do some stamps."""

LATE: Final = timedelta(seconds=5)
"""How long after its event a line is stamped at most, where nothing is held back."""

_ENDED: Final = timedelta(seconds=15)  # SST writes its state between the last event and its last line
_SHOWN: Final = timedelta(seconds=60)  # a job that failed shows `pulumi.log` behind SST's output
_BUILT: Final = timedelta(minutes=15)  # from SST's update id to the first event: the app is built in between
ZONES: Final = timedelta(hours=14)
"""No zone is farther from UTC."""

_QUARTER: Final = timedelta(minutes=15)
_DRIFT: Final = 0.03  # a slow machine prints fewer dots: 7 of 406 were missing in a real log
_HELD: Final = ("dots", "flushed")


def is_near(text: Log, exacter: Log) -> bool:
    """Whether a text's times are those of an exacter log of the same operations.

    Args:
        text: with times.
        exacter: with times.
    """
    gaps = _gaps(text, exacter)
    if exacter.form != "exact":  # it may be shown after the other, and either may be held back
        return all(-_slack(text, exacter) <= gap for gap in _gaps(exacter, text)) and _behind(
            exacter, text, _SHOWN
        )
    if not all(-_slack(text, exacter) <= gap <= _span(exacter) + _ENDED for gap in gaps):
        return False
    if text.times in _HELD:
        return _behind(text, exacter, timedelta())
    ends = [text.end - exacter.end] if text.end and exacter.end else []
    return any(-EARLY <= gap <= LATE for gap in [*gaps, *ends])


def reach(log: Log) -> timedelta:
    """How far from a log's times those of another may be so that a person would ask whether both are of one deploy."""
    return _span(log) + _SHOWN


def is_shifted(log: Log, other: Log) -> bool:
    """Whether all is later or earlier by a time zone: a stamp that has none is read as UTC."""
    gaps = _gaps(log, other)
    zones = {round(gap / _QUARTER) for gap in gaps}
    return len(zones) == 1 and all(abs(gap - round(gap / _QUARTER) * _QUARTER) <= EARLY for gap in gaps)


def may_follow(log: Log, other: Log) -> bool:
    """Whether two logs, one of them without times, are of one deploy by the moment that an update id holds."""
    if log.times and other.times:
        return True
    known, timed = (other, log) if log.times else (log, other)
    if not (known.start and timed.start):
        return True
    return -EARLY <= timed.start - known.start <= _BUILT


def _gaps(log: Log, other: Log) -> list[timedelta]:
    """By how much each operation ended later in `log`."""
    theirs = _moments(other)
    return [at - theirs[doing] for doing, at in _moments(log).items() if doing in theirs]


def _moments(log: Log) -> dict[str, datetime]:
    return {doing: at for doing, at in log.rows("moments") if isinstance(at, datetime)}


def _behind(late: Log, log: Log, more: timedelta) -> bool:
    """Whether output that was held back ends when another log ends, and not long after."""
    if not (late.end and log.end):
        return False
    return -_slack(late, log) <= late.end - log.end <= _ENDED + more


def _slack(log: Log, other: Log) -> timedelta:
    if "dots" in (log.times, other.times):
        return EARLY + _DRIFT * max(_span(log), _span(other))
    return EARLY


def _span(log: Log) -> timedelta:
    ran = log.end - log.start if log.start and log.end else timedelta()
    return max(ran, timedelta(seconds=log.duration or 0))
