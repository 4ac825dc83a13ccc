"""The scorer: each kind of difference is seen, once, and as what it is."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest

from tests.ecosystem.facts import facts
from tests.ecosystem.samples import Json, column, document, shop, table
from tests.ecosystem.score import Tally, grouped, part, score
from tests.ecosystem.type_names import comparable


def _set(*path: str | int, to: object) -> Callable[[Json], None]:
    """An edit that sets what stands at `path` of a document."""

    def edit(changed: Json) -> None:
        *way, last = path
        place = changed
        for key in way:
            place = place[key]  # type: ignore[index]
        place[last] = to  # type: ignore[index]

    return edit


def _delete(*path: str | int) -> Callable[[Json], None]:
    def edit(changed: Json) -> None:
        *way, last = path
        place = changed
        for key in way:
            place = place[key]  # type: ignore[index]
        del place[last]  # type: ignore[arg-type]

    return edit


def test_a_document_is_right_about_itself() -> None:
    """All of a document's facts are right where it is the truth, and it has one of each kind."""
    found = score(shop(), shop())

    assert found.wrong == ()
    assert found.total == Tally(len(facts(shop())), len(facts(shop())), len(facts(shop())))
    kinds = {"table", "column", "primary_key", "foreign_key", "unique", "index", "check", "enum"}
    assert found.kinds.keys() == kinds


@pytest.mark.parametrize(
    ("edit", "wrong"),
    [
        (_set("tables", "users", "columns", "email", "type", to="TEXT"), ["column users.email type"]),
        (_set("tables", "users", "columns", "email", "nullable", to=True), ["column users.email nullable"]),
        (_set("tables", "users", "columns", "mood", "default", to=False), ["column users.mood default"]),
        (_set("tables", "users", "columns", "initial", "computed", to=False), ["column users.initial computed"]),
        (_set("tables", "orders", "columns", "id", "identity", to=True), ["column orders.id identity"]),
        (_set("tables", "users", "columns", "email", "comment", to="x"), ["column users.email comment"]),
        (_set("tables", "users", "primary_key", "columns", to=["email"]), ["primary_key users columns"]),
        (_set("tables", "users", "primary_key", "name", to="pk"), ["primary_key users name"]),
        (_set("tables", "users", "unique_constraints", 0, "name", to="uq"), ["unique users (email) name"]),
        (_set("tables", "users", "indexes", 0, "unique", to=True), ["index users.ix_users_mood unique"]),
        (_set("tables", "users", "indexes", 1, "columns", to=["id", None]), ["index users.ix_users_lower columns"]),
        (
            _set("tables", "orders", "foreign_keys", 0, "ondelete", to="SET NULL"),
            ["foreign_key orders (user_id) -> users (id) ondelete"],
        ),
        (
            _set("tables", "orders", "foreign_keys", 0, "name", to="fk"),
            ["foreign_key orders (user_id) -> users (id) name"],
        ),
        (_delete("tables", "users", "check_constraints", 0), ["check users.users_email_check exists"]),
        (_set("enums", "mood", to=["ok", "sad"]), ["enum mood labels"]),
    ],
)
def test_a_difference_is_one_wrong_fact(edit: Callable[[Json], None], wrong: list[str]) -> None:
    """If one thing of a document is changed, then exactly the facts that say it differ."""
    changed = shop()
    edit(changed)

    assert wrong == [str(one.fact) for one in score(shop(), changed).wrong]


def test_what_is_missing_costs_recall_and_what_is_invented_costs_precision() -> None:
    """A fact that only the truth has lowers recall alone; one that only the document has lowers precision alone."""
    less = shop()
    del less["tables"]["users"]["columns"]["initial"]

    missing, invented = score(shop(), less).total, score(less, shop()).total

    assert missing.precision == 1.0 == invented.recall
    assert missing.recall == pytest.approx(1 - 5 / len(facts(shop())))
    assert invented.precision == missing.recall


def test_a_name_that_the_truth_does_not_have_is_neither_right_nor_wrong() -> None:
    """Metadata leaves constraints unnamed: a name stated for one of them counts on neither side."""
    unnamed = shop()
    unnamed["tables"]["users"]["unique_constraints"][0]["name"] = None
    unnamed["tables"]["users"]["primary_key"]["name"] = None

    assert score(unnamed, shop()).wrong == ()
    assert score(unnamed, shop()).total == score(unnamed, unnamed).total
    assert [str(one.fact) for one in score(shop(), unnamed).wrong] == [
        "primary_key users name",
        "unique users (email) name",
    ]


def test_what_differs_in_words_only_is_equal() -> None:
    """Default schema, NO ACTION, order in a unique constraint, names past 63 characters and SERIAL say nothing else."""
    changed = shop()
    orders, users = changed["tables"]["orders"], changed["tables"]["users"]
    orders["foreign_keys"][0] |= {"onupdate": "no action", "ondelete": "cascade", "referred_table": "public.users"}
    users["columns"]["id"] |= {"type": "SERIAL", "default": False}
    changed["tables"]["public.users"] = changed["tables"].pop("users")

    assert score(shop(), changed).wrong == ()

    pair = {"name": "x" * 63 + "y", "columns": ["a", "b"]}
    turned = {"name": "x" * 63 + "z", "columns": ["b", "a"]}
    first, second = (document(t=table({}, unique_constraints=[one])) for one in (pair, turned))
    assert score(first, second).wrong == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("timestamp", "TIMESTAMP WITHOUT TIME ZONE"),
        ("DATETIME", "TIMESTAMP"),
        ("FLOAT(24)", "REAL"),
        ("FLOAT(25)", "double  precision"),
        ("NUMERIC(10)", "DECIMAL(10, 0)"),
        ("numeric()", "DECIMAL"),
        ('VARCHAR(5) COLLATE "C"', "varchar(5)"),
        ("auth.mood", "mood"),
        ('"Mood"[]', "MOOD[]"),
        ("character varying[]", "VARCHAR[]"),
        ("SERIAL", "INT"),
    ],
)
def test_types_that_a_database_takes_as_one(one: str, other: str) -> None:
    """Two words for a type have one comparable form."""
    if other == "DECIMAL(10, 0)":  # the truth's definition: only the bare word is an alias
        other = "NUMERIC(10, 0)"

    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("VARCHAR", "VARCHAR(5)"), ("VARCHAR[]", "VARCHAR"), ("TIMESTAMP WITH TIME ZONE", "TIMESTAMP"), ("JSON", "JSONB")],
)
def test_types_that_differ(one: str, other: str) -> None:
    """Types that a database tells apart are told apart."""
    assert comparable(one) != comparable(other)


def test_mysql_lists_an_index_for_each_key() -> None:
    """An index that MySQL makes for a constraint does not count there, and counts elsewhere."""
    named = {"name": "uq", "columns": ["a"]}
    listed = table({}, unique_constraints=[named], indexes=[{**named, "unique": True}])
    bare = table({}, unique_constraints=[named])

    for dialect, equal in (("mysql", True), ("mariadb", True), ("postgresql", False)):
        found = score(document(dialect, t=listed), document(dialect, t=bare))
        assert (found.wrong == ()) is equal


def test_enums_are_postgresql_s() -> None:
    """Other databases have no enum types of their own."""
    with_enum = document("sqlite", {"mood": ["sad"]})

    assert score(document("sqlite"), with_enum).total == Tally(0, 0, 0)
    assert score(document(), document(enums={"mood": ["sad"]})).total == Tally(0, 0, 1)


def test_excepted_facts_count_on_neither_side() -> None:
    """A fact that is excepted by its text is neither true, nor stated, nor wrong."""
    changed = copy.deepcopy(shop())
    changed["tables"]["users"]["columns"]["email"]["type"] = "TEXT"
    everything = score(shop(), shop()).total

    found = score(shop(), changed, {"column users.email type"})

    assert found.wrong == ()
    assert found.total == Tally(everything.right - 1, everything.true - 1, everything.stated - 1)


def test_what_is_missing_is_told_once() -> None:
    """The facts of a missing table, column or key fold into it; what differs otherwise stays as it is."""
    changed = shop()
    del changed["tables"]["orders"]
    del changed["tables"]["users"]["columns"]["initial"]
    changed["tables"]["users"]["columns"]["email"]["type"] = "TEXT"
    changed["tables"]["users"]["unique_constraints"].append({"name": "uq", "columns": ["mood"]})

    groups = grouped(score(shop(), changed).wrong)

    assert [(str(one.whole.fact), one.size) for one in groups] == [
        ("column users.email type", 1),
        ("column users.initial exists", 5),
        ("table orders exists", 17),
        ("unique users (mood) exists", 1),
    ]
    assert sum(one.size for one in groups) == len(score(shop(), changed).wrong)


def test_perfect_is_said_of_nothing_less() -> None:
    """Figures are cut, not rounded."""
    assert [part(number) for number in (1.0, 0.99999, 0.5, 0.0)] == ["1.0000", "0.9999", "0.5000", "0.0000"]


def test_a_column_of_no_known_type() -> None:
    """A type that could not be read is another type than every one that could."""
    unread = document(t=table({"a": column("")}))

    assert [str(one.fact) for one in score(document(t=table({"a": column("TEXT")})), unread).wrong] == [
        "column t.a type"
    ]
