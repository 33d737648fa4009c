"""Finds the kinds of deploy log: every module of this folder that satisfies `LogForm`."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

import analyzer.logs
from analyzer.logs.interface import LogForm

if TYPE_CHECKING:
    from collections.abc import Mapping


def forms() -> Mapping[str, LogForm]:
    """The readers of deploy logs by the kind that `analyzer.sources.identify` tells."""
    names = sorted(module.name for module in pkgutil.iter_modules(analyzer.logs.__path__, "analyzer.logs."))
    modules = map(importlib.import_module, names)
    return {module.KIND: module for module in modules if isinstance(module, LogForm)}
