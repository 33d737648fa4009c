"""Text that stands in the fields of JSON records or of a table: the field that holds it is the one that reads best.

The score of a field is how many different lines of it are unmistakable (`analyzer.prefixes.anchors`) as they stand,
then behind whatever stands before them, then the shorter path. So no producer is known by name.

Source: docs/facts/prefixes.md#6-json-and-csv.
"""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.logs.recovered.damage import mended, repairs_of
from analyzer.logs.recovered.leaves import leaves, named
from analyzer.logs.recovered.logfmt import are_logfmt, pieces_of_logfmt, records_of_logfmt
from analyzer.logs.recovered.records import (
    Piece,
    are_lines,
    is_document,
    pieces_of_document,
    pieces_of_lines,
    value_of,
    values_of,
)
from analyzer.logs.recovered.tables import delimiter_of, pieces_of_table, rows_of
from analyzer.logs.recovered.text import Text
from analyzer.logs.text.clean import plain
from analyzer.prefixes.anchors import anchors, distinct_anywhere, distinct_at_start
from analyzer.prefixes.belief import reads_as_deploy
from analyzer.sources.limits import SEARCHED
from analyzer.tables import TIME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from analyzer.logs.recovered.damage import Step
    from analyzer.logs.recovered.leaves import Path

HEAD: Final = 64 * 1024
_RECORDS: Final = 2_000  # that are weighed at a time
_FIELDS: Final = 400  # different paths that are weighed
_WEIGHED: Final = 1 << 20  # characters of one field
_DAMAGED: Final = 8  # fields that are repaired to see whether one shows a deploy then
_AT_ONCE: Final = 50_000  # texts
_CUT: Final = 0.2  # of the records, at most, where the others all end a line
_ENOUGH: Final = 3  # records of slog, or engine events
_RECORD: Final = r"^time=[0-9-]{10}T[^ ]+ level=[A-Z]+ msg="
_EVENT: Final = r'^\{"sequence":[0-9]+,"timestamp":[0-9]+,'
_HINTS: Final = (
    "pulumi:", "Updating", "Previewing", "Destroying", "Refreshing", "Importing", "ready!", "Created ", "Updated ",
    "Deleted ", "Duration: ", "Complete", "ailed", "level=", "sequence", "creat", "updat", "delet", "replac",
)  # fmt: skip
"""Of the lines by which a field is weighed, each holds one: a search for them costs nothing."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Records that seem to hold a log, too little of it to be believed: `reason` says where."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Form:
    """How a source is wrapped: its name, its values one by one, and the texts at a path of them."""

    name: str
    values: Iterator[object]
    pieces: Callable[[Path], Iterator[Piece]]
    damage: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """The field that reads best, and a sample of its lines."""

    path: Path
    lines: pl.Series


def is_wrapped(head: bytes) -> bool:
    """Whether a source that begins with `head` may be JSON records or a table."""
    return are_lines(head) or is_document(head) or _delimiter(head) is not None or are_logfmt(head)


def unwrapped(data: bytes) -> Text | Refused | None:
    """The text that the fields of `data` hold; None if it holds none, `Refused` if too little to be believed.

    Args:
        data: a source, or as much of it as is held, without a byte order mark.
    """
    form = _form_of(data)
    found = _best(form) if form else None
    if form is None or found is None:
        return None
    steps = repairs_of(found.lines)
    sample = _mended(found.lines, steps)
    believed = _is_believed(sample)
    if not (believed or _is_believed(sample.reverse())):
        return Refused(f"{form.name}: the text seems to be in `{named(found.path)}`, but it shows no deploy")
    text, turned = _text(form.pieces(found.path), turned=not believed)
    text = mended(text, steps)
    read_from = f"{form.name}: read from `{named(found.path)}`"
    order = ["the newest record stands first: read from the last to the first"] if turned else []
    return replace(text, notes=(read_from, *order, *text.notes, *form.damage))


def _form_of(data: bytes) -> _Form | None:
    head = data[:HEAD]
    if are_lines(head):
        records = (value for value in map(value_of, io.BytesIO(data)) if value is not None)
        return _Form("JSON lines", records, lambda path: pieces_of_lines(io.BytesIO(data), path))
    if is_document(head):
        return _Form("JSON", (value for _, _, value in values_of(data)), partial(pieces_of_document, data))
    text = data.decode(errors="replace")
    by = _delimiter(head)
    if by is None:
        if not are_logfmt(head):
            return None
        return _Form("logfmt", iter(records_of_logfmt(text)), partial(pieces_of_logfmt, text))
    damage: list[str] = []
    return _Form("CSV", _rows(text, by), partial(pieces_of_table, text, by, damage), damage)


def _rows(text: str, by: str) -> Iterator[object]:
    with suppress(csv.Error):
        for _, row in rows_of(text, by):
            yield row


def _delimiter(head: bytes) -> str | None:
    return delimiter_of(head.decode(errors="replace"))


def _best(form: _Form) -> _Found | None:
    """The best field of the first records that hold an anchor; None where none of those that are searched does."""
    values, searched = form.values, 0
    first: dict[Path, list[str]] = {}
    while searched < SEARCHED and (some := list(islice(values, _RECORDS))):
        texts = _by_path(some)
        first = first or texts
        searched += sum(len(text) for of_path in texts.values() for text in of_path)
        if best := _best_of(_lines_of(texts)):
            more = list(islice(values, _RECORDS))
            return _best_of(_lines_of(_by_path([*some, *more]))) or best
    damaged = list(_lines_of(first))[:_DAMAGED]
    if best := _best_of((path, _mended(lines, repairs_of(lines))) for path, lines in damaged):
        return _Found(best.path, dict(damaged)[best.path])
    return None


def _by_path(values: Iterable[object]) -> dict[Path, list[str]]:
    """The texts of each path, at most so many characters of each."""
    texts: dict[Path, list[str]] = {}
    sizes: dict[Path, int] = {}
    for value in values:
        for path, text, _ in leaves(value):
            size = sizes.get(path, 0)
            if size < _WEIGHED and (path in texts or len(texts) < _FIELDS):
                texts.setdefault(path, []).append(text[:_WEIGHED])
                sizes[path] = size + len(text)
    return texts


def _lines_of(texts: Mapping[Path, list[str]]) -> Iterator[tuple[Path, pl.Series]]:
    """The lines of the fields that may hold a deploy's log."""
    for path, some in texts.items():
        if any(hint in text for text in some for hint in _HINTS):
            yield path, cleaned([line for text in some for line in lines_in(text)])


def _best_of(fields: Iterable[tuple[Path, pl.Series]]) -> _Found | None:
    best: tuple[tuple[int, int, int], _Found] | None = None
    for path, lines in fields:
        events = _events(lines)
        anywhere = distinct_anywhere(lines) + events
        score = (distinct_at_start(lines) + events, anywhere, -len(path))
        if anywhere and (best is None or score > best[0]):
            best = (score, _Found(path, lines))
    return best[1] if best else None


def cleaned(lines: Sequence[str]) -> pl.Series:
    """`lines` without ANSI sequences and trailing blanks."""
    return plain(pl.Series("text", lines, pl.String), b"\x1b<{%\t")


def lines_in(text: str) -> list[str]:
    """The lines of a field: one line end at its end is the record's, not the text's."""
    return text.removesuffix("\n").removesuffix("\r").split("\n")


def _mended(lines: pl.Series, steps: Sequence[Step]) -> pl.Series:
    numbers = pl.int_range(1, len(lines) + 1, dtype=pl.Int64, eager=True)
    return cleaned(mended(Text(lines, numbers), steps).lines.to_list())


def _is_believed(lines: pl.Series) -> bool:
    """Whether a field is a deploy's log, and not a text that quotes a line of one."""
    if reads_as_deploy(anchors(lines)) or _events(lines) >= _ENOUGH:
        return True
    records = int(lines.str.contains(_RECORD).sum())
    return records >= _ENOUGH and 2 * records > int((lines != "").sum())


def _events(lines: pl.Series) -> int:
    """How many different lines are engine events."""
    return lines.filter(lines.str.contains(_EVENT)).n_unique()


def _text(pieces: Iterator[Piece], *, turned: bool) -> tuple[Text, bool]:
    """The text of the pieces, and whether their order was turned: where `turned` says so, or their times do."""
    parts = [_part([])]
    others = 0
    while some := list(islice(pieces, _AT_ONCE)):
        others += sum(piece.text is None for piece in some)
        parts.append(_part([piece for piece in some if piece.text is not None]))
    table = pl.concat(parts)
    turned = turned or _newest_first(table["at"].drop_nulls())
    if turned:
        table = table.sort(pl.col("first").cum_sum(), descending=True, maintain_order=True)
    table = _continued(table)
    at = table["at"]
    times = at if at.null_count() < len(at) else None
    return Text(table["text"], table["line"], times, others), turned


def _continued(table: pl.DataFrame) -> pl.DataFrame:
    """The lines, those joined that go on in the next record: it had no line end, and others have one.

    Docker's json-file cuts a line so after 16 KiB, and a recording of a terminal anywhere. Where many records end
    without a line end, it is so only if more lines that cannot be mistaken come to light.
    """
    opened = table["open"]
    if not opened.any() or opened.sum() == table["first"].sum() == len(table):
        return table
    goes_on = pl.col("first") & pl.col("open").shift(1, fill_value=False)
    run = table.select(run=(~goes_on).cum_sum())["run"]
    joined = table.with_columns(run=run).group_by("run", maintain_order=True)
    whole = joined.agg(pl.col("text").str.join(""), *(pl.col(name).first() for name in ("line", "at")))
    if int(opened.sum()) <= _CUT * int(table["first"].sum()):
        return whole
    shown = (distinct_at_start(cleaned(some["text"].to_list())) for some in (whole, table))
    return whole if next(shown) > next(shown) else table


def _newest_first(times: pl.Series) -> bool:
    """Whether records stand in the order in which a search shows them: each is no later than the one before it."""
    steps = times.cast(pl.Int64).diff().drop_nulls()
    return bool((steps <= 0).all() and (steps < 0).any())


def _part(pieces: Sequence[Piece]) -> pl.DataFrame:
    """The lines of the pieces; `first` is true on the first line of each, `open` on a last one without an end."""
    lines: list[str] = []
    numbers: list[int] = []
    times: list[int | None] = []
    first: list[bool] = []
    open_: list[bool] = []
    for number, text, at in pieces:
        some = lines_in(text or "")
        lines += some
        numbers += [number] * len(some)
        times += [at] * len(some)
        first += [True] + [False] * (len(some) - 1)
        open_ += [False] * (len(some) - 1) + [not (text or "").endswith("\n")]
    schema = {
        "text": pl.String,
        "line": pl.Int64,
        "at": pl.Int64,
        "first": pl.Boolean,
        "open": pl.Boolean,
    }
    table = pl.DataFrame(
        {"text": lines, "line": numbers, "at": times, "first": first, "open": open_}, schema=schema
    )
    return table.with_columns(pl.col("at").cast(TIME))
