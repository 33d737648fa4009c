"""Copies of trails what deploys need, by as few listings and fetches as find it → WANTED.

For each store the best trail that may have recorded it (`recording`), the next where that one is refused or did not log
all the time. Of its bucket first the files of each deploy (`spans`); then, where the chain of the store's writes is
open on a side (`linked`), file by file away from the deploy, until the nearest write closes it, a write proves to be
missing, or the limits are reached, which is said. Last the digests (`digest_files`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.collect.digest_files import Digests
from analyzer.collect.interface import RefusedError
from analyzer.collect.linked import links
from analyzer.collect.objects import Fetcher, TrailLimits
from analyzer.collect.open_ends import OpenEnds
from analyzer.collect.recording import candidates
from analyzer.collect.search import Reached, Search, Span, needs
from analyzer.collect.spans import spans, widened
from analyzer.collect.tables import TRAILS
from analyzer.collect.trails import account_of
from analyzer.collect.tree import Counted, Place, Tree, trees
from analyzer.collect.writes import Writes
from analyzer.sources.walk import printable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from analyzer.collect.interface import Keep, Told
    from analyzer.collect.tree import Branch
    from analyzer.sources.s3.client import Connection

_ENCRYPTED: Final = (
    "files that are encrypted with this key were refused: kms:Decrypt on it may be what is missing"
)
_AT_ONCE: Final = 64
"""Files whose bytes are held at a time."""
_NOT_SELECTED: Final = (
    "no trail that this account can see selects its writes now: the files of {} may have some"
)
_NO_TRAIL: Final = "no trail that this account can see may have recorded its calls"


def fetch_trail(  # noqa: PLR0913 - what was found before
    connection: Connection,
    trails: pl.DataFrame,
    stores: Sequence[str],
    deploys: Iterable[tuple[datetime, datetime]],
    keep: Keep,
    *,
    now: datetime,
    told: Told,
    limits: TrailLimits | None = None,
    namespaces: Collection[str] = (),
    etags: Mapping[str, str] | None = None,
) -> pl.DataFrame:
    """WANTED: the files of trails that deploys need, which are in the bundle then, as far as they were given.

    Args:
        connection: to the buckets.
        trails: TRAILS.
        stores: ARNs; where none is known, those that are written to while the deploys ran are taken.
        deploys: when they ran, by their logs.
        keep: the bundle.
        now: the time.
        told: is told of each file.
        limits: how much is copied.
        namespaces: of keys, of which one must be written for a store to be taken.
        etags: the ETag that each store has now, where it is known.

    Raises:
        ExtraError: botocore is not installed.
        UsageError: the profile, the Region or the endpoint makes no sense.
    """
    bounds = limits or TrailLimits()
    fetcher = Fetcher(connection, keep, told, bounds)
    ran = spans(deploys, now)
    if ran.is_empty():
        return fetcher.table()
    chosen = _chosen(trails, stores, ran, keep)
    copy = _Copy(fetcher, ran, now, etags or {}, tuple(namespaces), Counted(bounds.lists))
    copy.all(chosen)
    return fetcher.table()


@dataclass(slots=True)
class _Group:
    """The stores that are looked for in one tree, and the trails (ARNs) with digests that record them there."""

    stores: list[str] = field(default_factory=list)
    trails: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)  # with which their files are encrypted


@dataclass(slots=True)
class _Copy:
    """Copies the files of the trees in which stores are recorded."""

    fetcher: Fetcher
    ran: pl.DataFrame
    now: datetime
    etags: Mapping[str, str]
    namespaces: Sequence[str]
    count: Counted
    writes: Writes = field(default_factory=Writes)
    ends: OpenEnds = field(default_factory=OpenEnds)
    _trees: dict[Place, list[Tree]] = field(default_factory=dict)
    _needs: dict[tuple[int, str], pl.DataFrame] = field(default_factory=dict)  # of each deploy and store

    def all(self, chosen: pl.DataFrame) -> None:
        """Copies for each store from its best trail, and from the next where that one does not do.

        Args:
            chosen: CANDIDATES.
        """
        waiting = {
            store: list(rows.iter_rows(named=True))
            for (store,), rows in chosen.group_by("store", maintain_order=True)
        }
        while waiting:
            groups: dict[tuple[Tree, bool], _Group] = {}
            unsure: set[str] = set()
            for store, rows in waiting.items():
                row = rows.pop(0)
                trees_of = self._trees_of(row)
                for tree in trees_of:
                    group = groups.setdefault((tree, row["share"] != "none"), _Group())
                    group.stores.append(store)
                    group.keys |= {str(row["kms"])} if row["kms"] else set()
                    group.trails |= {str(row["arn"])} if row["digests"] is not False else set()
                if row["logged"] == "part" or not trees_of:
                    unsure.add(store)
            for (tree, is_searched), group in groups.items():
                if not self._copy(tree, group, is_searched=is_searched):
                    unsure.update(group.stores)
            waiting = {store: rows for store, rows in waiting.items() if rows and store in unsure}
        if self._needs:
            needed = pl.concat(self._needs.values())
            self.ends.tell(links(needed, self.writes.calls, self.writes.lives, self.etags), self.fetcher.keep)

    def _trees_of(self, row: Mapping[str, str | bool]) -> list[Tree]:
        bucket, prefix, organisation = str(row["bucket"]), str(row["prefix"]), bool(row["organisation"])
        account = account_of(str(row["store"])) or str(row["arn"]).split(":")[4]
        where = Place(bucket, prefix, account, organisation)
        if where not in self._trees:
            try:
                self._trees[where] = trees(self.fetcher.connection, where, self.count)
            except RefusedError as error:
                self.fetcher.keep.refuse(error.source, error.reason)
                self._trees[where] = []
        return self._trees[where]

    def _copy(self, tree: Tree, group: _Group, *, is_searched: bool) -> bool:
        """Copies the files of one tree; whether all were given."""
        fetcher = self.fetcher
        digests = self._digests(
            tree, group.trails, [self._digests(*home) for home in self._homes(tree, group)]
        )
        fetcher.refused = 0
        before = fetcher.missing
        try:
            named = [store for store in group.stores if store]
            ran = self._spans(digests.logs, named)
            named = named or self.writes.stores(ran, self.namespaces)
            search = Search(fetcher, digests.logs, self.writes, self.etags, self.now, self.ends)
            for row in ran.iter_rows(named=True):
                span = Span(**row)
                if fetcher.is_refused:
                    break
                self._needs |= {(span.deploy, store): needs(span, [store]) for store in named}
                reached = Reached(span.start, span.end, closed=True)
                if is_searched and named:
                    reached = search.around(span, named)
                digests.copy(span, reached)
        except RefusedError as error:
            fetcher.keep.refuse(error.source, error.reason)
            return False
        for key in sorted(group.keys) if fetcher.is_refused else ():
            fetcher.keep.refuse(printable(key), _ENCRYPTED)
        return fetcher.missing == before

    def _digests(self, tree: Tree, trails: Collection[str], homes: Sequence[Digests] = ()) -> Digests:
        return Digests(self.fetcher, tree, self.writes, trails, self.now, self.ends, self.count, homes)

    def _homes(self, tree: Tree, group: _Group) -> list[tuple[Tree, list[str]]]:
        """The trees in which the changes of the trails of a group are recorded, where that is not the group's own."""
        homes: dict[Tree, list[str]] = {}
        for arn in sorted(group.trails):
            region, account = arn.split(":")[3:5]
            root = tree.root.removesuffix(f"{tree.account}/") + f"{account}/"
            home = Tree(tree.bucket, root, account, region)
            if home != tree:
                homes.setdefault(home, []).append(arn)
        return list(homes.items())

    def _spans(self, branch: Branch, stores: Sequence[str]) -> pl.DataFrame:
        """Copies the files of the deploys; of one without any write those of an hour around it too, for a wrong clock.

        Raises:
            RefusedError: they are not listed.
        """
        done = []
        for (_,), span in self.ran.group_by("deploy", maintain_order=True):
            self._take(branch, span)
            is_wide = not self.writes.stores(span, self.namespaces, stores)
            if is_wide:
                self._take(branch, widened(span, self.now))
            done.append(widened(span, self.now) if is_wide else span)
        return pl.concat(done)

    def _take(self, branch: Branch, span: pl.DataFrame) -> None:
        listed = branch.between(span["start"][0], span["end"][0])
        for files in listed.iter_slices(_AT_ONCE):
            self.writes.take(self.fetcher.files(files, "trail", f"deploy {span['deploy'][0] + 1}"))


def _chosen(trails: pl.DataFrame, stores: Sequence[str], ran: pl.DataFrame, keep: Keep) -> pl.DataFrame:
    """CANDIDATES; a store that no trail may have recorded is said."""
    if not stores:
        unknown = pl.lit([{"store": "", "share": "unknown", "why": ""}], TRAILS["records"])
        trails = trails.with_columns(records=unknown)
    chosen = candidates(trails, ran)
    for store in sorted(set(stores or [""]) - set(chosen["store"])):
        keep.leave_open(store or "the stores of the deploys", _NO_TRAIL)
    best = chosen.group_by("store", maintain_order=True).first()
    for store, arn in best.filter(share="none").select("store", "arn").iter_rows():
        keep.leave_open(store, _NOT_SELECTED.format(arn))
    return chosen
