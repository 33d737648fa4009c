"""Where the files of a bundle stand.

| folder | what is in it |
|---|---|
| `home/` | objects of SST's state bucket, by their keys: `eventlog/APP/STAGE/UPDATE.json` |
| `logs/` | deploy logs from elsewhere |
| `trail/BUCKET/` | CloudTrail's log files and digests, by their keys |
| `config/` | the answers about trails: `trails.json`, `selectors/`, `status/`, `public-keys/` |
| `keys/` | a listing of each store |

A key is data: one that is no safe path on every system (`..`, a control character, a name that is hidden or too long)
gets a name made of its hash.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from analyzer.sources.folders import is_hidden, no_logs

if TYPE_CHECKING:
    from datetime import datetime

_PART: Final = re.compile(r"[A-Za-z0-9_=+@,-](?:[A-Za-z0-9._=+@, -]{0,198}[A-Za-z0-9_=+@,-])?")
_MOST_PARTS: Final = 24
_LONGEST: Final = 900
_DEVICE: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
"""Names that Windows has for devices. Source: Microsoft, "Naming Files, Paths, and Namespaces"."""

_OBJECT: Final = re.compile(r"s3://([^/]+)/(.+)", re.DOTALL)
_STRANGE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_HOME: Final = frozenset({"log", "update", "snapshot", "lock"})
_TRAIL: Final = frozenset({"trail", "digest"})
_CALLS: Final = {
    "trails": "config/trails",
    "selectors": "config/selectors",
    "status": "config/status",
    "public_keys": "config/public-keys",
    "listing": "keys",
}
LASTING: Final = frozenset({"selectors", "status", "public_keys"})
"""Answers of which each counts for its own time: a later one does not take the place of an earlier one."""


def schema_file() -> Path:
    """The JSON Schema of a manifest, a file beside this one."""
    return Path(__file__).with_name("bundle-v1.schema.json")


def parts_of(path: str) -> tuple[str, ...]:
    """The names that a path in a manifest is made of.

    Raises:
        ValueError: it is none in which a file of a bundle may stand.
    """
    parts = tuple(path.split("/"))
    if not _is_safe(parts):
        raise ValueError("a path that is none of a bundle's")
    return parts


def place_of(kind: str, source: str, at: datetime) -> str:
    """The path in a bundle of what `source` gave.

    Args:
        kind: what it is (`analyzer.bundle.manifest.KINDS`).
        source: where it is from.
        at: when.
    """
    found = _OBJECT.fullmatch(source)
    if kind in _CALLS:
        return _of_call(kind, source, at)
    if found is None:
        return _placed(["logs"] if kind in _HOME else ["trail", "files"], _last(source), source)
    bucket, key = found[1], found[2]
    if kind in _TRAIL:
        return _placed(["trail", bucket], key, source)
    return _placed(["home"], key, source)


def other_place(path: str, source: str) -> str:
    """The path of a file whose own is taken by another one."""
    folder, _, _ = path.partition("/")
    return f"{folder}/by-hash/{_hash(source)}"


def _of_call(kind: str, source: str, at: datetime) -> str:
    name = _STRANGE.sub("-", _last(source)).strip(".-")[:80] or kind
    subject = source.partition(" ")[2]
    stamp = f"-{at:%Y%m%dT%H%M%SZ}" if kind in LASTING else ""
    return f"{_CALLS[kind]}/{name}-{_hash(subject)[:8]}{stamp}.json"


def _last(source: str) -> str:
    """The last part of what a source names."""
    return re.split(r"[/\\:\s]", source)[-1]


def _placed(folder: list[str], key: str, source: str) -> str:
    parts = (*folder, *key.split("/"))
    return "/".join(parts if _is_safe(parts) else (folder[0], "by-hash", _hash(source)))


def _is_safe(parts: tuple[str, ...]) -> bool:
    """Whether the names make a path that leads to one file, below where it begins, on every system."""
    return (
        1 < len(parts) <= _MOST_PARTS
        and sum(map(len, parts)) + len(parts) <= _LONGEST
        and all(_PART.fullmatch(part) and not _DEVICE.fullmatch(part) for part in parts)
        and not any(map(is_hidden, parts))
        and not any(no_logs(parts[:end]) for end in range(1, len(parts)))
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
