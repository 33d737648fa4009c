"""The bundles among a user's words → what each is for: beside the files that the user names, and read as they are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

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
        trail_sources: CloudTrail files of bundles that were named as logs or trail.
        listing_sources: listings of all bundles but those that were named as trail.
        notes: what INPUTS has to say of each bundle.
    """

    def __init__(
        self,
        logs: Sequence[str | Path] = (),
        trail: Sequence[str | Path] = (),
        keys: Sequence[str | Path] = (),
    ) -> None:
        self.logs, whole = apart(logs)
        self.trail, of_trail = apart(trail)
        self.keys, of_keys = apart(keys)
        bundles = [*whole, *of_trail, *of_keys]
        self.log_sources = [source for bundle in whole for source in bundle.logs]
        self.trail_sources = [source for bundle in _once([*whole, *of_trail]) for source in bundle.trail]
        self.listing_sources = [source for bundle in _once([*whole, *of_keys]) for source in bundle.listings]
        self.notes = [note for bundle in _once(bundles) for note in bundle.notes]
        self._with_answers = _once([*whole, *of_trail])

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
        for bundle in self._with_answers:
            for answer in bundle.public_keys:
                more = _tried(unfit, partial(_public_keys, answer))
                keys = more if keys is None else keys if more is None else keys.and_those_of(more)
            for answer in bundle.selectors:
                found = _tried(unfit, partial(_selectors, answer))
                selector_files += [found] if found else []
        return keys, selector_files, unfit


def _once(bundles: Sequence[Opened]) -> list[Opened]:
    """Each bundle once: one may be named for several things."""
    return list({real_path(bundle.name): bundle for bundle in reversed(bundles)}.values())[::-1]


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
