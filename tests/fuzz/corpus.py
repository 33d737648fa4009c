"""What is mutated: the sample lines of the grammars, the logs of `samples/`, and real logs where they are at hand."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from backports import zstd

from analyzer.grammar.files import read_grammar, samples

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
LARGEST = 200_000  # bytes of one seed: a mutation of more takes too long to be tried often


def seeds() -> list[bytes]:
    """All texts to begin with, each once."""
    return list(dict.fromkeys(text[:LARGEST] for text in _texts() if text))


def packed_seeds() -> list[bytes]:
    """Archives of logs and of a trail, what is packed, and the trail's files themselves."""
    trail = [path.read_bytes() for path in sorted((ROOT / "samples").rglob("trail/*")) if path.is_file()]
    files = {f"{number}.log": text[:20_000] for number, text in enumerate(seeds()[::40])}
    files |= {f"AWSLogs/{number}.json.gz": content for number, content in enumerate(trail[:3])}
    tar, zip_file = _tarred(files), _zipped(files)
    text = b"\n".join(files.values())
    whole = [
        pack(data)
        for pack in (gzip.compress, bz2.compress, lzma.compress, zstd.compress)
        for data in (text, tar)
    ]
    return [tar, zip_file, _zipped({"a.tar": tar, "b.zip": zip_file}), *whole, *trail]


def _tarred(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as made:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            info.pax_headers = {"path": name}
            made.addfile(info, io.BytesIO(content))
    return out.getvalue()


def _zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return out.getvalue()


def _texts() -> Iterator[bytes]:
    for grammar in sorted((ROOT / "grammars").glob("*.lark")):
        lines = [line for _, line in samples(read_grammar(grammar.stem))]
        yield "\n".join(lines).encode()
        yield from (line.encode() for line in lines)
    for folder in (ROOT / "samples", SHARED / "pulumi-display", SHARED / "sst-logs"):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in {".txt", ".log", ".json"} and "trail" not in path.parts:
                yield path.read_bytes()
