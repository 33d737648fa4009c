"""What the report says of where a deploy lies: sentences, and only where there is something to say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.verdicts.alignment.decide import Placed
    from analyzer.verdicts.alignment.fit import Fit
    from analyzer.verdicts.alignment.group import Group
    from analyzer.verdicts.alignment.place import Places

QUIET = 2.0
"""Seconds of difference between the clocks of which nothing is said."""

_SHOWN = 3
_MINUTE = 60
_SECONDS_UPTO = 120
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_DOUBTS = {
    "claimed": "Another log matches the same calls, and nothing tells whose they are.",
    "reader": "Another principal read the list within the time of the only operation that matches a call: either may "
    "be the deploy.",
}


def notes(places: Places, callers: Sequence[str | None], names: Mapping[int, str]) -> dict[str, str]:
    """The note of each deploy that has one.

    Args:
        places: where the deploys lie.
        callers: who each writer is.
        names: what each operation is called.
    """
    found = {}
    for deploy, place in places.by_deploy.items():
        said = _said(place, places.shared.get(deploy), callers, names)
        if said:
            found[deploy] = " ".join(said)
    return found


def with_source(found: Mapping[str, str], deploys: pl.DataFrame) -> dict[str, str]:
    """The notes `found`, and before them that the times of DEPLOYS are not those that the log's lines carry."""
    by_dots = deploys.filter(pl.col("times") == "dots").select("id", "duration").rows()
    notes_of = dict(found)
    for deploy, duration in by_dots:
        said = "" if duration is None else f", and `Duration:` says {duration} s"
        source = f"The output was flushed: its lines carry late times{said}. Times come from the dots (one a second)."
        notes_of[deploy] = " ".join([source, *filter(None, [found.get(deploy)])])
    return notes_of


def _said(
    place: Placed, group: Group | None, callers: Sequence[str | None], names: Mapping[int, str]
) -> list[str]:
    if place.best is None or place.state == "unaligned":
        return [_nowhere(place, callers)] if place.expected else []
    if place.state == "ambiguous":
        if place.doubt:
            return [_doubtful(place.doubt, place.best.fit)]
        stepped = (
            [] if place.stepped is None else [_perhaps_stepped(place, place.best.fit, place.stepped, names)]
        )
        # A step that explains all of it comes first, and is enough where no other run is left.
        return [*stepped, *([_undecided(place, callers)] if place.rivals or not stepped else [])]
    said = []
    fit = place.best.fit
    if abs(fit.offset) > QUIET:
        said.append(_offset(place, callers))
        if group is not None and place.best.near:
            of_group = f"the machine's clock was {_difference(group.offset, 'ahead', 'behind')}"
            said.append(f"{group.logs} deploys of these logs share one offset: {of_group}.")
    if place.tied and place.rivals:
        said.append(_tie(place, group, callers))
    elif place.by_window:
        said.append("Taken because it lies in the window that was given.")
    if place.stepped is not None or place.lasting is not None:
        said.append(_step(place, names))
    return said


def _nowhere(place: Placed, callers: Sequence[str | None]) -> str:
    matched = 0 if place.best is None else place.best.fit.matched
    most = f"more than {matched} of {place.expected} operations" if matched else _any_of(place.expected)
    nothing = f"Not aligned: no writer's calls match {most} within an hour"
    if place.refused:
        by = "; ".join(
            f"calls by {_name(callers[fit.writers[0]])} that were refused do, if {_clock(fit)}"
            for fit in place.refused[:_SHOWN]
        )
        more = len(place.refused) - _SHOWN
        others = f"; {more} more" if more > 0 else ""
        return f"{nothing}; {by}{others}, and these may be another run's or anybody's."
    if place.best is not None and matched:
        few = f"{_matches(place.best.fit)} if {_clock(place.best.fit)}"
        nothing = f"{nothing} ({few})"
    return (
        f"{nothing}: the log's clock could not be laid over the trail. Either none of its writes is in this trail, or "
        "the trail is another account's."
    )


def _doubtful(doubt: str, fit: Fit) -> str:
    off = f" These calls are the deploy's if {_clock(fit)}." if abs(fit.offset) > QUIET else ""
    return f"{_DOUBTS[doubt]}{off}"


def _clock(fit: Fit) -> str:
    """What the log's clock is at the offset of `fit`, with the seconds between which it may be."""
    low, high = fit.span
    if low <= 0 <= high:
        return "the log's clock is right"
    least, most = sorted((round(abs(low)), round(abs(high))))
    return f"the log's clock is {_difference(fit.offset, 'ahead of', 'behind')} CloudTrail's ({least} to {most} s)"


def _any_of(expected: int) -> str:
    return "its operation" if expected == 1 else f"any of its {expected} operations"


def _offset(place: Placed, callers: Sequence[str | None]) -> str:
    if place.best is None:
        return ""
    fit = place.best.fit
    low, high = sorted((abs(fit.low), abs(fit.high)))
    ahead = _difference(fit.offset, "ahead of", "behind")
    named = "a request id in the log names a call" if fit.fixed else _matches(fit)
    by = f" by {_name(callers[fit.writers[0]])}" if callers[fit.writers[0]] else ""
    span = f"{low:.0f} to {high:.0f} s"
    return f"The log's clock is {ahead} CloudTrail's ({span}): {named}{by} at that offset{_next(place)}."


def _matches(fit: Fit) -> str:
    operations = "operation matches calls" if fit.of == 1 else "operations match calls"
    return f"{fit.matched} of {fit.of} {operations}"


def _next(place: Placed) -> str:
    if place.best is not None and place.best.fit.fixed:
        return ""
    return f", and no other offset matches {f'more than {place.runner_up}' if place.runner_up else 'any'}"


def _tie(place: Placed, group: Group | None, callers: Sequence[str | None]) -> str:
    if place.by_window:
        return (
            f"{_runs(place, callers)}. Taken: the first, because it alone lies in the window that was given."
        )
    why = "a right clock says so" if group is None else f"the offset of {group.logs} logs says so"
    return (
        f"{_runs(place, callers)}. Taken: the first, because {why}. The other log, or its update object, would settle "
        "it."
    )


def _undecided(place: Placed, callers: Sequence[str | None]) -> str:
    if place.rivals:
        return f"{_runs(place, callers)}. The other log, or its update object, would settle it."
    if place.best is None:
        return ""
    fit = place.best.fit
    return f"Not aligned: {_matches(fit)} if {_clock(fit)}, and that may be another run."


def _runs(place: Placed, callers: Sequence[str | None]) -> str:
    if place.best is None:
        return ""
    fits = [place.best.fit, *(rival.fit for rival in place.rivals)]
    shown = [f"{_begin(fit)} by {_name(callers[fit.writers[0]])} ({_briefly(fit)})" for fit in fits[:_SHOWN]]
    more = [f"{len(fits) - _SHOWN} more"] if len(fits) > _SHOWN else []
    listed = ", ".join([*shown, *more][:-1]) + " and " + [*shown, *more][-1]
    count = _NUMBERS[len(fits)].capitalize() if len(fits) < len(_NUMBERS) else str(len(fits))
    return f"{count} runs match this log about equally well: {listed}"


def _briefly(fit: Fit) -> str:
    """What the log's clock is, if the deploy is the run of `fit`."""
    if abs(fit.offset) <= QUIET:
        return "clocks agree"
    return f"the log's clock {_difference(fit.offset, 'ahead', 'behind')}"


def _step(place: Placed, names: Mapping[int, str]) -> str:
    parts = place.parts()
    if place.stepped is None:
        if place.lasting is None:
            return ""
        return (
            f"The clock may have stepped within the deploy: {names[place.lasting]} ended long after its last call, and "
            "nothing is called dropped."
        )
    if len(parts) == 1:
        operation = names[min(place.stepped.taken)]
        return (
            f"The clock may have stepped within the deploy: {operation} matches a call if "
            f"{_clock(place.stepped)}, and nothing is called dropped."
        )
    first, second = parts
    size = _difference(abs(first.offset - second.offset), "", "").strip()
    return (
        f"The clock stepped by {size} within the deploy (after {names[max(first.taken)]}): operations after it are "
        "judged at the second offset, and none is called dropped."
    )


def _perhaps_stepped(place: Placed, best: Fit, other: Fit, names: Mapping[int, str]) -> str:
    """That two offsets explain a log together, of which none does alone."""
    first, second = sorted((best, other), key=lambda fit: min(fit.taken))
    size = _difference(abs(first.offset - second.offset), "", "").strip()
    return (
        f"Not aligned: the clock may have stepped by {size} within the deploy (after {names[max(first.taken)]}): "
        f"{first.matched} of {place.expected} operations match calls if {_clock(first)}, {second.matched} if "
        f"{_clock(second)}, and none is called dropped."
    )


def _begin(fit: Fit) -> str:
    seconds = min((pair.at for pairs in fit.taken.values() for pair in pairs), default=0.0)
    return f"{datetime.fromtimestamp(seconds, UTC):%H:%M:%S}"


def _name(caller: str | None) -> str:
    """The role and the session, or the user: the end of the ARN."""
    return (
        "a caller that the trail does not name"
        if caller is None
        else caller.rpartition(":")[2].partition("/")[2] or caller
    )


def _difference(seconds: float, ahead: str, behind: str) -> str:
    size = round(abs(seconds))
    said = f"{size} s" if size < _SECONDS_UPTO else f"{size // _MINUTE} min {size % _MINUTE} s"
    return f"{said} {ahead if seconds > 0 else behind}"
