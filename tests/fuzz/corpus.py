"""What is mutated: the sample lines of the grammars, the logs of `samples/`, and real logs where they are at hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.grammar.files import read_grammar, samples

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
LARGEST = 200_000  # bytes of one seed: a mutation of more takes too long to be tried often


def seeds() -> list[bytes]:
    """All texts to begin with, each once."""
    return list(dict.fromkeys(text[:LARGEST] for text in _texts() if text))


def _texts() -> Iterator[bytes]:
    for grammar in sorted((ROOT / "grammars").glob("*.lark")):
        lines = [line for _, line in samples(read_grammar(grammar.stem))]
        yield "\n".join(lines).encode()
        yield from (line.encode() for line in lines)
    for folder in (ROOT / "samples", SHARED / "pulumi-display", SHARED / "sst-logs"):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in {".txt", ".log", ".json"} and "trail" not in path.parts:
                yield path.read_bytes()
