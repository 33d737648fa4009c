"""Deploy logs → events: each source by the reader of its form, with every line accounted for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from analyzer.errors import InputError
from analyzer.grammar.nested import sdk_errors
from analyzer.logs.deploys import deploys_of, merged
from analyzer.logs.interface import Skimmed
from analyzer.logs.registry import forms
from analyzer.sources.account import Account, accounts_table
from analyzer.sources.identify import identify
from analyzer.tables import EVENTS, conform, empty

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from analyzer.sources.source import Source

# SST's update ids: 24 hex digits, in the folder or the name of an event log (facts: sst-output 1.2 to 1.4).
_UPDATE_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{24}(?![0-9a-f])")
_EXACT = "engine-events"
_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Logs:
    """What the deploy logs say.

    Attributes:
        events: EVENTS that the analysis needs, in the order of the sources.
        deploys: DEPLOYS.
        inputs: INPUTS, a row per source, readable or not.
    """

    events: pl.DataFrame
    deploys: pl.DataFrame
    inputs: pl.DataFrame


class LogScan:
    """Iterates over the EVENTS of all sources in batches; `inputs` is complete once it is exhausted."""

    def __init__(
        self, sources: Sequence[Source], unusable: Sequence[Account] = (), *, skim: bool = False
    ) -> None:
        """What is to be read.

        Args:
            sources: the logs.
            unusable: accounts of what could not be found.
            skim: leave out what says nothing of a deploy and of its key-value writes, where a form can.
        """
        self._sources = sources
        self._skim = skim
        self._accounts = list(unusable)
        self.forms: list[tuple[str, str, str]] = []
        self._taken: set[str] = set()
        self._readers = forms()

    def __iter__(self) -> Iterator[pl.DataFrame]:
        for number, source in enumerate(self._sources, start=1):
            account = Account(source.name)
            self._accounts.append(account)
            yield from self._read(source, account, self._new_id(source.name, number))

    def _new_id(self, name: str, number: int) -> str:
        """The deploy's id; two logs with one update id are told apart here, and joined by `merged`."""
        given = deploy_id(name, number)
        return f"{given}-{number}" if given in self._taken else given

    @property
    def inputs(self) -> pl.DataFrame:
        """INPUTS of the sources that were read so far."""
        return accounts_table(self._accounts)

    def _read(self, source: Source, account: Account, deploy: str) -> Iterator[pl.DataFrame]:
        try:
            account.bytes = source.size()
            identity = identify(source)
            reader = self._readers.get(identity.kind)
            if reader is None:
                account.problems.append(f"not a deploy log: {identity.reason}")
                return
            account.kind = identity.kind
            self._taken.add(deploy)
            self.forms.append((deploy, source.name, "exact" if identity.kind == _EXACT else "text"))
            read = reader.skim if self._skim and isinstance(reader, Skimmed) else reader.read
            for batch in read(source, account):
                ids = pl.Series("deploy", [deploy] * batch.height, EVENTS["deploy"])
                yield _enriched(batch).replace_column(batch.get_column_index("deploy"), ids)
        except InputError as error:
            account.problems.append(error.reason)


def deploy_id(name: str, number: int) -> str:
    """The update id that the path holds, else `deploy-N` for the N-th log."""
    found = _UPDATE_ID.findall(name)
    return found[-1] if found else f"deploy-{number}"


def read_logs(sources: Sequence[Source], unusable: Sequence[Account] = ()) -> Logs:
    """Everything that the verdicts need of the deploy logs.

    Lines that say nothing about writes are counted and let go, so that memory follows what matters, not the log.
    """
    scan = LogScan(sources, unusable, skim=True)
    batches = [batch.filter(needed()) for batch in _together(scan)]
    events = conform(pl.concat(batches), EVENTS) if batches else empty(EVENTS)
    listed = pl.DataFrame(scan.forms, schema={"id": str, "source": str, "form": str}, orient="row")
    events, deploys = merged(events, deploys_of(events, listed))
    return Logs(events, deploys, scan.inputs)


def _together(batches: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The same rows in fewer tables: polars costs by the call, and a thousand short logs are a thousand batches."""
    held: list[pl.DataFrame] = []
    for batch in batches:
        held.append(batch)
        if sum(map(len, held)) >= _ROWS:
            yield pl.concat(held)
            held = []
    if held:
        yield pl.concat(held)


def needed() -> pl.Expr:
    """Which events the analysis needs: those about deploys and key-value resources.

    The first and the last of a deploy keep its times.
    """
    edge = pl.col("deploy").is_first_distinct() | pl.col("deploy").is_last_distinct()
    about = pl.col("kind").is_in(["header", "summary", "failed", "diagnostic"])
    resource = pl.col("name").str.contains(r"\.sst\.aws\.Kv(?:Keys|RoutesUpdate)$").fill_null(False)
    stack = (pl.col("type") == "pulumi:pulumi:Stack").fill_null(False)
    said = (pl.col("kind") == "console") & pl.col("message").str.contains(r"kv namespace|entry: ").fill_null(
        False
    )
    console = pl.col("kind") == "console"
    return edge | about | resource | (stack & ~console) | said


def _enriched(batch: pl.DataFrame) -> pl.DataFrame:
    """`batch` with the request id and the code of an AWS error that a message holds."""
    if batch["message"].null_count() == batch.height:
        return batch
    suspects = batch["message"].filter(batch["message"].str.contains("equest", literal=True).fill_null(False))
    if suspects.is_empty():
        return batch
    errors = sdk_errors(suspects.unique()).select("message", said_id="request_id", said_code="error_code")
    joined = batch.join(errors, on="message", how="left", maintain_order="left")
    return joined.with_columns(
        request_id=pl.coalesce("request_id", "said_id"), error_code=pl.coalesce("error_code", "said_code")
    ).drop("said_id", "said_code")
