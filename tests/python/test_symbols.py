"""What is not read but named: calls, attributes, operators, classes with symbolic bases; and what hosts are told."""

from __future__ import annotations

from typing import Any

import pytest

from driftline.python.evaluator import Evaluator
from driftline.python.host import UNANSWERED, Host
from driftline.python.values import (
    Attribute,
    Call,
    Class,
    Function,
    Instance,
    Operator,
    Symbol,
    Unknown,
    Value,
    dotted,
)
from tests.python.support import Recorder, evaluate, evaluator, names, plain


def test_calls_keep_what_was_passed() -> None:
    """A call of something that is not read holds its arguments, in order, and where it stands."""
    module = names(
        """
        import sqlalchemy as sa
        from sqlalchemy.dialects import postgresql as pg
        size = 50
        args, kwargs = ["x", sa.Integer], {"nullable": False}
        a = sa.Column("id", sa.String(size), primary_key=True)
        b = sa.Column(*args, **kwargs, comment=f"size {size}")
        c = pg.ENUM(*(name.upper() for name in "ab"), name="e")
        d = sa.func.now().label("x")
        e = sa.Column(*sa.unknown_things(), **sa.unknown_options())
        """
    )
    a, b, c, d, e = (module[name] for name in "abcde")

    assert isinstance(a, Call)
    assert (a.callee, a.args[0], dict(a.kwargs)) == ("sqlalchemy.Column", "id", {"primary_key": True})
    assert (a.args[1].callee, a.args[1].args) == ("sqlalchemy.String", (50,))
    assert (b.args, dict(b.kwargs)) == (("x", Symbol("sqlalchemy.Integer")), {"nullable": False, "comment": "size 50"})
    assert (c.callee, c.args) == ("sqlalchemy.dialects.postgresql.ENUM", ("A", "B"))
    assert dotted(d) == "sqlalchemy.func.now().label()"
    assert (a.unpacked, e.unpacked, e.args) == (False, True, ())


def test_iterators_are_lists_for_what_is_not_read() -> None:
    """A generator or a view that is passed on is what it would give."""
    module = names(
        "import x\n"
        "def g():\n"
        "    yield 1\n"
        "    yield 2\n"
        "a = x.f((i for i in 'ab'), g(), {'k': 1}.keys(), map(str, [1]))\n"
    )

    assert module["a"].args == (["a", "b"], [1, 2], ["k"], ["1"])


def test_operators_over_symbols() -> None:
    """They are kept with Python's token; chained comparisons and membership too."""
    module = names(
        """
        import x
        t = x.table()
        a = t.c.price > 0
        b = (t.c.a == 1) & ~(t.c.b != "x")
        c = -t.c.a + 5 * t.c.b
        d = t["key"], t[1, 2], t[1:2]
        e = not t.flag
        f = t.a or t.b
        g = t.a and True and t.b
        h = "x" in t.items
        i = x.Mapped[int | None]
        j = x.A | x.B | None
        """
    )
    shown = {name: plain(module[name]) for name in "abcefghij"}

    assert shown == {
        "a": "table().c.price > 0",
        "b": "(table().c.a == 1) & (~(…().c.b != 'x'))",
        "c": "(-table().c.a) + (5 * table().c.b)",
        "e": "not table().flag",
        "f": "table().a or table().b",
        "g": "table().a and table().b",
        "h": "'x' in table().items",
        "i": "Mapped[int | None]",
        "j": "A | B | None",
    }
    assert [one.operands[1:] for one in module["d"]] == [("key",), (1, 2), (slice(1, 2),)]
    assert isinstance(module["i"], Operator)
    assert module["i"].operands[1].operands == (Symbol("builtins.int"), None)


def test_attributes_of_symbolic_values() -> None:
    """Of a symbol it is a longer symbol; of anything else an `Attribute`, with a dotted path."""
    module = names("import flask_sqlalchemy\ndb = flask_sqlalchemy.SQLAlchemy()\na = db.Model\nb = db.Column('x')\n")

    assert isinstance(module["a"], Attribute)
    assert dotted(module["a"]) == "flask_sqlalchemy.SQLAlchemy().Model"
    assert module["b"].callee == "flask_sqlalchemy.SQLAlchemy().Column"


def test_what_is_assigned_to_a_call_stays_with_it() -> None:
    """Attributes set on the result of a call, on symbols and on classes are read back, and told."""
    host = Recorder()
    module = names(
        """
        import x
        t = x.table()
        t.info = {"a": 1}
        x.settings.naming = "n"
        class A(x.Base):
            pass
        A.extra = x.Column()
        a, b, c = t.info, x.settings.naming, A.extra
        """,
        host,
    )

    assert (module["a"], module["b"]) == ({"a": 1}, "n")
    assert module["c"] is module["A"].names["extra"]
    assert host.log == ["table().info = {'a': 1}", "settings.naming = 'n'", "A.extra = Column()"]


def test_the_host_answers() -> None:
    """Its answers to calls, attributes and subscripts take the place of symbolic values."""

    class Answers(Host):
        def call(self, call: Call) -> Value:
            return {"x.connect": "connected", "x.maybe": Unknown("no idea")}.get(call.callee, UNANSWERED)

        def get_attribute(self, value: Value, name: str) -> Value:
            return "postgresql" if name == "dialect" else UNANSWERED

        def get_item(self, value: Value, key: Value) -> Value:
            return f"item {key}" if isinstance(value, Call) else UNANSWERED

    module = names(
        (
            "import x\n"
            "a = x.connect()\n"
            "b = x.maybe() or 1\n"
            "c = x.get().dialect\n"
            "d = x.get()['k']\n"
            "e = x.y\n"
            "f, g = x.pair()\n"
        ),
        Answers(),
    )

    assert {name: plain(module[name]) for name in "abcdefg"} == {
        "a": "connected",
        "b": "?",
        "c": "postgresql",
        "d": "item k",
        "e": "y",
        "f": "item 0",
        "g": "item 1",
    }


def test_classes() -> None:
    """Names, annotations and statements are in order; bases, keywords and decorators are as written."""
    host = Recorder()
    module = names(
        """
        import x
        from typing import Generic, TypeVar
        T = TypeVar("T")
        class Mixin:
            created = 1
        class Repo(Generic[T]):
            size = 3
        @x.mapped
        @x.configured(deep=True)
        class User(Mixin, Repo[int], x.Base, table=True):
            b: int = 1
            a: "str"
            c = 2
            b = 5
            def method(self): ...
        """,
        host,
    )
    user = module["User"]

    assert isinstance(user, Class)
    assert list(user.names) == ["b", "c", "method"]
    assert list(user.annotations) == ["b", "a"]
    assert list(user.origins) == ["b", "a", "c", "method"]
    assert [getattr(one, "name", one) for one in user.bases] == ["Mixin", "Repo", "Base"]
    assert dict(user.keywords) == {"table": True}
    assert [plain(one) for one in user.decorators] == ["mapped", "configured(deep=True)"]
    assert plain(user.original_bases[1]) == "Repo[int]"
    assert user.lookup("size")[1] == 3
    assert user.is_a("x.Base")
    assert [cls.name for cls in host.classes] == ["Mixin", "Repo", "User"]


def test_a_class_is_told_after_its_body_and_its_bases_hook() -> None:
    """When the host is told, `__init_subclass__` has run, and names are there."""
    seen: list[Any] = []

    class Sees(Host):
        def class_created(self, cls: Class) -> None:
            seen.append((cls.name, dict(cls.names).get("__tablename__"), cls.lookup("__tablename__") is not None))

    names(
        """
        class Base:
            def __init_subclass__(cls, **kwargs):
                cls.__tablename__ = cls.__name__.lower() + "s"
        class User(Base):
            pass
        class Admin(User):
            pass
        """,
        Sees(),
    )

    assert seen == [("Base", None, False), ("User", "users", True), ("Admin", "admins", True)]


def test_symbolic_decorators() -> None:
    """They are kept on the function, outermost first; the host is told, and asked when the attribute is read."""

    class Declared(Recorder):
        functions: list[Function] = []  # noqa: RUF012 - one test's

        def function_created(self, function: Function) -> None:
            self.functions.append(function)

        def get_decorated(self, value: Value, name: str, function: Function) -> Value:
            if any(dotted(one) == "orm.declared_attr" for one in function.decorators):
                return run.call(function, (value,))
            return UNANSWERED

    host = Declared()
    run = evaluator(
        {
            "m.py": """
            import orm
            class Mixin:
                @orm.declared_attr
                def __tablename__(cls):
                    return cls.__name__.lower()
                @orm.hybrid_property
                def full(self):
                    return "full"
                @orm.validates("a", "b")
                def check(self, key, value):
                    return value
                @property
                def ours(self): ...
                @staticmethod
                def static(): ...
            class User(Mixin, orm.Base):
                where = "x"
            a = f"{User.__tablename__}_id"
            b = User().full
            c = User().check("k", "v")
            """
        },
        host,
    )
    module = run.module("m")
    assert module is not None

    assert [module.names[name] for name in "abc"] == ["user_id", "full", "v"]
    assert [one.name for one in host.functions] == ["__tablename__", "full", "check"]
    assert [plain(one) for one in host.functions[2].decorators] == ["validates('a', 'b')"]


def test_objects_of_classes_with_symbolic_bases() -> None:
    """They keep what their base was made with: by default, and by way of an `__init__` that was read."""
    module = names(
        """
        import x
        class Plain(x.Base):
            pass
        class Own(x.Base):
            def __init__(self, n, **kwargs):
                super().__init__(n * 2, **kwargs)
                self.n = n
        class Explicit(x.Base):
            def __init__(self):
                x.Base.__init__(self, "direct")
        a, b = Plain(1, k=2), Own(3, flag=True)
        c, d, e = a.attribute, a.method(1), b.n
        f = Plain.attribute
        """
    )
    a, b = module["a"], module["b"]

    assert isinstance(a, Instance)
    assert plain(a.base_call) == "Base(1, k=2)"
    assert plain(b.base_call) == "Base(6, flag=True)"
    assert (dotted(module["c"]), dotted(module["d"])) == ("x.Base().attribute", "x.Base().method()")
    assert module["e"] == 3
    assert isinstance(module["f"], Attribute)
    assert module["f"].value is module["Plain"]


def test_a_host_may_know_what_an_object_is() -> None:
    """It is told of the making of an object whose class has a symbolic base, with the class as the function."""

    class Knows(Host):
        def call(self, call: Call) -> Value:
            return "metadata" if isinstance(call.function, Class) else UNANSWERED

    assert (
        names("import sqlalchemy\nclass M(sqlalchemy.MetaData):\n    pass\na = M(schema='x')\n", Knows())["a"]
        == "metadata"
    )


ANNOTATIONS = {
    "int": "int",
    '"int"': "int",
    "Mapped[int]": "Mapped[int]",
    'Mapped["int"]': "Mapped[int]",
    '"Mapped[int]"': "Mapped[int]",
    "Mapped[Optional[str]]": "Mapped[Optional[str]]",
    "Mapped['str | None']": "Mapped[str | None]",
    "Mapped[str | None]": "Mapped[str | None]",
    "Mapped[Union[str, None, 'Later']]": "Mapped[Union[str, None, Later]]",
    "Mapped[list['Later']]": "Mapped[list[Later]]",
    "Mapped[Literal['a', 'b']]": "Mapped[Literal['a', 'b']]",
    "Annotated['Later', 'not a type']": "Annotated[Later, 'not a type']",
    "Mapped[alias]": "Mapped[Annotated[str, mapped_column(50)]]",
    "Mapped[dict[str, 'Later']]": "Mapped[dict[str, Later]]",
    "Mapped['no expression (']": "Mapped[?]",
    "Mapped['Undefined']": "Mapped[?]",
    "Callable[[int, 'str'], None]": "Callable[[int, str], None]",
    "Mapped[here]": "Mapped[int]",
}


@pytest.mark.parametrize("future", ["", "from __future__ import annotations\n"])
@pytest.mark.parametrize("annotation", ANNOTATIONS)
def test_annotations(annotation: str, future: str) -> None:
    """Strings and names that come later are resolved; what is no type in them is left alone."""
    run = evaluator(
        {
            "m.py": future
            + "from typing import Annotated, Callable, Literal, Optional, Union\n"
            + "from sqlalchemy.orm import Mapped, mapped_column\n"
            + "alias = Annotated[str, mapped_column(50)]\n"
            + f"class C:\n    here = int\n    x: {annotation}\n"
            + "class Later: ...\n"
        }
    )
    module = run.module("m")
    assert module is not None

    assert run.text_of(run.annotation(module.names["C"].annotations["x"])) == ANNOTATIONS[annotation]


def test_an_annotation_is_evaluated_once() -> None:
    """What it holds is made once, however often it is asked for."""
    run = evaluator({"m.py": "import x\nclass C:\n    a: x.Annotated[int, x.column(1)]\n"})
    module = run.module("m")
    assert module is not None
    annotation = module.names["C"].annotations["a"]

    assert run.annotation(annotation) is run.annotation(annotation)


def test_origins_name_the_statement_and_its_callers() -> None:
    """A fact made by a helper has the helper's node first, then the calls that led there; a loop's share a site."""
    module = evaluate(
        """
        import sa
        def column(name):
            return sa.Column(name)
        def columns(*names):
            return [column(name) for name in names]
        a, b = columns("x", "y")
        c = sa.Column("z")
        """
    )
    assert module.syntax is not None
    chains = {
        name: [
            module.syntax.segment(node)
            for site in module.names[name].origin.sites
            if (node := module.syntax.node_of(site))
        ]
        for name in "abc"
    }

    assert chains["a"] == ["sa.Column(name)", "column(name)", 'columns("x", "y")']
    assert chains["b"] == chains["a"]
    assert chains["c"] == ['sa.Column("z")']
    assert module.names["a"].origin.within("/p/m.py").scope == "column"
    assert module.origins["c"].site.says.startswith("Assign:")


def test_unknown_says_why() -> None:
    """The first reason is passed on through whatever is done with it, and recorded once, where it arose."""
    run = evaluator(
        {
            "m.py": """
            import os
            schema = os.environ["SCHEMA"]
            a = schema.upper() + "_x"
            b = f"{schema}.users"
            c = [schema][0]
            d = {"k": schema}["k"][1:]
            e = schema if True else 1
            def f(x):
                return x
            g = f(schema)
            h = len(schema) > 3
            """
        }
    )
    module = run.module("m")
    assert module is not None
    reasons = {name: value.reason for name, value in module.names.items() if isinstance(value, Unknown)}

    assert set(reasons.values()) == {"'SCHEMA' is read from the environment"}
    assert set(reasons) == {"schema", "a", "b", "c", "d", "e", "g", "h"}
    assert [one.reason for one in run.unknowns] == ["'SCHEMA' is read from the environment"]


def test_what_the_user_assumes() -> None:
    """A dotted name that the user answers has his value; others of the same module their own."""
    run = evaluator(
        {
            "m.py": (
                "from settings import SCHEMA, config, OTHER\n"
                "import settings\n"
                "a = (SCHEMA, settings.SCHEMA, config.name, config.other)\n"
            ),
            "settings.py": (
                "import os\n"
                "SCHEMA = os.environ['SCHEMA']\n"
                "OTHER = 1\n"
                "class Config:\n"
                "    name = 'x'\n"
                "    other = 'y'\n"
                "config = Config()\n"
            ),
        },
        assume={"settings.SCHEMA": "public", "settings.config.name": "assumed"},
    )
    module = run.module("m")
    assert module is not None

    assert module.names["a"] == ("public", "public", "assumed", "y")


def test_reading_files_beside_a_module() -> None:
    """Text files in the workspace are read through the source; nothing outside of it is."""
    run = evaluator(
        {
            "sql/one.sql": "CREATE TABLE a ();\n",
            "m.py": """
            from pathlib import Path
            import os
            here = Path(__file__).parent
            a = (here / "sql" / "one.sql").read_text()
            with open(os.path.join(os.path.dirname(__file__), "sql/one.sql")) as file:
                b = file.read()
            c = [line.strip() for line in open(here / "sql/one.sql")]
            d = (here / "sql" / "two.sql").exists()
            e = open("/etc/passwd").read()
            try:
                f = (here / "nothing.sql").read_text()
            except FileNotFoundError:
                f = "not there"
            """,
        }
    )
    module = run.module("m")
    assert module is not None

    assert (module.names["a"], module.names["b"], module.names["c"]) == (
        "CREATE TABLE a ();\n",
        "CREATE TABLE a ();\n",
        ["CREATE TABLE a ();"],
    )
    assert (module.names["d"], plain(module.names["e"]), module.names["f"]) == (False, "?", "not there")
    assert "/p/sql/one.sql" in run.reads


def test_calling_from_outside() -> None:
    """Functions, methods and classes are called with values; what raises is Unknown, with the reason."""
    run = evaluator(
        {
            "m.py": """
            def f(a, b=2, *, c=3):
                return [a, b, c]
            class C:
                def __init__(self, n):
                    self.n = n
                def method(self, k):
                    return self.n + k
            def fails():
                raise ValueError("no")
            def g():
                yield 1
            """
        }
    )
    module = run.module("m")
    assert module is not None
    c = run.call(module.names["C"], (5,))

    assert run.call(module.names["f"], (1,), {"c": 9}) == [1, 2, 9]
    assert run.call(run.get(c, "method"), (2,)) == 7
    assert run.iterate(run.call(module.names["g"])) == [1]
    assert run.call(module.names["fails"]).reason == '`ValueError("no")` is raised'
    assert isinstance(run.call(module.names["f"]), Unknown)
    assert isinstance(run.call(5), Unknown)
    assert isinstance(run.get(c, "nothing"), Unknown)


def test_a_host_may_evaluate_while_it_is_told() -> None:
    """Calls from within a host see what has happened so far, and spend the budget of the entry that is under way."""

    class Calls(Host):
        results: list[Any] = []  # noqa: RUF012 - one test's
        run: Evaluator

        def class_created(self, cls: Class) -> None:
            found = cls.lookup("name")
            assert found is not None
            self.results.append(self.run.call(found[1], (cls,)))

    host = Calls()
    host.run = evaluator(
        {
            "m.py": (
                "so_far = 'early'\n"
                "class A:\n"
                "    def name(cls):\n"
                "        return cls.__name__ + so_far\n"
                "so_far = 'late'\n"
            )
        },
        host,
    )
    host.run.module("m")

    assert host.results == ["Aearly"]


def test_contexts() -> None:
    """Entering and leaving a symbolic context manager is told around its block, also when the block fails."""
    host = Recorder()
    run = evaluator(
        {
            "m.py": """
            import op
            from contextlib import nullcontext
            def upgrade():
                with op.batch("t") as batch, nullcontext("n") as n:
                    batch.add(n)
                    raise KeyError("x")
            """
        },
        host,
    )
    module = run.module("m")
    assert module is not None
    run.call(module.names["upgrade"])

    assert host.log == ["batch('t')", "enter batch('t')", "batch('t').add('n')", "exit batch('t')"]
