"""Every shape of prefix before every log, and texts without a deploy: `python -m tests.sweep` prints the figures."""

from __future__ import annotations

import sys
from collections import Counter

from tests.sweep.compare import invented, is_believed, judged, said
from tests.sweep.logs import LOGS
from tests.sweep.negatives import NEGATIVES
from tests.sweep.shapes import SHAPES, prefixed

_SAME = 0.99


def main() -> int:
    """Runs the sweep; 1 where too little is the same, a failure is lost, or a text gets a prefix that is none."""
    outcomes: Counter[str] = Counter()
    bare = {name: said(log) for name, log in LOGS.items()}
    for shape in SHAPES:
        for name, log in LOGS.items():
            outcome = judged(bare[name], said(prefixed(log, shape)))
            outcomes[outcome] += 1
            if outcome != "same":
                _say(f"{outcome}: {shape!r} before {name}")
    total = outcomes.total()
    parts = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
    _say(f"{total} logs behind {len(SHAPES)} prefixes: {parts}")
    believed = [name for name, text in NEGATIVES.items() if is_believed(text)]
    _say(
        f"{len(NEGATIVES)} texts without a deploy: {len(believed)} with a prefix that is believed {believed}"
    )
    wrong = {name: found for name, text in NEGATIVES.items() if (found := invented(text))}
    _say(f"of which {len(wrong)} give a deploy, an event, or no refusal {wrong}")
    believed += wrong
    return int(outcomes["same"] < _SAME * total or outcomes["failure lost"] > 0 or bool(believed))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
