"""`python -m tests.fuzz [--seconds N] [--seed S]`: mutated logs through every reader, for a bounded time.

Each case is read as what it is taken for, and as one other form. The first case that fails is written to
`fuzz-failure-SEED.bin`, and the exit code is 1. A case that takes longer than 20 seconds is a hang.
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
from tests.fuzz.corpus import seeds
from tests.fuzz.hold import hold, kind_of
from tests.fuzz.mutate import mutated

HANG = 20


def main() -> int:
    """Runs the command; gives the exit code."""
    options = _options()
    known = sorted(forms())
    texts = seeds()
    began = time.monotonic()
    seed, lines = options.seed, 0
    read: Counter[str] = Counter()
    while time.monotonic() - began < options.seconds:
        chance = random.Random(seed)
        data = mutated(chance, texts)
        faulthandler.dump_traceback_later(HANG, exit=True)
        try:
            for kind in {kind_of(data), chance.choice(known)} & set(known):
                lines += hold(data, kind)
                read[kind] += 1
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the finding
            place = Path(f"fuzz-failure-{seed}.bin")
            place.write_bytes(data)
            sys.stdout.write(f"seed {seed}: {type(error).__name__}: {error}\nthe input is in {place}\n")
            return 1
        finally:
            faulthandler.cancel_dump_traceback_later()
        seed += 1
    sys.stdout.write(
        f"{seed - options.seed} cases, {lines} lines, {time.monotonic() - began:.0f} s: no crash, no hang, every line"
        f" accounted for\n" + "".join(f"  {kind:20} {count}\n" for kind, count in sorted(read.items()))
    )
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
