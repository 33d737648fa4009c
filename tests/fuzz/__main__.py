"""`python -m tests.fuzz [--seconds N] [--seed S]`: mutated logs and archives through every reader, for a bounded time.

Each log is read as what it is taken for, as one other form, and out of records and repaired; every fourth case is an
archive, packed bytes or a trail. A case that crashes, loses a line, takes more than 10 seconds of the processor or
1 GiB of memory fails: its bytes are in `fuzz-failure-SEED.bin`, and the exit code is not 0. They are there too where
the process was ended.
"""

from __future__ import annotations

import argparse
import faulthandler
import random
import sys
import time
from collections import Counter
from pathlib import Path

from analyzer.logs.registry import forms
from tests.fuzz.corpus import packed_seeds, seeds
from tests.fuzz.hold import hold, hold_packed, hold_scanned, kind_of
from tests.fuzz.mutate import mutated
from tests.fuzz.watch import HANG, bound_memory, watched

_PACKED = 4  # every such case is packed


def main() -> int:
    """Runs the command; gives the exit code."""
    options = _options()
    bound_memory()
    texts, packed = seeds(), packed_seeds()
    began = time.monotonic()
    seed, lines = options.seed, 0
    read: Counter[str] = Counter()
    while time.monotonic() - began < options.seconds:
        chance = random.Random(seed)
        is_packed = seed % _PACKED == 0
        data = mutated(chance, packed if is_packed else texts)
        place = Path(f"fuzz-failure-{seed}.bin")
        place.write_bytes(data)
        faulthandler.dump_traceback_later(HANG, exit=True)
        try:
            if is_packed:
                with watched():
                    read["(packed)"] += hold_packed(data)
            else:
                lines += _read(data, chance, read)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
            sys.stdout.write(f"seed {seed}: {type(error).__name__}: {error}\nthe input is in {place}\n")
            return 1
        finally:
            faulthandler.cancel_dump_traceback_later()
        place.unlink()
        seed += 1
    sys.stdout.write(
        f"{seed - options.seed} cases, {lines} lines, {time.monotonic() - began:.0f} s: no crash, no hang, none over"
        " 10 s or 1 GiB, every line accounted for\n"
        + "".join(f"  {kind:20} {count}\n" for kind, count in sorted(read.items()))
    )
    return 0


def _read(data: bytes, chance: random.Random, read: Counter[str]) -> int:
    """Reads a log as two forms; gives the lines."""
    lines = 0
    known = sorted(forms())
    for kind in sorted({kind_of(data), chance.choice(known)} & set(known)):
        with watched():
            lines += hold(data, kind)
        read[kind] += 1
    with watched():
        lines += hold_scanned(data)
    return lines


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
