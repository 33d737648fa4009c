"""A call just outside the window may be the operation's own."""

from __future__ import annotations

from tests.build import write
from tests.verdicts.judging import bracketed, closed, found


def test_a_clock_three_minutes_off_drops_nothing() -> None:
    """Expected: none dropped. All of the deploy's calls are there, by one writer, claimed by none, 180 s later.

    The Go SDK corrects its signing time by the server's, so a skewed machine deploys without an error.
    """
    tape = bracketed()
    rows = []
    for n in range(4):
        tape.write(180 + 10 * n, puts=[f"ns:{n}"])
        rows.append(write(f"ns:{n}", 10 * n, 10 * n + 2, action="put"))
    assert "dropped" not in [row[0] for row in found(closed(tape), *rows)]
