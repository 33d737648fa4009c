"""One `[[tool.lostwrite.suppress]]` → a `Suppression`."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from analyzer.gate.terms import CRITERIA, Suppression

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.config.place import Place

ENTRIES: Final = {
    "rule": "code or name of a rule, or a glob of either (`LW3*`), in any case of letters",
    "key": "glob of the key of the write",
    "resource": "glob of the resource's name, with or without the class that SST appends (`.sst.aws.KvKeys`)",
    "store": "glob of the store's ARN, or of the id in it",
    "app": "application or project of the deploy",
    "stage": "stage of the deploy",
    "reason": "why the findings are accepted; required",
    "expires": "the last day on which it holds (UTC), as `2026-12-31`",
}
"""What a suppression may have, and what it means."""

_ONE_OF: Final = ("rule", "key", "resource", "store")
_LONGEST: Final = 500  # characters; a key of a store has 512 at most


def suppression(entry: Mapping[str, object], place: Place) -> Suppression:
    """The suppression of one table.

    Raises:
        UsageError: it lacks a reason, asks nothing, or has an unknown key or a wrong value.
    """
    for name in entry:
        if name not in ENTRIES:
            raise place.unknown(name, ENTRIES)
    texts = {name: _text(name, entry[name], place) for name in (*CRITERIA, "reason") if name in entry}
    if "reason" not in texts:
        raise place.error("a suppression needs a reason")
    if not any(name in texts for name in _ONE_OF):
        raise place.error(f"a suppression needs one of {', '.join(_ONE_OF)}")
    expires = _day(entry["expires"], place) if "expires" in entry else None
    return Suppression(**texts, expires=expires, source=place.path, line=place.line())


def _text(name: str, value: object, place: Place) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST:
        raise place.wrong(name, f"must be a text of 1 to {_LONGEST} characters", value)
    return value.strip()


def _day(value: object, place: Place) -> date:
    wrong = place.wrong("expires", "must be a date, as 2026-12-31", value)
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise wrong from None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise wrong
    return value
