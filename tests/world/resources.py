"""SST's two key-value resources and one operation of a deploy on one of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.world.calls import Refused

KV_KEYS = "KvKeys"
KV_ROUTES = "KvRoutesUpdate"
OLD_PARENT = "|Old"
"""Ends the name of a resource whose component has another parent now, so that its URN is another one."""
REPLACED = "|Replaced"
"""Ends the name of a resource that is replaced, which has the URN of the new one."""


class Version(Enum):
    """The version ranges of SST between which the write path changed (docs/facts/sst-output.md#44-fixes)."""

    V3_10_0 = "3.10.0"
    V3_10_1 = "3.10.1 to 3.10.10"
    V3_10_11 = "3.10.11 to 3.11.1"
    V3_11_2 = "3.11.2 to 3.12.4"
    V3_12_5 = "3.12.5 to 4.17"


@dataclass(frozen=True, slots=True)
class Props:
    """What a resource is given; its outputs repeat it (`store == ""`: the outputs were lost)."""

    store: str = ""
    namespace: str = ""
    entries: tuple[tuple[str, str], ...] = ()
    purge: bool = False
    entry: str = ""

    @property
    def routes_key(self) -> str:
        """The key of a KvRoutesUpdate."""
        return f"{self.namespace}:routes"

    def mapping(self) -> dict[str, str]:
        """The entries of a KvKeys."""
        return dict(self.entries)


@dataclass(frozen=True, slots=True)
class Resource:
    """What a stage's state holds of a resource."""

    inputs: Props
    outputs: Props


@dataclass(slots=True, eq=False)
class Operation:
    """One operation of one deploy on one resource; times are the world's seconds, None: not yet."""

    kind: str
    name: str
    op: str
    new: Props | None
    old: Resource | None
    began: float | None = None
    ended: float | None = None
    outputs: Props | None = None
    error: Refused | None = None
    message: str = ""
    replaced: Resource | None = None
    """What a create takes the place of."""

    @property
    def word(self) -> str:
        """What Pulumi calls the operation."""
        if self.replaced is not None:
            return "create-replacement"
        return "delete-replaced" if self.name.endswith(REPLACED) else self.op

    @property
    def full_name(self) -> str:
        """The last part of the URN."""
        return f"{plain(self.name)}.sst.aws.{self.kind}"

    @property
    def parent(self) -> str:
        """The type of the component that the resource is of."""
        return "sst:aws:OldSite" if self.name.endswith(OLD_PARENT) else "sst:aws:Site"

    @property
    def component(self) -> str:
        """The component that the resource is of, which its namespace is made from."""
        return component(self.name)

    @property
    def reported(self) -> str:
        """What the log says: succeeded, failed, unfinished."""
        if self.ended is None:
            return "unfinished"
        return "failed" if self.message else "succeeded"

    @property
    def lost_outputs(self) -> bool:
        """The log itself shows that the call returned early (S1): new outputs without a store."""
        return self.op == "update" and self.outputs is not None and not self.outputs.store


@dataclass(frozen=True, slots=True)
class Intent:
    """One intended write, as docs/architecture.md#5-intended-writes counts them."""

    operation: Operation = field(repr=False)
    action: str
    store: str
    key: str
    entry: str | None = None
    value: str | None = None


def plain(name: str) -> str:
    """The name of a resource, without what tells it from another of the same name."""
    return name.removesuffix(OLD_PARENT).removesuffix(REPLACED)


def component(name: str) -> str:
    """The component that a resource of this name is of."""
    return plain(name).removesuffix("KvKeys").removesuffix("RoutesUpdate")


def namespace(app: str, stage: str, name: str) -> str:
    """The 16 bits that a component's keys lie under."""
    return hashlib.md5(f"{app}-{stage}-{name}".encode(), usedforsecurity=False).hexdigest()[:4]


def intents(operation: Operation) -> list[Intent]:
    """What the operation means to write, whatever SST then does."""
    return _keys(operation) if operation.kind == KV_KEYS else _routes(operation)


def _keys(operation: Operation) -> list[Intent]:
    new, old = operation.new, operation.old.outputs if operation.old else Props()
    if new is None:
        gone = old.mapping() if old.store else {}
        return [Intent(operation, "delete", old.store, f"{old.namespace}:{key}") for key in gone]
    moved = operation.op == "update" and (new.store, new.namespace) != (old.store, old.namespace)
    before = {} if moved or operation.op == "create" else old.mapping()
    puts = [
        Intent(operation, "put", new.store, f"{new.namespace}:{key}", value=value)
        for key, value in new.entries
        if before.get(key) != value
    ]
    dropped = [key for key in before if key not in new.mapping()] if new.purge else []
    return puts + [Intent(operation, "delete", new.store, f"{new.namespace}:{key}") for key in dropped]


def _routes(operation: Operation) -> list[Intent]:
    new, old = operation.new, operation.old.outputs if operation.old else Props()
    found = []
    if new is None or (operation.op == "update" and old.store and _place(old) != _place(new)):
        found.append(Intent(operation, "remove", old.store, old.routes_key, entry=old.entry))
    if new is not None:
        found.append(Intent(operation, "append", new.store, new.routes_key, entry=new.entry))
    return found


def _place(props: Props) -> tuple[str, str]:
    return props.store, props.namespace
