# ruff: noqa: E501 -- the sources under test are written one module a line
"""Libraries in site-packages: what of them is read, and what stays a symbol."""

from __future__ import annotations

from driftline.python.host import Host
from driftline.python.values import Class, Symbol
from tests.python.support import evaluator

SITE = "venv/"

LIBRARY = {
    f"{SITE}lib/__init__.py": "from lib.names import LIMIT as MOST\n",
    f"{SITE}lib/names.py": (
        "from lib import other\nLIMIT = 2 * 128\nSIZES = {'a': [1, LIMIT]}\n_HIDDEN = 'h'\n"
        "DEBUG_FROM = other.STEP + 1\nHANDLER = other.make()\nlower = 1\nclass Enumerated:\n    value = 3\n"
    ),
    f"{SITE}lib/other.py": "from lib import names\nSTEP = 10\ndef make():\n    return open('x')\n",
    f"{SITE}lib/models.py": "from lib.names import LIMIT\nfrom lib import base\nclass Base:\n    size = LIMIT\n    root = base.Root\n",
    f"{SITE}lib/base.py": "class Root:\n    deep = 1\n",
}


class _Wants(Host):
    """Wants modules that say `class`, and no class for its name alone."""

    def wants_module(self, name: str, text: str) -> bool:
        return "class " in text and name != "lib.names"


def test_constants_of_libraries_are_known() -> None:
    """If a program uses what a library spells like a constant, and that is plain data, it has its value."""
    run = evaluator(
        {
            **LIBRARY,
            "m.py": """
            import lib
            from lib import MOST, names as n
            from lib.names import LIMIT, SIZES, HANDLER, lower, NO_SUCH
            a = LIMIT + n.LIMIT
            b = SIZES['a'][1]
            c = n._HIDDEN
            d = n.DEBUG_FROM
            e = lib.names.LIMIT
            f = MOST
            """,
        },
        site_packages=("/p/venv",),
    )

    module = run.module("m")

    assert module is not None
    assert {"a": 512, "b": 256, "c": "h", "d": 11, "e": 256, "f": 256} == {
        name: module.names[name] for name in "abcdef"
    }
    # What is no plain data, no constant, or not there, stays what it was: a symbol.
    assert all(isinstance(module.names[name], Symbol) for name in ("HANDLER", "lower", "NO_SUCH"))


def test_without_site_packages_a_constant_is_a_symbol() -> None:
    """If no virtual environment is known, nothing of a library is."""
    run = evaluator({**LIBRARY, "m.py": "from lib.names import LIMIT\n"})

    module = run.module("m")

    assert module is not None
    assert Symbol("lib.names.LIMIT") == module.names["LIMIT"]


def test_a_host_has_modules_of_libraries_run() -> None:
    """If the host wants a library's module, importing it runs it, and those among its imports that are wanted."""
    files = {
        **LIBRARY,
        "m.py": "import lib\nfrom lib import models\nfrom lib.names import Enumerated\nx = lib.models.Base.size\ny = models.Base.root.deep\n",
    }
    run = evaluator(files, _Wants(), site_packages=("/p/venv",))

    module = run.module("m")

    assert module is not None
    assert (256, 1) == (module.names["x"], module.names["y"])
    assert isinstance(module.names["models"].names["Base"], Class)
    assert isinstance(module.names["Enumerated"], Symbol)
    # The package around it is not run for that.
    assert "lib" not in run.modules_loaded


def test_a_library_can_be_asked_for_by_path() -> None:
    """If somebody asks what a dotted path of a library stands for, it is followed through re-exports."""
    run = evaluator(LIBRARY, site_packages=("/p/venv",))

    assert 256 == run.library("lib.MOST")
    assert isinstance(run.library("lib.names.Enumerated"), Class)
    assert 3 == run.library("lib.names.Enumerated.value")
    assert Symbol("lib.names.nothing") == run.library("lib.names.nothing")
    assert Symbol("nobody.nothing") == run.library("nobody.nothing")
