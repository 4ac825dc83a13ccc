"""A dictionary of which each version is a value: a change makes a new one, which shares nearly all with the old.

A version is a tree over the bits of the keys' hashes. Asking, putting and removing take a few steps whatever its size;
two versions are told apart along the branches that they do not share.

Invariant: has no order of its own, since hashes differ from process to process; whoever needs one keeps it in the
values.

Example: `Trie().put("users", 1).get("users")` is 1.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, Generic, TypeAlias, TypeVar

V = TypeVar("V")

_BITS = 4
_WIDTH = 1 << _BITS
_MASK = _WIDTH - 1
_MOST_IN_A_LEAF = 12
_DEEPEST = 60
"""Bits of a hash; keys that have all of them in common share a leaf, however many they are."""

_Node: TypeAlias = "dict[Hashable, Any] | tuple[_Node, ...]"
_EMPTY: dict[Hashable, Any] = {}
_MISSING = object()


class Trie(Generic[V]):
    """Immutable. Made by `Trie()` and changed by `put` and `without`, each of which gives another one."""

    __slots__ = ("_root", "_size")

    def __init__(self, root: _Node = _EMPTY, size: int = 0) -> None:
        """Hold nothing; what is given here is the trie's own."""
        self._root = root
        self._size = size

    def __len__(self) -> int:
        return self._size

    def get(self, key: Hashable, default: Any = None) -> Any:  # noqa: ANN401 -- a V, or what the caller gives
        """Give what is at a key."""
        node = self._root
        if type(node) is tuple:
            path = hash(key)
            while type(node) is tuple:
                node = node[path & _MASK]
                path >>= _BITS
        return node.get(key, default)  # type: ignore[union-attr]  # mypy does not narrow by `type(…) is`

    def put(self, key: Hashable, value: V) -> Trie[V]:
        """Give it with `value` at a key."""
        came = self.get(key, _MISSING) is _MISSING
        return Trie(_put(self._root, 0, hash(key), key, value), self._size + came)

    def without(self, key: Hashable) -> Trie[V]:
        """Give it with nothing at a key; itself where nothing is there."""
        if self.get(key, _MISSING) is _MISSING:
            return self
        return Trie(_without(self._root, hash(key), key), self._size - 1)

    def items(self) -> Iterator[tuple[Any, V]]:
        """Give all keys with what is at them, in no order that means anything."""
        waiting = [self._root]
        while waiting:
            node = waiting.pop()
            if isinstance(node, tuple):
                waiting.extend(node)
            else:
                yield from node.items()

    def keys_that_differ(self, other: Trie[V]) -> set[Any]:
        """Give the keys at which another trie has something else, or one of the two nothing. Values by identity."""
        found: set[Any] = set()
        waiting = [(self._root, other._root, 0)]
        while waiting:
            one, two, depth = waiting.pop()
            if one is two:
                continue
            if isinstance(one, dict) and isinstance(two, dict):
                found.update(key for key, value in one.items() if two.get(key, _MISSING) is not value)
                found.update(key for key in two if key not in one)
                continue
            branches = (_branches(node, depth) for node in (one, two))
            waiting.extend((left, right, depth + _BITS) for left, right in zip(*branches, strict=True))
        return found


def _put(node: _Node, depth: int, path: int, key: Hashable, value: object) -> _Node:
    if isinstance(node, tuple):
        at = path & _MASK
        return (*node[:at], _put(node[at], depth + _BITS, path >> _BITS, key, value), *node[at + 1 :])
    made = {**node, key: value}
    return _split(made, depth) if len(made) > _MOST_IN_A_LEAF and depth < _DEEPEST else made


def _without(node: _Node, path: int, key: Hashable) -> _Node:
    if isinstance(node, tuple):
        at = path & _MASK
        return (*node[:at], _without(node[at], path >> _BITS, key), *node[at + 1 :])
    return {one: value for one, value in node.items() if one != key}


def _split(leaf: dict[Hashable, Any], depth: int) -> tuple[_Node, ...]:
    made: list[dict[Hashable, Any]] = [{} for _ in range(_WIDTH)]
    for key, value in leaf.items():
        made[(hash(key) >> depth) & _MASK][key] = value
    return tuple(made)


def _branches(node: _Node, depth: int) -> tuple[_Node, ...]:
    return node if isinstance(node, tuple) else _split(node, depth)
