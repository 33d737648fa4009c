"""What a module lacks of the Protocol that it should satisfy. The registries of the extension points refuse by it."""

from __future__ import annotations


def lacking(module: object, protocol: type) -> str | None:
    """Which attributes and functions of `protocol` the module lacks, as a sentence; None if it has them all.

    Only names count here: mypy holds their types to the Protocol.
    """
    names = [name for name in members(protocol) if not hasattr(module, name)]
    if not names:
        return None
    module_name = getattr(module, "__name__", repr(module))
    return f"{module_name} does not satisfy {protocol.__name__}: it lacks {', '.join(names)}"


def members(protocol: type) -> list[str]:
    """The public names that a Protocol declares, its own and inherited ones, in their order."""
    import inspect

    names: dict[str, None] = {}
    for base in reversed(protocol.__mro__):
        if base.__module__ not in ("builtins", "typing"):
            names |= dict.fromkeys([*inspect.get_annotations(base), *vars(base)])
    return [name for name in names if not name.startswith("_")]
