"""Listing files → LISTINGS and KEYS: what a store held, and when. A description of a store is one without its keys.

The AWS CLI's output names neither store nor time. The store is then what the user gave (`ARN=FILE`), else null here and
inferred later from its namespaces (`fit`). The time is what the user gave, else that of the file's last change. That is
weak evidence, because a copied file has a new time; what rests on it is `low`. A listing that is cut (no JSON to its
end, a last page that names a next one, fewer keys than the store had) is reported and not used. What it lacks proves
nothing, and a report that is built on half a listing would look complete. A masked value is unknown (`masks`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.errors import InputError
from analyzer.moments import in_utc, of_file
from analyzer.sources.find import find
from analyzer.sources.identify import HEAD, detect
from analyzer.sources.input_stats import InputStats
from analyzer.sources.inputs import inputs_table
from analyzer.sources.limits import DENSE, LISTING_BYTES, is_dense
from analyzer.sources.s3.ahead import ahead
from analyzer.sources.unpack import read_whole
from analyzer.store.form import AwsDescription, Cut, OwnListing, values
from analyzer.store.lister import LiveListings
from analyzer.store.masks import without_masks
from analyzer.tables import KEYS, LISTINGS, from_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from analyzer.sources.s3.client import Connection
    from analyzer.sources.source import Source
    from analyzer.store.form import AwsPage, Listed

KIND: Final = "key-listing"
_MORE: Final = "its last page names a next one: pages are missing"


@dataclass(frozen=True, slots=True)
class Listings:
    """What the listings say.

    Attributes:
        table: LISTINGS.
        keys: KEYS of those without a problem.
        inputs: INPUTS, a row per file.
    """

    table: pl.DataFrame
    keys: pl.DataFrame
    inputs: pl.DataFrame


@dataclass(slots=True)
class _Listing:
    """One listing while its pages are read."""

    source: str
    store: str | None = None
    store_by: str | None = None
    at: datetime | None = None
    at_by: str | None = None
    pages: int = 0
    more: bool = False
    problem: str | None = None
    etag: str | None = None
    described: int | None = None
    clock: str | None = None
    live: str | None = None
    values: dict[str, str] = field(default_factory=dict)

    @property
    def items(self) -> int:
        return len(self.values) if self.described is None else self.described

    @property
    def bare(self) -> bool:
        return self.described is not None

    def add(self, key: str, value: str) -> None:
        if self.values.setdefault(key, value) != value:
            self.problem = "two of its pages give one key two values: the store changed while it was listed"


def read_listings(  # noqa: PLR0913 - the options of the command
    words: Sequence[str | Path],
    *,
    at: datetime | None = None,
    stdin: Callable[[], bytes] | None = None,
    more: Sequence[Source] = (),
    live: LiveListings | None = None,
    follow_links: bool = False,
    s3: Connection | None = None,
) -> Listings:
    """The listings that `words` name. Nothing raises for one input: `inputs` reports what was wrong.

    Args:
        words: files, globs, directories or `-`, each with `ARN=` before it where the user says which store it is of.
            Files are pages of one listing where all but the last say that more follow, in the order given.
        at: when the store was listed, for files that do not say.
        stdin: reads standard input.
        more: listings that were found elsewhere.
        live: listings of live stores, made after the logs were read.
        follow_links: whether links in a folder that lead out of it are followed.
        s3: connects to the buckets of words that are addresses in S3.
    """
    listings: list[_Listing] = []
    inputs: list[InputStats] = []
    for store, word in map(_annotated, words):
        sources, missing = find([word], stdin, follow_links=follow_links, s3=s3)
        inputs += missing
        for source in ahead(sources):
            inputs.append(_read(source, listings, store, at))
    inputs += [_read(source, listings, None, at) for source in more]
    inputs += _read_live(live or LiveListings(), listings)
    for listing in listings:
        if listing.more:
            listing.problem = _MORE
    return Listings(_table(listings), _keys(listings), inputs_table(inputs))


def word_of(word: str | Path) -> str:
    """The file in `ARN=FILE`."""
    return str(_annotated(word)[1])


def _annotated(word: str | Path) -> tuple[str | None, str | Path]:
    """The store that the user names before the file, and the file."""
    if isinstance(word, str) and word.startswith("arn:"):
        store, equals, rest = word.partition("=")
        return (store, rest) if equals else (None, word)
    return None, word


def _read(source: Source, listings: list[_Listing], store: str | None, at: datetime | None) -> InputStats:
    """The stats of one file, whose objects are added to `listings`."""
    stats = InputStats(source.name)
    stamp = source.stamp()
    try:
        stats.bytes = source.size()
        data, stats.problems = read_whole(source, LISTING_BYTES)
        changed = _changed(source)
    except (InputError, OSError) as error:
        stats.problems.append(getattr(error, "reason", None) or "cannot be read")
        return stats
    identity = detect(data[:HEAD])
    if identity.kind != KIND:
        what = "" if stats.problems and not data else f"not a key listing (JSON): {identity.reason}"
        stats.problems[:0] = [what] if what else []
        return stats
    stats.kind, stats.records = KIND, 0
    damage = stats.problems[0] if stats.problems else DENSE if is_dense(data) else None
    user_columns = {"store": store, "store_by": store and "user", "at": at, "at_by": at and "user"}
    if at is None and changed is not None:
        user_columns |= {"at": changed, "at_by": "mtime"}
    try:
        for value in () if damage == DENSE else values(data):
            stats.records += _take(value, source.name, listings, user_columns)
    except ValueError as error:
        damage = damage or (str(error) if isinstance(error, Cut) else f"not a key listing: {error}")
    damage = damage or (stamp.change(source.stamp()) if stamp else None)
    if damage:
        _spoil(source.name, damage, listings, user_columns)
        stats.kind, stats.problems = "unusable", [f"{damage}; it is not used"]
    return stats


def _read_live(live: LiveListings, listings: list[_Listing]) -> list[InputStats]:
    """The stats of each store that was to be listed; the listings are added to `listings`."""
    inputs = [InputStats(store, problems=[reason]) for store, reason in live.failures]
    for source in live.sources:
        before = len(listings)
        stats = _read(source, listings, source.name, None)
        for listing in listings[before:]:
            listing.live = "gone" if source.name in live.gone else listing.clock or "local"
        if source.name in live.gone:
            stats.problems.append(
                "there is no such store any more, as the deploy deleted it: it is taken for empty"
            )
        inputs.append(stats)
    return inputs


def _changed(source: Source) -> datetime | None:
    """When the file was last changed, or the object stored; null for standard input."""
    if source.modified is not None:
        return in_utc(source.modified)
    return None if source.path is None else of_file(source.path)


def _take(value: Listed, source: str, listings: list[_Listing], user_columns: Mapping[str, object]) -> int:
    """Adds one object: a listing of its own, or the next page of the last one. Gives how many keys it has."""
    if isinstance(value, AwsDescription):
        listings.append(_described(value, source, user_columns))
        return 0
    if isinstance(value, OwnListing):
        listings.append(_own(value, source, user_columns["store"]))
    elif listings and listings[-1].more and listings[-1].store == user_columns["store"]:
        _continue(listings[-1], value, user_columns)
    else:
        listings.append(_Listing(source, **user_columns))  # type: ignore[arg-type]  # the keys are its fields
        _continue(listings[-1], value, user_columns)
    return len(value.items)


def _own(value: OwnListing, source: str, named: object) -> _Listing:
    listing = _Listing(
        source,
        value.store,
        "file",
        in_utc(value.listed_at),
        "file",
        pages=1,
        etag=value.etag or None,
        clock=value.clock,
    )
    for item in value.items:
        listing.add(item.key, item.value)
    if listing.at is None:
        listing.problem = "its time is not valid"
    elif listing.items != value.item_count:
        listing.problem = (
            f"it contains {listing.items} keys, and the store had {value.item_count}: keys are missing"
        )
    else:
        listing.problem = _other_store(value.store, named)
    return listing


def _described(value: AwsDescription, source: str, user_columns: Mapping[str, object]) -> _Listing:
    """A listing without keys: its time is the user's or the file's, as that of the CLI's pages."""
    columns = {**user_columns, "store": value.store, "store_by": "file"}
    listing = _Listing(source, **columns, pages=1, etag=value.etag, described=value.item_count)  # type: ignore[arg-type]  # the keys are its fields
    listing.problem = _other_store(value.store, user_columns["store"])
    return listing


def _other_store(store: str, named: object) -> str | None:
    """The problem of a file that names another store than the user did."""
    return None if named in (None, store) else f"it is of store {store}, and was given as one of {named}"


def _continue(listing: _Listing, page: AwsPage, user_columns: Mapping[str, object]) -> None:
    """Adds a page. Pages come one after the other: the listing as a whole is as old as its oldest one."""
    for item in page.items:
        listing.add(item.key, item.value)
    listing.pages += 1
    listing.more = bool(page.next_token)
    if listing.at is not None and isinstance(user_columns["at"], datetime):
        listing.at = min(listing.at, user_columns["at"])


def _spoil(source: str, damage: str, listings: list[_Listing], user_columns: Mapping[str, object]) -> None:
    """Lets a damaged file count as a listing that says nothing; the one that it would continue is cut too."""
    if not (listings and listings[-1].source == source):
        listings.append(_Listing(source, **user_columns, pages=1))  # type: ignore[arg-type]  # the keys are its fields
    listings[-1].problem, listings[-1].more = damage, False


def _table(listings: Sequence[_Listing]) -> pl.DataFrame:
    columns = {
        name: [getattr(listing, name) for listing in listings] for name in LISTINGS if name != "listing"
    }
    return from_columns({"listing": range(1, len(listings) + 1), **columns}, LISTINGS)


def _keys(listings: Sequence[_Listing]) -> pl.DataFrame:
    rows = [
        (number, key, value)
        for number, listing in enumerate(listings, start=1)
        if listing.problem is None
        for key, value in listing.values.items()
    ]
    table = pl.DataFrame(rows, schema=KEYS, orient="row")
    live = [number for number, listing in enumerate(listings, start=1) if listing.live is not None]
    if not live:
        return without_masks(table)
    # What the store itself said is no mask, whatever it looks like.
    said = pl.col("listing").is_in(live)
    return pl.concat([without_masks(table.filter(~said)), table.filter(said)])
