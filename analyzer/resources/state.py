"""The inputs and outputs of a key-value resource, as an engine event carries them.

Anything that is not a plain value there (a secret's wrapper, an unknown value) becomes None: unknown, not empty.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from analyzer.redaction.masks import BLINDED

if TYPE_CHECKING:
    from collections.abc import Mapping

# Pulumi wraps secrets, assets and references in an object under this key (sdk/go/common/resource/sig).
_SIGNATURE = "4dabf18193072939515e22adb298388d"

DELETES = ("delete", "delete-replaced")
"""The operations that take a resource away."""


@dataclass(frozen=True, slots=True)
class Properties:
    """What a resource is given (inputs) or gave back (outputs), each property by its name."""

    raw: Mapping[str, object] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """A text; None if it is empty, too: no store, key or namespace is."""
        value = self.raw.get(name)
        return value if isinstance(value, str) and value else None

    def value(self, name: str) -> str | None:
        """A text that may be empty; None for what stands in the place of a secret, which says nothing of it."""
        value = self.raw.get(name)
        return value if isinstance(value, str) and value != BLINDED else None

    def flag(self, name: str) -> bool:
        """Whether it is true."""
        return self.raw.get(name) is True

    def texts(self, name: str) -> dict[str, str | None] | None:
        """Texts by name."""
        value = self.raw.get(name)
        if not isinstance(value, dict) or _SIGNATURE in value:
            return None
        return {key: text if isinstance(text, str) else None for key, text in value.items()}

    def parts(self, name: str) -> list[Properties] | None:
        """A list of objects, each with its properties; one that is no object has none. A list left out is empty."""
        value = self.raw.get(name, [] if self.raw else None)
        return [_properties(part) for part in value] if isinstance(value, list) else None


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
    """The cloud is not changed when the resource is deleted: `retainOnDelete` or `external`."""


def read_state(text: str | None) -> State:
    """The state in the `new` or `old` column of EVENTS; an empty one where the column is null."""
    raw = msgspec.json.decode(text) if text else {}
    return State(
        inputs=_properties(raw.get("inputs")),
        outputs=_properties(raw.get("outputs")),
        unset=_is_unset(raw.get("outputs")),
        keeps=raw.get("retainOnDelete") is True or raw.get("external") is True,
    )


def _properties(raw: object) -> Properties:
    return Properties(raw) if isinstance(raw, dict) and _SIGNATURE not in raw else Properties()


def _is_unset(outputs: object) -> bool:
    return isinstance(outputs, dict) and outputs.keys() == {"__provider"}
