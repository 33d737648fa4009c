"""Groups: deploys and stores that can say something of each other. A group is judged as a whole, and alone.

In come WRITES, DEPLOYS and the index of the trail's calls (`homes`). Out goes, for each deploy and each store, the
group that it is of. What ties them:

- a deploy writes a store; or its log names a request that was made on it;
- a write without a store may be on any store on which calls, or a listing, name its namespace: deploys that share one
  are tied, even where no call names it;
- a list of routes (`*:routes`), or anything (`*:*`), of which no call names the namespace is *wild*: it is tied to the
  stores in which it may be (`wild_lists`);
- a log without times is also compared with the same router's lists in other stores;
- the removal of a stage of which no write names a store speaks for the whole stack;
- a source that holds several deploys is read as a whole.

Calls without a store may be on any, and a listing without one may be of any: every group sees them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

import polars as pl

from analyzer.tables import conform, empty
from analyzer.verdicts.alignment.untimed_scripts import untimed_deploys
from analyzer.verdicts.homes import REQUESTS
from analyzer.verdicts.matching.inferred_store import hashed_namespaces, with_namespaces
from analyzer.verdicts.wild_lists import wild_lists

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

GROUP: Final = pl.UInt32()
OF_DEPLOYS: Final = pl.Schema({"deploy": pl.String(), "group": GROUP})
OF_STORES: Final = pl.Schema({"store": pl.String(), "group": GROUP})

_EDGE: Final = pl.Schema({"a": pl.String(), "b": pl.String()})


@dataclass(frozen=True, slots=True)
class Groups:
    """Which group each is of; a group's number is its place in the order of the deploys, then of the stores.

    Attributes:
        deploys: OF_DEPLOYS, in the order of DEPLOYS.
        stores: OF_STORES, in the order of ARNs: those of the writes, the calls and the listings.
    """

    deploys: pl.DataFrame = field(default_factory=partial(empty, OF_DEPLOYS))
    stores: pl.DataFrame = field(default_factory=partial(empty, OF_STORES))


def groups(  # noqa: PLR0913 - what ties them, each by its name
    writes: pl.DataFrame,
    deploys: pl.DataFrame,
    homes: pl.DataFrame,
    requests: pl.DataFrame | None = None,
    listed: pl.DataFrame | None = None,
    *,
    wild: pl.DataFrame | None = None,
) -> Groups:
    """The groups of all deploys and stores.

    Args:
        writes: WRITES; `value` and `was` are not looked at.
        deploys: DEPLOYS.
        homes: HOMES.
        requests: REQUESTS.
        listed: `store, namespace` of listings (`homes_of_listings`).
        wild: WILD_LISTS; None: `homes` is of the whole trail, and tells them.
    """
    wild = wild_lists(writes, deploys, homes) if wild is None else wild
    requests = empty(REQUESTS) if requests is None else requests
    on_keys = homes.select("store", "namespace")
    places = on_keys if listed is None else pl.concat([on_keys, listed.select("store", "namespace")]).unique()
    named = [
        _of_writes(writes),
        _of_requests(writes, requests),
        _of_sources(deploys),
        _of_removals(writes, deploys),
        _edges("deploy", pl.col("deploy"), "store", pl.col("store"), wild),
    ]
    edges = pl.concat([*named, *_of_namespaces(writes, deploys, homes, places)]).unique(maintain_order=True)
    ids = deploys["id"].to_list()
    stores = (
        pl.concat([homes["store"], writes["store"], places["store"]]).drop_nulls().unique().sort().to_list()
    )
    nodes = [*(f"deploy {name}" for name in ids), *(f"store {name}" for name in stores)]
    numbers = _numbered(nodes, edges.iter_rows())
    return Groups(
        conform(pl.DataFrame({"deploy": ids, "group": numbers[: len(ids)]}, OF_DEPLOYS), OF_DEPLOYS),
        conform(pl.DataFrame({"store": stores, "group": numbers[len(ids) :]}, OF_STORES), OF_STORES),
    )


def has_open_writes(writes: pl.DataFrame) -> bool:
    """Whether any of WRITES names no store, or no key: only then HOMES are looked at."""
    return bool(writes.select(_is_open().any()).item())


def _is_open() -> pl.Expr:
    return pl.col("store").is_null() | pl.col("pattern")


def packs(sizes: pl.DataFrame, *, deploys: int = 300, calls: int = 30_000) -> list[list[int]]:
    """The groups in packs that are judged in one call: each as large as is allowed, unless one group is larger.

    Args:
        sizes: `group, deploys, calls`: how many each has; a group without deploys needs no judgement of its own.
        deploys: how many a pack may have.
        calls: the same.
    """
    made: list[list[int]] = []
    room_of_deploys = room_of_calls = 0
    for group, has_deploys, has_calls in sizes.select("group", "deploys", "calls").sort("group").iter_rows():
        if not made or has_deploys > room_of_deploys or has_calls > room_of_calls:
            made.append([])
            room_of_deploys, room_of_calls = deploys, calls
        made[-1].append(group)
        room_of_deploys -= has_deploys
        room_of_calls -= has_calls
    return made


def _edges(a: str, of_a: pl.Expr, b: str, of_b: pl.Expr, frame: pl.DataFrame) -> pl.DataFrame:
    """_EDGE: the nodes of kinds `a` and `b` in each row of `frame`."""
    made = frame.select(a=pl.format(f"{a} {{}}", of_a), b=pl.format(f"{b} {{}}", of_b))
    return made.drop_nulls().unique(maintain_order=True)


def _of_writes(writes: pl.DataFrame) -> pl.DataFrame:
    return _edges("deploy", pl.col("deploy"), "store", pl.col("store"), writes)


def _of_requests(writes: pl.DataFrame, requests: pl.DataFrame) -> pl.DataFrame:
    """What ties a log to the requests that it names, and these to the stores that they were made on."""
    request = pl.col("request_id")
    of_logs = _edges("deploy", pl.col("deploy"), "request", request, writes)
    return pl.concat([of_logs, _edges("request", request, "store", pl.col("store"), requests)])


def _of_sources(deploys: pl.DataFrame) -> pl.DataFrame:
    """Deploys that share a source."""
    sources = deploys.select("id", "sources").explode("sources", empty_as_null=True, keep_nulls=True)
    shared = sources.filter(pl.len().over("sources") > 1)
    return _edges("deploy", pl.col("id"), "source", pl.col("sources"), shared)


def _of_removals(writes: pl.DataFrame, deploys: pl.DataFrame) -> pl.DataFrame:
    """Deploys of one stack, of which one removed all and names no store: it may be any of them that it took away."""
    placed = writes.filter(pl.col("store").is_not_null())["deploy"].unique()
    removals = deploys.filter((pl.col("command") == "destroy") & ~pl.col("id").is_in(placed.implode()))
    stacks = removals["stack"].drop_nulls().unique()
    of_stacks = deploys.filter(pl.col("stack").is_in(stacks.implode()))
    return _edges("deploy", pl.col("id"), "stack", pl.col("stack"), of_stacks)


def _of_namespaces(
    writes: pl.DataFrame, deploys: pl.DataFrame, homes: pl.DataFrame, places: pl.DataFrame
) -> list[pl.DataFrame]:
    """What ties deploys whose writes name no store, or no key."""
    open_writes = writes.filter(_is_open())
    if open_writes.is_empty():
        return []
    named = with_namespaces(open_writes, deploys)
    # The list of a component is looked for in the stores of its namespace, whatever its entry says.
    hashed = hashed_namespaces(open_writes, deploys).select("deploy", namespace="hashed")
    own = pl.concat([named.select("deploy", "namespace"), hashed]).drop_nulls().unique(maintain_order=True)
    near = places.join(own, on="namespace", how="semi")
    return [
        _edges("deploy", pl.col("deploy"), "namespace", pl.col("namespace"), own),
        _edges("namespace", pl.col("namespace"), "store", pl.col("store"), near),
        _twins(own, deploys, homes),
    ]


def _twins(own: pl.DataFrame, deploys: pl.DataFrame, homes: pl.DataFrame) -> pl.DataFrame:
    """The stores with the same router's lists as a store of the namespaces of a log without times."""
    untimed = untimed_deploys(deploys).select(deploy="id")
    at_home = homes.join(own.join(untimed, on="deploy", how="semi"), on="namespace", how="semi")
    lists = homes.filter("lists").select("store", list="namespace").drop_nulls("store")
    own_lists = lists.join(at_home, on="store", how="semi").select("list").unique()
    # By way of the list: a router that many stores have would make a row for each pair of them.
    twins = lists.join(own_lists, on="list", how="semi")
    return _edges("list", pl.col("list"), "store", pl.col("store"), twins)


def _numbered(nodes: Sequence[str], edges: Iterable[tuple[str, str]]) -> list[int]:
    """The number of the group of each of `nodes`: groups count in the order of their first node."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        top = node
        while (above := parent.setdefault(top, top)) != top:
            top = above
        while node != top:
            parent[node], node = top, parent[node]
        return top

    for a, b in edges:
        parent[root(b)] = root(a)
    numbers: dict[str, int] = {}
    return [numbers.setdefault(root(node), len(numbers)) for node in nodes]
