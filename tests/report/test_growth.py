"""How a schema grew is counted from its history, and nothing is said that it does not show."""

from __future__ import annotations

from textwrap import dedent

from driftline.report.growth import Growth, growth
from driftline.report.markdown_history import subsystems
from tests.support.project import analyses

MODELS = "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n"


def grown(*upgrades: str) -> Growth:
    """What is said of a straight history with these bodies of `upgrade()`; revisions are 0001, 0002 and so on."""
    files = {"models.py": MODELS}
    for number, body in enumerate(upgrades, 1):
        parent = f'"{number - 1:04d}"' if number > 1 else "None"
        lines = "".join(f"    {line}\n" if line else "\n" for line in dedent(body).strip().splitlines())
        files[f"alembic/versions/{number:04d}.py"] = (
            f'"""step {number}"""\nimport sqlalchemy as sa\nfrom alembic import op\n\nrevision = "{number:04d}"\n'
            f"down_revision = {parent}\n\n\ndef upgrade():\n{lines or '    pass'}\n\ndef downgrade():\n    pass\n"
        )
    (one,) = analyses(files)
    return growth(one)


def table(name: str, *columns: str) -> str:
    """The creation of a table with an `id`."""
    inner = ", ".join(('sa.Column("id", sa.Integer(), primary_key=True)', *columns))
    return f'op.create_table("{name}", {inner})'


def column(name: str, kind: str = "sa.Integer()", *more: str) -> str:
    """A column."""
    return f"sa.Column({', '.join((repr(name), kind, *more))})"


STAMP = column("created_at", "sa.DateTime()", "nullable=False")


def test_nothing() -> None:
    """An empty history, and one table that never changed, show nothing."""
    for one in (grown(), grown(table("a"))):
        assert (one.altered, one.subsystems, one.busiest, one.conventions, one.dropped) == ((), (), (), (), ())


def test_altered() -> None:
    """A table counts the revisions that altered it after its own, each once, the most often altered table first."""
    one = grown(
        f"{table('a')}\n{table('b')}\nop.create_index('ix_a', 'a', ['id'])",
        "op.add_column('b', sa.Column('x', sa.Integer()))",
        "op.add_column('a', sa.Column('x', sa.Integer()))\nop.add_column('a', sa.Column('y', sa.Integer()))",
        "op.drop_column('a', 'y')",
    )

    assert [(each.table, each.created, each.revisions) for each in one.altered] == [
        ("a", "0001", ("0003", "0004")),
        ("b", "0001", ("0002",)),
    ]


def test_subsystem_by_prefix_and_keys() -> None:
    """A revision that only makes tables of its own is told with what ties them together."""
    job = column("source_id", "sa.Integer()", 'sa.ForeignKey("feed_sources.id")')
    user = column("user_id", "sa.Integer()", 'sa.ForeignKey("users.id")')
    one = grown(
        table("users"),
        f"{table('feed_sources', user)}\n{table('feed_jobs', job)}\n{table('logs')}",
        "op.add_column('feed_jobs', sa.Column('x', sa.Integer()))",
    )
    (system,) = one.subsystems

    assert system.tables == ("feed_sources", "feed_jobs", "logs")
    assert system.groups == (("feed_sources", "feed_jobs"),)
    assert not system.whole
    assert system.prefixes == (("feed_", ("feed_sources", "feed_jobs")),)
    assert system.links == (("feed_jobs", "feed_sources"),)
    assert system.outward == ("users",)
    assert system.altered == ("0003",)
    assert not system.first


def told(one: Growth) -> list[str]:
    """What the report says of subsystems."""
    return list(subsystems(one))


def test_an_unrelated_table_does_not_belong_to_the_others() -> None:
    """Only the tables that hang together are said to; the rest is counted."""
    user = column("user_id", "sa.Integer()", 'sa.ForeignKey("users.id")')
    one = grown(f"{table('users')}\n{table('orders', user)}\n{table('weather')}")

    assert told(one) == [
        "- **A revision that only adds tables, some of which belong together**",
        (
            "  - `0001` (step 1), at the beginning, adds 3 tables, of which `users` and `orders` belong together: "
            "1 foreign key ties them together (`orders` → `users`)"
        ),
    ]


def test_tables_that_hang_together_over_others_are_one_subsystem() -> None:
    """Ties are followed from table to table, whatever they are; what was renamed later was altered all the same."""
    user = column("user_id", "sa.Integer()", 'sa.ForeignKey("users.id")')
    one = grown(
        f"{table('users')}\n{table('shop_orders', user)}\n{table('shop_items')}", "op.rename_table('users', 'people')"
    )
    (system,) = one.subsystems

    assert [set(group) for group in system.groups] == [{"users", "shop_orders", "shop_items"}]
    assert system.altered == ("0002",)
    assert told(one)[0] == "- **A revision that only adds tables which belong together**"


def test_two_groups_in_one_revision_are_two() -> None:
    """Each group is named on its own, and what the groups, not the table apart from them, refer to."""
    user = column("user_id", "sa.Integer()", 'sa.ForeignKey("users.id")')
    part = column("b_id", "sa.Integer()", 'sa.ForeignKey("b.id")')
    one = grown(
        table("users"),
        f"{table('b')}\n{table('c', part)}\n{table('x_a')}\n{table('x_b')}\n{table('x_c')}\n{table('weather', user)}",
    )
    (system,) = one.subsystems

    assert system.groups == (("x_a", "x_b", "x_c"), ("b", "c"))
    assert system.outward == ()
    assert told(one)[1] == (
        "  - `0002` (step 2) adds 6 tables, of which `x_a`, `x_b` and `x_c` belong together, and so do `b` and `c`: "
        "`x_a`, `x_b` and `x_c` share the prefix `x_`; 1 foreign key (`c` → `b`)"
    )


def test_no_subsystem() -> None:
    """Tables that nothing ties together, and revisions that touch other tables too, are none."""
    key = column("user_id", "sa.Integer()", 'sa.ForeignKey("users.id")')
    one = grown(
        table("users"),
        f"{table('alpha')}\n{table('beta')}",
        f"{table('x_a', key)}\n{table('x_b')}\nop.add_column('users', sa.Column('x', sa.Integer()))",
    )

    assert one.subsystems == ()


def test_busiest() -> None:
    """The revisions that did the most did at least twice what an average one does."""
    many = "\n".join(f"op.add_column('a', sa.Column('c{number}', sa.Integer()))" for number in range(9))
    one = grown(table("a"), many, table("b"), table("c"))
    even = grown(table("a"), table("b"), table("c"))

    assert [(each.revision, each.operations, each.created, each.altered) for each in one.busiest] == [
        ("0002", 9, (), ("a",))
    ]
    assert even.busiest == ()


def test_dropped() -> None:
    """A table that is gone again is told with both its revisions."""
    assert grown(table("a"), "op.drop_table('a')").dropped == (("a", "0001", "0002"),)


def test_timestamps() -> None:
    """Timestamps are found by name and type, with the tables that lack them, and where they are otherwise."""
    other = column("created_at", "sa.DateTime()", "nullable=True")
    one = grown(
        f"{table('a', STAMP)}\n{table('b', STAMP)}\n{table('c', other)}\n{table('d')}",
        "".join(f"op.add_column('{name}', {column('updated_at', 'sa.DateTime()')})\n" for name in ("d", "a")),
    )
    (stamps,) = one.conventions
    created, updated = stamps.shared

    assert stamps.kind == "timestamps"
    assert (created.columns, created.tables, created.without) == (("created_at",), ("a", "b", "c"), ("d",))
    assert created.form == "TIMESTAMP WITHOUT TIME ZONE, not nullable"
    assert created.exceptions == (("TIMESTAMP WITHOUT TIME ZONE, nullable", ("c",)),)
    assert (updated.tables, updated.without, updated.came, updated.all_came) == (("a", "d"), (), ("0002",), True)


def test_a_name_is_no_timestamp() -> None:
    """`created` of another type than a moment's is no timestamp."""
    flag = column("created", "sa.Boolean()")

    assert [one.kind for one in grown(f"{table('a', flag)}\n{table('b', flag)}").conventions] == []


def test_soft_delete_and_ownership() -> None:
    """Columns of one purpose that the same tables have go together; a table that has only some of them is named."""
    flags = (column("is_deleted", "sa.Boolean()"), column("deleted_at", "sa.DateTime()"))
    owner = column("created_by", "sa.Integer()", 'sa.ForeignKey("users.id")')
    one = grown(f"{table('users')}\n{table('a', *flags, owner)}\n{table('b', *flags, owner)}\n{table('c', flags[0])}")
    soft, own = one.conventions

    assert (soft.kind, own.kind) == ("soft delete", "ownership")
    assert [(each.columns, each.tables) for each in soft.shared] == [
        (("is_deleted",), ("a", "b", "c")),
        (("deleted_at",), ("a", "b")),
    ]
    assert soft.partial == (("c", ("deleted_at",)),)
    assert [(each.columns, each.tables, each.refers) for each in own.shared] == [
        (("created_by",), ("a", "b"), ("users",))
    ]


def test_columns_in_common() -> None:
    """Three columns that the very same tables have are worth a word; keys of one name are not."""
    key = column("user_id", "sa.Integer()", 'sa.ForeignKey("users.id")')
    three = tuple(column(name) for name in ("x", "y", "z"))
    one = grown(f"{table('users')}\n{table('a', *three, key)}\n{table('b', *three, key)}\n{table('c', key)}")
    (common,) = one.conventions

    assert (common.kind, common.shared[0].columns, common.shared[0].tables) == ("", ("x", "y", "z"), ("a", "b"))
