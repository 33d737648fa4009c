"""What a log is before it is read: taken out of the records that wrap it, and repaired where it is damaged.

Both are tried only for texts and JSON that are no form of their own. Nothing else is touched, and nothing is done to
a log that is whole: it is read as before.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.logs.recovered.damage import is_whole, mended, repairs_of
from analyzer.logs.recovered.streams import apart, print_at_once
from analyzer.logs.recovered.text import Text
from analyzer.logs.recovered.wrapped import HEAD, Refused, is_wrapped, unwrapped
from analyzer.logs.text.clean import batches, split, without_mark
from analyzer.sources.limits import IN_MEMORY, MIB, SEARCHED

if TYPE_CHECKING:
    from analyzer.sources.identity import Identity
    from analyzer.sources.source import Source

_KINDS: Final = frozenset({"unknown", "terminal", "pulumi-text", "pulumi-verbose", "sst-log"})
_OWN_FORMS: Final = frozenset({"pulumi-verbose", "sst-log"})
_READ: Final = 4 << 20
_WINDOW: Final = 256 << 10
_WINDOWS: Final = SEARCHED // _WINDOW
_SAMPLE: Final = 4  # windows by which is decided
_WORDS: Final = (
    b"pulumi:", b"Updating", b"Previewing", b"Destroying", b"Refreshing", b"ready!", b"Created", b"Updated",
    b"Deleted", b"Duration:", b"level=", b"sequence", b"creat", b"updat", b"delet",
)  # fmt: skip
"""One of them is in every deploy's log, whatever was done to it."""


def recovered(source: Source, identity: Identity) -> Text | Refused | None:
    """The text of a log that was wrapped or damaged; `Refused` says why there is none; None: it is read as it is.

    Args:
        source: of plain bytes.
        identity: what it was taken for as it is.

    Raises:
        InputError: the source cannot be opened.
    """
    if identity.kind not in _KINDS:
        return None
    head, sample = _sample(source)
    if is_wrapped(head):
        found = _out_of(source, identity)
        if found is not None:
            return found
    if not sample:
        return None
    together = split(b"".join(sample))[0]
    at_once = print_at_once(together)
    steps = [] if is_whole(split(sample[0])[0]) else repairs_of(together)
    if not (steps or at_once):
        return None
    data, notes = _held(source)
    lines = split(data)[0]
    numbers = pl.int_range(1, len(lines) + 1, dtype=pl.Int64, eager=True)
    text = mended(Text(lines, numbers, notes=notes), steps)
    return apart(text) if at_once else text


def _out_of(source: Source, identity: Identity) -> Text | Refused | None:
    """The text of records or of a table, repaired where it is damaged too."""
    data, notes = _held(source)
    found = unwrapped(data)
    if isinstance(found, Text):
        return replace(found, notes=(*found.notes, *notes))
    return None if identity.kind in _OWN_FORMS else found


def _sample(source: Source) -> tuple[bytes, list[bytes]]:
    """The first bytes of a log, and the first windows of it that may show a deploy."""
    head = b""
    windows: list[bytes] = []
    with source.open() as stream, suppress(OSError):
        for window in islice(without_mark(batches(stream, _WINDOW)), _WINDOWS):
            head = head or window[:HEAD]
            if windows or any(word in window for word in _WORDS):
                windows.append(window)
            if len(windows) == _SAMPLE:
                break
    return head, windows


def _held(source: Source) -> tuple[bytes, tuple[str, ...]]:
    """The bytes of a log as far as they are held, and what was left out, in words."""
    parts: list[bytes] = []
    size = 0
    with source.open() as stream:
        try:
            for run in without_mark(batches(stream, _READ)):
                size += len(run)
                if size > IN_MEMORY:
                    return b"".join(parts), (f"only its first {IN_MEMORY // MIB} MiB were read",)
                parts.append(run)
        except OSError as error:
            reason = (error.strerror or "unknown").lower()
            return b"".join(parts), (f"could not be read to its end: {reason}",)
    return b"".join(parts), ()
