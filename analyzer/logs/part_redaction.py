"""A part as it may be stored: without credentials, and with the same intended writes.

Texts are redacted as in reports. The states of key-value resources (`new`, `old`) are JSON from which the writes are
made: there a value that is a credential, alone or by the name that it has (`DB_PASSWORD`), gets a stand-in. Two
stand-ins are equal only if the values were, so an update changes the same keys as before; and the value of such a write
is unknown, so that no call and no listing is compared with it. Stores, namespaces, keys, route entries, and the names
of stacks and resources stay: keys are derived from them.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import msgspec
import polars as pl

from analyzer.redaction.key_lines import KeyLines
from analyzer.redaction.redact import redacted_series
from analyzer.redaction.stand_in import stand_in
from analyzer.redaction.table import redacted_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.logs.part import LogPart

_STATES: Final = ("new", "old")
_KEPT: Final = frozenset(
    {"deploy", "urn", "type", "name", "op", "id", "app", "stage", "stack", "tool", *_STATES}
)
_PLACES: Final = frozenset({"store", "namespace", "key", "entry", "keyValueStoreArn"})
"""The properties that say which key is written, and the entry of a list; never a value."""
_PAIR: Final = ("key", "value")  # of an item of KeyvaluestoreKeysExclusive
_ENTRIES: Final = "entries"  # of KvKeys: any name, and its value
_Named = tuple[str, str]


def redacted_part(part: LogPart) -> LogPart:
    """`part` without credentials; equal where it has none."""
    clean = redacted_tables(
        {
            "events": _texts(KeyLines().without(part.events)),
            "deploys": _texts(part.deploys),
            "inputs": _texts(part.inputs),
        }
    )
    events = part.events.with_columns(clean["events"])
    return replace(
        part,
        events=_with_whole_texts(_with_states(events, part), part.events),
        deploys=part.deploys.with_columns(clean["deploys"]),
        inputs=part.inputs.with_columns(clean["inputs"]),
    )


def _texts(table: pl.DataFrame) -> pl.DataFrame:
    return table.drop(_KEPT, strict=False)


def _with_whole_texts(events: pl.DataFrame, given: pl.DataFrame) -> pl.DataFrame:
    """`events` without texts that mean another thing once a part of them is redacted.

    Two names of things must not become one, nor an entry another entry: both are unknown then. The name in a console
    line says whose the entry below it is, and stays.
    """
    console = pl.col("kind") == "console"
    names_component = console & given["message"].str.contains("kv namespace", literal=True)
    tells_entry = console & given["message"].str.contains("entry: ", literal=True)
    message = (
        pl.when(names_component)
        .then(given["message"])
        .when(~tells_entry | (pl.col("message") == given["message"]))
        .then("message")
        .when(~tells_entry.fill_null(value=False))
        .then("message")
    )
    identity = pl.when(pl.col("identity") == given["identity"]).then("identity")
    return events.with_columns(message.alias("message"), identity.alias("identity"))


def _with_states(events: pl.DataFrame, part: LogPart) -> pl.DataFrame:
    """`events` with stand-ins for the credentials in `new` and `old`."""
    texts = pl.concat([events[name].alias("state") for name in _STATES]).drop_nulls().unique()
    states = {text: _decoded(text) for text in texts}
    named = list(dict.fromkeys(pair for state in states.values() for pair in _values(state)))
    secrets = [pair for pair, is_one in zip(named, _are_secret(named), strict=True) if is_one]
    if not secrets:
        return events
    salt = sha256("\n".join(part.deploys["id"]).encode(errors="surrogatepass")).hexdigest()[:12]
    numbers = {text: number for number, text in enumerate(sorted({text for _, text in secrets}))}
    instead = {(name, text): stand_in(salt, numbers[text]) for name, text in secrets}
    changed = {
        text: msgspec.json.encode(_replaced(state, instead)).decode()
        for text, state in states.items()
        if not instead.keys().isdisjoint(_values(state))
    }
    return events.with_columns(pl.col(name).replace(changed) for name in _STATES)


def _decoded(text: str) -> object:
    return msgspec.json.decode(text)


def _values(state: object) -> list[_Named]:
    """Each value in a state that is a text, with the name under which it stands; not what says a place."""
    found: list[_Named] = []

    def kept(name: str, text: str) -> str:
        found.append((name, text))
        return text

    _each(state, kept)
    return found


def _replaced(state: object, instead: Mapping[_Named, str]) -> object:
    """The state with what stands `instead` of its values."""
    return _each(state, lambda name, text: instead.get((name, text), text))


def _each(value: object, change: Callable[[str, str], str], name: str = "") -> object:
    """`value` with each text in it changed, but for names and what says a place."""
    if isinstance(value, str):
        return change(name, value)
    if isinstance(value, list):
        return [_each(item, change, name) for item in value]
    if not isinstance(value, dict):
        return value
    places = _PLACES if name != _ENTRIES else frozenset()
    pair = str(value["key"]) if value.keys() == set(_PAIR) else None
    return {
        key: item if key in places and isinstance(item, str) else _each(item, change, pair or key)
        for key, item in value.items()
    }


def _are_secret(named: list[_Named]) -> pl.Series:
    """Whether the redactor would change a value, alone or with its name before it."""
    alone = pl.Series([text for _, text in named], dtype=pl.String)
    quoted = pl.Series([_quoted(text) for _, text in named], dtype=pl.String)
    names = pl.Series([_quoted(name) for name, _ in named], dtype=pl.String)
    pairs = redacted_series(names + ": " + quoted)
    frame = pl.DataFrame({"alone": redacted_series(alone) != alone, "pair": pairs, "quoted": quoted})
    return frame.select(pl.col("alone") | ~pl.col("pair").str.ends_with(pl.col("quoted"))).to_series()


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()
