"""Work ahead of the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analyzer.logs.text.ahead import ahead

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_results_come_in_order() -> None:
    assert list(ahead(lambda n: n * n, range(20), depth=3)) == [n * n for n in range(20)]


def test_no_more_items_are_taken_than_are_worked_on() -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(10):
            taken.append(number)
            yield number

    results = ahead(str, items(), depth=2)
    assert next(results) == "0"
    assert taken == [0, 1]


def test_an_error_reaches_the_reader() -> None:
    with pytest.raises(ZeroDivisionError):
        list(ahead(lambda n: 1 // n, [1, 0]))
