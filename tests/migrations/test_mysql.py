"""What MySQL makes of DDL besides what it says: the indexes of foreign keys.

Stated by hand, as MariaDB 10.11 and two real histories of over a hundred tables had them; MySQL's rules are those of
`mysql_prepare_create_table` in its sql/sql_table.cc.
"""

from __future__ import annotations

import pytest

from tests.migrations.replaying import replayed

USERS = "op.create_table('users', sa.Column('id', sa.Integer(), primary_key=True))"
FK = "sa.ForeignKeyConstraint(['u'], ['users.id'])"


def posts(*items: str) -> str:
    """Create a table with the columns `u` and `v` and these items."""
    columns = [f"sa.Column('{name}', sa.Integer())" for name in "uv"]
    return f"op.create_table('posts', {', '.join([*columns, *items])})"


@pytest.mark.parametrize(
    ("bodies", "indexes"),
    [
        # An unnamed foreign key's index is named for its column, that of a named one as itself.
        ([posts(FK)], [("u", ("u",))]),
        ([posts("sa.ForeignKeyConstraint(['u'], ['users.id'], name='fk')")], [("fk", ("u",))]),
        # A key that starts with its columns does, whatever comes first.
        ([posts(FK, "sa.UniqueConstraint('u')")], []),
        ([posts("sa.UniqueConstraint('u', 'v')", FK)], []),
        ([posts(FK, "sa.PrimaryKeyConstraint('u', 'v')")], []),
        ([posts(FK, "sa.PrimaryKeyConstraint('v', 'u')")], [("u", ("u",))]),
        ([posts(FK), "op.create_index('ix', 'posts', ['u', 'v'])"], [("ix", ("u", "v"))]),
        ([posts(FK), "op.create_unique_constraint('uq', 'posts', ['u'])"], []),
        # Also where it has the same name.
        ([posts("sa.ForeignKeyConstraint(['u'], ['users.id'], name='fk')", "sa.Index('fk', 'u')")], [("fk", ("u",))]),
        (
            [
                posts("sa.ForeignKeyConstraint(['u'], ['users.id'], name='fk')"),
                "op.create_index('fk', 'posts', ['u', 'v'])",
            ],
            [("fk", ("u", "v"))],
        ),
        ([posts(FK), "op.create_primary_key('pk', 'posts', ['u'])"], []),
        # Of two that were made for the same columns, the newer one stays.
        (
            [
                posts("sa.ForeignKeyConstraint(['u'], ['users.id'], name='old')"),
                "op.drop_constraint('old', 'posts', type_='foreignkey')",
                "op.create_foreign_key('new', 'posts', 'users', ['u'], ['id'])",
            ],
            [("new", ("u",))],
        ),
        # One that somebody asked for stays, and serves.
        (
            [
                posts(),
                "op.create_index('ix', 'posts', ['u'])",
                "op.create_foreign_key('fk', 'posts', 'users', ['u'], ['id'])",
            ],
            [("ix", ("u",))],
        ),
        # It stays where its foreign key goes.
        (
            [
                posts("sa.ForeignKeyConstraint(['u'], ['users.id'], name='fk')"),
                "op.drop_constraint('fk', 'posts', type_='foreignkey')",
            ],
            [("fk", ("u",))],
        ),
    ],
)
@pytest.mark.parametrize("dialect", ["mysql", "mariadb"])
def test_foreign_keys_have_indexes(bodies: list[str], indexes: list[tuple[str, tuple[str, ...]]], dialect: str) -> None:
    """If a foreign key is created, there is an index for it, until another key serves."""
    found = replayed(USERS, *bodies, dialect=dialect)

    assert indexes == [(one.name, one.columns) for one in found.schema.tables["posts"].indexes]
    assert () == found.problems


def test_a_constraint_takes_the_name_that_an_index_had() -> None:
    """If a unique constraint without a name makes a foreign key's index needless, it gets the name of its column."""
    found = replayed(USERS, posts(FK, "sa.UniqueConstraint('u')"), dialect="mysql")

    assert ["u"] == [one.name for one in found.schema.tables["posts"].unique_constraints]


def test_other_databases_make_none() -> None:
    """If the database is PostgreSQL, a foreign key has no index."""
    assert () == replayed(USERS, posts(FK)).schema.tables["posts"].indexes
