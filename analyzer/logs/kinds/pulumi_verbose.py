"""Pulumi's verbose log (`-v=9 --logtostderr`, or its file), perhaps with Pulumi's text between. Satisfies `LogForm`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.logs.languages.glog import language as glog
from analyzer.logs.languages.pulumi import language as pulumi
from analyzer.logs.text.clean import BATCH
from analyzer.logs.text.engine import read_text
from analyzer.logs.text.parse import Dialect

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from analyzer.sources.account import Account
    from analyzer.sources.source import Source

KIND: Final = "pulumi-verbose"
GRAMMARS: Final = (glog.GRAMMAR, pulumi.GRAMMAR)
_OURS: Final = r'^(?:[IWEF][0-9]{4} [0-9]{2}:|\{"time":"[0-9]{4}-)'
DIALECT: Final = Dialect((glog, pulumi), _OURS)


def read(source: Source, account: Account, *, batch_bytes: int = BATCH) -> Iterator[pl.DataFrame]:
    """EVENTS of a verbose log, in batches: each record is a diagnostic; slog's have times, glog's lack year and zone.

    Args:
        source: the log.
        account: filled while the batches are taken; complete after the last one.
        batch_bytes: how much is read at a time; the events do not depend on it.

    Raises:
        InputError: the source cannot be opened.
    """
    account.kind = KIND
    return read_text(source, account, DIALECT, batch_bytes=batch_bytes)
