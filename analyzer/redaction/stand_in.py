"""What stands in a stored value's place where that was a credential: two of them are equal only if the values were.

It begins with a noncharacter of Unicode, which no value of a store has, and is not made from the value.
"""

from __future__ import annotations

from typing import Final

_BEGIN: Final = "\ufdd2[redacted] "


def stand_in(salt: str, number: int) -> str:
    """That of the `number`-th value of what `salt` names: another `salt`, another value."""
    return f"{_BEGIN}{salt} {number}"


def without_stand_in(value: str | None) -> str | None:
    """`value`; None, which is unknown, where another one stood."""
    return None if value is not None and value.startswith(_BEGIN) else value
