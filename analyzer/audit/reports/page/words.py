"""Numbers, times and causes in the words of the index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.rules.words.word import word

if TYPE_CHECKING:
    from datetime import datetime

UNKNOWN: Final = "\N{EN DASH}"
"""What stands where nothing is known."""

_STATES: Final = {
    "open": "open",
    "maybe_repaired": "perhaps put right",
    "healed": "healed",
    "doubt": "in doubt",
}


def number(value: int) -> str:
    """`10,000`."""
    return f"{value:,}"


def date(at: datetime | None) -> str:
    """`30 June 2026`; an en dash where it is not known."""
    return UNKNOWN if at is None else f"{at.day} {at:%B} {at.year}"


def minute(at: datetime | None) -> str:
    """`2026-06-30 22:00`, in UTC; an en dash where it is not known."""
    return UNKNOWN if at is None else f"{at.year:04}-{at:%m-%d %H:%M}"


def share(value: float) -> str:
    """A number beside others: `3.7`, and `61` from ten on."""
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}"  # noqa: PLR2004 - two digits are enough


def state(name: str) -> str:
    """What a state is called."""
    return _STATES.get(name, name)


def cause(name: str | None) -> str:
    """What a cause is called: `never attempted`."""
    return "not known" if name is None else name.replace("_", " ")


def about(name: str | None) -> str:
    """What a cause is, in a clause; empty where the project has no word for it."""
    known = word(name) if name else None
    return known.about if known else ""


def to_decide(name: str | None) -> str:
    """What would decide a doubt of this cause, without the marks of code; empty where nothing is known."""
    known = word(name) if name else None
    return " ".join(known.to_do.replace("`", "").split()) if known else ""


def short(store: str | None) -> str:
    """The end of a store's ARN, which is enough to tell stores apart: `5f1c0d2e-0b7a-4c1e-9f55-2f6d3a9b8c7d`."""
    return "not known" if store is None else store.rpartition("/")[2] or store
