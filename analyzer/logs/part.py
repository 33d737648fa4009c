"""What a batch of deploy logs gives, before the logs of one deploy are joined: it can be stored, and read back.

`read_logs` is made of the one part of all sources. An audit reads many parts in separate processes, and assembles those
of some stacks:

    part = read_part(sources, ids=stable)            # a batch of sources of plain bytes, in any process
    store_part(part, file); load_part(file, deploys) # analyzer.logs.part_file
    sets = stack_sets([part.deploys, ...])           # analyzer.logs.sets: which logs must be assembled together
    logs = assembled([part, ...])                    # of one set or of many: the same for each deploy

All that is said of one log alone is computed in `read_part`. `assembled` only joins logs of one deploy, which are of
one set; it takes them in the order of the names of their sources, so that neither batches nor their order matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.logs.clocks import clocked
from analyzer.logs.deploys import FORMS, LOG_DEPLOYS, deploys_of
from analyzer.logs.ids import SHORTENED, numbered
from analyzer.logs.merge import merged
from analyzer.logs.needed import needed_of
from analyzer.logs.scan import LogScan
from analyzer.logs.text.layers import AT_ONCE
from analyzer.logs.text.planned import with_plans
from analyzer.tables import EVENTS, INPUTS, empty

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analyzer.logs.ids import Ids
    from analyzer.sources.identity import Identity
    from analyzer.sources.input_stats import InputStats
    from analyzer.sources.source import Source

_BEFORE_ALL: Final = "\x00"  # a folder's files come before those of a folder whose name goes on


@dataclass(frozen=True, slots=True)
class LogPart:
    """A batch of logs.

    Attributes:
        events: EVENTS that the analysis needs, in the order of the sources.
        deploys: LOG_DEPLOYS (`analyzer.logs.deploys`): a row per log and run within it; `id` is the `deploy` of its
            events, and its one source is in `sources`.
        inputs: INPUTS, a row per source, readable or not.
    """

    events: pl.DataFrame
    deploys: pl.DataFrame
    inputs: pl.DataFrame


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


def read_part(
    sources: Collection[Source],
    unusable: Sequence[InputStats] = (),
    kind: str | None = None,
    identities: Sequence[Identity] = (),
    *,
    ids: Ids = numbered,
) -> LogPart:
    """What the deploy logs say, each for itself; the arguments are those of `LogScan`.

    Lines that say nothing about writes are counted and dropped, so that memory follows what matters, not the log.

    Args:
        sources: of plain bytes (`analyzer.sources.contain.contents`).
        unusable: stats of what gave no source; they become rows of `inputs`.
        kind: see there.
        identities: see there.
        ids: `stable` (`analyzer.logs.ids`) where the part is stored, or assembled with others.
    """
    scan = LogScan(sources, unusable, kind, prefilter=True, identities=identities, ids=ids)
    events = with_plans(needed_of(scan))  # again: a plan may begin in a batch before
    inputs = scan.inputs
    log_deploys = deploys_of(events, pl.DataFrame(scan.forms, FORMS, orient="row"))
    log_deploys = _without_mixed_results(log_deploys, inputs)
    noted = _with_contradictions(inputs, log_deploys)
    return LogPart(*clocked(events, log_deploys), noted)


def assembled(parts: Sequence[LogPart]) -> Logs:
    """The logs of `stable` parts, those of one deploy joined: for each deploy the same, whatever other sets are there.

    A deploy whose log has an update id in its path is called by that alone; where two deploys have one (their logs
    contradict their paths), the first is. A state of an update of which nothing else is left is a deploy of the form
    `state` without events of steps.

    Args:
        parts: with all rows of each set of `stack_sets` of which they have any; a source is in one part only.
    """
    events = pl.concat([part.events for part in parts]) if parts else empty(EVENTS)
    log_deploys = pl.concat([part.deploys for part in parts]) if parts else empty(LOG_DEPLOYS)
    inputs = pl.concat([part.inputs for part in parts]) if parts else empty(INPUTS)
    log_deploys = log_deploys.sort(_order(pl.col("sources").list.first()), maintain_order=True)
    inputs = inputs.sort(_order(pl.col("source")), maintain_order=True)
    rank = log_deploys.select(deploy="id").with_row_index("rank")
    ordered = events.join(rank, on="deploy", how="left", maintain_order="left")
    events = ordered.sort("rank", maintain_order=True).drop("rank")
    events, deploys, notes = merged(events, log_deploys, states=True)
    return Logs(*_shortened(events, deploys), _with_problems(inputs, notes))


def given(part: LogPart, context: Collection[str] = ()) -> Logs:
    """The logs of the one part that has all, in the order of its sources, as `check` reads them.

    Args:
        part: the part.
        context: sources of other deploys than were asked for.
    """
    events, deploys, notes = merged(part.events, part.deploys, context=context)
    return Logs(events, deploys, _with_problems(part.inputs, notes))


def _order(name: pl.Expr) -> pl.Expr:
    """By the parts of the path, as a folder is walked."""
    return name.str.replace_all("/", _BEFORE_ALL, literal=True)


def _shortened(events: pl.DataFrame, deploys: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both with the update id alone as id, where no deploy before has it."""
    update, run = (pl.col("id").str.extract(SHORTENED, group) for group in (1, 2))
    short = pl.concat_str(update, run.fill_null(""))
    names = deploys.select("id", short=pl.when(short.is_first_distinct()).then(short)).drop_nulls()
    if names.is_empty():
        return events, deploys
    old, new = names["id"], names["short"]
    return events.with_columns(pl.col("deploy").replace(old, new)), deploys.with_columns(
        pl.col("id").replace(old, new)
    )


def _without_mixed_results(log_deploys: pl.DataFrame, inputs: pl.DataFrame) -> pl.DataFrame:
    """`log_deploys` without a result where several print at once and are read as one text: it may be another's."""
    said = pl.col("problems").list.eval(pl.element().str.contains(f"^{AT_ONCE}.*: split the log")).list.any()
    mixed = inputs.filter(said)["source"].implode()
    is_mixed = pl.col("sources").list.first().is_in(mixed)
    return log_deploys.with_columns(pl.when(~is_mixed).then(pl.col("result")).alias("result"))


def _with_contradictions(inputs: pl.DataFrame, log_deploys: pl.DataFrame) -> pl.DataFrame:
    """INPUTS with the problems that only the deploys of a log show."""
    said = log_deploys.drop_nulls("contradicted")
    return _with_problems(inputs, said.select(pl.col("sources").list.first(), "contradicted").rows())


def _with_problems(inputs: pl.DataFrame, problems: Sequence[tuple[str, str]]) -> pl.DataFrame:
    """INPUTS with more problems of their sources."""
    if not problems:
        return inputs
    told = pl.DataFrame(problems, {"source": pl.String(), "said": pl.String()}, orient="row")
    said = told.group_by("source", maintain_order=True).agg("said")
    first = inputs.with_columns(is_first=pl.col("source").is_first_distinct())
    noted = first.join(said, on="source", how="left", maintain_order="left")
    added = pl.when(pl.col("is_first")).then(pl.col("said")).fill_null([])
    return noted.with_columns(pl.col("problems").list.concat(added)).select(INPUTS.names())
