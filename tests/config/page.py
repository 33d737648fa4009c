"""The tables of docs/configuration.md, made of the keys as they are declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.config.keys import KEYS
from analyzer.config.suppress import ENTRIES

if TYPE_CHECKING:
    from analyzer.config.keys import Key


def tables() -> dict[str, str]:
    """Each table, by the comment that it stands below."""
    return {
        "<!-- the keys: of analyzer/config/keys.py -->": _keys(),
        "<!-- the suppressions: of analyzer/config/suppress.py -->": _suppressions(),
    }


def _keys() -> str:
    rows = [
        f"| `{key.name}` | `{key.variable}` | {_values(key)} | {_default(key)} | {key.about} |"
        for key in KEYS
    ]
    rows.append(
        "| `suppress` | | array of tables, only in a file | none | findings that were accepted: see below |"
    )
    head = "| key and option | variable | values | default | what it does |\n|---|---|---|---|---|"
    return "\n".join([head, *rows])


def _values(key: Key) -> str:
    if key.kind == "choice":
        return ", ".join(f"`{choice}`" for choice in key.choices)
    return {"switch": "`true`, `false`", "path": "path", "count": "number from 1 on"}[key.kind]


def _default(key: Key) -> str:
    if key.default is None:
        return "none"
    return f"`{str(key.default).lower()}`"


def _suppressions() -> str:
    rows = [f"| `{name}` | {meaning} |" for name, meaning in ENTRIES.items()]
    return "\n".join(["| key | what it means |", "|---|---|", *rows])
