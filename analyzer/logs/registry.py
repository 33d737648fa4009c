"""Finds the kinds of deploy log: every module of `kinds/` that satisfies `LogForm`."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

import analyzer.logs.kinds
from analyzer.logs.interface import LogForm

if TYPE_CHECKING:
    from collections.abc import Mapping


def form_of(kind: str) -> LogForm | None:
    """The reader of the logs of a kind that `analyzer.sources.identify` tells: the module that is called like it.

    No other one is loaded.
    """
    name = kind.replace("-", "_")
    if name not in _names():
        return None
    module = importlib.import_module(f"{analyzer.logs.kinds.__name__}.{name}")
    return module if isinstance(module, LogForm) and kind == module.KIND else None


def forms() -> Mapping[str, LogForm]:
    """All readers of deploy logs by their kind."""
    found = (form_of(name.replace("_", "-")) for name in _names())
    return {form.KIND: form for form in found if form is not None}


def _names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(analyzer.logs.kinds.__path__))
