"""Reads deploy logs: sources → EVENTS, DEPLOYS and INPUTS, with every line accounted for.

The kind of each source is detected by its content, and the module of `kinds/` for that kind reads it. `merge` then
joins the logs of one deploy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from analyzer.errors import InputError, UsageError
from analyzer.grammar.nested import distinct_sdk_errors
from analyzer.logs.clocks import clocked
from analyzer.logs.deploys import FORMS, deploys_of
from analyzer.logs.documents.told_state import INVALIDATION
from analyzer.logs.interface import Prefiltered
from analyzer.logs.languages.slog.events import KILLED
from analyzer.logs.merge import merged
from analyzer.logs.recovered.recover import recovered
from analyzer.logs.recovered.text import Text
from analyzer.logs.recovered.wrapped import Refused
from analyzer.logs.registry import form_of, forms
from analyzer.logs.results import troubling
from analyzer.logs.text.language import LOST_EVENT
from analyzer.logs.text.layers import AT_ONCE
from analyzer.logs.text.planned import with_plans
from analyzer.logs.unlike import UNDERSTOOD, hides_more, how_it_looks
from analyzer.moments import EARLIEST, LATEST, from_seconds
from analyzer.resources.shown import console_phrases, is_of_any
from analyzer.sources.identify import identify
from analyzer.sources.identity import Identity, unknown
from analyzer.sources.input_stats import InputStats
from analyzer.sources.inputs import inputs_table
from analyzer.tables import EVENTS, conform, empty

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from analyzer.sources.source import Source

# SST's update ids: 24 hex digits, in the folder or the name of an event log
# (docs/facts/sst-output.md#12-update-directory).
_UPDATE_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{24}(?![0-9a-f])")
_EXACT = "engine-events"
_STATE = "sst-state"
_ROWS = 20_000
_LOSSES = {
    LOST_EVENT: "SST lost an event of Pulumi, so steps may be missing from its output; eventlog.json has them all",
    KILLED: "a signal ended Pulumi: steps may have made their writes without a word in the log",
}
_TELLING = ("header", "started", "done", "failed", "diagnostic")
_MOST_LOST = 5  # sentences for each batch
_OF_ERRORS = ("request_id", "error_code", "error_api", "http_status")


@dataclass(frozen=True, slots=True)
class Logs:
    """The events, deploys and inputs of deploy logs.

    Attributes:
        events: EVENTS that the analysis needs, in the order of the sources.
        deploys: DEPLOYS.
        inputs: INPUTS, a row per source, readable or not.
    """

    events: pl.DataFrame
    deploys: pl.DataFrame
    inputs: pl.DataFrame


class LogScan:
    """Iterates over the EVENTS of all sources in batches; `inputs` is complete once it is exhausted.

    Args:
        sources: of plain bytes (`analyzer.sources.contain.contents`).
        unusable: stats of what gave no source.
        kind: the kind that all sources get; None: each gets the kind of its content.
        prefilter: leave out what says nothing of a deploy and of its key-value writes, where a form can.
        identities: what the sources are, in their order, where that was detected before; else it is detected here.

    Attributes:
        forms: FORMS of each deploy that was found so far.
    """

    def __init__(
        self,
        sources: Collection[Source],
        unusable: Sequence[InputStats] = (),
        kind: str | None = None,
        *,
        prefilter: bool = False,
        identities: Sequence[Identity] = (),
    ) -> None:
        self._sources = sources
        self._prefilter = prefilter
        self._identities = identities
        self._stats = list(unusable)
        self._kind = known_kind(kind)
        self.forms: list[tuple[str, str, str, str, str | None, str | None, datetime | None]] = []
        self._taken: set[str] = set()

    def __iter__(self) -> Iterator[pl.DataFrame]:
        for number, source in enumerate(self._sources, start=1):
            stats = InputStats(source.name)
            self._stats.append(stats)
            yield from self._read(number, source, stats)

    def _new_id(self, name: str, number: int) -> str:
        """The deploy's id; two logs with one update id are distinguished here, and joined by `merged`."""
        own_id = deploy_id(name, number)
        return f"{own_id}-{number}" if own_id in self._taken else own_id

    def note(self, source: str, problem: str) -> None:
        """Adds to the problems of a source what only its events show."""
        stats = next((each for each in self._stats if each.source == source), None)
        if stats is not None:
            stats.problems.append(problem)

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

    def _read(self, number: int, source: Source, stats: InputStats) -> Iterator[pl.DataFrame]:
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
            is_own = source.modified is not None or (source.path is not None and source.opener is None)
            own_file = stamp if is_own else None
            changed = from_seconds(own_file.changed / 1e9) if own_file else None
            self._add_deploy(deploy, source.name, identity, changed=changed)
            runs_before = {1}
            told = False
            read = reader.prefiltered if self._prefilter and isinstance(reader, Prefiltered) else reader.read
            for batch in text.placed(read(given, stats)) if isinstance(text, Text) else read(given, stats):
                runs = batch["run"].fill_null(1)
                for run in sorted(set(runs.unique()) - runs_before):
                    runs_before.add(run)
                    self.forms[-1] = (
                        *self.forms[-1][:-2],
                        None,
                        None,
                    )  # the path and the file's time are of one deploy
                    self._add_deploy(f"{deploy}.{run}", source.name, identity, only=False)
                stats.problems += _lost(batch)
                told = told or bool(batch["kind"].is_in(_TELLING).any())
                enriched = _enriched(batch).replace_column(
                    batch.get_column_index("deploy"), _ids(deploy, runs)
                )
                yield with_plans(enriched)
            if isinstance(text, Text) and text.others:
                stats.add_lines(0, text.others, 0)
            if stats.recognised and not told and hides_more(given, stats.recognised):
                stats.unrecognised, stats.recognised = (stats.unrecognised or 0) + stats.recognised, 0
        except InputError as error:
            stats.problems.append(error.reason)
        self._settle(stats, source, deploy, notes)
        if stamp and (change := stamp.change(source.stamp())):
            stats.problems.append(change)

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
        ids = _UPDATE_ID.findall(source) if only else []
        kind = identity.kind
        form = "exact" if kind == _EXACT else "state" if kind == _STATE else "text"
        self.forms.append((deploy, source, form, kind, identity.tool, ids[-1] if ids else None, changed))


def _lost(batch: pl.DataFrame) -> list[str]:
    """A sentence for each record of SST that says why steps may be missing from what it showed."""
    records = batch.filter(
        pl.col("message").str.contains(f"^(?:{'|'.join(_LOSSES)})") & (pl.col("kind") == "diagnostic")
    )
    return [
        f"line {line}: {said}"
        for line, message in records.select("line", "message").head(_MOST_LOST).iter_rows()
        for begin, said in _LOSSES.items()
        if message.startswith(begin)
    ]


def known_kind(kind: str | None) -> str | None:
    """`kind`, if there is a reader of such logs.

    Raises:
        UsageError: there is no such kind; the message lists all.
    """
    if kind is None or form_of(kind):
        return kind
    raise UsageError(f"there is no kind of deploy log {kind!r}; choose one of {', '.join(sorted(forms()))}")


def deploy_id(name: str, number: int) -> str:
    """The update id that the path holds, else `deploy-N` for the N-th log."""
    ids = _UPDATE_ID.findall(name)
    return ids[-1] if ids else f"deploy-{number}"


def _ids(deploy: str, runs: pl.Series) -> pl.Series:
    """The deploy of each event: the first run has the log's id, the others a number behind it."""
    if runs.max() == 1:
        return pl.Series("deploy", [deploy], EVENTS["deploy"]).new_from_index(0, len(runs))
    names = pl.format("{}.{}", pl.lit(deploy), "run")
    first = pl.when(pl.col("run") == 1).then(pl.lit(deploy))
    return runs.to_frame("run").select(first.otherwise(names).alias("deploy")).to_series()


def read_logs(
    sources: Collection[Source],
    unusable: Sequence[InputStats] = (),
    kind: str | None = None,
    identities: Sequence[Identity] = (),
) -> Logs:
    """Everything that the verdicts need of the deploy logs; the arguments are those of `LogScan`.

    Lines that say nothing about writes are counted and dropped, so that memory follows what matters, not the log.
    """
    scan = LogScan(sources, unusable, kind, prefilter=True, identities=identities)
    events = with_plans(_needed_of(scan))  # again: a plan may begin in a batch before
    log_deploys = deploys_of(events, pl.DataFrame(scan.forms, FORMS, orient="row"))
    log_deploys = _without_mixed_results(log_deploys, scan.inputs)
    for named, problem in log_deploys.drop_nulls("contradicted").select("sources", "contradicted").rows():
        scan.note(named[0], problem)
    events, deploys = merged(*clocked(events, log_deploys))
    return Logs(events, deploys, scan.inputs)


def _without_mixed_results(deploys: pl.DataFrame, inputs: pl.DataFrame) -> pl.DataFrame:
    """`deploys` without a result where several print at once and are read as one text: it may be another's."""
    said = pl.col("problems").list.eval(pl.element().str.contains(f"^{AT_ONCE}.*: split the log")).list.any()
    mixed = inputs.filter(said)["source"].implode()
    is_mixed = pl.col("sources").list.first().is_in(mixed)
    return deploys.with_columns(pl.when(~is_mixed).then(pl.col("result")).alias("result"))


def _needed_of(scan: LogScan) -> pl.DataFrame:
    batches = [batch.filter(needed()) for batch in _together(scan)]
    return conform(pl.concat(batches), EVENTS) if batches else empty(EVENTS)


def _together(batches: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The same rows in fewer tables: polars costs by the call, and a thousand short logs are a thousand batches."""
    waiting: list[pl.DataFrame] = []
    for batch in batches:
        waiting.append(batch)
        if sum(map(len, waiting)) >= _ROWS:
            yield pl.concat(waiting)
            waiting = []
    if waiting:
        yield pl.concat(waiting)


def needed() -> pl.Expr:
    """Which events the analysis needs: those about deploys and key-value resources.

    The first and the last of a deploy keep its times. What a verbose log says in passing is not needed, but for
    errors of calls.
    """
    edge = pl.col("deploy").is_first_distinct() | pl.col("deploy").is_last_distinct()
    passing = pl.col("severity").is_in(["info", "debug"]).fill_null(False) & pl.col("request_id").is_null()
    about = pl.col("kind").is_in(["header", "summary", "failed"]) | pl.col("fact").is_not_null()
    diagnostic = (pl.col("kind") == "diagnostic") & ~passing
    stack = (pl.col("type") == "pulumi:pulumi:Stack").fill_null(False)
    console = pl.col("kind") == "console"
    telling = console & pl.col("message").str.contains("|".join(console_phrases())).fill_null(False)
    trouble = troubling()
    first = trouble & (trouble.cast(pl.UInt32).cum_sum().over("deploy") == 1)
    return edge | first | about | diagnostic | is_of_any() | (stack & ~console) | telling | _told_of_itself()


def _told_of_itself() -> pl.Expr:
    """Which events the rules need that judge a log without a trail."""
    told = pl.any_horizontal(pl.col("identity", "unwritten", "changed").is_not_null())
    return told | pl.col("name").str.ends_with(INVALIDATION).fill_null(value=False)


def _enriched(batch: pl.DataFrame) -> pl.DataFrame:
    """`batch` with the first AWS error in a message: request id, code, operation, status.

    A time that does not count (`analyzer.moments`) is null.
    """
    if not batch["at"].is_between(EARLIEST, LATEST).all():
        batch = batch.with_columns(pl.when(pl.col("at").is_between(EARLIEST, LATEST)).then(pl.col("at")))
    errors = distinct_sdk_errors(batch["message"]).select(
        "message",
        said_request_id="request_id",
        said_error_code="error_code",
        said_error_api="api",
        said_http_status="status",
    )
    if errors.is_empty():
        return batch
    joined = batch.join(errors, on="message", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce(name, f"said_{name}").alias(name) for name in _OF_ERRORS).select(
        EVENTS.names()
    )
