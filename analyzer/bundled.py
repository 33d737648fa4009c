"""The bundles among a user's words → what each is for: beside the files that the user names, and read as they are."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar

from analyzer.bundle.open import apart
from analyzer.errors import InputError
from analyzer.moments import in_utc
from analyzer.sources.input_stats import InputStats
from analyzer.sources.limits import LISTING_BYTES
from analyzer.sources.paths import real_path
from analyzer.sources.unpack import read_whole
from analyzer.sources.walk import printable
from analyzer.trail.coverage.public_keys import read_public_keys
from analyzer.trail.coverage.selectors import read_selector_file
from analyzer.trail.coverage.user_files import read_public_key_file, read_selector_files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from analyzer.bundle.open import Answer, Opened
    from analyzer.sources.source import Source
    from analyzer.trail.coverage.public_keys import PublicKeys
    from analyzer.trail.coverage.selectors import SelectorFile

Value = TypeVar("Value")


class Bundled:
    """The bundles among the words for logs, trail and listings.

    Attributes:
        logs: words for logs that name no bundle.
        trail: words for a trail that name no bundle.
        keys: words for listings that name no bundle.
        log_sources: deploy logs of bundles that were named as logs.
        context_sources: logs of other deploys than were asked for, of bundles that were named as logs or trail.
        trail_sources: CloudTrail files of bundles that were named as logs or trail.
        listing_sources: listings of bundles that were named as logs or listings.
        log_notes: stats of what is missing in bundles that were named as logs.
        trail_notes: the same of those that were named only as a trail.
        key_notes: the same of those that were named only as listings.
        rows: stats of each bundle itself: how it differs from its manifest, and what is open; after `user_files` also
            of what in them could not be used.
    """

    def __init__(
        self,
        logs: Sequence[str | Path] = (),
        trail: Sequence[str | Path] = (),
        keys: Sequence[str | Path] = (),
    ) -> None:
        self.logs, named = apart(logs)
        whole = _once(named)
        self.trail, of_trail = apart(trail)
        self.keys, of_keys = apart(keys)
        every = _once([*whole, *of_trail, *of_keys])
        for_trail, for_keys = _once([*whole, *of_trail]), _once([*whole, *of_keys])
        self.log_sources = [source for bundle in whole for source in bundle.logs]
        self.context_sources = [source for bundle in for_trail for source in bundle.context]
        self.trail_sources = [source for bundle in for_trail for source in bundle.trail]
        self.listing_sources = [source for bundle in for_keys for source in bundle.listings]
        self.log_notes = _notes(whole, [bundle for bundle in whole if not bundle.logs], "deploy log")
        self.trail_notes = _notes(
            _those(every, of_trail),
            [bundle for bundle in of_trail if not bundle.trail],
            "CloudTrail file that can be used",
        )
        self.key_notes = _notes(
            _those(every, of_keys),
            [bundle for bundle in of_keys if not bundle.listings],
            "listing",
        )
        self.rows = [row for bundle in every for row in bundle.rows]
        self._with_answers = for_trail
        self._every = every

    def files(self) -> dict[Literal["log", "trail", "keys"], list[str | Path]]:
        """The words for each, with the files of bundles that are folders in their place.

        Those of an archive are only named in `told`: they have no path of their own.
        """
        self.rows += [
            InputStats(bundle.name, problems=["a packed bundle: unpack it, and name the folder"])
            for bundle in self._every
            if bundle.is_packed
        ]
        return {
            "log": [*self.logs, *_paths(self.log_sources), *_paths(self.context_sources)],
            "trail": [*self.trail, *_paths(self.trail_sources)],
            "keys": [*self.keys, *_paths(self.listing_sources)],
        }

    def told(self) -> list[InputStats]:
        """The rows of which there is something to say, as stats of what is not read."""
        return [replace(row, kind="unusable") for row in self.rows if row.problems]

    def user_files(
        self, public_keys: str | Path | None, selectors: Sequence[str | Path], since: datetime | None
    ) -> tuple[PublicKeys | None, list[SelectorFile], list[InputStats]]:
        """What these files and the bundles say, and the stats of each file that could not be used.

        Args:
            public_keys: as the user gave them.
            selectors: the same.
            since: since when those of the user have been so; a bundle's hold from when they were asked for.
        """
        unfit: list[InputStats] = []
        keys = _tried(unfit, partial(read_public_key_file, public_keys))
        selector_files: list[SelectorFile] = []
        for file in selectors:
            selector_files += _tried(unfit, partial(read_selector_files, [file], since)) or []
        for answer in (answer for bundle in self._with_answers for answer in bundle.public_keys):
            more = _tried(self.rows, partial(_public_keys, answer))
            keys = keys.and_those_of(more) if keys and more else keys or more
        for answer in (answer for bundle in self._with_answers for answer in bundle.selectors):
            found = _tried(self.rows, partial(_selectors, answer))
            selector_files += [found] if found else []
        return keys, selector_files, unfit


def _once(bundles: Sequence[Opened]) -> list[Opened]:
    """Each bundle once: one may be named for several things."""
    return list({real_path(bundle.name): bundle for bundle in reversed(bundles)}.values())[::-1]


def _those(bundles: Sequence[Opened], of: Sequence[Opened]) -> list[Opened]:
    """Those of `bundles` that are `of` these: equal ones were opened for something else."""
    own = set(map(id, of))
    return [bundle for bundle in bundles if id(bundle) in own]


def _paths(sources: Sequence[Source]) -> list[str | Path]:
    """The files, called as reports call them."""
    return [
        source.name if os.path.lexists(source.name) else str(source.path) for source in sources if source.path
    ]


def _notes(bundles: Sequence[Opened], lacking: Sequence[Opened], what: str) -> list[InputStats]:
    """What bundles have to say, and for each of those that lack `what` that it does."""
    empty = [
        InputStats(bundle.name, problems=[f"a bundle without a {what}"])
        for bundle in lacking
        if bundle.rows  # else its note says why nothing of it was read
    ]
    return [*(note for bundle in bundles for note in bundle.notes), *empty]


def _tried(unfit: list[InputStats], read: Callable[[], Value]) -> Value | None:
    """What `read` gives; None where it raises, and `unfit` says why."""
    try:
        return read()
    except InputError as error:
        unfit.append(InputStats(printable(error.source), problems=[error.reason]))
        return None


def _public_keys(answer: Answer) -> PublicKeys:
    return read_public_keys(answer.source.name, _data(answer))


def _selectors(answer: Answer) -> SelectorFile:
    at = in_utc(answer.at)
    if at is None:
        raise InputError(answer.source.name, "the manifest gives it no time that counts")
    return read_selector_file(answer.source.name, _data(answer), at, None)


def _data(answer: Answer) -> bytes:
    data, problems = read_whole(answer.source, LISTING_BYTES)
    if problems:
        raise InputError(answer.source.name, problems[0])
    return data
