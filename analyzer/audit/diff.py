"""How an audit differs from an earlier one: what was lost since, what was put right, what still is not.

In come AuditReport and the earlier audit, as its JSON report or as its tables. Out goes `Changes`, by the ids of
writes, which are the same in each audit of the same deploys.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
import polars as pl

from analyzer.audit.report import Changes
from analyzer.audit.schema import SCHEMA
from analyzer.errors import InputError
from analyzer.read_back import Form
from analyzer.sources.limits import IN_MEMORY
from analyzer.sources.paths import is_file
from analyzer.sources.source import Source
from analyzer.sources.unpack import read_whole
from analyzer.trail.times import parse_time

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from analyzer.audit.report import AuditReport

_MISSING: Final = ("open", "maybe_repaired")
"""The states of FOLLOWED of a write that nothing is known to have put right."""


class _Write(msgspec.Struct):
    id: str
    state: str


class _Trail(msgspec.Struct):
    reach: str | None = None


class _File(msgspec.Struct):
    schema: str
    trail: _Trail
    writes: list[_Write]


_FORM: Final = Form(SCHEMA, "report of an audit", _File)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an earlier audit knew.

    Attributes:
        since: until when it knew the trail.
        missing: ids of writes that were not in place then, by their verdict.
    """

    since: datetime | None
    missing: tuple[str, ...]


def earlier_of(report: AuditReport) -> Earlier:
    """The same of the tables of an audit."""
    found = report.followed.filter(pl.col("state").is_in(_MISSING))
    return Earlier(report.reach, tuple(found["write"]))


def read_earlier(file: str | Path) -> Earlier:
    """The same of the JSON report of an audit.

    Raises:
        InputError: it cannot be read, is none, or is of a version that this program does not know.
    """
    try:
        if not is_file(file) and os.path.lexists(file):  # a pipe would be waited for
            raise InputError(str(file), "is no file")
        data, problems = read_whole(Source(str(file), file), IN_MEMORY)
    except ValueError as error:  # a NUL, or half a character
        raise InputError(str(file), "not a path that can be read") from error
    if problems:
        raise InputError(str(file), problems[0])
    found = _FORM.read(data, str(file))
    since = None if found.trail.reach is None else parse_time(found.trail.reach)
    return Earlier(since, tuple(write.id for write in found.writes if write.state in _MISSING))


def changes(now: AuditReport, earlier: Earlier) -> Changes:
    """How the audit differs from the earlier one; each list in the order of that audit in which the writes are.

    A write that was not in place then and is in doubt now is unchanged: nothing shows that somebody put it right.

    Args:
        now: this audit.
        earlier: the other one.
    """
    then = pl.Series("id", earlier.missing, dtype=pl.String).unique(maintain_order=True).to_frame()
    missing = now.followed.filter(pl.col("state").is_in(_MISSING)).select(id="write")
    unsettled = now.writes.filter(pl.col("verdict") == "unverifiable").select("id")
    healed = now.followed.filter(pl.col("state") == "healed").select(id="write")
    still = pl.concat([missing, unsettled]).join(healed, on="id", how="anti")
    deploys = now.deploys.select(deploy="id")
    known = then.with_columns(deploy=pl.col("id").str.replace(r":[^:]*$", "")).join(
        deploys, on="deploy", how="semi"
    )
    return Changes(
        since=earlier.since,
        new=_ids(missing.join(then, on="id", how="anti", maintain_order="left")),
        healed=_ids(known.join(still, on="id", how="anti", maintain_order="left")),
        unchanged=_ids(then.join(still, on="id", how="semi", maintain_order="left")),
        gone=_ids(
            then.join(known, on="id", how="anti", maintain_order="left").join(still, on="id", how="anti")
        ),
    )


def _ids(table: pl.DataFrame) -> tuple[str, ...]:
    return tuple(table["id"])
