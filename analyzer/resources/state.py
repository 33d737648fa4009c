"""The inputs and outputs of a key-value resource, as an engine event carries them.

Anything that is not what SST writes there (a secret's wrapper, an unknown value) becomes None: unknown, not empty.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
import polars as pl

# Pulumi wraps secrets, assets and references in an object under this key (sdk/go/common/resource/sig).
_SIGNATURE = "4dabf18193072939515e22adb298388d"


@dataclass(frozen=True, slots=True)
class Properties:
    """What a KvKeys or KvRoutesUpdate is given (inputs) or gave back (outputs)."""

    store: str | None = None
    namespace: str | None = None
    key: str | None = None
    entry: str | None = None
    entries: dict[str, str | None] | None = None
    purge: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """One side of a step: the state before it, or after it."""

    inputs: Properties = field(default_factory=Properties)
    outputs: Properties = field(default_factory=Properties)
    unset: bool = False
    """The outputs hold the provider alone: SST since 3.12.5 returned before it wrote.

    Source: docs/facts/sst-output.md#s1-shadowed-error.
    """
    keeps: bool = False
    """The cloud is left alone when the resource goes: `retainOnDelete` or `external`."""


def read_state(text: str | None) -> State:
    """The state in the `new` or `old` column of EVENTS; an empty one where the column is null."""
    raw = msgspec.json.decode(text) if text else {}
    return State(
        inputs=_properties(raw.get("inputs")),
        outputs=_properties(raw.get("outputs")),
        unset=_is_unset(raw.get("outputs")),
        keeps=raw.get("retainOnDelete") is True or raw.get("external") is True,
    )


def retained() -> pl.Expr:
    """Whether a row of text said `[retain]`: its reader then leaves that, and nothing else, in `old`."""
    return pl.col("old").str.contains("retainOnDelete", literal=True).fill_null(False)


def _properties(raw: object) -> Properties:
    if not isinstance(raw, dict):
        return Properties()
    return Properties(
        store=_text(raw.get("store")),
        namespace=_text(raw.get("namespace")),
        key=_text(raw.get("key")),
        entry=_text(raw.get("entry")),
        entries=_entries(raw.get("entries")),
        purge=raw.get("purge") is True,
    )


def _is_unset(outputs: object) -> bool:
    return isinstance(outputs, dict) and outputs.keys() == {"__provider"}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _entries(value: object) -> dict[str, str | None] | None:
    if not isinstance(value, dict) or _SIGNATURE in value:
        return None
    return {key: entry if isinstance(entry, str) else None for key, entry in value.items()}
