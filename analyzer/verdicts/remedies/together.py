"""The steps of one store as one change: no two on one key, and none that contradicts another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.commands.kvs import Delete, Edit, Put, Step

if TYPE_CHECKING:
    from collections.abc import Sequence


def together(steps: Sequence[tuple[str, Step]]) -> tuple[list[Step], list[str]]:
    """The steps as one change, and the ids of the writes that are left out as they mean different things for a key.

    Args:
        steps: each with the id of its write.
    """
    by_key: dict[str, list[tuple[str, Step]]] = {}
    for write, step in steps:
        by_key.setdefault(step.key, []).append((write, step))
    merged: list[Step] = []
    left_out: list[str] = []
    for same in by_key.values():
        whole = _one([step for _, step in same])
        if whole is None:
            left_out.extend(write for write, _ in same)
        else:
            merged.append(whole)
    return merged, left_out


def _one(steps: Sequence[Step]) -> Step | None:
    """The step that does what all of them do; None if they contradict each other."""
    first = steps[0]
    if isinstance(first, Edit):
        edits = [step for step in steps if isinstance(step, Edit)]
        add = tuple(dict.fromkeys(entry for edit in edits for entry in edit.add))
        remove = tuple(dict.fromkeys(entry for edit in edits for entry in edit.remove))
        fits = len(edits) == len(steps) and not set(add) & set(remove)
        return Edit(first.key, add, remove) if fits else None
    if isinstance(first, Put):
        puts = [step for step in steps if isinstance(step, Put) and step.value == first.value]
        old = tuple(dict.fromkeys(value for put in puts for value in put.instead_of))
        return Put(first.key, first.value, old) if len(puts) == len(steps) else None
    deletes = [step for step in steps if isinstance(step, Delete)]
    replaceable = tuple(dict.fromkeys(value for delete in deletes for value in delete.instead_of))
    return Delete(first.key, replaceable) if len(deletes) == len(steps) else None
