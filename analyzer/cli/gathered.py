"""What is said of a bundle when it was gathered: what it holds, what was refused, what is open, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from analyzer.bundle.writer import Writer
    from analyzer.collect.gather import Gathered

_MOST: Final = 8
"""Sentences of one kind."""


def summary(gathered: Gathered, bundle: Writer, place: str) -> Iterator[str]:
    """The lines.

    Args:
        gathered: what came of it.
        bundle: where it is.
        place: what the user calls that.
    """
    deploys = gathered.deploys
    yield f"{place}: {_many(bundle.files, 'file')}, {_size(bundle.bytes)}"
    if deploys.count:
        written = f"{_many(deploys.writes, 'write')} to {_many(len(gathered.stores), 'store')}"
        yield f"  {_many(deploys.count, 'deploy')}: {written}"
    if deploys.writes:
        yield f"  {_many(gathered.trails, 'trail')}: {_many(gathered.trail_files, 'file')}"
    yield from _told("Refused", [f"{one.what}: {one.why}" for one in bundle.refused], place)
    yield from _told(
        "Open",
        [f"{one.what}: {one.why}{_from(one.when)}" for one in bundle.open_ends],
        place,
    )


def _from(when: datetime | None) -> str:
    return f"; to be had from {when:%Y-%m-%d %H:%M}Z on" if when else ""


def _told(title: str, sentences: Sequence[str], place: str) -> Iterator[str]:
    if sentences:
        yield f"{title}:"
        yield from (f"  {sentence}" for sentence in sentences[:_MOST])
    if len(sentences) > _MOST:
        yield f"  and {len(sentences) - _MOST} more, in the manifest of {place}"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _size(size: int) -> str:
    kilo, mega = 1_000, 1_000_000
    if size < kilo:
        return f"{size} bytes"
    return f"{size / kilo:,.0f} KB" if size < mega else f"{size / mega:,.1f} MB"
