"""What engine events say of SST's resources that write keys: which namespace of which store each is about.

In comes `Case.events`. Texts name neither store nor namespace, so none of their rows are here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from analyzer.rules.interface import Case

KEYS: Final = "KvKeys"
ROUTES: Final = "KvRoutesUpdate"
DELETES: Final = ("delete", "delete-replaced")

_CLASS: Final = r"\.sst\.aws\.(KvKeys|KvRoutesUpdate)$"
_COMPONENT: Final = r"(?:KvKeys|RouteKey|RoutesUpdate)\.sst\.aws\.\w+$"
"""Docs: docs/facts/sst-output.md#41-components."""

_NAMESPACE: Final = r"^[0-9A-Za-z_-]{1,64}$"
"""What may be printed as one; what stands for a secret is none."""


def key_resources(case: Case) -> pl.DataFrame:
    """A row for each step of such a resource that is done.

    Columns: `deploy, app, stage, source, line, op, urn, name, of_class, component` (the component's name), `store,
    namespace, entry` (as they are after the step; of a delete, as they were), `old_store, old_namespace` (as they were,
    by the outputs; null of a create).
    """
    steps = case.events.filter(
        (pl.col("kind") == "done")
        & pl.col("name").str.contains(_CLASS)
        & ~pl.col("planning").fill_null(value=False)
        & (pl.col("new").is_not_null() | pl.col("old").is_not_null())
    )
    deleted = pl.col("op").is_in(DELETES)
    known = steps.with_columns(
        of_class=pl.col("name").str.extract(_CLASS),
        component=pl.col("name").str.replace(_COMPONENT, ""),
        old_store=_of("old", "outputs", "store"),
        old_namespace=_of("old", "outputs", "namespace"),
    ).with_columns(
        store=pl.when(deleted).then("old_store").otherwise(_of("new", "inputs", "store")),
        namespace=pl.when(deleted).then("old_namespace").otherwise(_of("new", "inputs", "namespace")),
        entry=pl.when(deleted).then(_of("old", "outputs", "entry")).otherwise(_of("new", "inputs", "entry")),
    )
    namespaces = [pl.when(pl.col(name).str.contains(_NAMESPACE)).then(name) for name in _NAMESPACES]
    stacks = case.deploys.select("app", "stage", deploy="id")
    return (
        known.with_columns(namespaces)
        .join(stacks, on="deploy", how="left", maintain_order="left")
        .select(_COLUMNS)
    )


_NAMESPACES: Final = ("namespace", "old_namespace")
_COLUMNS: Final = (
    *("deploy", "app", "stage", "source", "line", "op", "urn", "name", "of_class", "component"),
    *("store", "namespace", "entry", "old_store", "old_namespace", "new", "old"),
)


def _of(state: str, part: str, name: str) -> pl.Expr:
    """A property of a state; null where it is missing or empty."""
    text = pl.col(state).str.json_path_match(f"$.{part}.{name}")
    return pl.when(text != "").then(text)
