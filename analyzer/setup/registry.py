"""Finds the formats of this folder (modules named `as_FORMAT`) and writes in one of them what sets a trail up."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

from analyzer import setup as package
from analyzer.errors import UsageError
from analyzer.protocols import lacking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.setup.interface import SetupFormat

_PREFIX = "as_"


def names() -> tuple[str, ...]:
    """The names of the formats, sorted; imports none of them."""
    modules = (module.name for module in pkgutil.iter_modules(package.__path__))
    return tuple(sorted(name.removeprefix(_PREFIX) for name in modules if name.startswith(_PREFIX)))


def find(name: str) -> SetupFormat:
    """The format of this name.

    Raises:
        UsageError: there is none.
        TypeError: its module does not satisfy `SetupFormat` (a defect of this project).
    """
    from analyzer.setup.interface import SetupFormat

    if name not in names():
        raise UsageError(f"there is no format {name!r}; choose one of {', '.join(names())}")
    module = import_module(f"{package.__name__}.{_PREFIX}{name}")
    if not isinstance(module, SetupFormat):
        raise TypeError(lacking(module, SetupFormat))
    if name != module.NAME:
        raise TypeError(f"{module.__name__} has the NAME {module.NAME!r}, which is not that of its file")
    return module


def setup_text(stores: Sequence[str], format: str) -> str:  # noqa: A002 - the option's name
    """What records the calls on these stores, or on all of the account, with a final newline.

    Args:
        stores: ARNs; one that is given twice counts once. None means every store.
        format: one of `names()`.

    Raises:
        UsageError: there is no such format, or one of the ARNs is not that of a key-value store.
    """
    from analyzer.commands.kvs import is_store

    for arn in stores:
        if not is_store(arn):
            raise UsageError(
                f"{arn!r} is no ARN of a key-value store (arn:aws:cloudfront::ACCOUNT:key-value-store/ID)"
            )
    return find(format).text(tuple(dict.fromkeys(stores)))
