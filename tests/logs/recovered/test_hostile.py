"""Records and tables that are made to cost more than their size, or to be read as what they are not."""

from __future__ import annotations

import json
import time
import tracemalloc

import pytest

from tests.logs.recovered.logs import LOGS, problems, said, scanned
from tests.logs.recovered.wrappers import WRAPPERS

RECORD = json.dumps({"log": " +  aws:s3:Bucket b created (1s)\n"})
HOSTILE = {
    "deep objects": '{"a":' * 50_000 + "1" + "}" * 50_000,
    "deep lists": "[" * 200_000 + "]" * 200_000,
    "open lists": "[[" * 200_000,
    "deep texts": json.dumps(
        json.dumps(json.dumps(json.dumps(json.dumps(json.dumps({"a": "Updating (x):"})))))
    ),
    "many names": json.dumps({f"a{n}": "Updating (x):" for n in range(50_000)}),
    "many items": json.dumps({"a": ["Updating (x):"] * 50_000}),
    "a huge field": json.dumps({"log": "Updating (x):\n" + "a" * 5_000_000}),
    "a long line": '{"log": "' + "a" * 3_000_000,
    "a great number": '{"log": "Duration: 1s", "time": ' + "9" * 4_000 + "}",
    "an open quotation": 'time,message\n1,"' + "a,b\n" * 200_000,
    "many columns": "message," + ",".join(f"a{n}" for n in range(199)) + "\n" + ("," * 199 + "\n") * 2_000,
    "braces": "{" * 300_000,
    "escapes": '{"log":"' + "\\u001b[" * 50_000 + '"}',
    "half a pair": '{"log":"\\ud800 Updating (x):"}\n' * 3,
    "brackets of colours": "[3" * 200_000 + "\nready!\n",
    "entities": "&#x" * 100_000 + ";\nUpdating (x):\n" + "&amp;" * 100_000,
    "letters": "ready! Ã" * 50_000,
    "lines of one width": ("a" * 80 + "\n") * 5_000 + "Updating (x):\n",
    "arrows": "|  Created  a" + " -> a" * 50_000 + "\nready!\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_costs_no_more_than_it_is(name: str) -> None:
    began = time.process_time()
    _, row = scanned(HOSTILE[name].encode(errors="surrogatepass"))
    assert time.process_time() - began < 10
    lines = row["lines"] or 0
    assert lines == (row["recognised"] or 0) + (row["noise"] or 0) + (row["unrecognised"] or 0)


def test_tens_of_thousands_of_records_are_held_in_a_few_times_their_size() -> None:
    lines = [*LOGS["sst failed"].splitlines(), *(f"vite transforms module {n}" for n in range(30_000))]
    data = WRAPPERS["docker"](lines).encode()
    tracemalloc.start()
    table, row = scanned(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * len(data) + 4_000_000  # what a batch takes besides
    assert row["lines"] == len(lines)
    assert (table["kind"] == "failed").any()


@pytest.mark.parametrize("wrapper", ["cloudwatch", "pretty one by one", "array"])
def test_what_a_cut_document_still_holds_is_not_dropped_in_silence(wrapper: str) -> None:
    whole = WRAPPERS[wrapper](LOGS["sst failed"].splitlines())
    _, row = scanned(whole[: len(whole) * 3 // 4].encode())
    assert row["lines"] or row["problems"]


def test_records_that_are_cut_at_the_end_give_what_comes_before() -> None:
    whole = WRAPPERS["docker"](LOGS["sst failed"].splitlines())
    assert len(said(whole[:-30])) >= len(said(LOGS["sst failed"])) - 2


def test_a_cell_that_is_too_long_is_told() -> None:
    table = WRAPPERS["loki csv"](LOGS["pulumi failed"].splitlines()) + '1,"' + "a" * 200_000 + '"\n'
    assert any("could not be read to its end" in problem for problem in problems(table))
    assert said(table) == said(LOGS["pulumi failed"])
