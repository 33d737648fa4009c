"""Reads deploy logs: sources → EVENTS in batches, FORMS and INPUTS, with every line accounted for.

The kind of each source is detected by its content, and the module of `kinds/` for that kind reads it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.errors import InputError, UsageError
from analyzer.logs.ids import numbered, update_id_in
from analyzer.logs.interface import Prefiltered, Rowwise
from analyzer.logs.pieces import joined, piece_of_rows, piece_of_table
from analyzer.logs.recovered.recover import recovered
from analyzer.logs.recovered.text import Text
from analyzer.logs.recovered.wrapped import Refused
from analyzer.logs.registry import form_of, forms
from analyzer.logs.unlike import UNDERSTOOD, hides_more, how_it_looks
from analyzer.moments import from_seconds
from analyzer.sources.identify import identify
from analyzer.sources.identity import Identity, unknown
from analyzer.sources.input_stats import InputStats
from analyzer.sources.inputs import inputs_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    import polars as pl

    from analyzer.logs.ids import Ids
    from analyzer.logs.interface import LogForm
    from analyzer.logs.pieces import Piece
    from analyzer.sources.source import Source, Stamp

_EXACT = "engine-events"
_STATE = "sst-state"
_ROWS = 20_000


class LogScan:
    """Iterates over the EVENTS of all sources in batches; `inputs` is complete once it is exhausted.

    Args:
        sources: of plain bytes (`analyzer.sources.contain.contents`).
        unusable: stats of what gave no source.
        kind: the kind that all sources get; None: each gets the kind of its content.
        prefilter: leave out what says nothing of a deploy and of its key-value writes, where a form can.
        identities: what the sources are, in their order, where that was detected before; else it is detected here.
        ids: how the deploy of a log is called (`analyzer.logs.ids`).

    Attributes:
        forms: FORMS of each deploy that was found so far.
    """

    def __init__(  # noqa: PLR0913 - what is read, and how
        self,
        sources: Collection[Source],
        unusable: Sequence[InputStats] = (),
        kind: str | None = None,
        *,
        prefilter: bool = False,
        identities: Sequence[Identity] = (),
        ids: Ids = numbered,
    ) -> None:
        self._sources = sources
        self._prefilter = prefilter
        self._identities = identities
        self._stats = list(unusable)
        self._kind = known_kind(kind)
        self.forms: list[tuple[str, str, str, str, str | None, str | None, datetime | None]] = []
        self._taken: set[str] = set()
        self._of_log: set[str] = set()  # ids of the further runs of the log that is read
        self._ids = ids

    def __iter__(self) -> Iterator[pl.DataFrame]:
        waiting: list[Piece] = []
        size = 0
        for number, source in enumerate(self._sources, start=1):
            stats = InputStats(source.name)
            self._stats.append(stats)
            self._of_log = set()
            for piece in self._read(number, source, stats):
                waiting.append(piece)
                size += piece.size
                if not self._prefilter or size >= _ROWS:
                    yield joined(waiting)
                    waiting, size = [], 0
        if waiting:
            yield joined(waiting)

    def _new_id(self, name: str, number: int) -> str:
        """The log's id; of two logs with one update id, which `merged` joins, the second has a number behind it."""
        own_id = self._ids(name, number)
        return f"{own_id}-{number}" if own_id in self._taken else own_id

    @property
    def inputs(self) -> pl.DataFrame:
        """INPUTS of the sources that were read so far."""
        return inputs_table(self._stats)

    def identities(self) -> Iterator[tuple[str, Identity]]:
        """The kind of each source, and why: of what was recovered from it where it was wrapped or damaged."""
        for number, source in enumerate(self._sources, start=1):
            yield source.name, self._identity_as_read(source, self._identity(number, source))

    def _identity_as_read(self, source: Source, identity: Identity) -> Identity:
        try:
            text = recovered(source, identity)
        except InputError as error:
            return unknown(error.reason)
        if not isinstance(text, Text):
            return self._identity_of(text, source, identity)
        read = self._identity_of(text, text.source(source), identity)
        return replace(read, reason="; ".join((read.reason, *text.notes)))

    def _identity(self, number: int, source: Source) -> Identity:
        if self._kind:
            return Identity(self._kind, "the option --as names it")
        return self._identities[number - 1] if self._identities else identify(source)

    def _identity_of(self, text: Text | Refused | None, given: Source, identity: Identity) -> Identity:
        """What a log is once it was taken out of what it was wrapped in, and repaired; `identity` if it was not."""
        if isinstance(text, Refused):
            return unknown(text.reason)
        return identity if text is None or self._kind else identify(given)

    def _read(self, number: int, source: Source, stats: InputStats) -> Iterator[Piece]:
        stamp, deploy = source.stamp(), self._new_id(source.name, number)
        notes: tuple[str, ...] = ()
        try:
            stats.bytes = source.size()
            identity = self._identity(number, source)
            text = recovered(source, identity)
            given = text.source(source) if isinstance(text, Text) else source
            identity = self._identity_of(text, given, identity)
            notes = text.notes if isinstance(text, Text) else ()
            stats.problems += notes
            reader = form_of(identity.kind)
            if reader is None:
                stats.problems.append(f"not a deploy log: {identity.reason}")
                return
            stats.kind = identity.kind
            self._taken.add(deploy)
            self._add_deploy(deploy, source.name, identity, changed=_changed(source, stamp))
            told = False
            for piece in self._pieces(reader, given, text, stats, deploy):
                self._add_runs(piece, identity)
                stats.problems += piece.problems
                told = told or piece.told
                yield piece
            if isinstance(text, Text) and text.others:
                stats.add_lines(0, text.others, 0)
            if stats.recognised and not told and hides_more(given, stats.recognised):
                stats.unrecognised, stats.recognised = (stats.unrecognised or 0) + stats.recognised, 0
        except InputError as error:
            stats.problems.append(error.reason)
        self._settle(stats, source, deploy, notes)
        if stamp and (change := stamp.change(source.stamp())):
            stats.problems.append(change)

    def _pieces(
        self, reader: LogForm, given: Source, text: Text | Refused | None, stats: InputStats, deploy: str
    ) -> Iterator[Piece]:
        """What the reader gives of a log."""
        if isinstance(reader, Rowwise) and not isinstance(text, Text):
            for rows in reader.rows(given, stats):
                yield piece_of_rows(deploy, given.name, rows)
            return
        read = reader.prefiltered if self._prefilter and isinstance(reader, Prefiltered) else reader.read
        batches = read(given, stats)
        for batch in text.placed(batches) if isinstance(text, Text) else batches:
            yield piece_of_table(deploy, given.name, batch)

    def _add_runs(self, piece: Piece, identity: Identity) -> None:
        """A deploy for each further run; the path and the time of the file say nothing of any of them."""
        for run in sorted(piece.runs - {1}):
            own_id = f"{piece.deploy}.{run}"
            if own_id not in self._of_log:
                self._of_log.add(own_id)
                self.forms[-1] = (*self.forms[-1][:-2], None, None)
                self._add_deploy(own_id, piece.source, identity, only=False)

    def _settle(self, stats: InputStats, source: Source, deploy: str, notes: Collection[str]) -> None:
        """What nothing was read of is no log, and what no line was understood of is no deploy.

        Noise of a text is anybody's line; noise of documents is a record of their own form that says nothing of a step.
        """
        by_lines = isinstance(form_of(stats.kind or ""), Prefiltered)
        if stats.lines and not (stats.recognised or (stats.noise and not by_lines)):
            said = [problem for problem in stats.problems if problem not in notes]
            if said:
                stats.problems.remove(said[0])
            why = said[0] if said else how_it_looks(source)
            stats.problems.insert(0, f"{UNDERSTOOD}: {why}")
        elif stats.lines or not stats.problems:
            return
        stats.kind = "unusable"
        self.forms = [form for form in self.forms if form[0] != deploy]

    def _add_deploy(
        self,
        deploy: str,
        source: str,
        identity: Identity,
        *,
        only: bool = True,
        changed: datetime | None = None,
    ) -> None:
        kind = identity.kind
        form = "exact" if kind == _EXACT else "state" if kind == _STATE else "text"
        update = update_id_in(source) if only else None
        self.forms.append((deploy, source, form, kind, identity.tool, update, changed))


def known_kind(kind: str | None) -> str | None:
    """`kind`, if there is a reader of such logs.

    Raises:
        UsageError: there is no such kind; the message lists all.
    """
    if kind is None or form_of(kind):
        return kind
    raise UsageError(f"there is no kind of deploy log {kind!r}; choose one of {', '.join(sorted(forms()))}")


def _changed(source: Source, stamp: Stamp | None) -> datetime | None:
    """When the log's own file was changed: that of an archive says nothing of it."""
    is_own = source.modified is not None or (source.path is not None and source.opener is None)
    own_file = stamp if is_own else None
    return from_seconds(own_file.changed / 1e9) if own_file else None
