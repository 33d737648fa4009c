"""An index of the available log files, by hash and by name, in a few bytes each. Digests look files up in it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_SHELVES: Final = 1 << 12
HASH: Final = hashlib.sha256().digest_size
_NAME: Final = 8  # bytes of the hash of a name: they only distinguish missing from altered


class LogFileIndex:
    """Takes in log files. About 50 bytes for each: its hash, that of its name, and what was read of it."""

    def __init__(self) -> None:
        self._by_hash = _Shelves(HASH)
        self._by_name = _Shelves(_NAME)

    def add(self, name: str, sha256: bytes | None, *, whole: bool) -> None:
        """A file: the hash of its bytes, unpacked (None: not read), and whether all records were read."""
        self.add_hashed(hash_of_name(name), sha256, whole=whole)

    def add_hashed(self, name: bytes, sha256: bytes | None, *, whole: bool) -> None:
        """As `add`, with the hash of the name (`hash_of_name`)."""
        self._by_name.put(name, sha256 is not None)
        if sha256 is not None:
            self._by_hash.put(sha256, whole or bool(self._by_hash.get(sha256)))

    def state(self, key: str, sha256: bytes) -> str:
        """What became of a file that a digest lists: found by its hash, whatever it is called now; then by name."""
        whole = self._by_hash.get(sha256)
        if whole is not None:
            return "present" if whole else "unread"
        read = self._by_name.get(hash_of_name(key))
        return "missing" if read is None else "altered" if read else "unread"


def stem(name: str) -> str:
    """The last part of a path, without what unpacking takes away."""
    return name.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".gz")


def hash_of_name(name: str) -> bytes:
    """What is kept of the name of a file."""
    return hashlib.blake2b(stem(name).encode("utf-8", "replace"), digest_size=_NAME).digest()


class _Shelves:
    """Hashes of one length, each with a flag, packed without an object for any: on shelves by their first bits."""

    def __init__(self, length: int) -> None:
        self._length = length
        self._shelves = [bytearray() for _ in range(_SHELVES)]

    def put(self, key: bytes, flag: bool) -> None:
        """Puts a hash there, or its flag anew."""
        shelf, place = self._place(key)
        if place is None:
            shelf += key + bytes([flag])
        else:
            shelf[place + self._length] = flag

    def get(self, key: bytes) -> bool | None:
        """The flag of a hash; None if it is not there."""
        shelf, place = self._place(key)
        return None if place is None else bool(shelf[place + self._length])

    def _place(self, key: bytes) -> tuple[bytearray, int | None]:
        shelf = self._shelves[int.from_bytes(key[:2]) % _SHELVES]
        starts = (at for at in _matches(shelf, key) if at % (self._length + 1) == 0)
        return shelf, next(starts, None)


def _matches(shelf: bytearray, key: bytes) -> Iterator[int]:
    at = shelf.find(key)
    while at >= 0:
        yield at
        at = shelf.find(key, at + 1)
