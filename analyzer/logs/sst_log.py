"""`sst.log` and its panes (`ui-*.log`, `sst-*.log` of the temporary folder): SST's own log. Satisfies `LogForm`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.grammar.line import load
from analyzer.logs import text_slog
from analyzer.logs.text_clean import BATCH
from analyzer.logs.text_engine import read_text
from analyzer.logs.text_parse import Dialect
from analyzer.logs.text_sieve import Idle, Sieve

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from analyzer.sources.account import Account
    from analyzer.sources.source import Source

KIND: Final = "sst-log"
GRAMMARS: tuple[str, ...] = (text_slog.GRAMMAR,)
_OURS: Final = r"^(?:time=|level=)"


def sieve() -> Sieve:
    """What may be left out where only key-value writes matter: no record's meaning hangs on another."""
    forms = load(text_slog.GRAMMAR).forms
    return Sieve(
        forms,
        passes=Idle(text_slog.PASSES, text_slog.TELLING, opening=text_slog.OPENING),
        repeating=text_slog.REPEATING,
        stamp=text_slog.STAMP,
        ours=_OURS,
    )


DIALECT: Final = Dialect((text_slog,), ours=_OURS, sieve=sieve)


def read(source: Source, account: Account, *, batch_bytes: int = BATCH) -> Iterator[pl.DataFrame]:
    """EVENTS of SST's own log, in batches, in the order of the log; `deploy` is null.

    Facts of the deploy are `header`, its end is `summary`, every other record a `diagnostic` of its level; `at` is
    the record's time. The log has no steps: before v3.7 that of a failed run holds what Pulumi printed.

    Args:
        source: the log.
        account: filled while the batches are taken; complete after the last one.
        batch_bytes: how much is read at a time; the events do not depend on it.

    Raises:
        InputError: the source cannot be opened.
    """
    account.kind = KIND
    return read_text(source, account, DIALECT, batch_bytes=batch_bytes)


def skim(source: Source, account: Account, *, batch_bytes: int = BATCH) -> Iterator[pl.DataFrame]:
    """As `read`, without the records that say nothing of a deploy."""
    account.kind = KIND
    return read_text(source, account, DIALECT, whole=False, batch_bytes=batch_bytes)
