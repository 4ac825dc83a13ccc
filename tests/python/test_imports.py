"""Import statements: what is run, in which order, once; and what names mean that are not read."""

from __future__ import annotations

from typing import Any

import pytest

from driftline.python.host import Host
from driftline.python.modules import FoundModule, Modules
from driftline.python.values import Class, Function, Module, Symbol, Unknown
from driftline.sources.memory import MemorySource
from driftline.sources.source import Unreadable
from tests.python.support import Recorder, evaluator, names, plain


def order(files: dict[str, str], start: str = "m") -> list[str]:
    """Import `start` of modules that each say `op.ran("name")`, and give the order in which they did."""
    host = Recorder()
    evaluator(files, host).module(start)
    return [one.removeprefix("ran('").removesuffix("')") for one in host.log]


def ran(name: str, rest: str = "") -> str:
    """Make a module that says when it is run."""
    return f"import op\nop.ran({name!r})\n{rest}"


def test_modules_run_once_parents_first() -> None:
    """Importing `a.b.c` runs `a`, `a.b` and `a.b.c`, each once, whoever asks again."""
    files = {
        "m.py": "import a.b.c\nimport a.b.c as again\nfrom a.b import c, d\n",
        "a/__init__.py": ran("a"),
        "a/b/__init__.py": ran("a.b"),
        "a/b/c.py": ran("a.b.c", "from . import d"),
        "a/b/d.py": ran("a.b.d"),
    }

    assert order(files) == ["a", "a.b", "a.b.c", "a.b.d"]


def test_what_import_statements_bind() -> None:
    """The top package, an alias, names from a module, a submodule as a name of its package."""
    files = {
        "m.py": """
            import a.b
            import a.b as short
            from a import b, x as y
            from a.b import z
            """,
        "a/__init__.py": "x = 1",
        "a/b.py": "z = 2",
    }
    run = evaluator(files)
    module = run.module("m")
    assert module is not None

    bound = {name: value.name if isinstance(value, Module) else value for name, value in module.names.items()}

    assert bound == {"a": "a", "short": "a.b", "b": "a.b", "y": 1, "z": 2}


def test_relative_imports() -> None:
    """`from .`, `from ..x`, from a package's `__init__` and from a module."""
    files = {
        "m.py": "from p.q.r import *\n",
        "p/__init__.py": "top = 'p'",
        "p/s.py": "s = 's'",
        "p/q/__init__.py": "from ..s import s as inner\nfrom .. import top",
        "p/q/r.py": "from . import inner, top\nfrom ..s import s\nfrom ...nowhere import nothing\nafter = 1",
    }
    module = evaluator(files).module("m")
    assert module is not None

    assert {key: plain(value) for key, value in module.names.items()} == {
        "inner": "s",
        "top": "p",
        "s": "s",
        "nothing": "?",
        "after": 1,
    }


def test_star_imports() -> None:
    """`__all__` decides, else every name without an underscore; names of submodules in `__all__` are imported."""
    files = {
        "m.py": "from listed import *\nfrom unlisted import *\n",
        "listed/__init__.py": "a, _b, c = 1, 2, 3\n__all__ = ['a', '_b', 'sub']",
        "listed/sub.py": "",
        "unlisted.py": "d, _e = 4, 5",
    }
    module = evaluator(files).module("m")
    assert module is not None

    assert list(module.names) == ["a", "_b", "sub", "d"]


def test_star_imports_of_what_is_not_read() -> None:
    """A name that nothing else binds comes from there; from one of several where the host knows which."""

    class Knows(Host):
        def has_name(self, module: str, name: str) -> bool | None:
            return {"sqlalchemy": name == "Column", "other": None}.get(module)

    one = names("from somewhere import *\nx = Thing\ny = len\nz = undefined_too\n")
    two = names("from sqlalchemy import *\nfrom other import *\nx = Column\ny = Other\n", Knows())
    through = names("from n import *\nx = Thing", n="from somewhere import *\n")

    assert (one["x"], one["y"], one["z"]) == (
        Symbol("somewhere.Thing"),
        Symbol("builtins.len"),
        Symbol("somewhere.undefined_too"),
    )
    assert (two["x"], two["y"]) == (Symbol("sqlalchemy.Column"), Symbol("other.Other"))
    assert through["x"] == Symbol("somewhere.Thing")


def test_a_name_from_one_of_several_unread_modules_is_unknown() -> None:
    """It may come from either."""
    value = names("from one import *\nfrom two import *\nx = Thing\n")["x"]

    assert isinstance(value, Unknown)
    assert value.reason == "`Thing` comes from `one` or `two`, which are not read"


def test_cyclic_imports_see_what_is_there_so_far() -> None:
    """A module that imports one that is being imported gets it as far as it has come."""
    files = {
        "m.py": "import a\nx = a.from_b",
        "a.py": "early = 1\nimport b\nfrom b import seen as from_b\nlate = 2\n",
        "b.py": (
            "import a\n"
            "from a import early\n"
            "seen = (early, hasattr(a, 'late'))\n"
            "try:\n"
            "    from a import late\n"
            "except ImportError:\n"
            "    late = 'not yet'\n"
        ),
    }
    run = evaluator(files)
    module = run.module("m")
    assert module is not None

    assert module.names["x"] == (1, False)
    assert run.modules_loaded["b"].names["late"] == "not yet"


def test_missing_modules() -> None:
    """Outside of what is read nothing is missing; within a package of the workspace it is an ImportError."""
    text = """
        try:
            import third_party.thing as thing
        except ImportError:
            thing = None
        try:
            from n import nothing
        except ImportError:
            nothing = "no such name"
        try:
            import n.below
        except ModuleNotFoundError:
            below = "no package"
        try:
            from package import missing
        except ImportError:
            missing = "no such module"
        try:
            import package.missing_too
        except ImportError:
            missing_too = "no such module either"
        """
    run = evaluator({"m.py": text, "n.py": "x = 1", "package/__init__.py": ""})
    found = run.module("m")
    assert found is not None
    module = found.names

    assert module["thing"] == Symbol("third_party.thing")
    assert module["nothing"] == "no such name"
    assert module["missing"] == "no such module"
    assert module["missing_too"] == "no such module either"
    assert module["below"] == "no package"


def test_a_module_that_raises_is_not_imported() -> None:
    """Its own `raise` is the importer's exception."""
    run = evaluator(
        {
            "m.py": "try:\n    import picky\nexcept ImportError:\n    picky = None\n",
            "picky.py": "raise ImportError('needs something')\n",
        }
    )
    module = run.module("m")
    assert module is not None

    assert module.names["picky"] is None
    assert "picky" not in run.modules_loaded


def test_lazy_modules() -> None:
    """PEP 562: a module's `__getattr__` answers for names that it does not bind."""
    files = {
        "m.py": (
            "from lazy import User\n"
            "import lazy\n"
            "x = lazy.Other\n"
            "try:\n"
            "    lazy.nothing\n"
            "except AttributeError:\n"
            "    y = 'none'\n"
        ),
        "lazy/__init__.py": """
            import importlib
            _where = {"User": ".user", "Other": ".other"}
            def __getattr__(name):
                if name in _where:
                    return getattr(importlib.import_module(_where[name], __name__), name)
                raise AttributeError(name)
            """,
        "lazy/user.py": ran("user", "class User: pass"),
        "lazy/other.py": ran("other", "Other = 'other'"),
    }
    host = Recorder()
    module = evaluator(files, host).module("m")
    assert module is not None

    assert isinstance(module.names["User"], Class)
    assert (module.names["x"], module.names["y"]) == ("other", "none")
    assert host.log == ["ran('user')", "ran('other')"]


LOOPS = {
    "pkgutil": (
        "for finder, name, is_package in pkgutil.iter_modules(models.__path__):\n"
        "    importlib.import_module(f'models.{name}')"
    ),
    "pkgutil-attributes": (
        "for info in pkgutil.iter_modules(models.__path__, 'models.'):\n    importlib.import_module(info.name)"
    ),
    "walk-packages": (
        "for info in pkgutil.walk_packages(models.__path__, models.__name__ + '.'):\n    __import__(info.name)"
    ),
    "listdir": (
        "for file in sorted(os.listdir(os.path.dirname(models.__file__))):\n"
        "    if file.endswith('.py') and not file.startswith('_'):\n"
        "        importlib.import_module('models.' + file[:-3])"
    ),
    "glob": (
        "for path in glob.glob(os.path.join(os.path.dirname(models.__file__), '*.py')):\n"
        "    name = os.path.basename(path)[:-3]\n"
        "    if name != '__init__':\n"
        "        importlib.import_module(f'.{name}', 'models')"
    ),
    "pathlib": (
        "for path in sorted(Path(models.__file__).parent.glob('*.py')):\n"
        "    if path.stem != '__init__':\n"
        "        importlib.import_module(f'models.{path.stem}')"
    ),
    "iterdir": (
        "for path in Path(models.__file__).resolve().parent.iterdir():\n"
        "    if path.suffix == '.py' and path.is_file() and path.name != '__init__.py':\n"
        "        importlib.import_module('models.' + path.stem)"
    ),
    "walk": (
        "for folder, folders, files in os.walk(os.path.dirname(models.__file__)):\n"
        "    for file in files:\n"
        "        if file.endswith('.py') and file != '__init__.py' and folder.endswith('models'):\n"
        "            importlib.import_module('models.' + file.split('.')[0])"
    ),
    "all-list": (
        "paths = glob.glob(os.path.dirname(models.__file__) + '/*.py')\n"
        "__all__ = [os.path.basename(f)[:-3] for f in paths if not f.endswith('__init__.py')]\n"
        "for name in __all__:\n"
        "    importlib.import_module('models.' + name)"
    ),
}


@pytest.mark.parametrize("loop", LOOPS)
def test_loops_over_a_package(loop: str) -> None:
    """However a program looks for the modules of a package, they are imported."""
    files = {
        "m.py": "import glob, importlib, os, pkgutil\nfrom pathlib import Path\nimport models\n" + LOOPS[loop],
        "models/__init__.py": "",
        "models/a.py": ran("a"),
        "models/b.py": ran("b"),
        "models/notes.txt": "",
    }

    assert order(files) == ["a", "b"]


def test_walk_packages_goes_deep() -> None:
    """It imports the packages that it goes through."""
    files = {
        "m.py": (
            "import importlib, pkgutil, models\n"
            "for info in pkgutil.walk_packages(models.__path__, 'models.'):\n"
            "    importlib.import_module(info.name)\n"
        ),
        "models/__init__.py": "",
        "models/a.py": ran("a"),
        "models/deep/__init__.py": ran("deep"),
        "models/deep/b.py": ran("b"),
    }

    assert order(files) == ["a", "deep", "b"]


def test_a_package_that_imports_what_lies_beside_it() -> None:
    """`__init__` may loop over its own folder."""
    files = {
        "m.py": "import models",
        "models/__init__.py": (
            "import pkgutil\nfor _, name, _ in pkgutil.iter_modules(__path__):\n    __import__(f'{__name__}.{name}')\n"
        ),
        "models/a.py": ran("a"),
        "models/b.py": ran("b"),
    }

    assert order(files) == ["a", "b"]


def test_sys_path() -> None:
    """Folders that a program adds are looked in."""
    files = {
        "alembic/env.py": (
            "import sys\n"
            "from os.path import abspath, dirname\n"
            "sys.path.insert(0, dirname(dirname(abspath(__file__))) + '/src')\n"
            "import app\n"
            "x = app.y\n"
        ),
        "src/app.py": "y = 1",
    }
    module = evaluator(files).run_file("/p/alembic/env.py", "env")

    assert module.names["x"] == 1


def test_type_checking() -> None:
    """What is under `if TYPE_CHECKING` is not run; the names stand for what they would be, in annotations."""
    host = Recorder()
    run = evaluator(
        {
            "m.py": """
            from __future__ import annotations
            from typing import TYPE_CHECKING, Optional
            import typing as t
            if TYPE_CHECKING:
                from models.user import User
                from .models import user as module
                import models.other
            if t.TYPE_CHECKING:
                pass
            else:
                at_run_time = True
            class C:
                a: User
                b: Optional["User"]
                c: module.User
                d: "models.other.Thing | None"
            """,
            "models/__init__.py": "",
            "models/user.py": ran("user", "class User: pass"),
            "models/other.py": ran("other"),
        },
        host,
    )
    module = run.module("m")
    assert module is not None
    annotations = module.names["C"].annotations

    assert module.names["at_run_time"] is True
    assert [run.text_of(run.annotation(annotations[name])) for name in "abcd"] == [
        "User",
        "Optional[User]",
        "User",
        "Thing | None",
    ]
    assert run.annotation(annotations["a"]) == Symbol("models.user.User")
    assert host.log == []


def test_type_checking_of_what_is_loaded() -> None:
    """A module that something else has imported is not a symbol."""
    run = evaluator(
        {
            "m.py": (
                "from typing import TYPE_CHECKING\n"
                "import user\n"
                "if TYPE_CHECKING:\n"
                "    from user import User\n"
                "class C:\n"
                "    a: 'User'\n"
            ),
            "user.py": "class User: pass",
        }
    )
    module = run.module("m")
    assert module is not None

    assert run.annotation(module.names["C"].annotations["a"]) is run.modules_loaded["user"].names["User"]


def test_libraries_are_symbols_until_the_host_wants_a_class() -> None:
    """A base class from site-packages is read through re-exports; nothing else of the library is."""

    class Wants(Recorder):
        def wants_source(self, path: str) -> bool:
            return path.startswith("users_db.")

    host = Wants()
    files = {
        "m.py": (
            "from users_db import UserBase, helper\nimport other_db\nclass User(UserBase, other_db.Base):\n    pass\n"
        ),
        "site/users_db/__init__.py": "from .tables import UserBase\nfrom .more import helper\n",
        "site/users_db/tables.py": ran("tables", "from sqlalchemy import String\nclass UserBase:\n    size = 10\n"),
        "site/users_db/more.py": ran("more"),
        "site/other_db.py": ran("other", "class Base: pass"),
    }
    run = evaluator(files, host, site_packages=("/p/site",))
    module = run.module("m")
    assert module is not None
    user = module.names["User"]

    assert [getattr(one, "qualname", one) for one in user.bases] == ["UserBase", Symbol("other_db.Base")]
    assert user.lookup("size")[1] == 10
    assert module.names["helper"] == Symbol("users_db.helper")
    assert host.log == ["ran('tables')"]


def test_unreadable_and_broken_files() -> None:
    """They are Unknown with a reason; what parses of a broken one is there."""
    source = MemorySource(
        {
            "/p/m.py": "import bad\nfrom bad import x\nimport broken\ny = broken.fine\n",
            "/p/bad.py": Unreadable("/p/bad.py", "it is not UTF-8 text"),
            "/p/broken.py": "fine = 1\ndef f(:\n    pass\nclass A:\n    a = 1\n    b = (\n    c = 3\nafter = 2\n",
        }
    )
    from driftline.python.evaluator import Evaluator

    run = Evaluator(Modules(source, ("/p",)), Host())
    module = run.module("m")
    assert module is not None
    broken = run.modules_loaded["broken"]

    assert (plain(module.names["x"]), module.names["y"]) == ("?", 1)
    assert {name: plain(value) for name, value in broken.names.items()} == {"fine": 1, "A": "A", "after": 2}
    assert broken.names["A"].names == {"a": 1, "c": 3}
    reasons = [one.reason for one in run.unknowns]
    assert reasons == ["`/p/bad.py` cannot be read: it is not UTF-8 text", "it does not parse: invalid syntax"]


def test_what_is_found_where() -> None:
    """Packages before modules, roots in order, namespace packages last and in parts; never what is known by meaning."""
    source = MemorySource(
        dict.fromkeys(
            (
                "/a/both.py",
                "/a/both/__init__.py",
                "/a/space/one.py",
                "/b/space/two.py",
                "/b/second.py",
                "/a/sqlalchemy/__init__.py",
                "/a/alembic/env.py",
                "/a/os.py",
                "/a/code/__init__.py",
                "/site/lib.py",
                "/site/second.py",
            ),
            "",
        )
    )
    modules = Modules(source, ("/a", "/b"), site_packages=("/site",))
    found = {
        name: modules.find(name)
        for name in [
            "both",
            "space",
            "space.one",
            "space.two",
            "second",
            "sqlalchemy",
            "alembic",
            "os",
            "code",
            "lib",
            "calendar",
            "nothing",
            "space.three",
        ]
    }

    assert {name: one.path if isinstance(one, FoundModule) else one for name, one in found.items()} == {
        "both": "/a/both/__init__.py",
        "space": "/a/space",
        "space.one": "/a/space/one.py",
        "space.two": "/b/space/two.py",
        "second": "/b/second.py",
        "sqlalchemy": None,
        "alembic": None,
        "os": None,
        "code": "/a/code/__init__.py",
        "lib": "/site/lib.py",
        "calendar": None,
        "nothing": None,
        "space.three": None,
    }
    assert modules.submodules("both") == []
    assert [name for name, one in found.items() if one is not None and one.library] == ["lib"]


def test_what_was_asked_of_the_source() -> None:
    """Also that a module is not there is asked of the source, so whoever wraps it knows what an answer rests on."""
    asked: list[Any] = []

    class Asked(MemorySource):
        def is_file(self, path: str) -> bool:
            asked.append(path)
            return super().is_file(path)

    modules = Modules(Asked({"/p/a.py": ""}), ("/p",))
    modules.find("a")
    modules.find("b")
    modules.find("b")

    assert asked == ["/p/a.py", "/p/b.py"]


def test_main_names() -> None:
    """`__name__`, `__file__` and the like are what Python says."""
    run = evaluator(
        {
            "p/__init__.py": "x = (__name__, __file__, __package__, __path__)",
            "p/q.py": "x = (__name__, __package__)\nif __name__ == '__main__':\n    y = 1\n",
        }
    )
    run.module("p.q")

    assert run.modules_loaded["p"].names["x"] == ("p", "/p/p/__init__.py", "p", ["/p/p"])
    assert run.modules_loaded["p.q"].names == {"x": ("p.q", "p")}


def test_functions_keep_their_module() -> None:
    """A function sees the names of the module that it was written in."""
    module = names("from n import f\nx = 1\ny = f()\n", n="x = 2\ndef f():\n    return x\n")

    assert module["y"] == 2
    assert isinstance(module["f"], Function)
    assert module["f"].module.name == "n"


def test_a_cycle_that_is_entered_at_another_place() -> None:
    """What a module in a cycle needs of one that has not come so far is there, if it is an assignment or a function."""
    files = {
        "m.py": "import models",
        "models.py": (
            "import other\nSUFFIX = 'y'\nPATTERN = 'x' + SUFFIX\ndef helper():\n    return PATTERN\nclass Late: ...\n"
        ),
        "other.py": (
            "from models import SUFFIX, PATTERN, helper\n"
            "a = PATTERN\n"
            "b = helper()\n"
            "from models import Late\n"
            "try:\n"
            "    from models import Late as maybe\n"
            "except ImportError:\n"
            "    maybe = None\n"
        ),
    }
    run = evaluator(files)
    run.module("m")
    other = run.modules_loaded["other"].names

    assert (other["a"], other["b"], other["maybe"]) == ("xy", "xy", None)
    assert other["Late"].reason == (
        "`ImportError` would be raised here: cannot import name 'Late' from 'models' (a circular import)"
    )
    assert isinstance(run.modules_loaded["models"].names["Late"], Class)


def test_a_package_with_parts_elsewhere() -> None:
    """A package that says where it goes on misses no module."""
    files = {
        "m.py": "import parts.there\nfrom parts.sdk import Thing\nimport parts.sdk.deep as deep\n",
        "parts/__init__.py": "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n",
        "parts/there.py": "x = 1",
    }
    module = evaluator(files).module("m")
    assert module is not None

    assert (module.names["Thing"], module.names["deep"]) == (Symbol("parts.sdk.Thing"), Symbol("parts.sdk.deep"))


def test_a_submodule_that_something_else_must_have_imported() -> None:
    """An attribute of a package that only a module of it can be is that module."""
    files = {"m.py": "import p\nx = p.q.y\nz = hasattr(p, 'nothing')\n", "p/__init__.py": "", "p/q.py": "y = 1"}
    module = evaluator(files).module("m")
    assert module is not None

    assert (module.names["x"], module.names["z"]) == (1, False)
