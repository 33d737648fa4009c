"""A folder of ours: files below it are opened without following a link, and written whole or not at all, privately.

Somebody else may have put the folder there. So what is read is bounded, and each name on the way is looked at: a link
anywhere below the folder, or the folder itself as a link, is refused by name.
"""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ClassVar, Final

from analyzer.errors import InputError
from analyzer.sources.walk import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_BYTES: Final = 1 << 30
_PRIVATE: Final = 0o600
_PRIVATE_FOLDER: Final = 0o700
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_NEW: Final = ".new"  # at the end of the name of what is not written to its end


@dataclass(frozen=True, slots=True)
class PrivateFolder:
    """A folder that may be hostile. All paths are given as the names from it on, which the caller has checked.

    Attributes:
        root: where it is.
    """

    root: Path
    noun: ClassVar[str] = "folder"

    def path(self, *names: str) -> Path:
        """The path of a file or folder in it, of which no part is a link.

        Raises:
            InputError: one is.
        """
        return Path(self._looked_at(names, set()))

    def _looked_at(self, names: Sequence[str], looked: set[str]) -> str:
        """The path of a file or folder, none of whose parts is a link; those that were `looked` at are not again."""
        place = os.fspath(self.root)  # as text: a catalogue has many files
        for name in ("", *names):
            place = os.path.join(place, name) if name else place  # noqa: PTH118
            if place not in looked:
                if os.path.islink(place):  # noqa: PTH114
                    raise InputError(printable(Path(place)), self._link())
                looked.add(place)
        return place

    def file(self, *names: str) -> Path:
        """The path of a file in it for a reader that opens it by its name; it may be missing.

        Raises:
            InputError: it is no regular file (a pipe would be waited for), or a part of its path is a link.
        """
        path = self.path(*names)
        if path.exists() and not path.is_file():
            raise InputError(printable(path), "is no regular file")
        return path

    def made(self, *names: str) -> Path:
        """The same of a folder, which is made if it is not there.

        Raises:
            InputError: a part is a link, or no folder, or it cannot be made.
        """
        path = self.root
        for name in ("", *names):
            path = path / name if name else path
            try:
                path.mkdir(_PRIVATE_FOLDER, parents=not name)
            except FileExistsError as error:
                if path.is_symlink():
                    raise InputError(printable(path), self._link()) from error
                if not path.is_dir():
                    raise InputError(printable(path), "is no folder") from error
            except OSError as error:
                raise InputError(printable(path), _reason(error)) from error
        return path

    def require_own(self) -> None:
        """Requires the folder to be the caller's, as anyone may put one into /tmp.

        The superuser of a container works in folders of others: there the owner of the current folder will do.

        Raises:
            InputError: it belongs to another user, of a system that has users.
        """
        if not hasattr(os, "geteuid"):
            return
        path = self.path()
        owner, caller = path.stat().st_uid, os.geteuid()
        if owner != caller and (caller or owner != Path.cwd().stat().st_uid):
            told = (
                f"belongs to another user ({owner}), and a {self.noun} is believed: use a folder of your own"
            )
            raise InputError(printable(path), told)

    def has(self, *names: str) -> bool:
        """Whether there is such a file or folder."""
        return self.path(*names).exists()

    def read(self, *names: str, most: int = MOST_BYTES) -> bytes:
        """The bytes of a file.

        Raises:
            InputError: it is missing, no regular file, or larger than `most`.
        """
        return self._bytes(os.fspath(self.path(*names)), most)

    def read_each(self, places: Iterable[Sequence[str]], most: int = MOST_BYTES) -> Iterator[bytes | None]:
        """The bytes of many files, None of one that is not there. A folder on the way to many is looked at once.

        Args:
            places: the names of each.
            most: as for `read`, and as there it raises.
        """
        looked: set[str] = set()
        for names in places:
            place = self._looked_at(names, looked)
            yield self._bytes(place, most) if os.path.exists(place) else None  # noqa: PTH110

    def _bytes(self, place: str, most: int) -> bytes:
        try:
            with self._opened(place) as file:
                data = file.read(most + 1)
        except OSError as error:
            raise InputError(printable(place), _reason(error)) from error
        if len(data) > most:
            raise InputError(printable(place), f"is larger than {most:,} bytes")
        return data

    def read_at(self, start: int, size: int, *names: str) -> bytes:
        """So many bytes of a file, from one of them on; fewer where it ends before.

        Raises:
            InputError: it is missing, or no regular file.
        """
        path = self.path(*names)
        try:
            with self._opened(path) as file:
                file.seek(start)
                return file.read(size)
        except OSError as error:
            raise InputError(printable(path), _reason(error)) from error

    def write(self, data: bytes, *names: str, lasting: bool = True) -> None:
        """Puts a file in its place, at once; its folder is made.

        Args:
            data: its bytes.
            names: where.
            lasting: whether it must outlast the machine, and not only this process: what can be made again need not.

        Raises:
            InputError: it cannot be written.
        """
        folder = self.made(*names[:-1])
        path, new = folder / names[-1], folder / f"{names[-1]}{_NEW}"
        try:
            new.unlink(missing_ok=True)
            number = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, _PRIVATE)
            with os.fdopen(number, "wb") as file:
                file.write(data)
                if lasting:
                    file.flush()
                    os.fsync(file.fileno())
            new.replace(path)
        except OSError as error:
            with suppress(OSError):
                new.unlink()  # on a disk that is full it takes the room for the next, which may be smaller
            raise InputError(printable(path), f"cannot be written: {_reason(error)}") from error

    def move(self, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        """Puts a folder that is complete in its place."""
        self.made(*new[:-1])
        self.path(*old).replace(self.path(*new))

    def remove(self, *names: str) -> None:
        """Removes a file or a folder, if it is there; of a link the link."""
        path = self.path(*names[:-1]) / names[-1] if names else self.path()
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise InputError(printable(path), f"cannot be removed: {_reason(error)}") from error
        except RecursionError as error:
            raise InputError(printable(path), "cannot be removed: its folders are too deep") from error

    def remove_if_empty(self, *names: str) -> None:
        """Removes a folder in which nothing is left, and those above it (not the folder itself)."""
        for end in range(len(names), 0, -1):
            try:
                self.path(*names[:end]).rmdir()
            except OSError:
                return

    def names(self, *names: str) -> Iterator[str]:
        """What stands in a folder, sorted; nothing where there is none."""
        path = self.path(*names)
        try:
            yield from sorted(os.listdir(path))  # noqa: PTH208 - names, not paths
        except OSError:
            return

    def _opened(self, path: str | Path) -> BinaryIO:
        number = os.open(path, os.O_RDONLY | _NO_LINK | getattr(os, "O_NONBLOCK", 0))
        if not stat.S_ISREG(os.fstat(number).st_mode):
            os.close(number)
            raise InputError(printable(path), "is no regular file")
        return os.fdopen(number, "rb")

    def _link(self) -> str:
        return f"is a link, and nothing in a {self.noun} may be one"


def _reason(error: OSError) -> str:
    return (error.strerror or "cannot be read").lower()
