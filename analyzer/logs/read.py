"""Reads deploy logs: sources → EVENTS, DEPLOYS and INPUTS, in one go and in the order of the sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.logs.part import Logs, given, read_part
from analyzer.logs.scan import LogScan, known_kind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analyzer.sources.identity import Identity
    from analyzer.sources.input_stats import InputStats
    from analyzer.sources.source import Source

__all__ = ["LogScan", "Logs", "known_kind", "read_logs"]


def read_logs(
    sources: Collection[Source],
    unusable: Sequence[InputStats] = (),
    kind: str | None = None,
    identities: Sequence[Identity] = (),
    *,
    context: Collection[str] = (),
) -> Logs:
    """Everything that the verdicts need of the deploy logs; the arguments are those of `LogScan`.

    Args:
        sources: see there, as of the three that follow.
        unusable: see there.
        kind: see there.
        identities: see there.
        context: names of sources that are of other deploys than were asked for.
    """
    return given(read_part(sources, unusable, kind, identities), context)
