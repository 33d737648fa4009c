"""The rows that are about the run itself: its inputs, and the findings about them. They are a unit of their own."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.audit.catalogue.layout import placed
from analyzer.audit.catalogue.manifest import Place, Rests, Unit
from analyzer.audit.catalogue.publish import files_of
from analyzer.audit.catalogue.units import UNIT
from analyzer.audit.tables import AUDIT_DEPLOYS, AUDIT_FINDINGS, AUDIT_INPUTS
from analyzer.redaction.table import redacted_tables
from analyzer.rules.interface import Case
from analyzer.rules.registry import codes, run
from analyzer.tables import CALLS, DEPLOYS, EVIDENCE, INPUTS, STORES, VERDICTS, WRITES, conform, empty

if TYPE_CHECKING:
    from analyzer.audit.catalogue.held import Held
    from analyzer.audit.inventory import Inventory
    from analyzer.audit.whole import Whole

RUN: Final = "run"
"""The name of the unit."""

_GONE: Final = "no longer among the inputs; what was read of it before still counts"


def run_rows(seen: Inventory, held: Held, whole: Whole) -> tuple[Unit, dict[Place, bytes]]:
    """The unit, and the Parquet of its rows in each partition."""
    inputs = pl.concat([held.inputs(), whole.trail.inputs])
    findings = run(_case(inputs, whole), codes(of_run=True))
    lacking = [name for name in AUDIT_FINDINGS if name not in findings.columns]
    tables = {
        "inputs": _with_files(inputs, seen, held),
        "findings": findings.with_columns(pl.lit(None, AUDIT_FINDINGS[name]).alias(name) for name in lacking),
    }
    files: dict[Place, bytes] = {}
    for name, table in redacted_tables(tables).items():
        rows = placed(name, table.with_columns(pl.lit(RUN).alias(UNIT)), empty(AUDIT_DEPLOYS))
        files |= files_of(name, rows)
    order = sorted(files, key=lambda at: (at.table, at.store_id, at.month))
    mark = sha256(b"".join(files[place] for place in order)).hexdigest()
    return Unit(rests=Rests(mark, ""), places=tuple(order)), files


def _case(inputs: pl.DataFrame, whole: Whole) -> Case:
    """What the rules about a run look at."""
    writes = pl.Schema({**WRITES, **{name: kind for name, kind in VERDICTS.items() if name != "write"}})
    return Case(
        deploys=empty(DEPLOYS),
        writes=empty(writes),
        evidence=empty(EVIDENCE),
        calls=empty(CALLS),
        stores=empty(STORES),
        inputs=inputs.select(INPUTS.names()),
        misfits=whole.misfits,
    )


def _with_files(inputs: pl.DataFrame, seen: Inventory, held: Held) -> pl.DataFrame:
    """AUDIT_INPUTS: each with its file as it was when it was read; those that are gone by now say so."""
    rows = [
        (source, batch.role, file.size, file.stamp, file.sha256, seen.stages.get(file.key) == "gone")
        for number, batch in held.batches.items()
        for file in batch.files
        if held.last[file.key] == number
        for source in file.sources
    ]
    schema = {
        "source": pl.String(),
        **{name: AUDIT_INPUTS[name] for name in ("role", "size", "stamp", "sha256")},
        "gone": pl.Boolean(),
    }
    files = pl.DataFrame(rows, schema, orient="row").unique("source", keep="last", maintain_order=True)
    joined = inputs.join(files, on="source", how="left", maintain_order="left")
    gone = pl.when(pl.col("gone").fill_null(value=False)).then(pl.lit([_GONE], pl.List(pl.String())))
    said = pl.col("problems").fill_null([]).list.concat(gone.otherwise(pl.lit([], pl.List(pl.String()))))
    return conform(joined.with_columns(problems=said), AUDIT_INPUTS)
