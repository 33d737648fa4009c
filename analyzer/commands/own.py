"""Whether a command is one that this program writes: it is read, and written anew, and both must be equal.

A stored command may be somebody else's text: whoever can write the file can put any command there. One that is equal to
what `kvs` makes of its own plan contains nothing else than that plan, and reaches no other store.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from analyzer.commands.kvs import Delete, Edit, Put, Step, is_store, look, update

_LONGEST: Final = 1_000_000  # characters; the plan and the keys of one command have far fewer
_PLAN: Final = re.compile(r"--argjson plan \\\n((?:'[^'\n]*'\\\n)*'[^'\n]*') \\\n")
_JOINT: Final = "'\\\n'"  # between two pieces of a quoted word


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
