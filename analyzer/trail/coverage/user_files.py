"""The files by which a user adds to a trail what its records do not show: selectors and public keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.errors import InputError
from analyzer.moments import EARLIEST, of_file
from analyzer.sources.limits import LISTING_BYTES
from analyzer.sources.source import Source
from analyzer.sources.unpack import read_whole
from analyzer.trail.coverage.public_keys import read_public_keys
from analyzer.trail.coverage.selectors import read_selector_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from analyzer.trail.coverage.public_keys import PublicKeys
    from analyzer.trail.coverage.selectors import SelectorFile


def read_selector_files(files: Sequence[str | Path], since: datetime | None) -> list[SelectorFile]:
    """What files with the output of `aws cloudtrail get-event-selectors` say; each is as old as its last change.

    Args:
        files: one for each trail.
        since: since when they have been so, as the user states.

    Raises:
        InputError: a file cannot be read, or is no such output.
    """
    selector_files = []
    for file in files:
        data = _bytes(file)
        at = of_file(file) or EARLIEST
        selector_files.append(read_selector_file(str(file), data, at, since))
    return selector_files


def read_public_key_file(file: str | Path | None) -> PublicKeys | None:
    """The keys in a file with the output of `aws cloudtrail list-public-keys`; None for None.

    Raises:
        InputError: it cannot be read, or is no such output.
    """
    return None if file is None else read_public_keys(str(file), _bytes(file))


def _bytes(file: str | Path) -> bytes:
    """All bytes of a file that the user named, or of a pipe."""
    try:
        data, problems = read_whole(Source(str(file), file), LISTING_BYTES)
    except ValueError as error:  # a NUL, or half a character
        raise InputError(str(file), "not a path that can be read") from error
    if problems:
        raise InputError(str(file), problems[0])
    return data
