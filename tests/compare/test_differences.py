"""One difference for each cause, with what Alembic would say of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from driftline.compare.difference import Difference
from driftline.models.core import text_element
from driftline.models.declared import EnvironmentOptions
from driftline.python.values import Unknown
from driftline.schema import (
    CheckConstraint,
    Column,
    Computed,
    Enum,
    ForeignKey,
    Identity,
    Index,
    IndexElement,
    PrimaryKey,
    Schema,
    ServerDefault,
    Table,
    Type,
    UniqueConstraint,
)
from tests.compare.tables import NAME, USERS, differences, kinds, schema, with_columns


def operations(found: list[Difference]) -> list[tuple[str, str | None]]:
    """Alembic's operations in their order."""
    return [(one.op, one.name) for difference in found for one in difference.operations]


def index(name: str, *columns: str, unique: bool = False, **options: object) -> Index:
    """An index over columns."""
    return Index(name, tuple(IndexElement(one, one) for one in columns), unique, tuple(sorted(options.items())))


def collated(name: str, text: str) -> Index:
    """An index over one element that is SQL text."""
    return Index(name, (text_element(text, None),))


def test_unique_index_for_a_constraint() -> None:
    """If the model asks for a unique index and a revision made a constraint, then that is one difference."""
    found = differences(
        replace(USERS, indexes=(index("ix_users_name", "name", unique=True),)),
        replace(USERS, unique_constraints=(UniqueConstraint("uq_users_name", ("name",)),)),
    )

    assert ["modify_unique_kind"] == [one.kind for one in found]
    assert [("remove_constraint", "uq_users_name"), ("add_index", "ix_users_name")] == operations(found)


def test_an_index_that_is_declared_twice() -> None:
    """`index=True` beside an `Index` of the same name is one index, which Alembic finds too."""
    one = index("ix_users_name", "name")
    declared, made = replace(USERS, indexes=(one, replace(one))), replace(USERS, indexes=(one,))

    assert [] == differences(declared, made)
    assert [("add_index", "ix_users_name")] == operations(differences(declared, USERS))


def test_two_unique_constraints_of_one_name() -> None:
    """A naming convention may call two constraints the same; the one that was made is the one of its columns."""
    both = (UniqueConstraint("uq_users", ("id",)), UniqueConstraint("uq_users", ("id", "name")))
    found = differences(replace(USERS, unique_constraints=both), replace(USERS, unique_constraints=both[1:]))

    assert [("add_constraint", both[0], None)] == [(one.kind, one.declared, one.migrated) for one in found]


def test_unique_index_for_a_constraint_and_an_index() -> None:
    """If a revision made a constraint and a plain index of the name, then that is one difference, too."""
    plain = index("ix_users_name", "name")
    found = differences(
        replace(USERS, indexes=(index("ix_users_name", "name", unique=True),)),
        replace(USERS, unique_constraints=(UniqueConstraint("uq_users_name", ("name",)),), indexes=(plain,)),
    )

    assert ["modify_unique_kind"] == [one.kind for one in found]
    assert [
        ("remove_constraint", "uq_users_name"),
        ("remove_index", "ix_users_name"),
        ("add_index", "ix_users_name"),
    ] == operations(found)
    assert [plain] == [part.migrated for part in found[0].parts]


def test_constraint_for_a_unique_index() -> None:
    """If the model asks for a constraint and a plain index, and there is one unique index, that is one difference."""
    found = differences(
        replace(
            USERS, unique_constraints=(UniqueConstraint(None, ("name",)),), indexes=(index("ix_users_name", "name"),)
        ),
        replace(USERS, indexes=(index("ix_users_name", "name", unique=True),)),
    )

    assert ["modify_unique_kind"] == [one.kind for one in found]
    assert [("remove_index", "ix_users_name"), ("add_index", "ix_users_name"), ("add_constraint", None)] == operations(
        found
    )


def test_a_second_unnamed_constraint_of_the_same_columns() -> None:
    """If a model says twice that a column is unique, without a name, then nothing is missing: PostgreSQL makes one."""
    twice = (UniqueConstraint(None, ("name",)), UniqueConstraint(None, ("name",)))
    made = (UniqueConstraint("users_name_key", ("name",)),)

    assert [] == differences(replace(USERS, unique_constraints=twice), replace(USERS, unique_constraints=made))


def test_a_second_constraint_of_the_same_columns_and_name() -> None:
    """If a naming convention gives what a model says twice the same name, then nothing is missing either."""
    twice = (UniqueConstraint("users_name_key", ("name",)),) * 2
    other = (twice[0], UniqueConstraint("other", ("name",)))
    made = replace(USERS, unique_constraints=twice[:1])

    assert [] == kinds(replace(USERS, unique_constraints=twice), made)
    assert ["add_constraint"] == kinds(replace(USERS, unique_constraints=other), made)


def test_partial_index_is_no_constraint() -> None:
    """A unique index with a condition does not stand for a constraint."""
    found = kinds(
        replace(USERS, unique_constraints=(UniqueConstraint(None, ("name",)),)),
        replace(USERS, indexes=(index("ix", "name", unique=True, where="name > ''"),)),
    )

    assert ["add_constraint", "remove_index"] == found


@pytest.mark.parametrize(
    ("declared", "migrated", "kind", "names"),
    [
        (UniqueConstraint("a", ("name",)), UniqueConstraint("b", ("name",)), "rename_constraint", ["b", "a"]),
        (UniqueConstraint(None, ("name",)), UniqueConstraint("b", ("name",)), None, []),
        (UniqueConstraint("a", ("name", "id")), UniqueConstraint("a", ("id", "name")), None, []),
        (UniqueConstraint("a", ("name",)), UniqueConstraint("a", ("id",)), "modify_unique", ["a", "a"]),
        (
            UniqueConstraint("a", ("name",), (("deferrable", True),)),
            UniqueConstraint("a", ("name",)),
            "modify_unique",
            [],
        ),
        (
            UniqueConstraint("a", ("name",), (("nulls_not_distinct", True),)),
            UniqueConstraint("a", ("name",)),
            "modify_unique",
            ["a", "a"],
        ),
    ],
)
def test_unique_constraints(
    declared: UniqueConstraint, migrated: UniqueConstraint, kind: str | None, names: list[str]
) -> None:
    """Constraints are told apart by columns and options, their names are a difference of their own."""
    found = differences(replace(USERS, unique_constraints=(declared,)), replace(USERS, unique_constraints=(migrated,)))

    assert ([kind] if kind else []) == [one.kind for one in found]
    assert names == [name for _, name in operations(found)]


@pytest.mark.parametrize(
    ("declared", "migrated", "kind", "count"),
    [
        (index("a", "name"), index("b", "name"), "rename_index", 2),
        (index("a", "name"), index("a", "id"), "modify_index", 2),
        (index("a", "name"), index("a", "name", unique=True), "modify_index", 2),
        (index("a", "name", where="x > 0"), index("a", "name"), "modify_index", 0),
        (index("a", "name", where="x > 0"), index("a", "name", where="(0 < x)"), None, 0),
        (index("a", "name", using="gin"), index("a", "name"), "modify_index", 0),
        (collated("a", 'name COLLATE "C"'), index("a", "name"), "modify_index", 2),
        (index("a", "name"), collated("a", 'name COLLATE "C"'), "modify_index", 0),
        (collated("a", 'name COLLATE "C" DESC'), collated("a", "(name collate c)"), "modify_index", 2),
        (collated("a", 'name COLLATE pg_catalog."C"'), collated("a", "(name collate c)"), None, 0),
        (collated("a", 'name COLLATE "default"'), index("a", "name"), None, 0),
        (index("a", "name", using="btree"), index("a", "name"), None, 0),
        (index("a", "name", include=("id",)), index("a", "name"), "modify_index", 0),
        (index("a", "name", ops=(("name", "text_pattern_ops"),)), index("a", "name"), "modify_index", 0),
        (
            Index("a", (IndexElement(None, "lower(name)"),)),
            Index("a", (IndexElement(None, "LOWER( name )"),)),
            None,
            0,
        ),
        (
            Index("a", (IndexElement(None, "lower(name)"),)),
            Index("a", (IndexElement(None, "upper(name)"),)),
            "modify_index",
            2,
        ),
        (
            Index("a", (IndexElement("name", "name", ("text_pattern_ops",)),)),
            index("a", "name", ops=(("name", "text_pattern_ops"),)),
            None,
            0,
        ),
        (Index("a", (IndexElement("name", "name", ("text_ops",)),)), index("a", "name"), None, 0),
        (Index("a", (IndexElement("name", "name", ("desc", "nulls first")),)), index("a", "name"), "modify_index", 2),
        (Index("a", (IndexElement("name", "name", ("asc", "nulls last")),)), index("a", "name"), None, 0),
        (
            Index("a", (IndexElement("name", "name", ("desc",)),)),
            index("a", "name", ops=(("name", "DESC"),)),
            None,
            0,
        ),
        (index("a", "name", where="id = 1"), index("a", "name", where=Unknown("why")), None, 0),
    ],
)
def test_indexes(declared: Index, migrated: Index, kind: str | None, count: int) -> None:
    """Indexes are compared by all that the sources say of them; Alembic sees less."""
    found = differences(replace(USERS, indexes=(declared,)), replace(USERS, indexes=(migrated,)))

    assert ([kind] if kind else []) == [one.kind for one in found]
    assert count == len(operations(found))


KEY = ForeignKey("fk", ("name",), "others", ("id",), "CASCADE")


@pytest.mark.parametrize(
    ("dialect", "declared", "migrated", "kind", "expected"),
    [
        ("postgresql", KEY, replace(KEY, name="other"), "rename_constraint", []),
        ("postgresql", replace(KEY, name=None), KEY, None, []),
        ("postgresql", replace(KEY, ondelete="SET NULL"), KEY, "modify_fk", ["remove_fk", "add_fk"]),
        ("postgresql", replace(KEY, ondelete="NO ACTION"), replace(KEY, ondelete=None), None, []),
        (
            "postgresql",
            replace(KEY, ondelete="RESTRICT"),
            replace(KEY, ondelete=None),
            "modify_fk",
            ["remove_fk", "add_fk"],
        ),
        ("mysql", replace(KEY, ondelete="RESTRICT"), replace(KEY, ondelete=None), None, []),
        ("postgresql", replace(KEY, referred_table="people"), KEY, "modify_fk", ["remove_fk", "add_fk"]),
        ("postgresql", replace(KEY, match="FULL"), KEY, "modify_fk", []),
        ("postgresql", replace(KEY, match="SIMPLE"), KEY, None, []),
        ("postgresql", replace(KEY, initially="DEFERRED"), KEY, "modify_fk", ["remove_fk", "add_fk"]),
        ("postgresql", replace(KEY, referred_columns=()), KEY, None, []),
    ],
)
def test_foreign_keys(
    dialect: str, declared: ForeignKey, migrated: ForeignKey, kind: str | None, expected: list[str]
) -> None:
    """Foreign keys of the same columns are one difference, whatever differs in them."""
    found = differences(
        replace(USERS, foreign_keys=(declared,)), replace(USERS, foreign_keys=(migrated,)), dialect=dialect
    )

    assert ([kind] if kind else []) == [one.kind for one in found]
    assert [(op, "name") for op in expected] == operations(found)


def test_missing_column_takes_along_what_needs_it() -> None:
    """If a column is missing, then its index, constraints and key are not differences of their own."""
    column = Column("email", Type("TEXT"))
    declared = replace(
        with_columns(column),
        indexes=(index("ix", "email"),),
        unique_constraints=(UniqueConstraint("uq", ("name", "email")),),
        foreign_keys=(ForeignKey(None, ("email",), "others", ("id",)),),
        check_constraints=(CheckConstraint("ck", "email <> ''"), CheckConstraint("ck2", "name <> ''")),
    )
    found = differences(declared, USERS)

    assert ["add_column", "add_check"] == [one.kind for one in found]
    assert [("add_column", "email"), ("add_constraint", "uq"), ("add_index", "ix"), ("add_fk", "email")] == operations(
        found
    )
    assert ["add_constraint", "add_index", "add_fk", "add_check"] == [part.kind for part in found[0].parts]


def test_extra_column_takes_along_what_needs_it() -> None:
    """If a column is too many, then Alembic drops what needs it first; it is one difference."""
    migrated = replace(with_columns(Column("email", Type("TEXT"))), indexes=(index("ix", "email"),))
    found = differences(USERS, migrated)

    assert ["remove_column"] == [one.kind for one in found]
    assert [("remove_index", "ix"), ("remove_column", "email")] == operations(found)


@pytest.mark.parametrize(
    ("declared", "migrated", "expected"),
    [
        ((CheckConstraint("a", "name <> ''"),), (), ["add_check"]),
        ((), (CheckConstraint("a", "name <> ''"),), ["remove_check"]),
        ((CheckConstraint("a", "name <> ''"),), (CheckConstraint("a", "'' != name"),), []),
        ((CheckConstraint("a", "name <> ''"),), (CheckConstraint("a", "name <> 'x'"),), ["modify_check"]),
        ((CheckConstraint("a", "name <> ''"),), (CheckConstraint("b", "name <> ''"),), ["rename_constraint"]),
        ((CheckConstraint(None, "name <> ''"),), (CheckConstraint("b", "name <> ''"),), []),
        ((CheckConstraint(None, "name <> ''"),), (CheckConstraint("b", "name <> 'x'"),), ["add_check", "remove_check"]),
        (
            (CheckConstraint("a", "name <> ''"),),
            (CheckConstraint("b", "name <> ''"), CheckConstraint("a", "name <> ''")),
            [],
        ),
    ],
)
def test_checks(
    declared: tuple[CheckConstraint, ...], migrated: tuple[CheckConstraint, ...], expected: list[str]
) -> None:
    """CHECK constraints are paired by name, then by what they say; Alembic does not look at them."""
    found = differences(replace(USERS, check_constraints=declared), replace(USERS, check_constraints=migrated))

    assert expected == [one.kind for one in found]
    assert [] == operations(found)


def test_checks_with_alembics_plugin() -> None:
    """If env.py asks for the plugin that compares CHECK constraints, then Alembic goes by their names."""
    options = EnvironmentOptions(plugins=("alembic.ext.checkconstraint_byname",))
    declared = replace(USERS, check_constraints=(CheckConstraint("a", "id > 0"), CheckConstraint("c", "id > 1")))
    migrated = replace(USERS, check_constraints=(CheckConstraint("b", "id > 0"), CheckConstraint("d", "id > 9")))
    found = differences(declared, migrated, options)

    assert [
        ("rename_constraint", ["remove_constraint", "add_constraint"]),
        ("add_check", ["add_constraint"]),
        ("remove_check", ["remove_constraint"]),
    ] == [(one.kind, [operation.op for operation in one.operations]) for one in found]


@pytest.mark.parametrize(
    ("declared", "migrated", "expected"),
    [
        (PrimaryKey("pk", ("id",)), PrimaryKey("pk", ("id", "name")), ["modify_primary_key"]),
        (PrimaryKey("pk", ("id",)), PrimaryKey("other", ("id",)), ["rename_constraint"]),
        (PrimaryKey(None, ("id",)), PrimaryKey("other", ("id",)), []),
        (PrimaryKey(None, ("id", "name")), PrimaryKey(None, ("name", "id")), ["modify_primary_key"]),
        (PrimaryKey(None, ("id", "gone")), PrimaryKey(None, ("id",)), []),
    ],
)
def test_primary_keys(declared: PrimaryKey, migrated: PrimaryKey, expected: list[str]) -> None:
    """Primary keys are compared over the columns that both tables have."""
    assert expected == kinds(replace(USERS, primary_key=declared), replace(USERS, primary_key=migrated))


def default(sql: str, type_: str = "TEXT") -> Table:
    """The table with a column that has this default."""
    return with_columns(Column("a", Type(type_), server_default=ServerDefault(sql)))


@pytest.mark.parametrize(
    ("type_", "declared", "migrated", "differ"),
    [
        ("INTEGER", "'0'", "0", False),
        ("INTEGER", "'0'", "1", True),
        ("BOOLEAN", "'f'", "false", False),
        ("BOOLEAN", "true", "'false'", True),
        ("TEXT", "'x'", "'x'::character varying", False),
        ("TEXT", "'x'", "'y'", True),
        ("JSONB", "'{}'", "'{}'::jsonb", False),
        ("JSONB", """'{"a": 1}'""", """'{"a":1}'""", False),
        ("TIMESTAMP WITH TIME ZONE", "now()", "CURRENT_TIMESTAMP", False),
        ("TIMESTAMP WITH TIME ZONE", "now()", "clock_timestamp()", True),
        ("VARCHAR[]", "'{}'", "ARRAY[]::varchar[]", False),
        ("TEXT", "a ??? b", "'x'", False),
    ],
)
def test_server_defaults(type_: str, declared: str, migrated: str, *, differ: bool) -> None:
    """Defaults differ if what they mean in a column of that type does; Alembic is asked only where env.py asks it."""
    halves = default(declared, type_), default(migrated, type_)
    compared = differences(*halves, EnvironmentOptions(compare_server_default=True))

    assert (["modify_default"] if differ else []) == kinds(*halves)
    assert [] == operations(differences(*halves))
    assert ([("modify_default", "a")] if differ else []) == operations(compared)


def test_no_server_default() -> None:
    """A default on one side only is a difference; NULL is none, and `FetchedValue` could be any."""
    plain = with_columns(Column("a", Type("TEXT")))
    fetched = with_columns(Column("a", Type("TEXT"), server_default=ServerDefault("", fetched=True)))

    assert ["modify_default"] == kinds(plain, default("'x'"))
    assert [] == kinds(plain, default("NULL"))
    assert [] == kinds(fetched, default("'x'"))
    assert [] == kinds(fetched, plain)


def test_generated_columns() -> None:
    """Expressions of generated columns and options of identity columns are compared."""

    def computed(sql: str, *, persisted: bool | None = None) -> Table:
        return with_columns(Column("a", Type("INTEGER"), computed=Computed(sql, persisted)))

    def identity(*, always: bool, **options: object) -> Table:
        return with_columns(Column("a", Type("INTEGER"), identity=Identity(always, tuple(options.items()))))

    assert [] == kinds(computed("id * 2"), computed("(2*id)"))
    assert ["modify_computed"] == kinds(computed("id * 2"), computed("id * 3"))
    assert ["modify_computed"] == kinds(computed("id", persisted=True), computed("id", persisted=False))
    assert [] == kinds(identity(always=True), identity(always=True, start=1))
    assert ["modify_identity"] == kinds(identity(always=True), identity(always=False))
    assert ["modify_identity"] == kinds(identity(always=True, start=5), identity(always=True))
    without = with_columns(Column("a", Type("INTEGER")))
    assert ["modify_identity"] == kinds(identity(always=True), without)
    assert [] == [
        one for name in ("sqlite", "mysql", "mariadb") for one in kinds(identity(always=True), without, None, name)
    ]


def test_enums() -> None:
    """The labels of a native enum are compared once, at its first column; another order is a difference of its own."""
    column = Column("state", Type("state", enum="state"))
    other = replace(with_columns(column), name="orders")

    def made(*labels: str) -> Schema:
        return schema(with_columns(column), other, enums=(Enum("state", labels),))

    assert [("modify_enum", "users", "state")] == [
        (one.kind, one.table, one.name) for one in differences(made("new", "done"), made("new"))
    ]
    assert ["modify_enum_order"] == kinds(made("new", "done"), made("done", "new"))
    assert [] == kinds(made("new", "done"), made("new", "done"))


def test_comments() -> None:
    """Comments are compared where the database keeps them; an empty one is none."""
    one = replace(USERS, comment="people", columns=(replace(NAME, comment="full"),))
    other = replace(USERS, comment="", columns=(NAME,))

    assert [("modify_comment", "name"), ("modify_comment", None)] == operations(differences(one, other))
    assert [] == kinds(one, other, dialect="sqlite")
    assert [] == kinds(replace(USERS, comment=""), USERS)


def test_tables() -> None:
    """A table that only one side has is one difference, its indexes included; added ones come before removed ones."""
    orders = Table("orders", indexes=(index("ix_orders", "id"),), unique_constraints=(UniqueConstraint("uq", ("id",)),))
    old = replace(orders, name="old")
    found = differences(schema(USERS, orders), schema(USERS, old))

    assert ["add_table", "remove_table"] == [one.kind for one in found]
    assert [
        ("add_table", None),
        ("add_index", "ix_orders"),
        ("remove_index", "ix_orders"),
        ("remove_table", None),
    ] == operations(found)


def test_added_tables_in_order_of_creation() -> None:
    """Tables to be created come after those that they refer to, also where these refer back."""
    a = Table("a", foreign_keys=(ForeignKey(None, ("x",), "c", ("id",)),))
    b = Table("b", foreign_keys=(ForeignKey(None, ("x",), "c", ("id",)), ForeignKey(None, ("y",), "b", ("id",))))
    c = Table("c")
    loop = Table("d", foreign_keys=(ForeignKey(None, ("x",), "e", ("id",)),))
    back = Table("e", foreign_keys=(ForeignKey(None, ("x",), "d", ("id",)),))

    assert ["c", "a", "b", "d", "e"] == [one.table for one in differences(schema(a, b, c, loop, back), schema())]


def test_schemas() -> None:
    """Tables of other schemas are looked at if env.py says so, or if models name a schema."""
    other = replace(USERS, schema="audit")
    everything = EnvironmentOptions(include_schemas=True)

    assert [] == kinds(schema(USERS), schema(USERS, other))
    assert ["remove_table"] == kinds(schema(USERS), schema(USERS, other), everything)
    assert ["remove_table"] == kinds(schema(other), schema(USERS, other))


def test_version_table() -> None:
    """Alembic's own table is never a difference."""
    options = EnvironmentOptions(version_table="versions", version_table_schema="meta")
    table = Table("versions", "meta")

    assert [] == kinds(schema(USERS), schema(USERS, table), replace(options, include_schemas=True))
    assert [] == kinds(schema(USERS, table), schema(USERS), options)
