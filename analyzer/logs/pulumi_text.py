"""The text that Pulumi prints, and nothing else: `pulumi.log` (SST keeps it in `.sst/log`), a terminal's tree, a diff.

Satisfies `LogForm`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.grammar.line import load
from analyzer.logs import text_pulumi
from analyzer.logs.text_clean import BATCH, LARGE_BATCH
from analyzer.logs.text_engine import read_text
from analyzer.logs.text_parse import Dialect
from analyzer.logs.text_sieve import Idle, Sieve

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from analyzer.sources.input_stats import InputStats
    from analyzer.sources.source import Source

KIND: Final = "pulumi-text"
GRAMMARS: tuple[str, ...] = (text_pulumi.GRAMMAR,)


def sieve() -> Sieve:
    """What may be left out where only key-value writes matter."""
    return Sieve(
        load(text_pulumi.GRAMMAR).forms,
        ends=Idle(text_pulumi.ENDS, text_pulumi.TELLING_ROWS),
        passes=Idle(text_pulumi.PASSES, text_pulumi.TELLING_SAID, text_pulumi.UNSAID),
        ends_as_noise=Idle(text_pulumi.ENDS_AS_NOISE),
        ends_read=text_pulumi.ENDS_READ,
        noise=text_pulumi.IDLE_NOISE,
        nothing=text_pulumi.NOTHING,
    )


DIALECT: Final = Dialect((text_pulumi,), sieve=sieve)


def read(source: Source, stats: InputStats, *, batch_bytes: int = BATCH) -> Iterator[pl.DataFrame]:
    """EVENTS of a Pulumi text log, in batches, in the order of the log; `deploy` is null.

    Rows give `started`, `done` or `failed` with Pulumi's own word as `op`; what the program printed is `console`;
    `Diagnostics:` and policies give `diagnostic` with the resource's type and name. `request_id` and `error_code` stay
    null (`analyzer.grammar.nested.sdk_errors` reads them out of messages), and so do `new` and `at`. An interrupted row
    is `failed` with outcome `interrupted`. A second header begins a new `run`.

    - A row without a glyph is `same`: done, unless it still says something (`started`) or `**failed**`: that may be a
      resource of which no step began.
    - A refresh is `started` as `refresh` and ends as what it found: `same`, `update`, `delete`.
    - Of a tree that was drawn again and again the last drawing counts; what was drawn over is noise. A tree under
      `Plan` plans. A resource has one row: `replace` stands for the steps of a replacement that ended well.
    - A step of `--diff` and `--urns` is `started`, at the line that says its URN; it is `done` or `failed` on the line
      after the totals, where these prove it (`analyzer.logs.text_diff`). Its properties are noise. What `Changes:`
      repeats is `summary`, with the URN.

    Args:
        source: the log.
        stats: filled while the batches are taken; complete after the last one.
        batch_bytes: how much is read at a time; the events do not depend on it.

    Raises:
        InputError: the source cannot be opened.
    """
    stats.kind = KIND
    return read_text(source, stats, DIALECT, batch_bytes=batch_bytes)


def skim(source: Source, stats: InputStats, *, batch_bytes: int = LARGE_BATCH) -> Iterator[pl.DataFrame]:
    """As `read`, without the rows of other resources than key-value stores' and what the program said of others."""
    stats.kind = KIND
    return read_text(source, stats, DIALECT, whole=False, batch_bytes=batch_bytes)
