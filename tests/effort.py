"""How many examples a slow property test tries: few in every run of the tests, many in `make properties`."""

from __future__ import annotations

import os

_SEARCHING = os.environ.get("LOSTWRITE_PROPERTIES") == "search"
_MORE = 8


def examples(number: int) -> int:
    """`number`, or several times as many where the tests search."""
    return number * _MORE if _SEARCHING else number
