"""Nothing but credentials is redacted of the samples and of real data: no id, ARN, key, hash or file name."""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl
import pytest

from analyzer.redaction.redact import with_credential

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
SHARED: Final = ROOT.parent / "shared" / "data"
_LARGEST: Final = 30_000_000
_CREDENTIALS: Final = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{8,}|(?<=sessionToken\":)\s*\"[^\"]+\"|MIIE[0-9A-Za-z+/]{40,}"
)
"""All that they hold: access key ids, session tokens, and a certificate, whose bytes begin as those of a key."""


def _texts(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.stat().st_size > _LARGEST:
            continue
        data = path.read_bytes()
        if data.startswith(b"\x1f\x8b"):
            try:
                data = gzip.decompress(data)
            except (EOFError, OSError, zlib.error):  # some are damaged on purpose
                continue
        yield from data.decode("utf-8", "replace").splitlines()
        yield str(path.relative_to(folder))


@pytest.mark.parametrize("folder", [ROOT / "samples", SHARED], ids=["samples", "shared data"])
def test_only_credentials_go(folder: Path) -> None:
    if not folder.exists():
        pytest.skip(f"{folder} is not there")
    texts = pl.Series(sorted({_CREDENTIALS.sub("X", text[:20_000]) for text in _texts(folder)}))
    assert len(texts) > 1_000
    assert texts.filter(with_credential(texts)).to_list() == []
