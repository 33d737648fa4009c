"""`--wait`: checks again and again while the trail arrives, until nothing can change any more or the time is over.

Another step syncs the trail (`aws s3 sync`) to the paths of `--trail`. A check is made at once, and again whenever a
file there is new or has changed; where the trail is read from its bucket (`s3://`), once a minute. It is the last one

- where no write is left that a longer trail could decide, or
- where the trail reaches 30 minutes beyond the end of the last deploy: what has not come by then is not late
  (docs/facts/cloudtrail.md, `trail/delivery.py`), or
- where the time is over: the report is then of what is there.

With `--live`, the listing is judged first, without the trail while there is none: what it decides needs no trail.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from analyzer.errors import UsageError
from analyzer.sources.s3.address import is_s3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from analyzer.reports.report import Report

POLL: Final = 10.0
"""Seconds between two looks at the folder."""
POLL_BUCKET: Final = 60.0
"""Seconds between two checks of a trail in a bucket."""
_LONGEST: Final = 7 * 24 * 3600
_DURATION: Final = re.compile("(?:([0-9]{1,4})h)?(?:([0-9]{1,5})m)?(?:([0-9]{1,6})s)?")
_HEALABLE: Final = frozenset(
    {
        "no_trail",
        "not_covered",
        "trail_gap",
        "trail_too_early",
        "chain_not_closed",
        "data_events_off",
        "clocks_differ",
        "rivals",
        "other_writer",
        "contested",
        "no_window",
        "wrong_trail",
    }
)
"""Causes of doubt that may pass when more of the trail is there."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Time, so that a test need not wait."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def seconds_of(text: str) -> float:
    """The seconds of `45m`, `90s` or `1h30m`.

    Raises:
        UsageError: it is no such duration, or longer than a week.
    """
    match = _DURATION.fullmatch(text.strip())
    parts = [int(part or 0) for part in match.groups()] if match else []
    seconds = sum(size * part for size, part in zip((3600, 60, 1), parts, strict=False))
    if not 0 < seconds <= _LONGEST:
        raise UsageError(f"--wait: {text!r} is no duration up to 168h; write it as 45m, 90s or 1h30m")
    return seconds


def patient(  # noqa: PLR0913 - the options of the command, and what they need
    check: Callable[..., Report],
    wait: str | None,
    trail: Sequence[str],
    clock: Clock | None = None,
    *,
    quiet: bool = False,
    gathers: bool = False,
) -> Callable[..., Report]:
    """`check` itself without `--wait`; else a function that takes the same, and waits; what it waits for is told.

    Args:
        check: judges what is there.
        wait: the duration.
        trail: words that name the trail.
        clock: tells the time.
        quiet: whether nothing is told.
        gathers: whether `check` gathers the trail itself, so that a look at the folder shows nothing.

    Raises:
        UsageError: the duration cannot be read, or there is no trail to wait for.
    """
    if wait is None:
        return check
    seconds = seconds_of(wait)
    if not trail and not gathers:
        raise UsageError(
            "--wait needs --trail PATH: the trail's bucket, or the folder that another step syncs it to; or --collect"
        )
    waiter = _Wait(trail, seconds, clock or Clock(), quiet=quiet, again=gathers or any(map(is_s3, trail)))

    def waiting(logs: Sequence[str], **options: Any) -> Report:
        options["stdin"] = cache(options["stdin"])  # it can be read but once
        options["progress"] = None  # a bar would stand still
        if options.get("live") is not None and not _state(trail):
            report = check(logs, **options | {"trail": []})
            if _what_is_open(report) is None:
                return report
        return waiter.waited(lambda: check(logs, **options))

    return waiting


@dataclass(frozen=True, slots=True)
class _Wait:
    """How long is waited, and for what.

    Attributes:
        trail: words that name the trail.
        seconds: at most.
        clock: tells the time.
        quiet: whether nothing is told.
        again: whether only another check shows what is new: the trail lies in a bucket.
    """

    trail: Sequence[str]
    seconds: float
    clock: Clock
    quiet: bool
    again: bool

    def waited(self, check: Callable[[], Report]) -> Report:
        """The last report."""
        end = self.clock.now() + self.seconds
        seen = _state(self.trail)
        report = check()
        said = ""
        while (open_still := _what_is_open(report)) is not None:
            left = end - self.clock.now()
            if left <= 0:
                self._tell(f"--wait is over: {open_still}; judged by what is there")
                break
            if open_still != said:
                said = open_still
                self._tell(f"waiting for the trail, at most {_in_words(left)}: {open_still}")
            self.clock.sleep(min(POLL_BUCKET if self.again else POLL, left))
            now = _state(self.trail)
            if now != seen or self.again:
                seen = now
                report = check()
        return report

    def _tell(self, sentence: str) -> None:
        if not self.quiet:
            typer.echo(f"lostwrite: {sentence}", err=True)


def prospect(report: Report) -> str | None:
    """What is open, and when the trail has all that can decide it, in a sentence; None where time changes nothing."""
    all_there = "; all records of the deploys are in it when it reaches {:%Y-%m-%d %H:%M:%S}Z"
    return _what_is_open(report, "the trail", all_there)


def _what_is_open(
    report: Report, it: str = "it", until: str = "; the wait ends when it reaches {:%Y-%m-%d %H:%M:%S}Z"
) -> str | None:
    """What is waited for, in words; None where waiting changes nothing."""
    from analyzer.trail.delivery import DELIVERY_LAG

    count = sum(
        verdict == "unfinished" or (verdict == "unverifiable" and cause in _HEALABLE)
        for verdict, cause in report.writes.select("verdict", "cause").iter_rows()
    )
    if not count:
        return None
    horizon = _end_of_deploys(report)
    if horizon is not None:
        horizon += DELIVERY_LAG
    if horizon is not None and report.reach is not None and report.reach >= horizon:
        return None
    writes = "1 write is" if count == 1 else f"{count} writes are"
    reaches = (
        f"no file of {it} is there yet"
        if report.reach is None
        else f"{it} reaches {report.reach:%Y-%m-%d %H:%M:%S}Z"
    )
    wanted = "" if horizon is None else until.format(horizon)
    return f"{writes} open; {reaches}{wanted}"


def _end_of_deploys(report: Report) -> datetime | None:
    """When the last deploy ended, in the trail's time where it is known; None where nothing says it."""
    by_trail = report.alignments.select("deploy", "until", "offsets")
    ends = report.deploys.select("ended_at", deploy="id").join(by_trail, on="deploy", how="left")
    known = []
    for ended, until, offsets in ends.select("ended_at", "until", "offsets").iter_rows():
        # The log's clock minus CloudTrail's: what is smallest gives the latest time.
        off = min((offset["low"] for offset in offsets or ()), default=0)
        known += [time for time in (ended and ended - timedelta(seconds=off), until) if time]
    return max(known, default=None)


def _state(words: Sequence[str]) -> frozenset[tuple[str, int, int]]:
    """Each file that the words name, with its size and the time of its last change; objects are left out."""
    from analyzer.sources.find import find

    sources, _ = find([word for word in words if word != "-" and not is_s3(word)])
    return frozenset(_stamps(sources))


def _stamps(sources: Any) -> Iterator[tuple[str, int, int]]:
    for source in sources:
        path = source.path or source.within
        if path is None:
            continue
        try:
            status = Path(path).stat()
        except OSError:
            continue
        yield str(path), status.st_size, status.st_mtime_ns


def _in_words(seconds: float) -> str:
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"  # noqa: PLR2004 - a minute
