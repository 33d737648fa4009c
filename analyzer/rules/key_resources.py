"""What engine events say of SST's resources that write keys: which namespace of which store each is about.

In comes `Case.events`. Texts name neither store nor namespace, so none of their rows are here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import polars as pl

from analyzer.tables import TIME

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS: Final = "KvKeys"
ROUTES: Final = "KvRoutesUpdate"
DELETES: Final = ("delete", "delete-replaced")

KEY_RESOURCES: Final = pl.Schema(
    {
        "deploy": pl.String(),
        "app": pl.String(),
        "stage": pl.String(),
        "source": pl.String(),
        "line": pl.Int64(),
        "at": TIME,  # when the step was done, by the log's clock
        "op": pl.String(),
        "urn": pl.String(),
        "name": pl.String(),
        "of_class": pl.String(),  # KEYS or ROUTES
        "component": pl.String(),  # the name of the component that it belongs to
        "store": pl.String(),  # after the step; of a delete, as it was; so are the two that follow
        "namespace": pl.String(),
        "entry": pl.String(),
        "old_store": pl.String(),  # as it was, by the outputs; null of a create; so is the one that follows
        "old_namespace": pl.String(),
        "new": pl.String(),  # as in EVENTS, like the one that follows
        "old": pl.String(),
    }
)

_NAME: Final = r"\.sst\.aws\.(KvKeys|KvRoutesUpdate)$"
_COMPONENT: Final = r"(?:KvKeys|RouteKey|RoutesUpdate)\.sst\.aws\.\w+$"
"""Source: docs/facts/sst-output.md#41-components."""

_NAMESPACE: Final = r"^[0-9A-Za-z_-]{1,64}$"
"""What may be printed as one; what stands for a secret is none."""

_OF_STATES: Final = ("store", "namespace", "entry", "old_store", "old_namespace")


class _Properties(msgspec.Struct, gc=False):
    store: object = None
    namespace: object = None
    entry: object = None


class _State(msgspec.Struct, gc=False):
    inputs: _Properties | None = None
    outputs: _Properties | None = None


_DECODER: Final = msgspec.json.Decoder(_State)
_NOTHING: Final = _Properties()


def key_resources(events: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    """KEY_RESOURCES: a row for each step of such a resource that is done."""
    steps = events.filter(
        (pl.col("kind") == "done")
        & pl.col("name").str.contains(_NAME)
        & ~pl.col("planning").fill_null(value=False)
        & (pl.col("new").is_not_null() | pl.col("old").is_not_null())
    )
    if steps.is_empty():
        return KEY_RESOURCES.to_frame()
    schema = dict.fromkeys(_OF_STATES, pl.String())
    states = pl.DataFrame(list(_states(steps)), schema, orient="row").with_columns(
        pl.when(pl.col(name).str.contains(_NAMESPACE)).then(name).alias(name)
        for name in ("namespace", "old_namespace")
    )
    stacks = deploys.select("app", "stage", deploy="id")
    return (
        steps.hstack(states)
        .with_columns(
            of_class=pl.col("name").str.extract(_NAME), component=pl.col("name").str.replace(_COMPONENT, "")
        )
        .join(stacks, on="deploy", how="left", maintain_order="left")
        .select(KEY_RESOURCES.names())
    )


def _states(steps: pl.DataFrame) -> Iterator[tuple[str | None, ...]]:
    """_OF_STATES of each step. Each state is decoded once, as the resources' own modules do."""
    for op, new, old in steps.select("op", "new", "old").iter_rows():
        before = _decoded(old).outputs or _NOTHING
        after = before if op in DELETES else _decoded(new).inputs or _NOTHING
        yield (*map(_text, (after.store, after.namespace, after.entry, before.store, before.namespace)),)


def _decoded(text: str | None) -> _State:
    try:
        return _DECODER.decode(text) if text else _State()
    except msgspec.DecodeError:  # an object that stands for a secret, or for what is not known yet
        return _State()


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
