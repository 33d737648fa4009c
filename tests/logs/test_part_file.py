"""Parts on disk: redacted, with the same intended writes; and a file that is no part is refused."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.errors import InputError
from analyzer.logs.ids import stable
from analyzer.logs.part import LogPart, assembled, read_part
from analyzer.logs.part_file import load_part, store_part
from analyzer.logs.part_redaction import redacted_part
from analyzer.writes.intended import intended_writes
from tests.logs.home import ID, NAME, event_log, source, terminal, update_object

if TYPE_CHECKING:
    from pathlib import Path

ONE = "AKIAIOSFODNN7EXAMPLE"
TWO = "AKIAIOSFODNN7EXAMPLF"
HIDDEN = "hunter2-hunter2"


def part(*contents: bytes, name: str = "eventlog/shop/prod") -> LogPart:
    return read_part(
        [source(f"{name}/{ID[:-1]}{n}.json", content) for n, content in enumerate(contents)], ids=stable
    )


def of_writes(some: LogPart) -> pl.DataFrame:
    logs = assembled([some])
    return intended_writes(logs.events, logs.deploys)


def stored(some: LogPart, folder: Path) -> LogPart:
    store_part(some, folder)
    return load_part(folder)


def same(one: LogPart, other: LogPart) -> bool:
    return all(getattr(one, name).equals(getattr(other, name)) for name in ("events", "deploys", "inputs"))


def test_without_credentials_a_part_is_read_back_as_it_was(tmp_path: Path) -> None:
    made = part(event_log(), event_log(old={"metadata": "old"}), terminal(), update_object())
    assert same(stored(made, tmp_path / "part"), made)


def test_only_its_owner_may_read_a_part(tmp_path: Path) -> None:
    store_part(part(event_log()), tmp_path / "part")
    modes = [
        stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "part", *(tmp_path / "part").iterdir())
    ]
    assert modes == [0o700, 0o600, 0o600, 0o600]


def test_a_part_is_not_written_over(tmp_path: Path) -> None:
    store_part(part(event_log()), tmp_path / "part")
    with pytest.raises(FileExistsError):
        store_part(part(terminal()), tmp_path / "part")


def test_the_rows_of_some_deploys_are_read_alone(tmp_path: Path) -> None:
    made = part(event_log(), event_log("blog"))
    store_part(made, tmp_path / "part")
    first = made.deploys["id"][0]
    loaded = load_part(tmp_path / "part", [first])
    assert loaded.deploys["id"].to_list() == [first]
    assert loaded.events.equals(made.events.filter(pl.col("deploy") == first))
    assert loaded.inputs.equals(made.inputs.head(1))
    assert load_part(tmp_path / "part", []).events.is_empty()


def test_a_credential_is_nowhere_in_what_is_stored(tmp_path: Path) -> None:
    entries = {"token": ONE, "DB_PASSWORD": HIDDEN, "metadata": f'{{"secret": "{HIDDEN}"}}', "/a": "s3"}
    failed = (
        event_log(entries=entries).replace(b'{"preludeEvent"', b'{"x"')
        + b'{"sequence":9,"timestamp":1740838671,"diagnosticEvent":{"message":"error: key %s","severity":"error"}}\n'
        % (ONE.encode())
    )
    store_part(part(failed), tmp_path / "part")
    loaded = load_part(tmp_path / "part")
    shown = "".join(table.write_ndjson() for table in (loaded.events, loaded.deploys, loaded.inputs))
    assert ONE not in shown
    assert HIDDEN not in shown
    assert '\\"/a\\":\\"s3\\"' in shown


def test_the_intended_writes_are_the_same_but_for_values_that_were_credentials(tmp_path: Path) -> None:
    """An update of five keys: of the two whose values are equal credentials, none is written; the others are."""
    old = {"same": ONE, "moved": ONE, "DB_PASSWORD": HIDDEN, "page": "a", "/x": "s3"}
    new = {"same": ONE, "moved": TWO, "DB_PASSWORD": HIDDEN + "!", "page": "b", "/x": "s3"}
    made = part(event_log(entries=new, old=old))
    before, after = of_writes(made), of_writes(stored(made, tmp_path / "part"))
    assert after.drop("value", "was").equals(before.drop("value", "was"))
    assert before["key"].to_list() == ["7c62:DB_PASSWORD", "7c62:moved", "7c62:page"]
    assert after.select("value", "was").rows() == [(None, None), (None, None), ("b", "a")]


def test_two_credentials_of_two_parts_never_become_equal() -> None:
    states = [
        redacted_part(part(event_log(entries={"k": secret}), name=name)).events["new"].drop_nulls()[0]
        for secret, name in ((ONE, "a"), (TWO, "b"))
    ]
    assert states[0] != states[1]


def test_a_value_is_not_hidden_because_a_credential_elsewhere_is_the_same() -> None:
    """`s3` under a name that speaks of a password is hidden there, and not as the value of any other key."""
    entries = {"DB_PASSWORD": "s3cret99", "page": "s3cret99"}
    writes = of_writes(redacted_part(part(event_log(entries=entries))))
    assert writes.select("key", "value").rows() == [("7c62:DB_PASSWORD", None), ("7c62:page", "s3cret99")]


def test_the_places_of_keys_are_never_changed() -> None:
    """A key that looks like a credential is a key: with another name the write would seem dropped."""
    made = part(event_log(entries={ONE: "v"}))
    assert of_writes(redacted_part(made))["key"].to_list() == [f"7c62:{ONE}"]
    assert redacted_part(made).events["name"].drop_nulls().unique().to_list() == [NAME]


def test_an_entry_of_a_console_line_that_is_redacted_is_unknown() -> None:
    """Half of an entry would be another entry; whose the next one is, is still known."""
    lines = f"Building kv namespace for A/\nentry: site,{ONE},,/\nBuilding kv namespace for B/\nentry: site,50f6,,/\n"
    rows = "|  Created     {0}RoutesUpdate sst:aws:KvRoutesUpdate\n"
    log = terminal().replace(
        b"|  Created", (lines + rows.format("A/") + rows.format("B/")).encode() + b"|  Created"
    )
    before, after = of_writes(part(log)), of_writes(redacted_part(part(log)))
    assert after["entry"].to_list() == [
        None if entry and ONE in entry else entry for entry in before["entry"].to_list()
    ]


def rewritten(folder: Path, name: str, table: pl.DataFrame) -> None:
    table.write_parquet(folder / f"{name}.parquet")


def test_what_is_damaged_is_refused(tmp_path: Path) -> None:
    store_part(part(event_log()), tmp_path / "part")
    file = tmp_path / "part" / "events.parquet"
    whole = file.read_bytes()
    for data in (
        b"",
        b"PAR1",
        whole[: len(whole) // 2],
        whole[:-9],
        b"\0" * 400,
        whole[:60] + b"\xff" * (len(whole) - 60),
    ):
        file.write_bytes(data)
        with pytest.raises(InputError):
            load_part(tmp_path / "part")
    file.unlink()
    with pytest.raises(InputError, match="no such file"):
        load_part(tmp_path / "part")


def test_any_byte_that_is_changed_gives_an_error_or_a_sound_part(tmp_path: Path) -> None:
    store_part(part(event_log()), tmp_path / "part")
    file = tmp_path / "part" / "deploys.parquet"
    whole = file.read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 60)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            loaded = load_part(tmp_path / "part")
        except InputError:
            continue
        assert loaded.deploys.height <= 1


def test_a_table_of_another_schema_is_refused(tmp_path: Path) -> None:
    store_part(part(event_log()), tmp_path / "part")
    rewritten(tmp_path / "part", "events", pl.DataFrame({"deploy": ["x"]}))
    with pytest.raises(InputError, match="not a table of deploy logs"):
        load_part(tmp_path / "part")


def test_states_that_are_no_json_are_refused(tmp_path: Path) -> None:
    """Who reads them relies on it."""
    made = part(event_log())
    for state in ("{", "[]", "[" * 100_000):
        folder = tmp_path / f"part{len(state)}"
        store_part(made, folder)
        rewritten(folder, "events", made.events.with_columns(new=pl.lit(state)))
        with pytest.raises(InputError, match="not a part of deploy logs"):
            load_part(folder)


def test_events_of_deploys_that_the_part_does_not_have_are_refused(tmp_path: Path) -> None:
    made = part(event_log())
    store_part(made, tmp_path / "part")
    rewritten(tmp_path / "part", "events", made.events.with_columns(deploy=pl.lit("other")))
    with pytest.raises(InputError, match="contradict"):
        load_part(tmp_path / "part")


@pytest.mark.skipif(os.name == "nt", reason="names of files there may have no such characters")
def test_a_folder_whose_name_is_a_pattern_is_that_folder(tmp_path: Path) -> None:
    made = part(event_log())
    assert same(stored(made, tmp_path / "month=*[x]"), made)


@pytest.mark.parametrize("deep", [90, 110, 480])
def test_a_state_of_any_depth_that_is_read_can_be_stored(deep: int, tmp_path: Path) -> None:
    """What is deeper is reported where it is read: it stops neither the batch nor who reads the part later."""
    log = event_log().replace(b'"purge": false', b'"purge": ' + b'{"a":' * deep + b"1" + b"}" * deep)
    made = part(log)
    assert bool(made.inputs["problems"][0].len()) == (deep > 90)
    assert same(stored(made, tmp_path / "part"), made)
