"""Live stores → listings: every store that the deploys wrote to is listed now, several at the same time.

The lister itself is given: the core asks for the listing of an ARN, and does not know how it is made. A store that
cannot be listed is a `failure`, never an empty listing. Where the deploy deleted the store itself, there is nothing to
list, and that is what it meant: the store is then taken for empty.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from analyzer.errors import ExtraError, InputError
from analyzer.sources.source import Source
from analyzer.store.form import SCHEMA, OwnListing
from analyzer.store.live import GoneError, is_arn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

AT_ONCE: Final = 8
"""Stores that are listed at the same time."""
MOST: Final = 100
"""Stores of one run: a damaged or hostile log may name any number."""
OPTION: Final = "--live"


class Lister(Protocol):
    """Lists a live store."""

    def __call__(self, arn: str, /) -> bytes:
        """The listing, in the form of `lostwrite keys` (`store.form.OwnListing`).

        Raises:
            ExtraError: what it needs is not installed.
            GoneError: there is no such store.
            InputError: the store cannot be listed.
            UsageError: it was made with options that cannot be right.
        """
        ...


@dataclass(frozen=True, slots=True)
class LiveListings:
    """What came of the stores.

    Attributes:
        sources: the listings, each named as its store.
        gone: of these, the stores that the deploy deleted.
        failures: the ARN of each store that could not be listed (`--live` where it is about none), and why.
    """

    sources: tuple[Source, ...] = ()
    gone: tuple[str, ...] = ()
    failures: tuple[tuple[str, str], ...] = field(default=())


def list_stores(lister: Lister, arns: Sequence[str], deleted: Callable[[str], bool]) -> LiveListings:
    """The listings of the stores, in the order of `arns`.

    Args:
        lister: lists a store; it is called in several threads, and ends in bounded time.
        arns: the stores; each is listed once.
        deleted: whether the deploys deleted a store.

    Raises:
        UsageError: the lister does.
    """
    wanted = list(dict.fromkeys(arns))
    failures = [(arn, "is no ARN of a key-value store: not listed") for arn in wanted if not is_arn(arn)]
    stores = [arn for arn in wanted if is_arn(arn)]
    if len(stores) > MOST:
        failures.append((OPTION, f"the logs name {len(stores)} stores, and no more than {MOST} are listed"))
    sources, gone = [], []
    for arn, result in zip(stores, _at_once(lister, stores[:MOST]), strict=False):
        try:
            sources.append(Source(arn, None, result.result()))
        except GoneError as error:
            if deleted(arn):
                sources.append(Source(arn, None, _nothing(arn)))
                gone.append(arn)
            else:
                failures.append((arn, error.reason))
        except InputError as error:
            failures.append((arn, error.reason))
        except ExtraError as error:
            failures.append((OPTION, str(error)))
    return LiveListings(tuple(sources), tuple(gone), tuple(dict.fromkeys(failures)))


def _at_once(lister: Lister, arns: Sequence[str]) -> list[Future[bytes]]:
    """What the lister gives of each store. The threads end with the process, so that Ctrl-C need not wait for them."""
    results: list[Future[bytes]] = [Future() for _ in arns]
    jobs: SimpleQueue[tuple[str, Future[bytes]]] = SimpleQueue()
    for job in zip(arns, results, strict=True):
        jobs.put(job)

    def work() -> None:
        while True:
            try:
                arn, result = jobs.get_nowait()
            except Empty:
                return
            try:
                result.set_result(lister(arn))
            except BaseException as error:  # noqa: BLE001 - raised where it is waited for
                result.set_exception(error)

    for _ in range(min(AT_ONCE, len(arns))):
        threading.Thread(target=work, daemon=True, name="live").start()
    return results


def _nothing(arn: str) -> bytes:
    """The listing of a store that is no more."""
    at = datetime.now(UTC).replace(microsecond=0)
    listing = OwnListing(
        schema=SCHEMA, store=arn, listed_at=at, etag="", item_count=0, items=[], clock="local"
    )
    return msgspec.json.encode(listing)
