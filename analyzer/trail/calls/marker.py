r"""Which bytes can hold a call on a key-value store, detected without decoding them.

A record is wanted for its `eventSource`. JSON may write any letter of it as an escape, such as `\u006b`, so bytes with
an escape of a character of these names may hold a call too. In this way no call is missed; at worst some bytes are
decoded for nothing. A property test compares this with a full decode.
"""

from __future__ import annotations

import re
from typing import Final

from analyzer.trail.search import holds, places

SERVICES: Final = frozenset(
    {
        "edgekeyvaluestore.amazonaws.com",  # what CloudTrail writes
        "cloudfront-keyvaluestore.amazonaws.com",  # the name of the API, as its clients spell it
    }
)
_NAME: Final = b"keyvaluestore.amazonaws.com"  # what both end with
_ESCAPE: Final = re.compile(rb"\\u00(?:6|7|2[dDeE])")  # of a letter, a hyphen or a full stop
_FEW: Final = 2_000


def may_hold_calls(data: bytes) -> bool:
    """False only if no record in `data` (JSON) can have one of `SERVICES` as its `eventSource`."""
    return holds(data, _NAME) or may_be_escaped(data)


def may_be_escaped(data: bytes) -> bool:
    """Whether `data` holds an escape that can hide a name; looks at each backslash while these are few."""
    at = data.find(b"\\")
    for _ in range(_FEW):
        if at < 0:
            return False
        if data.startswith(b"u00", at + 1):
            break
        at = data.find(b"\\", at + 1)
    return _ESCAPE.search(data, at) is not None


def names(data: bytes) -> list[int]:
    """The positions in `data` of the name that both services end with."""
    return list(places(data, _NAME))
