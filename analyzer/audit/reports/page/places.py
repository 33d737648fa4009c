"""Where the page of a deploy lies beside the index: a name that is safe in every file system, whatever the id is."""

from __future__ import annotations

import hashlib
import re
from typing import Final

FOLDER: Final = "deploys"
INDEX: Final = "index.html"
WRITES: Final = "writes.csv"

_OTHER: Final = re.compile(r"[^a-z0-9]+")
_SHOWN: Final = 24  # characters of the id that a reader recognises in the name
OURS: Final = re.compile(r"[a-z0-9-]{0,24}-[0-9a-f]{16}\.html")
"""What every name of a deploy's page looks like."""


def place(deploy: str) -> str:
    """`deploys/<what is plain in the id>-<16 hex digits of its hash>.html`: the same for the same id, and for no other.

    The hash alone makes it unique: file systems that do not tell `A` from `a` would mix the rest up.
    """
    plain = _OTHER.sub("-", deploy.lower()).strip("-")[-_SHOWN:].strip("-")
    digest = hashlib.sha256(deploy.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{FOLDER}/{plain}-{digest}.html"
