"""Which prefixes a log has: known ones by its first lines that show a deploy, any other inferred from all of its lines.

Known prefixes are the fast path: others are sought only where fewer than half of the anchors begin a line without them.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from analyzer.logs.text.clean import BATCH, batches, parted, plain, split, without_mark
from analyzer.logs.text.frames import last_frames
from analyzer.logs.text.unwrap import Layer, deploy_lines, deploying, is_of_program, layers_of, unwrap
from analyzer.prefixes.anchors import AT_START, has_anchor
from analyzer.prefixes.clocks import clock_at
from analyzer.prefixes.columns import is_level
from analyzer.prefixes.search import search
from analyzer.sources.input_stats import InputStats

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import BinaryIO

    import polars as pl

    from analyzer.prefixes.infer import Finding
    from analyzer.sources.source import Source

_PROBE: Final = 256 << 10  # bytes that are looked at for the prefixes of a log at a time,
_PROBES: Final = 256  # and how often
_PROGRAMS: Final = 5  # that deploy in one log
AT_ONCE: Final = "several deploys print at once"
"""How the problem begins of a log whose deploys are not told apart: what it says of their ends is of any of them."""
_SPECIAL: Final = ("step", "gitlab", "chunk")
"""Known prefixes that say more than a time and a source: they are taken off before others are sought."""


@dataclass(frozen=True, slots=True)
class Layers:
    """The prefixes of a log, outermost first.

    Attributes:
        layers: that are taken off.
        problems: what stands before its lines, but may not be believed to be a prefix; deploys that print at once.
    """

    layers: tuple[Layer, ...] = ()
    problems: tuple[str, ...] = ()


def layers_in(source: Source, *, wrapped: bool) -> Layers:
    """The prefixes of a log.

    Args:
        source: the log.
        wrapped: whether it may have known ones other than that of a paste.

    Raises:
        InputError: the source cannot be opened.
    """
    first = _first_lines(source)
    if first is None:
        return Layers()
    known = layers_of(first, wrapped=wrapped)
    if _suffices(first, known):
        return Layers(_with_all_programs(source, known))
    kept: list[Layer] = []
    for layer in known:
        if layer.form not in _SPECIAL:
            break
        kept.append(layer)
    with source.open() as stream:
        found = search(_lines(stream, kept))
    if found.prefixes:
        return Layers((*kept, Layer("", prefixes=found.prefixes)), _told(found))
    return Layers(known, _told(found))


def _told(found: Finding) -> tuple[str, ...]:
    """What a reader must know of the prefixes of a log."""
    if found.refused is not None:
        return (f"the lines begin with {_shown(found.refused)}: not known as a prefix",)
    if found.at_once:
        programs = " and ".join(map(_shown, found.at_once))
        return (f"{AT_ONCE}, behind {programs}: split the log to have each judged",)
    return ()


def _shown(prefix: str) -> str:
    """`prefix` as a problem quotes it: no character of it moves a cursor or ends the quote."""
    plain = "".join(sign if sign.isprintable() and sign != "`" else "?" for sign in prefix.replace("\t", " "))
    return f"`{plain}`"


def _with_all_programs(source: Source, known: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """`known`, with the prefixes of all programs that deploy, also further down: a failure may have one of its own."""
    places = [place for place, layer in enumerate(known) if is_of_program(layer)]
    if not places:
        return known
    inner = known[places[-1]]
    texts: set[str] = set()
    with source.open() as stream:
        for batch in readable(stream, BATCH, InputStats(source.name)):
            bare = unwrap(plain(split(batch)[0], batch), known)
            if bare.foreign is not None:
                texts |= deploying(bare.text.filter(bare.foreign), inner.form)
    every = sorted({*inner.texts, *sorted(texts)[:_PROGRAMS]})
    return (*known[: places[-1]], replace(inner, texts=tuple(every)), *known[places[-1] + 1 :])


def readable(stream: BinaryIO, size: int, stats: InputStats) -> Iterator[bytes]:
    """The batches up to the first error of the file system, which goes into the stats."""
    try:
        for run in last_frames(without_mark(batches(stream, size))):
            yield from parted(run)
    except OSError as error:
        stats.problems.append(f"could not be read to its end: {(error.strerror or 'unknown').lower()}")


def _first_lines(source: Source) -> pl.Series | None:
    """The first piece of a log that shows a deploy, or else the first that has an anchor, or its first one."""
    first: pl.Series | None = None
    anchored = False
    with source.open() as stream:
        for batch in islice(_undamaged(without_mark(batches(stream, _PROBE))), _PROBES):
            lines = plain(split(batch)[0], batch)
            if not deploy_lines(lines).is_empty():
                return lines
            if first is None or (not anchored and has_anchor(lines).any()):
                anchored = first is not None or has_anchor(lines).any()
                first = lines
    return first


def _undamaged(runs: Iterable[bytes]) -> Iterator[bytes]:
    """`runs` up to the first error, which their reader reports."""
    with suppress(OSError):
        yield from runs


def _suffices(first: pl.Series, known: Sequence[Layer]) -> bool:
    """Whether half of the anchors or more begin a line without the known prefixes."""
    if any(map(_tells_no_program, known)):
        return False
    all_anchors = int(has_anchor(first).sum())
    bare = unwrap(first, known)
    mine = bare.text if bare.foreign is None else bare.text.filter(~bare.foreign)
    return not all_anchors or 2 * int(mine.str.contains(AT_START).sum()) >= all_anchors


def _lines(stream: BinaryIO, kept: Sequence[Layer]) -> Iterator[pl.Series]:
    for batch in readable(stream, BATCH, InputStats("")):
        yield unwrap(plain(split(batch)[0], batch), kept).text


def _tells_no_program(layer: Layer) -> bool:
    """Whether the texts of a layer are grades, times or counters: lines with another one are of the same program."""
    inner = [text.strip("[]:|# ") for text in layer.texts]
    return len(inner) > _PROGRAMS or any(is_level(text) or clock_at(text, 0) for text in inner)
