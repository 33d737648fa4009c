"""Names from an input, as a message may print them: escaped, cut, and not all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAMED: Final = 6
_LENGTH: Final = 40  # characters of a name


def listed(names: Iterable[str]) -> str:
    """The first of `names`, each once, parted by commas."""
    distinct = list(dict.fromkeys(names))
    return ", ".join(map(quoted, distinct[:_NAMED])) + (", ..." if len(distinct) > _NAMED else "")


def quoted(name: str) -> str:
    """A name in quotes."""
    return ascii(name if len(name) <= _LENGTH else f"{name[:_LENGTH]}...")
