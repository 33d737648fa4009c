"""zip and tar archives: their files as sources. The one reader of archives, for logs and trails alike.

Detected by content, also within what is packed (tar.gz). Nothing is ever written, so no name leads anywhere. A file
that is refused is named with the reason, the others are read:

| refused | why |
|---|---|
| a name that is absolute, leads out of the archive, or holds a drive letter | it means another place |
| a name that comes twice | readers differ in which of them counts |
| a link, a device | it leads elsewhere |
| an encrypted file | it cannot be read |
| a zip file that overlaps with another | one packed text is given many times: a bomb |
| a sparse tar file | its size is not what is stored |
| a bomb, by its size and its ratio | `limits` |
| a folder that surely holds no logs | `folders` |

Files that the file system hides (a name that begins with a dot, macOS's copies) are ignored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from analyzer.errors import InputError
from analyzer.sources.folders import is_hidden, no_logs
from analyzer.sources.limits import BOMB, IN_MEMORY, MIB, NESTED, most_bytes
from analyzer.sources.source import Source
from analyzer.sources.tar_files import TarDamage, TarFile, tar_files
from analyzer.sources.unpack import blocks
from analyzer.sources.zip_files import ZipArchive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.sources.folders import Refused

_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_TAR: Final = (b"ustar\x0000", b"ustar  \0")
_TAR_AT: Final = 257
DEEP: Final = f"within {NESTED} others"
_OUTSIDE: Final = "a name that leads out of the archive"
_TWICE: Final = "a name that the archive contains twice: the first was read"
_FULL: Final = f"more than {IN_MEMORY // MIB} MiB would have to be kept in memory: unpack the archive first"


@dataclass(slots=True)
class Allowance:
    """How much may still be unpacked from one source, with all archives within archives in it.

    Attributes:
        left: bytes, unpacked.
        members: entries of archives.
    """

    left: int
    members: int

    @classmethod
    def of(cls, source: Source, members: int) -> Allowance:
        """The allowance of a source as it was found."""
        try:
            return cls(most_bytes(source.size()), members)
        except OSError:
            return cls(0, members)

    def spend(self, size: int) -> None:
        """Counts bytes that were unpacked, or will be."""
        self.left -= size

    def check(self, archive: str) -> None:
        """Raises InputError if more was unpacked than is allowed."""
        if self.left < 0:
            raise InputError(archive, f"{BOMB}: the rest was not read")


@dataclass(slots=True)
class Room:
    """How many bytes may still be held."""

    left: int = IN_MEMORY

    def take(self, size: int) -> bool:
        """Whether so many bytes may be held; if so, the room shrinks by them."""
        if size > self.left:
            return False
        self.left -= size
        return True


def is_archive(head: bytes) -> bool:
    """Whether `head`, the first bytes of a source, unpacked, begins a zip or tar archive."""
    return head.startswith(_ZIP) or head.startswith(_TAR, _TAR_AT)


def members(
    source: Source, allowance: Allowance, refused: Refused, depth: int, room: Room | None = None
) -> Iterator[Source]:
    """The files in an archive, named `ARCHIVE!MEMBER`, in its order.

    Those of a zip archive are read where they are, when they are opened; those of a tar archive are held.

    Args:
        source: the archive, perhaps packed.
        allowance: what may be taken out of it.
        refused: gets each file that is not read, and why.
        depth: archives that this one stands in.
        room: for all that is held at the same time; None if one file is let go before the next one.

    Raises:
        InputError: the archive is damaged, nested too deeply, or holds too much; the files before that were given.
    """
    if depth >= NESTED:
        raise InputError(source.name, f"an archive {DEEP}: not read")
    first = next(blocks(source), b"")
    names = _Names(refused)
    reader = _zip if first.startswith(_ZIP) else _tar
    for member in reader(source, allowance, names, room):
        allowance.check(source.name)
        yield member


class _Names:
    """The names of one archive."""

    def __init__(self, refused: Refused) -> None:
        self.refused = refused
        self._seen: set[int] = set()  # hashes: a million names would be large

    def admits(self, name: str) -> bool:
        """Whether a file of this name is read; if not, `refused` gets it, unless it is hidden."""
        parts = tuple(name.replace("\\", "/").split("/"))
        if name.startswith(("/", "\\")) or ".." in parts or parts[0][1:2] == ":":
            return self.refuse(name, _OUTSIDE)
        if any(map(is_hidden, parts)) and ".pulumi" not in parts:
            return False
        reason = next(filter(None, (no_logs(parts[:end]) for end in range(1, len(parts)))), None)
        return not reason or self.refuse(name, reason)

    def repeats(self, name: str) -> bool:
        """Whether a file of this name was given before; `refused` then gets it."""
        key = hash(name)
        if key in self._seen:
            self.refuse(name, _TWICE)
            return True
        self._seen.add(key)
        return False

    def refuse(self, name: str, reason: str) -> bool:
        """Adds the file to `refused`; returns False."""
        self.refused.add(printable(name), reason)
        return False


def _zip(source: Source, allowance: Allowance, names: _Names, room: Room | None) -> Iterator[Source]:
    archive = ZipArchive(source if _is_on_disk(source) else Source(source.name, None, _content(source, room)))
    allowance.members -= archive.entries(allowance.members)
    for file in archive.files():
        if not names.admits(file.name):
            continue
        if file.refused:
            names.refuse(file.name, file.refused)
        elif not names.repeats(file.name):
            name = f"{source.name}!{printable(file.name)}"
            yield Source(name, None, opener=file, stored=file.size, within=source.path or source.within)


def _is_on_disk(source: Source) -> bool:
    """Whether the archive's own bytes are a file."""
    if source.path is None or source.opener is not None:
        return False
    with source.open() as stream:
        return stream.read(4) in _ZIP


def _content(source: Source, room: Room | None) -> bytes:
    """All bytes of an archive that cannot be read where it is."""
    room = room or Room()
    if source.path is None and source.opener is None and source.content.startswith(_ZIP):
        return source.content
    parts = []
    for block in blocks(source):
        if not room.take(len(block)):
            raise InputError(source.name, f"not read: {_FULL}")
        parts.append(block)
    return b"".join(parts)


def _tar(source: Source, allowance: Allowance, names: _Names, room: Room | None) -> Iterator[Source]:
    def member(content: bytes) -> Source:
        return Source(f"{source.name}!{printable(name)}", None, content, within=source.path or source.within)

    name = ""
    try:
        for file in tar_files(blocks(source)):
            allowance.members -= 1
            if allowance.members < 0:
                raise InputError(source.name, "too many files: the rest was not read")
            name = file.name
            if _is_wanted(file, names, room):
                yield member(file.content())
    except TarDamage as damage:
        if damage.rest:
            yield member(damage.rest)
        raise InputError(source.name, damage.reason) from damage


def _is_wanted(file: TarFile, names: _Names, room: Room | None) -> bool:
    """Whether the file is read; if so, the room shrinks by its size."""
    if file.is_folder or not names.admits(file.name):
        return False
    if file.refused:
        return names.refuse(file.name, file.refused)
    if file.size > (room.left if room else IN_MEMORY):
        return names.refuse(file.name, _FULL if room else f"more than {IN_MEMORY // MIB} MiB")
    return not names.repeats(file.name) and (room is None or room.take(file.size))


def printable(name: str) -> str:
    """A name as valid Unicode."""
    return name.encode("utf-8", "replace").decode("utf-8", "replace")
