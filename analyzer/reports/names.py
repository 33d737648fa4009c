"""How reports name things in sentences: a resource, several keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_FEW = 4


def short_name(name: object) -> str:
    """A resource's name without the class that SST appends to it."""
    return str(name or "unknown resource").partition(".sst.aws.")[0]


def listed(names: Sequence[str]) -> str:
    """`a, b, c and 5 more`: the first few and a count."""
    told, left = names[:_FEW], len(names) - _FEW
    if left > 0:
        return f"{', '.join(told)} and {left} more"
    return " and ".join(filter(None, (", ".join(told[:-1]), *told[-1:])))
