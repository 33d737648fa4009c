"""Archives and packed bytes that no tool would write."""

from __future__ import annotations

import io
import stat
import struct
import tarfile
import zipfile
import zlib

LOG = b"Updating (prod):\n +  a:b:C d created (1s)\nDuration: 1s\n"


def tar_header(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    """The header of one file, which may claim any size."""
    info = tarfile.TarInfo(name)
    info.size, info.type = size, kind
    return info.tobuf(tarfile.GNU_FORMAT)


def tar_file(name: str, content: bytes, kind: bytes = tarfile.REGTYPE) -> bytes:
    """A file as it stands in a tar archive."""
    return tar_header(name, len(content), kind) + content + bytes(-len(content) % 512)


def pax(records: dict[str, str]) -> bytes:
    """An extended header."""
    parts = []
    for name, value in records.items():
        rest = f" {name}={value}\n"
        length = len(rest) + len(str(len(rest) + 3))
        parts.append(f"{length}{rest}")
    return tar_file("pax", "".join(parts).encode(), tarfile.XHDTYPE)


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def zip_link(name: str, target: str) -> bytes:
    """A zip archive with a symbolic link, and a log beside it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        info = zipfile.ZipInfo(name)
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(info, target)
        made.writestr("good.log", LOG)
    return out.getvalue()


def overlapping_zip(content: bytes, times: int) -> bytes:
    """A zip archive that lists one packed text again and again, under other names."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    crc, names = zlib.crc32(content), [b"%05d.log" % number for number in range(times)]
    sizes = (crc, len(packed), len(content), 9, 0)
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0x21, *sizes) + names[0] + packed
    directory = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 0x21, *sizes, 0, 0, 0, 0, 0) + name
        for name in names
    )
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, times, times, len(directory), len(local), 0)
    return local + directory + end
