"""The strongly connected components of a graph: Tarjan's algorithm, without recursion."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


def components(starts: Iterable[str], arrows: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """The components that can be reached from `starts`, in time that grows with the arrows of these."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    on_path: set[str] = set()
    for start in starts:
        if start in number:
            continue
        work = [(start, iter(arrows.get(start, ())))]
        number[start] = low[start] = len(number)
        path.append(start)
        on_path.add(start)
        while work:
            node, heads = work[-1]
            for head in heads:
                if head not in number:
                    number[head] = low[head] = len(number)
                    path.append(head)
                    on_path.add(head)
                    work.append((head, iter(arrows.get(head, ()))))
                    break
                if head in on_path:
                    low[node] = min(low[node], number[head])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    component = [path.pop()]
                    while component[-1] != node:
                        component.append(path.pop())
                    on_path.difference_update(component)
                    yield component
