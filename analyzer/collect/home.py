"""What SST's state bucket has of the updates of a stage: which there are, and their objects, copied as they are.

The name of the bucket stands in a parameter of SSM. Ids of updates hold their time, the newest first
(docs/facts/sst-output.md#14-update-object-and-update-id): so the newest ones, or those of a time, are the first of a
listing, or stand together in it, and no other is listed. An object may be gzip; it is kept as it is.
"""

from __future__ import annotations

import heapq
import re
from dataclasses import dataclass, field
from itertools import groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from analyzer.collect.copies import copied, keys_after, uri
from analyzer.collect.interface import RefusedError
from analyzer.collect.request import BOOTSTRAP
from analyzer.errors import InputError
from analyzer.sources.s3.address import SCHEME, address
from analyzer.sources.source import Source
from analyzer.sources.unpack import read_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from analyzer.collect.interface import Cloud, Means
    from analyzer.collect.request import Home, Updates
    from analyzer.sources.s3.client import Object

KINDS: Final = {"update": "update", "eventlog": "log", "snapshot": "snapshot"}
"""What the home calls an object of an update, and what a bundle does."""
DEPLOYING: Final = frozenset({"deploy", "remove"})
"""Commands that write keys; `refresh` and the like do not."""
_MOST_OTHERS: Final = 100
"""Updates of other commands that are passed over."""
_MOST_JSON: Final = 4 << 20
_LONG: Final = 24
ANY: Final = "g"
"""The oldest update that is listed, where any is: it comes after all digits."""
_TIME_DIGITS: Final = 12
_ID: Final = re.compile(r"([0-9a-f]{24})\.json")
_NO_LOG: Final = (
    "the state bucket has no event log of this update: it was pruned (state.retention, sst remove), or the deploy"
    " ended before it stored it, or SST is older than 3.6.19; if its output is kept elsewhere, add it by --log FILE"
)
_NO_UPDATE: Final = (
    "the state bucket has no such update: is it another app or stage, or was it pruned (state.retention)?"
)


class _Bootstrap(msgspec.Struct):
    state: str


class _Update(msgspec.Struct):
    command: str = ""


class _Lock(msgspec.Struct, rename={"update_id": "updateID"}):
    update_id: str = ""


@dataclass(slots=True)
class Updated:
    """What the home gave.

    Attributes:
        files: event logs, and objects `update`, where they were put.
        ids: of the updates that were chosen, the newest first.
        running: of these, the one that holds the lock.
        others: updates that were passed over, because their command writes no keys.
        bucket: the state bucket; empty: not known.
        unlisted: whether the bucket refused to list some of them.
    """

    files: list[Path] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    running: str | None = None
    others: int = 0
    bucket: str = ""
    unlisted: bool = False


def state_bucket(cloud: Cloud) -> str:
    """The name of the state bucket, as the parameter says it.

    Raises:
        RefusedError: it does not, or no bucket can be called so.
    """
    what = f"ssm:GetParameter {BOOTSTRAP}"
    value = cloud.parameter(BOOTSTRAP)
    try:
        bucket = msgspec.json.decode(value, type=_Bootstrap).state
        if address(f"{SCHEME}{bucket}/").bucket == bucket:
            return bucket
    except (ValueError, RecursionError, InputError):
        pass
    raise RefusedError(what, "is not what SST writes there: it names no bucket")


def gather_home(bucket: str, home: Home, updates: Updates, means: Means) -> Updated:
    """Copies the objects of the chosen updates, and the lock of the stage.

    What the bucket does not give is noted in the bundle, and the rest goes on.
    """
    return _Stage(bucket, home, updates, means).gathered()


@dataclass(frozen=True, slots=True)
class _Stage:
    """A stage in a state bucket."""

    bucket: str
    home: Home
    updates: Updates
    means: Means
    got: Updated = field(default_factory=Updated)

    def gathered(self) -> Updated:
        keep, got = self.means.keep, self.got
        holder = self._holder()
        wanted: list[tuple[str, Object]] = []
        for update, objects in self._chosen():
            got.ids.append(update)
            if update == holder:
                got.running = update
                why = "it holds the lock of the stage: it still runs, or it was ended from outside"
                keep.leave_open(f"update {update}", why)
            elif "eventlog" not in objects and not got.unlisted:
                keep.refuse(uri(self.bucket, f"eventlog/{self.home}/{update}.json"), _NO_LOG)
            wanted += [(KINDS[kind], each) for kind, each in objects.items() if kind != "update"]
        if not got.ids and not got.unlisted:
            keep.refuse(uri(self.bucket, f"update/{self.home}/"), _NO_UPDATE)
        for place, (each, path) in enumerate(self._copied(wanted)):
            self.means.told("objects of the state bucket", place + 1, len(wanted), each.size)
            if path is not None and wanted[place][0] == "log":
                got.files.append(path)
        return got

    def _chosen(self) -> Iterator[tuple[str, Mapping[str, Object]]]:
        """The updates that are wanted, each with its objects by their kind; the objects `update` are copied."""
        found = self._found()
        left = self.updates.last
        while left and (some := list(islice(found, left))):
            told_by = [place for place, (_, objects) in enumerate(some) if "update" in objects]
            files = self._copied([("update", some[place][1]["update"]) for place in told_by])
            paths = {place: path for place, (_, path) in zip(told_by, files, strict=True)}
            for place, (update, objects) in enumerate(some):
                path = paths.get(place)
                if self.updates.id is None and is_other(path):
                    self.got.others += 1
                    continue
                self.got.files += [path] if path else []
                left -= 1
                yield update, objects
            if self.got.others > _MOST_OTHERS:
                return

    def _found(self) -> Iterator[tuple[str, Mapping[str, Object]]]:
        """The updates that may be wanted, the newest first, each with its objects by their kind."""
        chosen = self.updates
        found = updates_of(
            self.bucket,
            self.home,
            self.means,
            begins=chosen.id if chosen.id and len(chosen.id) == _LONG else "",
            newest=time_part(chosen.until) if chosen.until else "",
            oldest=time_part(chosen.since) if chosen.since else ANY,
            got=self.got,
        )
        return (each for each in found if chosen.id is None or each[0].endswith(chosen.id))

    def _holder(self) -> str | None:
        """The update that holds the lock of the stage."""
        key = f"lock/{self.home}.json"
        try:
            objects = keys_after(self.means.connection, self.bucket, key)
            lock = next((each for each in objects if each.key == key), None)
        except RefusedError as error:
            self.means.keep.refuse(error.source, error.reason)
            return None
        files = [path for _, path in self._copied([("lock", lock)])] if lock else []
        said = _said(files[0], _Lock) if files and files[0] else None
        return said.update_id if said else None

    def _copied(self, objects: Sequence[tuple[str, Object]]) -> Iterator[tuple[Object, Path | None]]:
        return copied(self.means.connection, self.bucket, objects, self.means.keep)


def updates_of(  # noqa: PLR0913 - which of them
    bucket: str,
    home: Home,
    means: Means,
    *,
    begins: str = "",
    newest: str = "",
    oldest: str = ANY,
    got: Updated | None = None,
) -> Iterator[tuple[str, Mapping[str, Object]]]:
    """The updates of a stage, the newest first, each with its objects by their kind in the home.

    What is not listed is noted.

    Args:
        bucket: the state bucket.
        home: the stage.
        means: see there.
        begins: only those whose ids begin so.
        newest: only those whose ids do not come before these digits: none newer.
        oldest: only those whose ids, as far as these digits go, do not come after them: none older.
        got: where it is noted that some are not listed.
    """

    def listed(kind: str) -> Iterator[tuple[str, str, Object]]:
        prefix = f"{kind}/{home}/"
        after = f"{prefix}{newest}" if newest else ""
        try:
            for each in keys_after(means.connection, bucket, prefix + begins, after):
                match = _ID.fullmatch(each.key[len(prefix) :])
                if match and match[1][: len(oldest)] > oldest:
                    return
                if match:
                    yield match[1], kind, each
        except RefusedError as error:
            if got is not None:
                got.unlisted = True
            means.keep.refuse(error.source, error.reason)

    listings = map(listed, KINDS)
    for update, rows in groupby(heapq.merge(*listings, key=itemgetter(0)), key=itemgetter(0)):
        yield update, {kind: each for _, kind, each in rows}


def time_part(time: datetime) -> str:
    """The first digits of the ids that are made at a time (docs/facts/sst-output.md#14-update-object-and-update-id)."""
    return f"{~int(time.timestamp() * 1000) & (2**48 - 1):0{_TIME_DIGITS}x}"


def is_other(file: Path | None) -> bool:
    """Whether an update ran a command that writes no keys."""
    said = _said(file, _Update) if file else None
    return said is not None and bool(said.command) and said.command not in DEPLOYING


_Said = TypeVar("_Said", bound=msgspec.Struct)


def _said(file: Path, form: type[_Said]) -> _Said | None:
    """What a small object says; None where it is no JSON of its form."""
    try:
        data, _ = read_whole(Source(str(file), file), _MOST_JSON)
        return msgspec.json.decode(data, type=form)
    except (InputError, ValueError, RecursionError):
        return None
