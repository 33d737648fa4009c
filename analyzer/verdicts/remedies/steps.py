"""One write that did not land → the step of a command that puts it right, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from analyzer.commands.kvs import LARGEST_KEY, LARGEST_VALUE, Delete, Edit, Put, Step, is_store
from analyzer.commands.words import why_not
from analyzer.store.routes import SLICE

if TYPE_CHECKING:
    from analyzer.store.routes import RouteList

_OLD: Final = "value that is to be replaced"
_DEPLOY: Final = "change the route and deploy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A write that did not land.

    Attributes:
        write: its id.
        action: one of ACTIONS.
        store: ARN; None if nothing names it.
        key: the key, or a pattern.
        pattern: whether it is one.
        entry: of an append or a remove.
        value: that was meant.
        was: the key's value by the log's old outputs.
        listed: what the newest listing shows of it, a word of `listed.listed`; None if it says nothing.
        listed_value: what the key holds by that listing; None if the key is not there, or its value is masked.
        listed_source: where that stands.
        source: the log.
        line: its line there.
    """

    write: str
    action: str
    store: str | None
    key: str
    pattern: bool
    entry: str | None
    value: str | None
    was: str | None
    listed: str | None
    listed_value: str | None
    listed_source: str | None
    source: str | None
    line: int | None

    @property
    def place(self) -> str:
        """The place where the log has the write."""
        named = self.source or "the log"
        return named if self.line is None else f"{named}:{self.line}"

    @property
    def old(self) -> str | None:
        """The one value that may be replaced: the listing's where there is one, else that of the log's old outputs."""
        return self.was if self._unlisted else self.listed_value

    @property
    def _unlisted(self) -> bool:
        """Whether no listing says which value the key has: there is none, or the value is masked in it."""
        masked = self.listed in {"present", "still_there"} and self.listed_value is None
        return self.listed is None or masked

    def texts(self) -> list[tuple[str, str, str]]:
        """What its command would hold, each with what it is and the place where it stands."""
        old_place = self.place if self._unlisted else self.listed_source or self.place
        named = (
            ("name of the store", self.store, self.place),
            ("key", self.key, self.place),
            ("entry", self.entry, self.place),
            ("value", self.value, self.place),
            (_OLD, None if self.action in ("append", "remove") else self.old, old_place),
        )
        return [(what, text, place) for what, text, place in named if text is not None]


def planned(write: Broken, routes: RouteList | None) -> Step | str:
    """The step, or why there is none, as a clause that names the place.

    Args:
        write: one whose key is known.
        routes: the list that a listing holds under the key.
    """
    reason = obstacle(write)
    if reason is not None:
        return reason
    if write.action == "put":
        return _put(write)
    if write.action == "delete":
        return _delete(write)
    return _edit(write, routes)


def obstacle(write: Broken) -> str | None:
    """The reason why the write can have no command; None if one can."""
    if write.store is None:
        return f"nothing names the store: see {write.place}"
    if not is_store(write.store):
        return f"the store's name is no ARN of a key-value store: see {write.place}"
    for what, text, place in write.texts():
        reason = why_not(text)
        if reason is not None:
            return f"the {what} {reason}: see {place}"
    size = len(write.key.encode())
    return f"{_large('key', size, LARGEST_KEY)}: see {write.place}" if size > LARGEST_KEY else None


def _put(write: Broken) -> Step | str:
    if write.value is None:
        return f"the log does not have the value: see {write.place}"
    size = len(write.value.encode())
    if size > LARGEST_VALUE:
        return f"{_large('value', size, LARGEST_VALUE)}: see {write.place}"
    return Put(write.key, write.value, () if write.old is None else (write.old,))


def _delete(write: Broken) -> Step | str:
    if write.old is None:
        return (
            f"neither the log ({write.place}) nor a listing has the value that is to be deleted, and a newer one "
            "must not be deleted: list the store's keys (lostwrite keys) and check again with --keys"
        )
    return Delete(write.key, (write.old,))


def _edit(write: Broken, routes: RouteList | None) -> Step | str:
    if write.entry is None:
        return f"the log does not name the entry: see {write.place}"
    if routes is not None and (routes.entries is None or len(routes.stored) > 1):
        return f"the list is in parts, or damaged ({write.listed_source}): {_DEPLOY}"
    size = len(msgspec.json.encode([write.entry]))
    if size > SLICE:
        return (
            f"{_large('list with the entry alone', size, SLICE)} in one piece: {_DEPLOY}; see {write.place}"
        )
    entry = (write.entry,)
    return Edit(write.key, add=entry) if write.action == "append" else Edit(write.key, remove=entry)


def _large(what: str, size: int, limit: int) -> str:
    return f"the {what} has {size} bytes, and the limit is {limit}"
