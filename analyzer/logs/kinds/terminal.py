"""What a terminal or a CI job shows of a deploy by SST or Pulumi, between lines of others. Satisfies `LogForm`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from analyzer.logs.languages.pulumi import language as pulumi
from analyzer.logs.languages.pulumi import shown
from analyzer.logs.languages.runner import language as runner
from analyzer.logs.languages.slog import language as slog
from analyzer.logs.languages.sst import language as sst
from analyzer.logs.text.clean import BATCH, LARGE_BATCH
from analyzer.logs.text.engine import read_text
from analyzer.logs.text.parse import Dialect
from analyzer.logs.text.sieve import Idle, Sieve

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from analyzer.sources.account import Account
    from analyzer.sources.source import Source

KIND: Final = "terminal"
# A record comes first: the spinner that it may stand behind is a line of SST's.
GRAMMARS: tuple[str, ...] = (slog.GRAMMAR, sst.GRAMMAR, runner.GRAMMAR, shown.GRAMMAR)
_OURS: Final = r"^(?:\|  [^ ]|SST [^ ]+ .*ready!|➜  |↗  |~  |✕  |time=[0-9-]+T[^ ]* level=)"


def sieve() -> Sieve:
    """What may be left out where only key-value writes matter."""
    derived = Sieve.of(
        DIALECT.languages,
        ends=Idle(telling=f"{pulumi.TELLING}|{sst.TELLING}", ending=pulumi.UNSAID),
        passes=Idle(telling=slog.TELLING, opening=slog.OPENING),
    )
    return replace(derived, repeating=slog.REPEATING, stamp=slog.STAMP, ours=_OURS)


DIALECT: Final = Dialect(
    (slog, sst, runner, shown),
    ours=_OURS,
    sieve=sieve,
    wrapped=True,
    printed=Dialect((pulumi,)),
)


def read(source: Source, account: Account, *, batch_bytes: int = BATCH) -> Iterator[pl.DataFrame]:
    """EVENTS of a terminal's or CI job's log, in batches, in the order of the log; `deploy` is null.

    The lines of SST give the events that Pulumi's give in `pulumi_text`, as far as they say them: `name` and `type`
    are the URN's, `Created` is `create`. A failed step prints no operation: `failed` with the error as its message.
    What stands before each line (a CI system's time, a task's name) is taken off; its time is `at`. A new `run`
    begins with each header of SST, each further command of `sst dev`, and each header of Pulumi.

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
    """As `read`, without the steps of other resources than key-value stores' and what others say."""
    account.kind = KIND
    return read_text(source, account, DIALECT, whole=False, batch_bytes=batch_bytes)
