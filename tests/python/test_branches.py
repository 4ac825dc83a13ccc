"""Branches whose condition is not known, or does not hold: what is followed, what is told, and what is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from driftline.python.host import RaisedError
from driftline.python.values import Unknown, Value
from tests.python.support import Recorder, evaluator, names, plain

if TYPE_CHECKING:
    from driftline.python.values import Call


def log(text: str, *, follow: bool = True, **prepared: Value) -> list[str]:
    """Run `m.upgrade()` of a module that imports `op` and `env` from outside, and give what the host was told."""
    host = Recorder(follow=follow)
    for key, value in prepared.items():
        getattr(host, key).update(value)
    run = evaluator({"m.py": "import op, env\n" + text}, host)
    module = run.module("m")
    assert module is not None
    run.call(module.names["upgrade"])
    return host.log


CASES = {
    "known-true": (
        """
        def upgrade():
            if 1 < 2:
                op.a()
            else:
                op.b()
        """,
        ["[untaken not (1 < 2)] b()", "a()"],
    ),
    "known-false-without-else": (
        """
        def upgrade():
            if 1 > 2:
                op.a()
            op.b()
        """,
        ["[untaken 1 > 2] a()", "b()"],
    ),
    "elif": (
        """
        def upgrade():
            x = 2
            if x == 1:
                op.a()
            elif x == 2:
                op.b()
            else:
                op.c()
        """,
        ["[untaken x == 1] a()", "[untaken not (x == 2)] c()", "b()"],
    ),
    "unknown-work-in-the-body": (
        """
        def upgrade():
            if env.flag:
                op.a()
            op.b()
        """,
        ["[assumed env.flag] a()", "b()"],
    ),
    "unknown-work-in-the-else": (
        """
        def upgrade():
            if env.flag:
                pass
            else:
                op.a()
            op.b()
        """,
        ["[assumed not (env.flag)] a()", "b()"],
    ),
    "unknown-work-in-both": (
        """
        def upgrade():
            if env.flag:
                op.a()
            else:
                op.b()
        """,
        ["[untaken not (env.flag)] b()", "[assumed env.flag] a()"],
    ),
    "guard-that-returns": (
        """
        def upgrade():
            if env.flag:
                return
            op.a()
            op.b()
        """,
        ["[assumed not (env.flag)] a()", "[assumed not (env.flag)] b()"],
    ),
    "guard-that-raises-leaves-nothing-conditional": (
        """
        def upgrade():
            if env.flag:
                raise RuntimeError("no")
            op.a()
        """,
        ["a()"],
    ),
    "guard-ends-with-its-function": (
        """
        def helper():
            if env.flag:
                return
            op.a()
        def upgrade():
            helper()
            op.b()
        """,
        ["[assumed not (env.flag)] a()", "b()"],
    ),
    "guard-that-continues-ends-with-its-loop": (
        """
        def upgrade():
            for x in "ab":
                if env.flag:
                    continue
                op.a(x)
            op.b()
        """,
        ["[assumed not (env.flag)] a('a')", "[assumed not (env.flag)] a('b')", "b()"],
    ),
    "else-of-a-returning-if": (
        """
        def upgrade():
            if env.flag:
                return
            else:
                op.a()
            op.b()
        """,
        ["[assumed not (env.flag)] a()", "[assumed not (env.flag)] b()"],
    ),
    "work-that-returns": (
        """
        def upgrade():
            if env.flag:
                op.a()
                return
            op.b()
        """,
        ["[assumed env.flag] a()", "[untaken not (env.flag)] b()"],
    ),
    "early-return": (
        """
        def upgrade():
            if 1 == 1:
                return
            op.a()
        """,
        ["[untaken not (1 == 1)] a()"],
    ),
    "early-return-from-within": (
        """
        def upgrade():
            for x in [1]:
                if x:
                    return
                op.a()
            op.b()
        """,
        ["[untaken not (x)] a()", "[untaken not (x)] b()"],
    ),
    "loop-over-nothing": (
        """
        def upgrade():
            for x in []:
                op.a()
        """,
        ["[untaken there is something in []] a()"],
    ),
    "loop-over-what-is-not-known": (
        """
        def upgrade():
            for row in env.rows:
                op.a(row.name)
            op.b()
        """,
        ["[assumed there is something in env.rows] a(?)", "b()"],
    ),
    "work-through-functions": (
        """
        def inner(x):
            op.a(x)
        def outer(x):
            inner(x)
        def upgrade():
            if 0:
                outer(1)
        """,
        ["[untaken 0] a(1)"],
    ),
    "work-through-what-is-bound-in-the-branch": (
        """
        def upgrade():
            if 0:
                bind = op.get_bind()
                bind.execute("x")
        """,
        ["[untaken 0] get_bind()", "[untaken 0] get_bind().execute('x')"],
    ),
    "work-in-a-with": (
        """
        def upgrade():
            if 0:
                with op.batch("t") as batch:
                    batch.add("c")
        """,
        [
            "[untaken 0] batch('t')",
            "[untaken 0] enter batch('t')",
            "[untaken 0] batch('t').add('c')",
            "[untaken 0] exit batch('t')",
        ],
    ),
    "work-of-a-class": (
        """
        class Helper:
            def __init__(self, what):
                self.what = what
            def run(self):
                op.a(self.what)
        def upgrade():
            if 0:
                Helper("x").run()
        """,
        ["[untaken 0] a('x')"],
    ),
    "handlers": (
        """
        def upgrade():
            try:
                op.a()
            except ValueError:
                op.b()
            else:
                op.c()
            finally:
                op.d()
        """,
        ["a()", "[untaken ValueError is raised] b()", "c()", "d()"],
    ),
    "nested": (
        """
        def upgrade():
            if env.flag:
                op.a()
                if 0:
                    op.b()
        """,
        ["[assumed env.flag] a()", "[assumed env.flag | untaken 0] b()"],
    ),
    "match": (
        """
        def upgrade():
            match "pg":
                case "sqlite":
                    op.a()
                case "pg":
                    op.b()
        """,
        ['[untaken "pg" is "sqlite"] a()', "b()"],
    ),
    "match-on-what-is-not-known": (
        """
        def upgrade():
            match env.name:
                case "sqlite":
                    op.a()
                case _:
                    pass
        """,
        ['[assumed env.name is "sqlite"] a()'],
    ),
    "while-on-what-is-not-known": (
        """
        def upgrade():
            while env.more():
                op.a()
            op.b()
        """,
        ["[assumed env.more()] a()", "b()"],
    ),
    "endless-loop-with-a-way-out-that-is-not-known": (
        """
        def upgrade():
            while True:
                if env.done():
                    break
                op.a()
            op.b()
        """,
        ["[assumed not (env.done())] a()", "b()"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_host_is_told_of_each_call_with_its_branch(case: str) -> None:
    """Calls come in order, each within the branches it stands in, with the condition under which it would happen."""
    text, expected = CASES[case]
    import textwrap

    actual = log(textwrap.dedent(text))

    assert actual == expected


def test_branches_that_are_not_taken_are_not_followed_for_a_host_that_does_not_ask() -> None:
    """A host without `follow_untaken` hears of what happens, and of nothing else."""
    text = "def upgrade():\n    if 0:\n        op.a()\n    if 1:\n        return\n    op.b()\n"

    assert log(text, follow=False) == []


def test_what_a_branch_that_is_not_taken_does_is_undone() -> None:
    """Names, containers, attributes and iterators are as if the branch had not been followed."""
    module = names(
        """
        import op
        class C:
            x = 1
        thing, numbers, table, chosen = C(), [1], {"a": 1}, {1}
        it = iter([1, 2])
        made = op.make()
        def upgrade():
            global numbers, extra
            if 0:
                op.work()
                numbers.append(2)
                numbers[0] = 9
                table["b"] = 2
                table.update(c=3)
                chosen.add(2)
                thing.y = 5
                C.x = 2
                C.z = 3
                next(it)
                made.info = "x"
                local = 5
                numbers = "rebound"
                extra = 1
                del table["a"]
            return (numbers, table, chosen, C.x, hasattr(C, "z"), vars(thing), list(it))
        result = upgrade()
        """,
        Recorder(follow=True),
    )

    assert plain(module["result"]) == ([1], {"a": 1}, {1}, 1, False, {}, [1, 2])
    assert module["made"].attributes == {}
    assert "extra" not in module


def test_a_module_imported_in_a_branch_that_is_not_taken_is_not_imported() -> None:
    """It is run for what it would do, and anew once it is really imported."""
    host = Recorder(follow=True)
    run = evaluator(
        {
            "m.py": "import op\nif 0:\n    import other\n    op.a(other.x)\nimport other\n",
            "other.py": "import op\nop.load()\nx = 1\n",
        },
        host,
    )

    run.module("m")

    assert host.log == ["[untaken 0] load()", "[untaken 0] a(1)", "load()"]


def test_both_branches_agree() -> None:
    """What both branches of an unknown condition say is a fact; what they differ in is Unknown, with the condition."""
    module = names(
        """
        import env
        items, more, table = ["first"], [], {"k": 1}
        if env.flag:
            a, b, only = 1, 1, 1
            items.append("x")
            more.append("same")
            table["x"] = 1
        else:
            a, b = 1, 2
            items.append("y")
            more.append("same")
        c = 1 if env.flag else 1
        d = 1 if env.flag else 2
        def f():
            if env.flag:
                return "same"
            return "same"
        def g():
            if env.flag:
                return "one"
            return "other"
        def h():
            for x in env.rows:
                if x:
                    return True
            return False
        e, k, l = f(), g(), h()
        """
    )

    assert [plain(module[name]) for name in "abcdekl"] == [1, "?", 1, "?", "same", "?", "?"]
    assert plain(module["only"]) == "?"
    assert (plain(module["items"]), plain(module["more"]), plain(module["table"])) == (
        ["first", "?"],
        ["same"],
        {"k": 1, "x": "?"},
    )
    assert module["b"].reason == "it depends on `env.flag`"


def test_a_loop_over_what_is_not_known_leaves_unknown_what_it_changes() -> None:
    """Names bound and lists filled in such a loop are Unknown afterwards, what it only reads is not."""
    module = names(
        """
        import env
        kept, total, found = 5, 0, []
        for row in env.rows:
            total += 1
            found.append(row)
            kept = 5
        else:
            after = "else"
        """
    )

    assert (plain(module["kept"]), plain(module["total"]), plain(module["found"])) == (5, "?", ["?"])
    assert module["after"] == "else"


def test_a_branch_that_fails_is_the_one_that_is_not_taken() -> None:
    """Of two branches of an unknown condition, one that raises is not what a working program does."""
    module = names(
        """
        import env
        def check():
            if env.flag:
                value = {}["missing"]
            else:
                value = "fine"
            return value
        a = check()
        if env.other:
            raise RuntimeError
        b = "after"
        """
    )

    assert (module["a"], module["b"]) == ("fine", "after")


def test_classes_made_in_an_assumed_branch_are_conditional() -> None:
    """A class statement is work: the branch that holds it is assumed, and the class says so."""
    host = Recorder()
    module = names(
        """
        import env
        class Always(env.Base):
            pass
        if env.flag:
            class Sometimes(env.Base):
                pass
        """,
        host,
    )

    assert {cls.name: cls.conditional for cls in host.classes} == {"Always": False, "Sometimes": True}
    assert module["Sometimes"] is host.classes[1]


def test_what_the_host_answers_decides() -> None:
    """Truth and content of symbolic values are the host's to know."""
    text = """
def upgrade():
    if not env.has("users"):
        op.create()
    for name in env.names():
        op.drop(name)
"""

    assert log(text, truths={"has('users')": True}, items={"names()": ["x"]}) == [
        '[untaken not env.has("users")] create()',
        "drop('x')",
    ]


def test_a_host_raises_in_the_code_that_is_read() -> None:
    """`RaisedError` runs the `except` clause that names it, or a class that it inherits from."""

    def refuse(call: Call) -> Value:
        name = "NoSuchTableError"
        raise RaisedError(name, f"there is no table {call.args[0]}", ("InvalidRequestError",))

    text = """
from sqlalchemy import exc
def upgrade():
    try:
        op.reflect("users")
    except exc.InvalidRequestError as error:
        op.caught()
    try:
        op.reflect("users")
    except KeyError:
        op.wrong()
    op.after()
"""

    told = log(text, answers={"op.reflect": refuse})

    assert told == [
        "reflect('users')",
        "caught()",
        "reflect('users')",
        "after()",
    ]


def test_an_explicit_raise_ends_the_function() -> None:
    """What the program raises itself, and does not catch, is what it means to do."""
    host = Recorder(follow=True)
    run = evaluator(
        {"m.py": ("import op\ndef upgrade():\n    op.a()\n    raise RuntimeError('no')\n    op.b()\n")}, host
    )
    module = run.module("m")
    assert module is not None

    result = run.call(module.names["upgrade"])

    assert host.log == ["a()"]
    assert isinstance(result, Unknown)
    assert result.reason == "`RuntimeError('no')` is raised"


def test_one_statement_that_fails_does_not_take_the_others_with_it() -> None:
    """In a module, a class body and an entry function, what a failing statement binds is Unknown; the rest goes on."""
    host = Recorder()
    run = evaluator(
        {
            "m.py": """
            import op
            bad = undefined + 1
            class C:
                x = undefined
                y = 2
            def upgrade():
                op.a()
                z = {}["missing"]
                op.b(z)
            """
        },
        host,
    )
    module = run.module("m")
    assert module is not None
    run.call(module.names["upgrade"])

    assert plain(module.names["bad"]) == "?"
    assert module.names["bad"].reason == "`NameError` would be raised here: name 'undefined' is not defined"
    assert (plain(module.names["C"].names["x"]), module.names["C"].names["y"]) == ("?", 2)
    assert host.log[-2:] == ["a()", "b(?)"]
    assert [one.reason for one in run.unknowns] == [
        "`NameError` would be raised here: name 'undefined' is not defined",
        "`NameError` would be raised here: name 'undefined' is not defined",
        "`KeyError` would be raised here: 'missing'",
    ]


def test_what_two_branches_build_alike_is_kept() -> None:
    """Of two dicts, lists or tuples, what they agree on is known, and a key that only one has is Unknown."""
    module = names(
        """
        import env
        def options():
            if env.collation:
                return {"length": 250, "collation": env.collation}
            return {"length": 250}
        a = options()
        b = {"k": [1, 2]} if env.flag else {"k": [1, 3]}
        if env.flag:
            c, d = (1, "x"), [1]
        else:
            c, d = (1, "y"), [1, 2]
        """
    )

    assert [plain(module[name]) for name in "abcd"] == [
        {"length": 250, "collation": "?"},
        {"k": [1, "?"]},
        (1, "?"),
        "?",
    ]


def test_a_raise_on_the_way_of_a_module_is_a_misreading() -> None:
    """A program that works raises nothing while it is imported, unless it awaits that: the rest of a module counts."""
    files = {
        "m.py": """
            from settings import get
            schema = get("schema")
            if not schema:
                raise RuntimeError("set the schema")
            after = 1
            class C:
                x = get("x")
                y = 2
            """,
        "settings.py": """
            class Missing(Exception):
                pass
            def get(name):
                raise Missing(name)
            try:
                found = get("a")
            except Missing:
                found = "awaited"
            """,
    }
    run = evaluator(files)
    module = run.module("m")
    assert module is not None

    assert plain(module.names["schema"]) == "?"
    assert module.names["schema"].reason == "`Missing(name)` is raised"
    assert (module.names["after"], module.names["C"].names["y"]) == (1, 2)
    assert run.modules_loaded["settings"].names["found"] == "awaited"
