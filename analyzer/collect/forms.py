"""What AWS answered, held to the form that its API documents (botocore has the models): nothing else gets further."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "string": str,
    "boolean": bool,
    "timestamp": datetime,
    "blob": bytes,
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
}


def documented(shape: Any, value: Any) -> Any:
    """The value, of which only documented members are left.

    Args:
        shape: a shape of botocore's models.
        value: what its parser made of an answer; it lets pass what is of another type.

    Raises:
        ValueError: a part of it is not of the documented type.
    """
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        members = {name: value[name] for name in shape.members if value.get(name) is not None}
        return {name: documented(shape.members[name], member) for name, member in members.items()}
    if kind == "list" and isinstance(value, list):
        return [documented(shape.member, member) for member in value]
    if kind in _TYPES and isinstance(value, _TYPES[kind]) and (kind == "boolean" or value is not True):
        return value
    raise ValueError(kind)
