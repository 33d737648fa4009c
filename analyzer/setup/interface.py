"""What a way to set a trail up is: one file in this folder that satisfies `SetupFormat`; `registry` finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence


@runtime_checkable
class SetupFormat(Protocol):
    """A module that writes what a tool of the cloud needs in order to record the calls on key-value stores."""

    NAME: str

    def text(self, stores: Sequence[str]) -> str:
        """The whole text, with a final newline.

        Args:
            stores: ARNs, each one that `commands.kvs.is_store`; none means every store of the account.
        """
        ...
