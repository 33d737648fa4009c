"""The window that a person gave for logs that hold no times, as it was used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class GivenWindow:
    """When deploys ran, as a person says.

    Attributes:
        since: their beginning, in UTC; None where it was not given.
        until: their end.
        zoneless: one of them was given without a zone: it was read as UTC, and may be a local time.
    """

    since: datetime | None
    until: datetime | None
    zoneless: bool = False

    def __str__(self) -> str:
        """The line of the report."""
        if self.since is None:
            times = f"until {self.until:%Y-%m-%d %H:%M:%SZ}"
        elif self.until is None:
            times = f"since {self.since:%Y-%m-%d %H:%M:%SZ}"
        else:
            day = "%H:%M:%SZ" if self.since.date() == self.until.date() else "%Y-%m-%d %H:%M:%SZ"
            times = f"{self.since:%Y-%m-%d %H:%M:%SZ} to {self.until:{day}}"
        return f"window given: {times}" + (" (no zone was given: read as UTC)" if self.zoneless else "")


def given_window(since: datetime | None, until: datetime | None, *, zoneless: bool) -> GivenWindow | None:
    """The window of two times in UTC; None where none was given."""
    return None if since is None and until is None else GivenWindow(since, until, zoneless)
