"""How much a slow test tries: little in every run of the tests, much in `make properties`."""

from __future__ import annotations

import os
from itertools import product
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SEARCHING = os.environ.get("LOSTWRITE_PROPERTIES") == "search"
_MORE = 8

One = TypeVar("One")
Other = TypeVar("Other")


def examples(number: int) -> int:
    """`number`, or several times as many where the tests search."""
    return number * _MORE if SEARCHING else number


def some(cases: Sequence[One], *, of: int, searching: bool = SEARCHING) -> Sequence[One]:
    """Each `of`-th of the cases; all where the tests search: for cases that differ in what is tried elsewhere, too."""
    return cases if searching else cases[::of]


def combinations(
    ones: Iterable[One], others: Sequence[Other], *, each: int, searching: bool = SEARCHING
) -> list[tuple[One, Other]]:
    """Pairs for `parametrize`: each of `ones` with `each` of the `others`, in turn; all pairs where the tests search.

    Every one of the others comes too, where `each` times the ones are as many as they are.
    """
    if searching:
        return list(product(ones, others))
    return [
        (one, others[(number * each + step) % len(others)])
        for number, one in enumerate(ones)
        for step in range(min(each, len(others)))
    ]
