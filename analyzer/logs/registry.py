"""Finds the kinds of deploy log: the modules of `kinds/`, each of which satisfies `LogForm`."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

import analyzer.logs.kinds
from analyzer.logs.interface import LogForm
from analyzer.protocols import lacking

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType


def form_of(kind: str) -> LogForm | None:
    """The reader of the logs of a kind that `analyzer.sources.identify` detects: the module that is called like it.

    No other one is loaded.

    Raises:
        TypeError: the module is no reader (a defect of this project); it says what is missing.
    """
    name = kind.replace("-", "_")
    if name not in _names():
        return None
    return registered(importlib.import_module(f"{analyzer.logs.kinds.__name__}.{name}"))


def forms() -> Mapping[str, LogForm]:
    """All readers of deploy logs by their kind.

    Raises:
        TypeError: a module is no reader (a defect of this project); it says what is missing.
    """
    readers = (form_of(name.replace("_", "-")) for name in _names())
    return {form.KIND: form for form in readers if form is not None}


def registered(module: ModuleType) -> LogForm:
    """`module` as a reader of logs.

    Raises:
        TypeError: it lacks an attribute of `LogForm`, or its KIND is not its own name with dashes.
    """
    if not isinstance(module, LogForm):
        raise TypeError(lacking(module, LogForm))
    named = module.__name__.rpartition(".")[2].replace("_", "-")
    if named != module.KIND:
        raise TypeError(f"{module.__name__}: its KIND is {module.KIND!r}, and by its file it is {named!r}")
    return module


@cache
def _names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(analyzer.logs.kinds.__path__))
