"""A listing of each store, as `lostwrite keys` makes it, and its ETag: what comes after it, no listing shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from analyzer.store.form import OwnListing
from analyzer.store.lister import list_stores

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analyzer.collect.interface import Means


def gather_listings(
    stores: Sequence[str], deleted: Callable[[str], bool], means: Means, *, kept: bool
) -> dict[str, str]:
    """The ETag of each store that could be listed, by its ARN; the listings are kept, refusals noted.

    Args:
        stores: their ARNs.
        deleted: whether the deploys deleted a store: it is then taken for empty.
        means: nothing is listed without a lister.
        kept: whether the listings say something of the deploys: else later deploys have changed the stores since, and
            what is there now would be held against the older ones.
    """
    if means.lister is None:
        return {}
    listed = list_stores(means.lister, stores, deleted)
    etags: dict[str, str] = {}
    for source in listed.sources:
        if kept:
            means.keep.put("listing", f"cloudfront-keyvaluestore:ListKeys {source.name}", source.content)
        etag = msgspec.json.decode(source.content, type=OwnListing).etag
        if etag:
            etags[source.name] = etag
        means.told("stores", len(etags), len(stores), len(source.content))
    for arn, reason in listed.failures:
        means.keep.refuse(f"cloudfront-keyvaluestore:ListKeys {arn}", reason)
    return etags
