"""The unrecognised lines of text logs, and for each where Lark stopped and what it expected there."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.grammar.line import load
from analyzer.grammar.oracle import Oracle
from analyzer.logs.registry import form_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.logs.read import LogScan

_MOST_EXPLAINED: Final = 2_000  # distinct lines that Lark explains: it takes milliseconds for each
_MISPLACED: Final = "it is a line of form "


def unrecognised(events: Iterator[pl.DataFrame], scan: LogScan) -> Iterator[pl.DataFrame]:
    """`source, line, message, why` of the unrecognised lines in `events`, batch by batch.

    Args:
        events: EVENTS of `scan`.
        scan: knows what kind each source is.

    Returns:
        `message` is the line, as it is read; for a machine form it says what is wrong with the line, and `why` is
        null.
    """
    why: dict[tuple[str, str], str] = {}
    for batch in events:
        lines = batch.filter(pl.col("kind") == "unrecognised").select("source", "line", "message")
        if lines.is_empty():
            continue
        kinds = dict(scan.inputs.select("source", "kind").rows())
        reasons = []
        for source, _, message in lines.iter_rows():
            question = (kinds.get(source, ""), message or "")
            if question not in why and len(why) < _MOST_EXPLAINED:
                why[question] = _why(*question)
            reasons.append(why.get(question) or None)
        yield lines.with_columns(pl.Series("why", reasons, pl.String))


def _why(kind: str, line: str) -> str:
    """What the grammars of a kind say of a line; nothing where it has none."""
    reasons = [_oracle(name).explain(line) for name in getattr(form_of(kind), "GRAMMARS", ())]
    relevant = [reason for reason in reasons if reason != "no form begins like this"] or reasons[:1]
    sentences = [
        reason.replace(_MISPLACED, "a line of form ") + ", but it is not expected here"
        if reason.startswith(_MISPLACED)
        else reason
        for reason in relevant
    ]
    return "; ".join(sentences)


@cache
def _oracle(name: str) -> Oracle:
    return Oracle(load(name))
