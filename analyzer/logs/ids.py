"""What the deploy of a log is called before the logs of one deploy are joined: SST's update id, where the path has one.

`numbered` is for one run of the program (`deploy-3` is the third log); `stable` gives the same id in every run and
every batch, and another one for every source.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Final

Ids = Callable[[str, int], str]
"""The id of a log by the name and the number of its source."""

UPDATE_ID: Final = r"[0-9a-f]{24}"
_ALONE: Final = re.compile(rf"(?<![0-9a-f]){UPDATE_ID}(?![0-9a-f])")
_DIGITS: Final = 12  # of a hash


def update_id_in(name: str) -> str | None:
    """SST's update id in the folder or the name of a log, the last one if there are several.

    Source: docs/facts/sst-output.md#12-update-directory.
    """
    found = _ALONE.findall(name)
    return found[-1] if found else None


def numbered(name: str, number: int) -> str:
    """The update id in the path, else `deploy-N`; two logs may have one."""
    return update_id_in(name) or f"deploy-{number}"


def stable(name: str, number: int = 0) -> str:  # noqa: ARG001 - as `Ids` has it
    """`UPDATE-HASH` where the path holds an update id, else `deploy-HASH`, by a hash of the source's name."""
    digits = sha256(name.encode(errors="surrogatepass")).hexdigest()[:_DIGITS]
    return f"{update_id_in(name) or 'deploy'}-{digits}"


SHORTENED: Final = rf"^({UPDATE_ID})-[0-9a-f]{{{_DIGITS}}}(\.[0-9]+)?$"
"""An id of `stable` that can be called by its update id alone, where no other deploy is."""
