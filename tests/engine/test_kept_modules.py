"""What is kept of modules from one evaluation of the models to the next: the same result, with less work."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from driftline.engine.cancellation import NEVER, Cancelled, Token
from driftline.engine.session import Session
from driftline.sources.memory import MemorySource
from tests.engine import zoo
from tests.engine.test_incremental import told
from tests.support.examples import examples
from tests.support.snapshots import snapshot


def toggled(source: MemorySource, edit: tuple[str, str, str]) -> None:
    """Change a part of a file, or change it back."""
    place, old, new = edit
    path = f"{zoo.ROOT}/{place}"
    text = getattr(source.read(path), "text", "")
    if new and new in text:
        source.write(path, text.replace(new, old))
    elif old in text:
        source.write(path, text.replace(old, new))


class _Stopping(Token):
    """Is cancelled after it was asked so many times."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        super().__init__()
        self.left = left

    def check(self) -> None:
        """Raise `Cancelled` if it was asked often enough."""
        self.left -= 1
        if self.left < 0:
            raise Cancelled


class ZooEdits(RuleBasedStateMachine):
    """Edits models at random; one session follows, and is held against a new one after each step."""

    def __init__(self) -> None:
        super().__init__()
        self.source = MemorySource()
        self.session = Session(snapshot(self.source))

    @initialize()
    def start(self) -> None:
        """The project as it is."""
        for place, text in zoo.FILES.items():
            self.source.write(f"{zoo.ROOT}/{place}", text)

    @rule(edit=st.sampled_from(zoo.EDITS))
    def edit(self, edit: tuple[str, str, str]) -> None:
        """Change a part of a file, or change it back."""
        toggled(self.source, edit)

    @rule(edits=st.lists(st.sampled_from(zoo.EDITS), min_size=2, max_size=4, unique=True))
    def edit_several(self, edits: list[tuple[str, str, str]]) -> None:
        """Change several files at once."""
        for one in edits:
            toggled(self.source, one)

    @rule(edit=st.sampled_from(zoo.EDITS))
    def edit_and_take_back(self, edit: tuple[str, str, str]) -> None:
        """Change a part of a file, look, and change it back."""
        toggled(self.source, edit)
        self.look()
        toggled(self.source, edit)

    @rule(edit=st.sampled_from(zoo.EDITS), after=st.integers(1, 60))
    def edit_and_stop(self, edit: tuple[str, str, str], after: int) -> None:
        """Change a part of a file; the run that follows is stopped somewhere."""
        toggled(self.source, edit)
        self.session.token = _Stopping(after)
        with suppress(Cancelled):
            self.look()
        self.session.token = NEVER

    @rule(file=st.sampled_from(zoo.WHOLE))
    def come_or_go(self, file: tuple[str, str]) -> None:
        """Add a file, or take it away."""
        place, text = file
        path = f"{zoo.ROOT}/{place}"
        if self.source.is_file(path):
            self.source.delete(path)
        else:
            self.source.write(path, text)

    @invariant()
    def the_same_as_from_scratch(self) -> None:
        """The session that followed says what a new one says."""
        assert told(Session(self.source.copy()), zoo.ROOT) == self.look()

    def look(self) -> dict[str, Any]:
        """What the session that followed says."""
        self.session.source = snapshot(self.source)
        return told(self.session, zoo.ROOT)


ZooEdits.TestCase.settings = hypothesis_settings(max_examples=examples(10), stateful_step_count=10)
TestZooEdits = ZooEdits.TestCase


@pytest.mark.parametrize("edit", zoo.EDITS, ids=lambda one: f"{one[0]} {one[2][:20]!r}")
def test_each_edit_and_its_undoing_say_what_a_new_session_says(edit: tuple[str, str, str]) -> None:
    """Each edit three times: nothing is kept at the first, and what the second has kept is used at the third."""
    source = MemorySource({f"{zoo.ROOT}/{place}": text for place, text in zoo.FILES.items()})
    session = Session(snapshot(source))
    told(session, zoo.ROOT)
    for _ in range(4):
        toggled(source, edit)
        session.source = snapshot(source)
        assert told(Session(source.copy()), zoo.ROOT) == told(session, zoo.ROOT)


def test_who_writes_into_another_module_is_run_again_with_it() -> None:
    """A module that binds a name in another one reads nothing there, and has to do it again where that is new."""
    source = MemorySource({f"{zoo.ROOT}/{place}": text for place, text in zoo.FILES.items()})
    session = Session(snapshot(source))
    told(session, zoo.ROOT)
    writing = next(one for one in zoo.EDITS if one[2].endswith("consts.LENGTH = 99"))
    other = next(one for one in zoo.EDITS if one[0] == "app/consts.py" and "'short': 11" in one[2])
    for edit in (other, writing, other, other):
        toggled(source, edit)
        session.source = snapshot(source)
        assert told(Session(source.copy()), zoo.ROOT) == told(session, zoo.ROOT)


# ---------------------------------------------------------------------------------------------------------------------
# What is run again

SHOP = {
    "/shop/alembic.ini": "[alembic]\nscript_location = alembic\nprepend_sys_path = .\nsqlalchemy.url = postgresql://x/y\n",
    "/shop/alembic/env.py": "import app.models\nfrom app.db import Base\n\ntarget_metadata = Base.metadata\n",
    "/shop/app/__init__.py": "",
    "/shop/app/db.py": """\
from sqlalchemy.orm import DeclarativeBase, Mapped


class Base(DeclarativeBase):
    pass


class Named:
    name: Mapped[str]
""",
    "/shop/app/models/__init__.py": "".join(f"from app.models.part_{n} import Part{n}\n" for n in range(6)),
    **{
        f"/shop/app/models/part_{n}.py": f"""\
from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Named
{"from app.models.part_0 import Part0" if n == 3 else ""}
if TYPE_CHECKING:
    from app.models.part_1 import Part1


class Part{n}({"Named, " if n == 2 else ""}Base):
    __tablename__ = "part_{n}"
    id: Mapped[int] = mapped_column({"ForeignKey(Part0.id), " if n == 3 else ""}primary_key=True)
    title: Mapped[str] = mapped_column(String(40))
    other: Mapped[Part1] = relationship()
"""
        for n in range(6)
    },
}


class Shop:
    """A project of six models in six modules, and a session that has followed an edit of it."""

    def __init__(self, more: Mapping[str, str] = MappingProxyType({})) -> None:
        self.source = MemorySource({**SHOP, **{f"/shop/{place}": text for place, text in more.items()}})
        self.session = Session(snapshot(self.source))
        self.modules(None)
        self.modules(("app/db.py", "class Named:\n", "class Named:\n    more: Mapped[str | None]\n"))

    def modules(self, edit: tuple[str, str, str] | None) -> list[str]:
        """The modules that are run for an edit, in order."""
        if edit is not None:
            path = f"/shop/{edit[0]}"
            text = getattr(self.source.read(path), "text", "")
            assert edit[1] in text
            self.source.write(path, text.replace(edit[1], edit[2]))
        self.session.source = snapshot(self.source)
        before = len(self.session.ran)
        told(self.session, "/shop")
        return [key.removeprefix("app.models.") for what, key in self.session.ran[before:] if what == "module"]


def test_an_edit_of_a_model_runs_its_module_and_the_one_that_names_it() -> None:
    """Of eight modules two, also where others name the edited class for type checkers; the second time as the first."""
    shop = Shop()

    assert ["app.models", "part_1"] == shop.modules(("app/models/part_1.py", "String(40)", "String(50)"))
    assert ["app.models", "part_5"] == shop.modules(("app/models/part_5.py", "String(40)", "String(50)"))
    assert ["app.models", "part_1"] == shop.modules(("app/models/part_1.py", "String(50)", "String(60)"))


def test_who_refers_to_what_a_module_makes_is_run_with_it() -> None:
    """One class refers to a column of the edited one."""
    shop = Shop()

    assert ["app.models", "part_0", "part_3"] == shop.modules(("app/models/part_0.py", "String(40)", "String(50)"))


def test_a_class_that_is_renamed_is_felt_by_who_names_it_for_type_checkers() -> None:
    """It may be a type, or an enum, and is looked up by its name."""
    shop = Shop()

    ran = shop.modules(("app/models/part_1.py", "class Part1(Base)", "class Part1(Named, Base)"))

    assert {"app.models", "part_1", "part_2", "part_5"} <= set(ran)
    assert "part_0" not in ran  # it came before


def test_an_edit_of_a_mixin_runs_all_that_stand_beside_it() -> None:
    """They have taken the base from the same module, which is made again."""
    shop = Shop()

    ran = shop.modules(("app/db.py", "    name: Mapped[str]\n", "    name: Mapped[str | None]\n"))

    assert ["app.db", "app.models", *(f"part_{n}" for n in range(6))] == sorted(ran)


def test_an_edit_of_env_py_runs_no_module() -> None:
    """What it imports is as it was."""
    shop = Shop()

    assert [] == shop.modules(("alembic/env.py", "import app.models\n", "import app.models\n\nX = 1\n"))


def test_a_first_run_keeps_nothing() -> None:
    """A command that ends does not pay for what only an editor needs."""
    session = Session(snapshot(MemorySource(SHOP)))

    told(session, "/shop")

    assert [] == [key for what, key in session.ran if what == "module"]


# ---------------------------------------------------------------------------------------------------------------------
# What stands around a module

EXTRA = """\
import os

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
{imports}

class Extra(Base):
    __tablename__ = "extra"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String({width}))
"""

HOOK = """\
from sqlalchemy import Column, String, Table, event

WIDTH = 4


@event.listens_for(Table, "after_parent_attach")
def add(table, metadata):
    if table.name == "extra":
        table.append_column(Column("hooked", String(WIDTH)))
"""


def follow(files: dict[str, str], edits: list[tuple[str, str, str]]) -> list[list[str]]:
    """Edit the shop with one more model; after each edit it is as from scratch. Gives the modules that were run."""
    init = SHOP["/shop/app/models/__init__.py"] + "import app.models.extra\n"
    shop = Shop({"app/models/__init__.py": init, **files})
    ran = []
    for edit in edits:
        ran.append(shop.modules(edit))
        assert told(Session(shop.source.copy()), "/shop") == told(shop.session, "/shop")
    return ran


@pytest.mark.parametrize(
    ("other", "width", "edits"),
    [
        (HOOK, "3", ["WIDTH = 4", "WIDTH = 5", "WIDTH = 6"]),
        ('import os\n\nos.environ["WIDE"] = "12"\n', 'int(os.environ["WIDE"])', ['"12"', '"13"', '"14"']),
        ('import os\n\nos.environ["WIDE"] = "12"\n', 'int(os.environ.pop("WIDE"))', ['"12"', '"13"', '"14"']),
    ],
    ids=["hook", "variable", "variable that is taken away"],
)
def test_who_imports_what_changes_the_surroundings_feels_its_edit(other: str, width: str, edits: list[str]) -> None:
    """It reads no name of the module, and when it began all was as it had been."""
    files = {"app/other.py": other, "app/models/extra.py": EXTRA.format(imports="import app.other\n", width=width)}

    ran = follow(files, [("app/other.py", old, new) for old, new in pairwise(edits)])

    assert [["app.models", "app.other", "extra"]] * 2 == [sorted(one) for one in ran]


def test_what_adds_to_the_search_path_is_run_every_time() -> None:
    """It would be found done, and what it did is no record: who imports a module by that path has to find it."""
    files = {
        "app/paths.py": "import os\nimport sys\n\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), 'far'))\n",
        "app/far/beside.py": "WIDTH = 3\n",
        "app/models/extra.py": EXTRA.format(imports="import app.paths\nfrom beside import WIDTH\n", width="WIDTH"),
    }
    edits = [
        ("app/models/extra.py", f"String(WIDTH{old})", f"String(WIDTH{new})") for old, new in pairwise(("", "+1", "+2"))
    ]

    assert all("app.paths" in one for one in follow(files, edits))


def test_who_takes_all_names_of_a_module_is_run_with_it() -> None:
    """It is known before anything is run; else all would have to be done from scratch."""
    files = {
        "app/consts.py": "WIDTH = 3\n",
        "app/models/extra.py": EXTRA.format(imports="from app.consts import *\n", width="WIDTH"),
    }
    ran = follow(files, [("app/consts.py", "= 3", "= 4"), ("app/consts.py", "= 4", "= 5")])

    assert [["app.consts", "extra"]] * 2 == [sorted(one) for one in ran]


# ---------------------------------------------------------------------------------------------------------------------
# Bases that a library makes

SQLMODEL = """\
from sqlmodel import Field, SQLModel


class {name}(SQLModel, table=True):
    id: int = Field(primary_key=True)
    text: str = Field(max_length=3)
"""


def test_a_base_of_a_library_keeps_its_metadata_however_often_who_asks_first_is_edited() -> None:
    """Only who asks first is told of it. Else it is another one at each second edit, and all is done from scratch."""
    files = {
        "alembic/env.py": "from sqlmodel import SQLModel\n\nfrom app import first, second\n\n"
        "target_metadata = SQLModel.metadata\n",
        "app/first.py": SQLMODEL.format(name="First"),
        "app/second.py": SQLMODEL.format(name="Second"),
    }
    shop = Shop(files)
    for old, new in pairwise("345678"):
        ran = shop.modules(("app/first.py", f"max_length={old}", f"max_length={new}"))

        found = told(shop.session, "/shop")
        assert told(Session(shop.source.copy()), "/shop") == found
        assert ["app.first", "app.second"] == ran
