"""Every wrapper and every damage on every log, and on texts without a deploy: `python -m tests.sweep.recovered`."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

from tests.logs.recovered.damages import CUT, OF_BLANKS, OF_SIGNS, WHOLE
from tests.logs.recovered.logs import Said, said, steps_of
from tests.logs.recovered.wrappers import WRAPPERS
from tests.sweep.logs import LOGS
from tests.sweep.negatives import NEGATIVES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_GROUPS: dict[str, Mapping[str, Callable[[str], str]]] = {
    "wrapped": {name: lambda log, wrap=wrap: wrap(log.splitlines()) for name, wrap in WRAPPERS.items()},  # type: ignore[misc]
    "damage that loses nothing": WHOLE,
    "damaged signs": OF_SIGNS,
    "damaged blanks": OF_BLANKS,
    "cut": CUT,
}


def main() -> int:
    """Runs the sweep; 1 where a failure is lost, or a text without a deploy gets one."""
    bare = {name: said(log) for name, log in LOGS.items()}
    lost = 0
    for group, changes in _GROUPS.items():
        outcomes: Counter[str] = Counter()
        for name, change in changes.items():
            for log, text in LOGS.items():
                outcome = _outcome(bare[log], said(change(text)))
                outcomes[outcome] += 1
                if outcome not in ("same", "same steps"):
                    _say(f"  {outcome}: {log}, {name}")
        lost += outcomes["failure lost"]
        _say(f"{group}: {outcomes.total()} logs, {dict(outcomes.most_common())}")
    invented = [
        f"{text}, {name}"
        for changes in _GROUPS.values()
        for name, change in changes.items()
        for text in NEGATIVES
        if not steps_of(said(NEGATIVES[text])) and steps_of(said(change(NEGATIVES[text])))
    ]
    _say(f"{len(NEGATIVES)} texts without a deploy: steps in {len(invented)} {invented}")
    return int(lost > 0 or bool(invented))


def _outcome(bare: Said, behind: Said) -> str:
    if bare == behind:
        return "same"
    if steps_of(bare) == steps_of(behind):
        return "same steps"
    failed = {row for row in steps_of(bare) if "failed" in row}
    return (
        "failure lost" if behind and not failed <= set(steps_of(behind)) else "other" if behind else "refused"
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
