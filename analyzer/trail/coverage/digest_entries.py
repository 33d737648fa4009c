"""The log files that a digest lists, in some 50 bytes each: there may be a million, and all are needed at the end."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from analyzer.trail.coverage.log_file_index import HASH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NAMES: Final = msgspec.json.Decoder(list[str])


class DigestEntry(NamedTuple):
    """A log file: its key in S3, and the SHA-256 of its bytes, unpacked (of none, where the digest says no hash)."""

    key: str
    sha256: bytes


class DigestEntries:
    """Gives what a digest lists again and again; it is held packed."""

    __slots__ = ("_hashes", "_keys")

    def __init__(self, files: Iterable[tuple[str, str]]) -> None:
        """The key and the hash in hex of each file."""
        entries = list(files)
        self._keys = zlib.compress(msgspec.json.encode([key for key, _ in entries]))
        self._hashes = b"".join(_hash(digits) for _, digits in entries)

    def __len__(self) -> int:
        return len(self._hashes) // HASH

    def __iter__(self) -> Iterator[DigestEntry]:
        for place, key in enumerate(_NAMES.decode(zlib.decompress(self._keys))):
            yield DigestEntry(key, self._hashes[place * HASH : (place + 1) * HASH])


def _hash(digits: str) -> bytes:
    try:
        sha256 = bytes.fromhex(digits)
    except ValueError:
        return bytes(HASH)
    return sha256 if len(sha256) == HASH else bytes(HASH)
