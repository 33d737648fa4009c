"""`sst.log` and its panes (`ui-*.log`, `sst-*.log` of the temporary folder): SST's own log. Satisfies `LogForm`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from analyzer.logs.kinds import terminal
from analyzer.logs.text.clean import BATCH, LARGE_BATCH
from analyzer.logs.text.engine import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from analyzer.logs.text.sieve import Sieve
    from analyzer.sources.account import Account
    from analyzer.sources.source import Source

KIND: Final = "sst-log"
GRAMMARS: tuple[str, ...] = terminal.GRAMMARS
_OURS: Final = r"^(?:time=|level=|\|  [^ ]|SST [^ ]+ .*ready!|➜  |↗  |~  |✕  )"


def sieve() -> Sieve:
    """What may be left out where only key-value writes matter."""
    return replace(terminal.sieve(), ours=_OURS)


# With `--print-logs` lines of SST's terminal may stand among the records, as far down as is not looked at beforehand.
DIALECT: Final = replace(terminal.DIALECT, ours=_OURS, sieve=sieve, wrapped=False)


def read(source: Source, account: Account, *, batch_bytes: int = BATCH) -> Iterator[pl.DataFrame]:
    """EVENTS of SST's own log, in batches, in the order of the log; `deploy` is null.

    Facts of the deploy are `header`, its end is `summary`, every other record a `diagnostic` of its level; `at` is
    the record's time. It has no steps but for lines of SST's terminal: before v3.7 that of a failed run holds what
    Pulumi printed.

    Args:
        source: the log.
        account: filled while the batches are taken; complete after the last one.
        batch_bytes: how much is read at a time; the events do not depend on it.

    Raises:
        InputError: the source cannot be opened.
    """
    account.kind = KIND
    return read_text(source, account, DIALECT, batch_bytes=batch_bytes)


def skim(source: Source, account: Account, *, batch_bytes: int = LARGE_BATCH) -> Iterator[pl.DataFrame]:
    """As `read`, without the records that say nothing of a deploy."""
    account.kind = KIND
    return read_text(source, account, DIALECT, whole=False, batch_bytes=batch_bytes)
