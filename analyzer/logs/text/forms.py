"""The table of forms of a line language: one row for each form, with what a line of that form means.

Every set of forms that other modules use (what opens, ends, repeats) is derived from this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeVar

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Row = TypeVar("Row", bound="Meaning")


class Alone(Enum):
    """What a line of a form is worth where no section is open, and only key-value writes matter."""

    READ = auto()
    """It is read: it may open something."""
    TELLS = auto()
    """It is read, and opens nothing; it ends every section."""
    COUNTED = auto()
    """It is counted as recognised, unless it concerns a write."""
    NOISE = auto()
    """It is counted as noise."""
    NOTHING = auto()
    """It means nothing: it is of no language, and no noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A row of a language's table of forms.

    Attributes:
        role: what such a line is where no section says otherwise; None: nothing.
        ends: it ends a section, whichever language opened it.
        step: it is a step: a header below one begins another deploy, be the first one's header there or not.
        plain: it goes on with a message of another language, where it stands inside one.
        alone: whether it may be counted without being read, where no section is open.
        among: a character that each such line holds, where the form is sought only in lines with it.
    """

    role: str | None
    ends: bool = False
    step: bool = False
    plain: bool = False
    alone: Alone = Alone.READ
    among: str = ""


def where(forms: Mapping[str, Row], test: Callable[[Row], bool]) -> tuple[str, ...]:
    """The names of the forms of whose rows `test` holds."""
    return tuple(name for name, row in forms.items() if test(row))


def role_of(forms: Mapping[str, Row]) -> pl.Expr:
    """The role of the column `form`; null for forms that have none, or are of another language."""
    named: dict[str, list[str]] = {}
    for form, row in forms.items():
        if row.role is not None:
            named.setdefault(row.role, []).append(form)
    return pl.coalesce(pl.when(pl.col("form").is_in(some)).then(pl.lit(role)) for role, some in named.items())
