"""A bundle as one file: a tar archive, with zstandard where its name ends so. Equal bundles give equal bytes.

The manifest comes first, so that the archive shows by its beginning what it is. Only files that it names are packed.
"""

from __future__ import annotations

import io
import os
import sys
import tarfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from analyzer.bundle.layout import parts_of
from analyzer.bundle.manifest import MOST_BYTES, NAME, read
from analyzer.errors import InputError, UsageError
from analyzer.sources.private_folder import PrivateFolder
from analyzer.sources.walk import printable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

ENDINGS: Final = (".tar.zst", ".tar")
_PRIVATE: Final = 0o600
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


def is_packed_name(name: str | Path) -> bool:
    """Whether a bundle of this name is one file."""
    return str(name).endswith(ENDINGS)


def pack(folder: str | Path, target: str | Path) -> None:
    """Packs a bundle; what was at the target's place is replaced when the archive is whole. It is its owner's alone.

    Args:
        folder: the bundle.
        target: `.tar.zst` or `.tar`.

    Raises:
        UsageError: the target has another name.
        InputError: the bundle cannot be read, or the archive cannot be written.
    """
    if not is_packed_name(target):
        raise UsageError(f"{printable(str(target))}: a packed bundle is a .tar.zst or a .tar")
    place = PrivateFolder(Path(folder))
    manifest_data = place.read(NAME, most=MOST_BYTES)
    manifest = read(manifest_data, printable(place.path(NAME)))
    with (
        _replacing(Path(target)) as stream,
        tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        _add(tar, NAME, manifest_data, manifest.made_at)
        for item in manifest.items:
            names = parts_of(item.path)
            if place.has(*names):
                _add(tar, item.path, place.read(*names), item.at)


def _add(tar: tarfile.TarFile, name: str, data: bytes, at: datetime | None) -> None:
    header = tarfile.TarInfo(name)
    header.size, header.mode = len(data), _PRIVATE
    header.mtime = int(at.timestamp()) if at else 0
    tar.addfile(header, io.BytesIO(data))


@contextmanager
def _replacing(target: Path) -> Iterator[Any]:
    """What to write into; it takes the place of the target at the end."""
    beside = target.parent / f".lostwrite-{os.urandom(8).hex()}.tmp"
    try:
        number = os.open(beside, _NEW, _PRIVATE)
    except OSError as error:
        raise InputError(printable(target), f"cannot be written: {_reason(error)}") from error
    try:
        with os.fdopen(number, "wb") as file:
            if target.name.endswith(".zst"):
                with _zstd().ZstdFile(file, mode="w") as stream:
                    yield stream
            else:
                yield file
        beside.replace(target)
    except OSError as error:
        raise InputError(printable(target), f"cannot be written: {_reason(error)}") from error
    finally:
        beside.unlink(missing_ok=True)


def _zstd() -> Any:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


def _reason(error: OSError) -> str:
    return (error.strerror or "unknown error").lower()
