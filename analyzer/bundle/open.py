"""A bundle → the sources in it, by what they are for; and what must be said of it: it is judged alone, offline.

    Bundle      a folder with `manifest.json`, or an archive of one (`.tar.zst`, `.tar`, `.tar.gz`, `.zip`)

The manifest is believed as far as the bytes confirm it. A file that is missing, that is not as it was copied, or that
the manifest does not name is reported and not read. What is in a file is detected by its content, as everywhere:
the manifest's word for it only says where to look.

What was refused or is open is reported too, so that a hole is not taken for an absence. The trail's own proofs bear
holes: a missing log file breaks the chain, or is missing from its digest. A missing digest breaks its run, but for one:
a backfill digest lists files that came too late for theirs, and nothing else shows that it is missing. Where one may
be, no digest of the bundle is used (docs/facts/cloudtrail.md#p3-configured-and-complete).
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import msgspec

from analyzer.bundle.files import files_of, is_bundle
from analyzer.bundle.manifest import NAME, Manifest, read
from analyzer.errors import InputError
from analyzer.sources.input_stats import InputStats
from analyzer.sources.limits import LISTING_BYTES
from analyzer.sources.paths import is_folder
from analyzer.sources.unpack import read_whole
from analyzer.sources.walk import printable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from analyzer.bundle.files import ArchiveFiles, FolderFiles
    from analyzer.bundle.manifest import Item
    from analyzer.sources.source import Source

KIND: Final = "bundle"
"""Of the row in INPUTS that stands for the manifest."""

_MOST_NOTES: Final = 1000
_LONGEST: Final = 600
_ONE_FILE: Final = re.compile(
    r"/\d{12}_(?:CloudTrail|CloudTrail-Digest)_[^/]*\d{8}T\d{4,6}Z(?:_[A-Za-z0-9]{16})?\.json(?:\.gz)?\Z"
)
"""A log file, or a digest that is no backfill: digests show themselves that it is missing."""
_TIME: Final = "%Y-%m-%d %H:%M:%SZ"
_LOGS: Final = ("log", "update", "snapshot")


@dataclass(frozen=True, slots=True)
class Answer:
    """A file with what AWS answered, about what, and when."""

    source: Source
    about: str
    at: datetime


@dataclass(slots=True)
class Opened:
    """A bundle.

    Attributes:
        name: as the user wrote it.
        manifest: what it says of itself; an empty one if it cannot be read.
        logs: deploy logs, and the updates and snapshots that say more of them.
        context: the same of deploys that were not asked for: what they meant must be known to judge the others.
        trail: CloudTrail's log files and digests.
        listings: of stores.
        selectors: what trails record.
        public_keys: of digests.
        notes: stats (kind `unusable`) of each thing that is missing.
        is_packed: whether it is an archive.
        rows: stats of the bundle itself: how it differs from its manifest, and what is open; none if it cannot be used.
    """

    name: str
    manifest: Manifest = field(default_factory=Manifest)
    logs: list[Source] = field(default_factory=list)
    context: list[Source] = field(default_factory=list)
    trail: list[Source] = field(default_factory=list)
    listings: list[Source] = field(default_factory=list)
    selectors: list[Answer] = field(default_factory=list)
    public_keys: list[Answer] = field(default_factory=list)
    notes: list[InputStats] = field(default_factory=list)
    rows: list[InputStats] = field(default_factory=list)
    is_packed: bool = False


def apart(words: Sequence[str | Path]) -> tuple[list[str | Path], list[Opened]]:
    """The words that name no bundle, and the bundles that the others name; nothing raises for what is in one."""
    others: list[str | Path] = []
    found: list[Opened] = []
    for word in words:
        if is_bundle(word):
            found.append(opened(word))
        else:
            others.append(word)
    return others, found


def opened(word: str | Path) -> Opened:
    """The bundle that a word names; where it cannot be used, its only note says why."""
    bundle = Opened(printable(str(word)), is_packed=not is_folder(word))
    try:
        files = files_of(word)
        bundle.manifest = read(files.manifest(), files.name(NAME))
    except InputError as error:
        bundle.notes.append(InputStats(bundle.name, problems=[f"{_within(error)}: nothing of it was read"]))
        return bundle
    _take(bundle, files)
    return bundle


def _within(error: InputError) -> str:
    return f"{error.source}: {error.reason}"


def _take(bundle: Opened, files: FolderFiles | ArchiveFiles) -> None:
    """Puts each file where it belongs, and notes what is missing."""
    manifest = bundle.manifest
    row = InputStats(files.name(NAME), kind=KIND, bytes=files.size)
    lost: list[tuple[str, str]] = []
    digests: list[Source] = []
    statuses: list[Answer] = []
    for item in manifest.items:
        source = files.source(item)
        if isinstance(source, str):
            lost.append((item.source, source))
            bundle.notes.append(InputStats(files.name(item.path), problems=[f"not used: {source}"]))
        elif item.kind == "digest":
            digests.append(source)
        elif item.kind == "status":
            statuses.append(_answer(item, source))
        else:
            _put(bundle, item, source)
    row.problems += _without_stopped(bundle, statuses)
    row.problems += files.others({item.path for item in manifest.items})
    if not manifest.complete:
        row.problems.append("its gathering did not end: what is not in it may only not have been asked for")
    row.problems += _without_outdated(bundle, manifest)
    doubt = doubt_of_digests(manifest, [source for source, _ in lost])
    if doubt and digests:
        row.problems.append(f"{len(digests):,} digests not used: {doubt}")
    elif not doubt:
        bundle.trail += digests
    bundle.notes += _missing(manifest)
    row.problems += [_said(f"open: {one.what}: {one.why}", one.when) for one in manifest.open[:_MOST_NOTES]]
    bundle.rows.append(row)


def _put(bundle: Opened, item: Item, source: Source) -> None:
    if item.kind in _LOGS:
        (bundle.context if item.context else bundle.logs).append(source)
    elif item.kind == "trail":
        bundle.trail.append(source)
    elif item.kind == "listing":
        bundle.listings.append(source)
    elif item.kind == "selectors":
        bundle.selectors.append(_answer(item, source))
    elif item.kind == "public_keys":
        bundle.public_keys.append(_answer(item, source))


def _answer(item: Item, source: Source) -> Answer:
    return Answer(source, item.source.partition(" ")[2], item.at)


def _without_stopped(bundle: Opened, statuses: Sequence[Answer]) -> list[str]:
    """Takes out the selectors of trails that did not log when they were asked for; gives a sentence for each."""
    problems = []
    for answer in list(bundle.selectors):
        of_trail = [status for status in statuses if status.about == answer.about]
        nearest = min(of_trail, key=lambda status: abs(status.at - answer.at), default=None)
        if nearest is not None and not _logs(nearest.source):
            bundle.selectors.remove(answer)
            name = _short(answer.about)
            problems.append(
                f"{answer.source.name}: not used: trail {name} did not log at {answer.at:{_TIME}}"
            )
    return problems


def _without_outdated(bundle: Opened, manifest: Manifest) -> list[str]:
    """Takes out redacted listings that were made before a log came, whose values they may lack."""
    last = max((item.at for item in manifest.items if item.kind == "log" and not item.context), default=None)
    outdated = {
        item.path
        for item in manifest.items
        if item.kind == "listing" and item.redacted and last and item.at < last
    }
    taken = [
        source for source in bundle.listings if source.name.replace(os.sep, "/").endswith(tuple(outdated))
    ]
    bundle.listings = [source for source in bundle.listings if source not in taken]
    return [f"{source.name}: not used: values were left out of it before a log came" for source in taken]


class _Status(msgspec.Struct, rename="pascal"):
    """What GetTrailStatus answers."""

    is_logging: bool


def _logs(status: Source) -> bool:
    """Whether a trail logs, as far as the answer can be read."""
    try:
        return msgspec.json.decode(read_whole(status, LISTING_BYTES)[0], type=_Status).is_logging
    except (msgspec.DecodeError, InputError, OSError, RecursionError):
        return True


def _missing(manifest: Manifest) -> list[InputStats]:
    """A row for each thing that was refused."""
    shown = manifest.refused[:_MOST_NOTES]
    rows = [InputStats(_short(one.what), problems=[f"not in the bundle: {_short(one.why)}"]) for one in shown]
    left = len(manifest.refused) - len(shown)
    if left:
        rows.append(InputStats(NAME, problems=[f"{left:,} more things are not in the bundle"]))
    return rows


def doubt_of_digests(manifest: Manifest, lost: Sequence[str] = ()) -> str | None:
    """Why a backfill digest may be missing; None where none may.

    Args:
        manifest: what a bundle says of itself.
        lost: sources of files that cannot be used.
    """
    if not manifest.complete:
        return "the gathering did not end, so that one that lists more files may be missing"
    buckets = tuple({_bucket(item.source) for item in manifest.items if item.kind == "digest"})
    holes = [
        *(one.what for one in manifest.open),
        *(what for what in (*lost, *(one.what for one in manifest.refused)) if not _ONE_FILE.search(what)),
    ]
    if buckets and any(hole.startswith(buckets) for hole in holes):
        return "one that may list more files is missing"
    return None


def _bucket(source: str) -> str:
    """`s3://BUCKET/`."""
    return "/".join([*source.split("/")[:3], ""])


def _said(text: str, when: datetime | None) -> str:
    told = _short(text)
    return told if when is None else f"{told} (from {when:{_TIME}} on)"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
