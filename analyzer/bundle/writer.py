"""A bundle that is being filled: a private folder, whose manifest is written last and from time to time before.

Whatever ends the making, what was copied by then is a bundle, and the next run goes on with it: an object whose ETag is
that of a file in it is not copied again.
"""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, cast

from msgspec.structs import replace

from analyzer.bundle.layout import LASTING, other_place, parts_of, place_of
from analyzer.bundle.lock import Lock
from analyzer.bundle.manifest import (
    KINDS,
    MOST_BYTES,
    NAME,
    Item,
    Kind,
    Manifest,
    Open,
    Refused,
    Span,
    read,
    written,
)
from analyzer.bundle.open import doubt_of_digests
from analyzer.bundle.pack import pack
from analyzer.bundle.redact import REDACTED, redacted
from analyzer.errors import InputError, UsageError
from analyzer.sources.private_folder import PrivateFolder
from analyzer.sources.walk import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

_SECONDS: Final = 5.0  # between two manifests of a bundle that is being filled
_LASTING_REFUSALS: Final = ("s3://", "cloudtrail:", "cloudfront-keyvaluestore:")
"""Of an earlier run: what they name is missing until the bundle has it, whatever a later run asks for."""

_ENDED_EARLY: Final = (
    "an earlier run that was asked for this did not end: what is not there may only not have been asked for; the same"
    " command goes on with it"
)


def _now() -> datetime:
    return datetime.now(UTC)


class BundleFolder(PrivateFolder):
    """The folder of a bundle."""

    noun: ClassVar[str] = "bundle"


class Writer:
    """Fills a bundle. `close` writes the manifest; as a context manager it does so whatever happens.

    Attributes:
        folder: where the bundle is.
    """

    def __init__(
        self, folder: BundleFolder, manifest: Manifest, *, redact: bool, now: Callable[[], datetime]
    ) -> None:
        self.folder = folder.root
        self._folder = folder
        self._redact = redact
        self._now = now
        self._asked = manifest.asked
        self._unfinished = None if manifest.complete or not manifest.items else manifest.asked
        self._doubtful = doubt_of_digests(manifest) is not None
        self._touched: set[str] = set()  # sources that this run put, or found in the bundle as they are
        self._items = {item.path: item for item in manifest.items}
        self._of_source = {item.source: item for item in manifest.items}
        self._paths: dict[str, str] = {}  # of each path, in one case, its source
        self._folders: set[str] = set()
        for item in manifest.items:
            self._take(item)
        self._earlier = [one for one in manifest.refused if one.what.startswith(_LASTING_REFUSALS)]
        self._refused: dict[tuple[str, str], Refused] = {}
        self._open: dict[tuple[str, str], Open] = {}
        self._spans = list(manifest.spans)
        self._written_at = time.monotonic()
        self._lock: Lock | None = None

    @classmethod
    def open(cls, folder: str | Path, *, redact: bool = False, now: Callable[[], datetime] = _now) -> Writer:
        """A bundle in `folder`, which is made if it is not there; one that is there already is gone on with.

        Args:
            folder: where.
            redact: whether what verdicts do not need is left out of each file.
            now: tells the time, in UTC.

        Raises:
            UsageError: something else is in the folder.
            InputError: it belongs to another user, or another run fills it, or the manifest in it is damaged or newer,
                or it cannot be written.
        """
        place = BundleFolder(Path(folder))
        place.made()
        place.require_own()
        lock = Lock(place.root)
        manifest = Manifest()
        if place.has(NAME):
            manifest = read(place.read(NAME, most=MOST_BYTES), printable(place.path(NAME)))
        elif next(place.names(), None) is not None:
            raise UsageError(
                f"{printable(folder)}: is not empty, and no bundle of lostwrite: name another folder, or a new one"
            )
        writer = cls(place, manifest, redact=redact, now=now)
        writer._lock = lock
        writer._write(complete=False)
        return writer

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close(complete=kind is None)

    def has(self, source: str, etag: str | None, *, context: bool = False) -> Path | None:
        """The file of this version of an object, if the bundle has it as it was copied.

        Without `context` it is no context any longer.
        """
        item = self._of_source.get(source)
        if etag is None or item is None or item.etag != etag or not self._is_as_wanted(item):
            return None
        names = parts_of(item.path)
        try:
            path = self._folder.file(*names)
            if not path.exists() or path.stat().st_size != item.size:
                return None
            data = self._folder.read(*names, most=item.size)
        except (InputError, OSError):
            return None
        if len(data) != item.size or hashlib.sha256(data).hexdigest() != item.sha256:
            return None
        if item.context and not context:
            self._items[item.path] = self._of_source[source] = replace(item, context=False)
        self._touched.add(source)
        return self._folder.path(*names)

    def put(  # noqa: PLR0913 - what stands in the manifest
        self,
        kind: str,
        source: str,
        data: bytes,
        *,
        etag: str | None = None,
        modified: datetime | None = None,
        context: bool = False,
    ) -> Path:
        """Keeps what `source` gave; gives the file. An earlier version of the same source is replaced.

        Args:
            kind: one of `analyzer.bundle.manifest.KINDS`.
            source: `s3://BUCKET/KEY`, `file:NAME`, or a call, as `cloudtrail:GetTrailStatus ARN`.
            data: the bytes, as they were given.
            etag: of the object.
            modified: when the object was stored.
            context: whether it is of a deploy that was not asked for.

        Raises:
            InputError: it cannot be written.
            ValueError: there is no such kind.
        """
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of a bundle's file")
        at = self._now().replace(microsecond=0)
        path = self._place(kind, source, at)
        left = self._redacted(kind, data) if self._redact else None
        if self._redact and left is None and kind in REDACTED:
            self.leave_open(source, "nothing was left out of it: it is in no form of which that is sure")
        data = data if left is None else left
        item = Item(
            path=path,
            source=source,
            kind=cast("Kind", kind),
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            at=at,
            etag=etag,
            modified=modified,
            redacted=left is not None,
            context=context,
        )
        self._folder.write(data, *parts_of(path), lasting=False)
        self._items[path] = self._of_source[source] = item
        self._touched.add(source)
        self._take(item)
        self._write_sometimes()
        return self._folder.path(*parts_of(path))

    def source(self, path: Path) -> str:
        """Of what a file of the bundle is a copy."""
        return self._items[path.relative_to(self.folder).as_posix()].source

    def asked_logs(self) -> list[str]:
        """The sources of the deploy logs that were asked for, in this run or an earlier one."""
        return [item.source for item in self._items.values() if item.kind == "log" and not item.context]

    def drop(self, kind: str) -> None:
        """Takes the files of a kind out of the bundle.

        Raises:
            InputError: one cannot be removed.
        """
        for item in [item for item in self._items.values() if item.kind == kind]:
            self._folder.remove(*parts_of(item.path))
            del self._items[item.path], self._of_source[item.source]

    def refuse(self, what: str, why: str) -> None:
        """Notes what was not given: an address or a call, and why."""
        self._refused[what, why] = Refused(what=what, why=why)

    def leave_open(self, what: str, why: str, when: datetime | None = None) -> None:
        """Notes what cannot be known yet; and when it can."""
        self._open[what, why] = Open(what=what, why=why, when=when)

    def ask(self, asked: Mapping[str, str | list[str]]) -> None:
        """Notes what the bundle was asked for in this run."""
        self._asked = dict(asked)

    def span(self, store: str, start: datetime, end: datetime) -> None:
        """Notes for which time the calls on a store were looked for."""
        span = Span(store=store, start=start, end=end)
        if span not in self._spans:
            self._spans.append(span)

    @property
    def refused(self) -> Sequence[Refused]:
        """What was not given, in this run."""
        return list(self._refused.values())

    @property
    def open_ends(self) -> Sequence[Open]:
        """What is open, by this run."""
        return list(self._open.values())

    @property
    def files(self) -> int:
        """How many files the bundle has."""
        return len(self._items)

    def paths(self, *kinds: str) -> list[Path]:
        """The files of these kinds, in their order."""
        return [
            self._folder.path(*parts_of(item.path)) for item in self._items.values() if item.kind in kinds
        ]

    def close(self, *, complete: bool = True) -> None:
        """Writes the manifest.

        Args:
            complete: whether all that was asked for was looked for. What an earlier run left open is said.

        Raises:
            InputError: it cannot be written.
        """
        if self._unfinished not in (None, self._asked):
            self.leave_open(_in_words(self._unfinished or {}), _ENDED_EARLY)
        try:
            self._write(complete=complete)
        finally:
            if self._lock is not None:
                self._lock.close()

    def pack(self, target: str | Path) -> None:
        """Packs the bundle, which must be closed, into one file (`analyzer.bundle.pack`)."""
        pack(self.folder, target)

    def _is_as_wanted(self, item: Item) -> bool:
        return item.kind not in REDACTED or item.redacted == self._redact

    def _redacted(self, kind: str, data: bytes) -> bytes | None:
        logs = [item for item in self._items.values() if item.kind == "log" and kind == "listing"]
        return redacted(kind, data, [self._folder.read(*parts_of(item.path)) for item in logs])

    def _place(self, kind: str, source: str, at: datetime) -> str:
        """Where a file goes: where an earlier version of its source is, if any."""
        earlier = self._of_source.get(source)
        if earlier is not None and earlier.kind == kind and kind not in LASTING:
            return earlier.path
        path = place_of(kind, source, at)
        return other_place(path, source) if self._is_taken(path, source) else path

    def _take(self, item: Item) -> None:
        folded = item.path.casefold()
        self._paths[folded] = item.source
        self._folders.update(_above(folded))

    def _is_taken(self, path: str, source: str) -> bool:
        """Whether another file stands there, on a system that does not tell cases apart; or where its folders are."""
        folded = path.casefold()
        return (
            self._paths.get(folded, source) != source
            or folded in self._folders
            or any(folder in self._paths for folder in _above(folded))
        )

    def _missing(self) -> tuple[Refused, ...]:
        """What was not given, now or in an earlier run: of each thing what was said last.

        What is refused now although an earlier run got it is missing too: what the bundle has of it is of then.
        """
        refused = {
            one.what: one
            for one in self._earlier
            if not one.what.endswith("/") and one.what not in self._of_source
        }
        refused.update((one.what, one) for one in self._refused.values())
        return tuple(one for one in refused.values() if one.what not in self._touched)

    def _named(self) -> tuple[Item, ...]:
        """The files that the manifest names.

        Where an earlier run may have missed a backfill digest, the digests that it copied are not named any more,
        unless this run wanted them too: it looked for the backfill digests of these anew.
        """
        return tuple(
            item
            for item in self._items.values()
            if not (self._doubtful and item.kind == "digest" and item.source not in self._touched)
        )

    def _write_sometimes(self) -> None:
        if time.monotonic() - self._written_at > _SECONDS:
            self._write(complete=False)

    def _write(self, *, complete: bool) -> None:
        manifest = Manifest(
            made_at=self._now().replace(microsecond=0),
            complete=complete,
            asked=self._asked,
            items=self._named(),
            refused=self._missing(),
            open=tuple(self._open.values()),
            spans=tuple(self._spans),
        )
        self._folder.write(written(manifest), NAME)
        self._written_at = time.monotonic()

    @property
    def bytes(self) -> int:
        """How many bytes they have."""
        return sum(item.size for item in self._items.values())


def _in_words(asked: Mapping[str, str | list[str]]) -> str:
    """A request in one line."""
    return ", ".join(f"{name} {word}" for name, word in asked.items()) or "an earlier request"


def _above(path: str) -> list[str]:
    """The folders in which a path stands."""
    return [path[:end] for end, letter in enumerate(path) if letter == "/"]
