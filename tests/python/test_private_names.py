"""Private names are written out as Python's compiler does it, wherever in a class they stand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from types import CodeType

import pytest

from driftline.python.private_names import lines_with_private_names
from driftline.python.syntax import parse

CLASS = '''
def decorator(value):
    return lambda thing: thing

__outside = 1

class _Shop:
    __slots__ = ()
    __count = 1

    @decorator(
        __outside
    )
    @decorator(2)

    def take(self, __given, *, other=None):
        import os.path as __path, sys
        from os import __name__
        for __each in range(3):
            self.__count += __each
        with open(__given) as __file, open(other) as plain:
            pass
        try:
            return f"""a {self.__count}
                {__given!r:>{self.__width}}
            """
        except ValueError as __error:
            raise

    class Inner(object, metaclass=__outside):
        def __private(self): return [__x for __x in self.__items if __x]
        def plain(self): return 1

    @property
    def spread(
        self,
        __also,
    ):
        global __g
        return (
            self
            .__count
        )

def after(): return __outside
'''


def names(code: CodeType) -> Iterator[tuple[str, ...]]:
    """The names that a code object and those in it use."""
    yield tuple(sorted({*code.co_names, *code.co_varnames, *code.co_freevars, *code.co_cellvars}))
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from names(one)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_names_are_those_that_the_compiler_gives(end: str) -> None:
    """Also behind decorators, in f-strings of several lines and in calls spread over lines; whatever ends a line."""
    text = CLASS.replace("\n", end)
    tree = parse("/p/shop.py", text).tree

    mine = list(names(compile(ast.unparse(tree), "shop", "exec")))

    assert mine == list(names(compile(CLASS, "shop", "exec")))
    assert any("_Shop__count" in one for one in mine)


def test_lines_are_counted_as_python_counts_them() -> None:
    """A form feed ends none; each kind of line end is one."""
    assert lines_with_private_names("__a\n\f__b\r\n\r__c = __d__\n'__e'") == [1, 2, 4, 5]
    assert lines_with_private_names("a__b = __c__") == []
