"""What the sources among logs are, by their content: deploy logs, CloudTrail files, and listings of keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analyzer.sources.identify import identify
from analyzer.store.listing import KIND as LISTING
from analyzer.trail.registry import is_of_trail

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.sources.identity import Identity
    from analyzer.sources.source import Source


@dataclass(slots=True)
class ByContent:
    """Sources, in their order.

    Attributes:
        logs: all that is neither of the others, with what each is.
        trail: CloudTrail files.
        listings: listings of keys.
    """

    logs: list[tuple[Source, Identity]] = field(default_factory=list)
    trail: list[Source] = field(default_factory=list)
    listings: list[Source] = field(default_factory=list)

    def take(self, sources: Iterable[Source]) -> None:
        """Puts each source where it belongs."""
        for source in sources:
            identity = identify(source)
            if is_of_trail(identity.kind):
                self.trail.append(source)
            elif identity.kind == LISTING:
                self.listings.append(source)
            else:
                self.logs.append((source, identity))
