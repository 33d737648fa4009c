"""Mutations of a text: cuts, copies, splices, flipped bytes, and bytes that readers stumble over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.logs.recovered.damages import DAMAGES
from tests.logs.recovered.wrappers import WRAPPERS

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

TROUBLE = (
    b"\n", b"\r\n", b"\r", b"\0", b"\xff", b"\xef\xbb\xbf", b"\x1b[2K", b"\x1b[1A", b"\x1b]0;t\x07", b"\x1b", b"<{%",
    b"%}>", b"\xe2\x80\xa8", b"\xc3\x28", b'"', b"\\", b"{", b"}", b"[", b"]", b"\t", b" " * 300, b"a" * 5000,
    b'{"sequence":0,"timestamp":1}', b"2025-03-20T12:00:00.1234567Z ", b"name | ", b"99999999999999999999",
    b" +  ", b"|  Error       ", b"time=2025-03-20T12:00:00.000Z level=INFO msg=", b"\xe2\x9c\x95  Failed",
    b"Diagnostics:\n", b"\x1f\x8b", b"PK\x03\x04",
)  # fmt: skip


def mutated(chance: random.Random, seeds: Sequence[bytes]) -> bytes:
    """A text made of one or two of `seeds` by one to six steps."""
    data = chance.choice(seeds)
    for _ in range(chance.randint(1, 6)):
        data = chance.choice(_STEPS)(chance, data, seeds)
    return data


def _place(chance: random.Random, data: bytes) -> int:
    return chance.randint(0, len(data))


def _span(chance: random.Random, data: bytes) -> tuple[int, int]:
    first, last = sorted((_place(chance, data), _place(chance, data)))
    return first, last


def _cut(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    first, last = _span(chance, data)
    return data[:first] + data[last:]


def _head(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    return data[: _place(chance, data)]


def _insert(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    place = _place(chance, data)
    return data[:place] + chance.choice(TROUBLE) + data[place:]


def _flip(chance: random.Random, data: bytes, _seeds: Sequence[bytes]) -> bytes:
    changed = bytearray(data)
    for _ in range(min(len(changed), chance.randint(1, 8))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _repeat(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    first, last = _span(chance, data[:20_000])
    return data[:last] + data[first:last] * chance.randint(1, 20) + data[last:]


def _splice(chance: random.Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    other = chance.choice(seeds)
    return data[: _place(chance, data)] + other[_place(chance, other) :]


def _shuffle(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    lines = data[:50_000].split(b"\n")
    chance.shuffle(lines)
    return b"\n".join(lines)


def _wrap(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    prefix = chance.choice(
        (b"2025-03-20T12:00:00.1234567Z ", b"deploy\tsst\t", b"web-1  | ", b"shop:deploy: ", b"> ")
    )
    return prefix + data.replace(b"\n", b"\n" + prefix)


def _number(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """A prefix of no known form, whose clock and counter change."""
    form = chance.choice((b"[09:%02d:%02d INF] ", b"%02d-%02d ci run[7]: ", b"| %03d/%d >> ", b"<%d> %d\t"))
    lines = data[:50_000].split(b"\n")
    return b"\n".join(form % (n // 60 % 60, n % 60) + line for n, line in enumerate(lines))


def _record(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """The text in JSON records or in a table."""
    wrap = chance.choice(list(WRAPPERS.values()))
    return wrap(data[:20_000].decode(errors="replace").split("\n")).encode(errors="replace")


def _damage(chance: random.Random, data: bytes, _: Sequence[bytes]) -> bytes:
    """What a paste does to a text."""
    damage = chance.choice(list(DAMAGES.values()))
    return damage(data[:50_000].decode(errors="replace")).encode(errors="replace")


_STEPS: tuple[Callable[[random.Random, bytes, Sequence[bytes]], bytes], ...] = (
    _cut, _head, _insert, _insert, _flip, _repeat, _splice, _shuffle, _wrap, _number, _record,
    _damage, _damage,
)  # fmt: skip
