"""Of two calls that have an operation's key, the one that puts all the keys of its batch is its own."""

from __future__ import annotations

import pytest

from tests.build import write, writes
from tests.verdicts.judging import bracketed, closed, judged


@pytest.mark.parametrize("own_first", [True, False])
def test_of_two_calls_of_one_second_that_with_a_key_of_another_deploy_is_not_the_operations(
    *, own_first: bool
) -> None:
    """Both are by one role, and put `ns:metadata`. The other deploy's log shows its key, at another time."""
    tape = bracketed()
    events = {
        key: tape.write(1, puts=["ns:metadata", key])
        for key in ("ns:own", "ns:other")[:: 1 if own_first else -1]
    }
    operation = {"action": "put", "type": "sst:aws:KvKeys", "operation": 1}
    rows = [
        write("ns:metadata", 0, 2, **operation),
        write("ns:own", 0, 2, **operation),
        write("ns:other", 3000, 3002, deploy="d2", action="put"),
    ]
    table = judged(closed(tape), writes(*rows)).verdicts
    assert table["event_id"].to_list()[:2] == [events["ns:own"]] * 2
