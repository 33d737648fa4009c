"""What each trail records, and since when: SELECTORS; and what a list of selectors means for a store.

In come the recorded changes of trails, and the selectors that the user gave as a file. Out go the states of each trail.

Source: CloudTrail API reference, `AdvancedEventSelector` and `EventSelector`. Calls on the keys of a store are data
events with the resource type `AWS::CloudFront::KeyValueStore`. Only advanced selectors can select these; basic ones
cannot. A trail that was just created has basic ones.
"""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from analyzer.errors import InputError
from analyzer.tables import SELECTORS, from_columns
from analyzer.trail.calls.records import fields, items, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    import polars as pl

    from analyzer.trail.calls.control import Control

_TYPE: Final = "AWS::CloudFront::KeyValueStore"
_WRITES: Final = ("UpdateKeys", "PutKey", "DeleteKey")
_DEFAULT: Final = json.dumps([{"readWriteType": "All", "includeManagementEvents": True, "dataResources": []}])
_FILE: Final = "get-event-selectors"


class SelectorFile(NamedTuple):
    """The selectors of a trail that the user gave: the output of `aws cloudtrail get-event-selectors`.

    Attributes:
        trail: its ARN.
        selectors: JSON.
        at: when the command was run.
        since: since when it is so, as the user states; None if the user does not.
        source: the file.
    """

    trail: str
    selectors: str
    at: datetime
    since: datetime | None
    source: str


class _State(NamedTuple):
    """A row of SELECTORS, but for `until`."""

    trail: str
    at: datetime | None
    known_at: datetime
    state: str
    selectors: str | None
    vouched: bool
    source: str
    what: str


def read_selector_file(name: str, data: bytes, at: datetime, since: datetime | None) -> SelectorFile:
    """The selectors in a file that the user gave.

    Raises:
        InputError: it is no output of `aws cloudtrail get-event-selectors`.
    """
    try:
        output = fields(json.loads(data))
    except (ValueError, RecursionError):
        output = {}
    trail = text(output.get("trailarn"))
    selectors = output.get("advancedeventselectors") or output.get("eventselectors")
    if trail is None or not isinstance(selectors, list):
        raise InputError(name, "not the output of aws cloudtrail get-event-selectors")
    return SelectorFile(trail, json.dumps(selectors), at, since, name)


def timeline(controls: Sequence[Control], selector_files: Sequence[SelectorFile] = ()) -> pl.DataFrame:
    """SELECTORS: the states of each trail, a row for each change and each file that the user gave."""
    unique = {control.event_id: control for control in reversed(controls)}
    ordered = sorted(unique.values(), key=lambda control: (control.trail, control.at, control.event_id))
    rows: list[dict[str, object]] = []
    changed = {
        trail: _changes(list(changes)) for trail, changes in groupby(ordered, key=lambda item: item.trail)
    }
    for trail in sorted(changed.keys() | {file.trail for file in selector_files}):
        states = changed.get(trail, [])
        times = [state.known_at for state in states]
        of_files = [_of_file(file, states) for file in selector_files if file.trail == trail]
        for state in sorted(states + of_files, key=lambda item: (item.known_at, item.source)):
            later = [time for time in times if time > state.known_at]
            rows.append(state._asdict() | {"until": min(later, default=None)})
    return from_columns({name: [row[name] for row in rows] for name in SELECTORS}, SELECTORS)


def _changes(controls: list[Control]) -> list[_State]:
    """The states of one trail after each change. Two changes in one second leave open which was the last."""
    states: list[_State] = []
    selectors: str | None = None
    for at, together in groupby(controls, key=lambda control: control.at):
        changes = list(together)
        last = changes[-1]
        if len(changes) > 1:
            state, selectors = "unknown", None
        else:
            state, selectors = _after(last, selectors)
        states.append(
            _State(last.trail, at, at, state, selectors, False, f"{last.source}#{last.event_id}", last.api)
        )
    return states


def _after(change: Control, before: str | None) -> tuple[str, str | None]:
    """The state of a trail after a change, and its selectors, as far as they are known."""
    if not change.sure:
        return "unknown", None
    if change.api == "PutEventSelectors":
        return ("selects" if change.selectors else "unknown"), change.selectors
    if change.api == "CreateTrail":
        return "selects", _DEFAULT
    if change.api in ("StopLogging", "DeleteTrail"):
        return ("stopped" if change.api == "StopLogging" else "deleted"), before
    if change.api == "StartLogging" and before:
        return "selects", before
    return "unknown", None  # UpdateTrail may have sent the files elsewhere


def _of_file(file: SelectorFile, changes: list[_State]) -> _State:
    """The state that a file gives: how it is now, and how it was since the last change before, if that left it so."""
    moment = file.since or file.at
    before = next((state for state in reversed(changes) if state.known_at <= moment), None)
    if file.since or (before and _folded(before.selectors) != _folded(file.selectors)):
        at: datetime | None = moment
    else:
        at = before.known_at if before else None
    return _State(
        file.trail, at, moment, "selects", file.selectors, file.since is not None, file.source, _FILE
    )


def _folded(selectors: str | None) -> object:
    """The selectors with names in one case: records and the AWS CLI write them differently."""
    return (
        None
        if selectors is None
        else [
            (sorted(selector.items(), key=str) if "fieldselectors" not in selector else _conditions(selector))
            for selector in items(json.loads(selectors))
        ]
    )


def share_of_writes(selectors: str | None, store: str) -> str:
    """How many of the writes of `store` a list of selectors (JSON) records: all, some or none; unknown for None."""
    if selectors is None:
        return "unknown"
    shares = {_share(_conditions(selector), store) for selector in items(json.loads(selectors))}
    return next((share for share in ("all", "some") if share in shares), "none")


def records_changes(selectors: str | None) -> bool:
    """Whether the trail records the changes of trails themselves: they are management events that write."""
    if selectors is None:
        return False
    return any(map(_is_management, items(json.loads(selectors))))


def _is_management(selector: Mapping[str, object]) -> bool:
    if "fieldselectors" not in selector:
        return selector.get("includemanagementevents") is not False and selector.get("readwritetype") in (
            None,
            "All",
            "WriteOnly",
        )
    conditions = _conditions(selector)
    expected = {
        "eventcategory": "Management",
        "readonly": "false",
        "eventsource": "cloudtrail.amazonaws.com",
    }
    return set(conditions) <= expected.keys() and all(
        _admits(condition, expected[name]) for name, condition in conditions.items()
    )


def _conditions(selector: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """The conditions of an advanced selector by the field, in lower case; none of a basic one.

    One that is not understood stands under a name that is no field's.
    """
    conditions: dict[str, dict[str, object]] = {}
    for condition in items(selector.get("fieldselectors")):
        name = str(condition.get("field")).lower()
        clear = name not in conditions and condition.keys() <= _OPERATORS
        conditions[name if clear else f"{name}?{len(conditions)}"] = condition
    return conditions


def _share(conditions: Mapping[str, dict[str, object]], store: str) -> str:
    if not (
        "eventcategory" in conditions
        and "resources.type" in conditions
        and _admits(conditions["eventcategory"], "Data")
        and _admits(conditions["resources.type"], _TYPE)
    ):
        return "none"
    fixed = {"readonly": "false", "resources.arn": store}
    if not all(_admits(conditions[name], value) for name, value in fixed.items() if name in conditions):
        return "none"
    names = conditions.get("eventname")
    admitted = [name for name in _WRITES if names is None or _admits(names, name)]
    if not admitted:
        return "none"
    understood = {"eventcategory", "resources.type", "eventname", *fixed}
    return "all" if len(admitted) == len(_WRITES) and conditions.keys() <= understood else "some"


_TESTS: Final[dict[str, Callable[[str, str], bool]]] = {
    "equals": str.__eq__,
    "startswith": str.startswith,
    "endswith": str.endswith,
}
_OPERATORS: Final = {"field", *_TESTS, *(f"not{name}" for name in _TESTS)}


def _admits(condition: Mapping[str, object], value: str) -> bool:
    """Whether a condition lets `value` pass: some test that requires a value passes, and no test that excludes one."""
    required = [(test, _texts(condition.get(name))) for name, test in _TESTS.items()]
    refused = [(test, _texts(condition.get(f"not{name}"))) for name, test in _TESTS.items()]
    passes = [test(value, word) for test, words in required for word in words]
    return (any(passes) or not passes) and not any(
        test(value, word) for test, words in refused for word in words
    )


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
