"""What a batch of deploy logs gives, before the logs of one deploy are joined: it can be stored, and read back.

`read_logs` is `assembled` of the one part of all sources; an audit reads many parts, and assembles those of a stack.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True)
class LogPart:
    """A batch of logs.

    Attributes:
        events: EVENTS that the analysis needs, in the order of the sources.
        forms: FORMS (`analyzer.logs.deploys`): a row per log and run within it, with the deploy's id.
        inputs: INPUTS, a row per source, readable or not.
    """

    events: pl.DataFrame
    forms: pl.DataFrame
    inputs: pl.DataFrame
