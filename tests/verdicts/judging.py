"""What the tests of verdicts share: tapes, and what is judged of writes by them."""

from __future__ import annotations

import polars as pl

from analyzer.tables import CALLS, CHAIN, empty
from analyzer.trail.calls.chain import chain
from analyzer.verdicts.judge import Judgement, judge
from tests.build import Tape, at, deploys, write, writes

HOUR = 3600.0
OTHER = "arn:aws:sts::111122223333:assumed-role/admin/somebody"
ROUTES = "ns:routes"


def judged(tape: Tape | None, table: pl.DataFrame, *, reach: float | None = HOUR) -> Judgement:
    if tape is not None:
        return judged_calls(tape.calls(), table, reach=reach)
    known = _deploys_of(table)
    moment = None if reach is None else at(reach)
    return judge(table, known, empty(CALLS), empty(CHAIN), reach=moment, has_trail=False)


def judged_calls(
    calls: pl.DataFrame,
    table: pl.DataFrame,
    *,
    reach: float | None = HOUR,
    stacks: pl.DataFrame | None = None,
) -> Judgement:
    known = _deploys_of(table) if stacks is None else stacks
    moment = None if reach is None else at(reach)
    return judge(table, known, calls, chain(calls), reach=moment, has_trail=True)


def _deploys_of(table: pl.DataFrame) -> pl.DataFrame:
    """The deploys of the writes `table`: those with patterns have text logs."""
    of_text = table.filter("pattern")["deploy"].unique().implode()
    form = pl.when(pl.col("id").is_in(of_text)).then(pl.lit("text")).otherwise("form")
    return deploys(*table["deploy"].unique(maintain_order=True)).with_columns(form=form)


def verdict(
    tape: Tape | None, *rows: dict[str, object], reach: float | None = HOUR
) -> tuple[str, str | None, str]:
    """(verdict, cause, confidence) of the first row."""
    table = judged(tape, writes(*rows), reach=reach).verdicts
    return table["verdict"][0], table["cause"][0], table["confidence"][0]


def found(tape: Tape, *rows: dict[str, object], reach: float = HOUR) -> list[tuple[str, str | None, str]]:
    """(verdict, cause, confidence) of each row."""
    table = judged(tape, writes(*rows), reach=reach).verdicts
    return list(zip(table["verdict"], table["cause"], table["confidence"], strict=True))


def bracketed() -> Tape:
    """A tape that begins with a write of another key, more than an hour before: a wrong clock hides nothing."""
    tape = Tape()
    tape.write(-4000, puts=["other"])
    return tape


def closed(tape: Tape) -> Tape:
    """`tape` with a write of another key, long after the window: more than an hour."""
    tape.write(4000, puts=["other"])
    return tape


def text(key: str, **other: object) -> dict[str, object]:
    """A write of a text log, whose window is the user's: the two minutes from noon."""
    return write(key, 0, 120, pattern=True, store=None, exact=False, source="pulumi.log") | other
