"""Whether a command is one that this program writes: it is read, and written anew, and both must be equal.

A stored command may be somebody else's text: whoever can write the file can put any command there. One that is equal to
what `kvs` makes of its own plan contains nothing else than that plan, and reaches no other store.
"""

from __future__ import annotations

import json
import re
from typing import Final

import msgspec

from analyzer.commands.evidence import get_selectors, list_keys
from analyzer.commands.kvs import Delete, Edit, Put, Step, is_store, look, update

_LONGEST: Final = 1_000_000  # characters; the plan and the keys of one command have far fewer
_PLAN: Final = re.compile(r"--argjson plan \\\n((?:'[^'\n]*'\\\n)*'[^'\n]*') \\\n")
_JOINT: Final = "'\\\n'"  # between two pieces of a quoted word

_ACCOUNT: Final = "(?:[0-9]{12}|<ACCOUNT>)"
_DAY: Final = "[0-9]{4}/[0-9]{2}/[0-9]{2}"
_OF_TRAIL: Final = f"aws s3 cp 's3://<BUCKET-OF-THE-TRAIL>/AWSLogs/{_ACCOUNT}"
_HOURS: Final = r" --exclude '\*'(?: --include '\*_CloudTrail_us-east-1_[0-9]{8}T[0-9]{2}\*'){1,8}"
_LOGS: Final = rf"{_OF_TRAIL}/CloudTrail/us-east-1/{_DAY}/' trail/ --recursive(?:{_HOURS})?"
_NAME: Final = "(?:[0-9A-Za-z][0-9A-Za-z_.-]{0,99}|<[A-Z]{1,9}(?:-ID)?>)"
_PATH: Final = "(?:[0-9A-Za-z/][0-9A-Za-z_./-]{0,199}|'[_.][0-9A-Za-z_./-]{0,199}'|'<LOG>')"
_ACTION: Final = re.compile("cloudfront-keyvaluestore:[A-Za-z]{1,64}")
_MOMENT: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
_FETCHES: Final = tuple(
    re.compile(form)
    for form in (
        rf"{_LOGS}(?: &&\n{_LOGS}){{0,2}}",
        rf"{_OF_TRAIL}/CloudTrail-Digest/us-east-1/{_DAY}/' trail/ --recursive &&\n{re.escape(get_selectors())}",
        *(
            rf"aws s3 cp 's3://<SST-STATE-BUCKET>/{what}/{_NAME}/{_NAME}/{_NAME}\.json' {what}\.json"
            for what in ("eventlog", "update")
        ),
        rf"lostwrite check {_PATH}(?: {_PATH}){{0,999}} --trail '<TRAIL>' --since {_MOMENT} --until {_MOMENT}",
    )
)
"""The commands of `evidence` with data in them: each part has the form that it must have there."""


class _Statement(msgspec.Struct, forbid_unknown_fields=True):
    """A statement of an IAM policy."""

    Effect: str
    Action: list[str]
    Resource: str


class _Planned(msgspec.Struct, forbid_unknown_fields=True):
    """A step as `kvs` writes it: with a value, or with entries, or with neither."""

    Key: str
    name: str | None = None
    Value: str | None = None
    old: tuple[str, ...] = ()
    add: tuple[str, ...] | None = None
    remove: tuple[str, ...] = ()

    def step(self) -> Step:
        """The same as a step."""
        if self.add is not None:
            return Edit(self.Key, self.add, self.remove)
        return Delete(self.Key, self.old) if self.Value is None else Put(self.Key, self.Value, self.old)


def changes(command: str, store: str | None) -> list[Step] | None:
    """The steps of a command that changes `store`; None if this program writes no such command.

    Args:
        command: any text.
        store: ARN, or any other text.
    """
    if store is None or not is_store(store) or len(command) > _LONGEST:
        return None
    found = _PLAN.search(command)
    if found is None:
        return None
    try:
        planned = msgspec.json.decode(found[1][1:-1].replace(_JOINT, ""), type=list[_Planned])
        steps = [each.step() for each in planned]
        return steps if steps and update(store, steps) == command else None
    except (ValueError, RecursionError):  # msgspec's errors are among these
        return None


def lists(command: str, store: str | None, pattern: str) -> bool:
    """Whether it is the command that lists the keys of `store` that match `pattern` (`start*end`)."""
    if store is None or not is_store(store):
        return False
    start, _, end = pattern.partition("*")
    try:
        return look(store, start, end) == command
    except ValueError:
        return False


def fetches(command: str) -> bool:
    """Whether it is a command of `evidence`, which only reads."""
    if command in (get_selectors(), list_keys(None)):
        return True
    words = command.split(" ")
    if words[:2] == ["lostwrite", "keys"]:
        return command == list_keys(words[2] if len(words) > 2 else None)  # noqa: PLR2004 - the third word
    return len(command) <= _LONGEST and any(form.fullmatch(command) for form in _FETCHES)


def allows(statement: str, store: str | None) -> bool:
    """Whether it is an IAM statement that allows calls on the keys of `store` alone, as rules make it."""
    if store is None or not is_store(store) or len(statement) > _LONGEST:
        return False
    try:
        told = msgspec.json.decode(statement, type=_Statement)
    except (ValueError, RecursionError):
        return False
    fit = told.Effect == "Allow" and told.Resource == store and all(map(_ACTION.fullmatch, told.Action))
    return fit and statement == json.dumps(msgspec.structs.asdict(told))
