"""Random histories: bodies of `upgrade()` functions over a few tables and columns, many of them impossible."""

# ruff: noqa: E501, ISC004 -- a program is written one statement a line

from __future__ import annotations

from hypothesis import strategies as st

TABLES = ("t", "u", "v")
COLUMNS = ("id", "a", "b", "c")
UNIQUES, CHECKS, FOREIGN_KEYS, KEYS, INDEXES = ("u1", "u2"), ("k1", "k2"), ("f1", "f2"), ("p1",), ("i1", "i2")

tables = st.sampled_from(TABLES)
columns = st.sampled_from(COLUMNS)
uniques, checks, foreign_keys, keys, indexes = map(st.sampled_from, (UNIQUES, CHECKS, FOREIGN_KEYS, KEYS, INDEXES))
constraints = st.sampled_from((*UNIQUES, *CHECKS, *FOREIGN_KEYS, *KEYS, "key", "flag_a", "flag_b"))
types = st.sampled_from(
    (
        "sa.Integer()",
        "sa.String(20)",
        "sa.Text()",
        "sa.Boolean()",
        "sa.Boolean(create_constraint=True, name='flag_{column}')",
        "sa.Numeric(10, 2)",
        "sa.DateTime()",
        "sa.Float()",
        "sa.Enum('x', 'yy', name='kind', native_enum=False)",
    )
)
defaults = st.sampled_from(("", "", "", ", server_default='1'", ", server_default=sa.text('2')"))
nullability = st.sampled_from(("", ", nullable=True", ", nullable=False"))


@st.composite
def column(draw: st.DrawFn, *, constrained: bool = True, nullable: bool = True, name: str | None = None) -> str:
    """A `sa.Column(…)`."""
    written = name or draw(columns)
    extra = ""
    if constrained:
        extra = draw(
            st.sampled_from(
                ("", "", "", ", unique=True", ", index=True", ", unique=True, index=True", ", sa.ForeignKey('{t}.id')")
            )
        ).format(t=draw(tables))
    key = "".join(part for part in (draw(nullability) if nullable else "", draw(defaults)))
    position, keywords = ("", extra) if "ForeignKey" not in extra else (extra, "")
    return f"sa.Column('{written}', {draw(types).format(column=written)}{position}{key}{keywords})"


@st.composite
def table_items(draw: st.DrawFn) -> str:
    """The items of a `create_table`."""
    chosen = draw(st.lists(columns, min_size=1, max_size=4, unique=True))
    items = [draw(column(name=one, constrained=one != chosen[0])) for one in chosen]
    some = ", ".join(f"'{one}'" for one in draw(st.lists(st.sampled_from(chosen), min_size=1, max_size=2, unique=True)))

    def name(pool: st.SearchStrategy[str]) -> str:
        return draw(st.sampled_from(("", f", name='{draw(pool)}'")))

    items += draw(
        st.lists(
            st.sampled_from(
                (
                    f"sa.PrimaryKeyConstraint({some}{name(keys)})",
                    f"sa.UniqueConstraint({some}{name(uniques)})",
                    f"sa.CheckConstraint('{chosen[0]} <> 7'{name(checks)})",
                    f"sa.ForeignKeyConstraint(['{chosen[0]}'], ['{draw(tables)}.id']{name(foreign_keys)}, ondelete='CASCADE')",
                    f"sa.Index('{draw(indexes)}', {some})",
                )
            ),
            max_size=2,
            unique=True,
        )
    )
    return ", ".join(items)


@st.composite
def start(draw: st.DrawFn) -> str:
    """The creation of a table that has all columns, so that what follows has something to work on."""
    items = [draw(column(name=one, constrained=one in ("a", "b"), nullable=one != "id")) for one in COLUMNS]
    key = draw(st.sampled_from(("", "sa.PrimaryKeyConstraint('id'), ", "sa.PrimaryKeyConstraint('id', name='key'), ")))
    more = draw(
        st.sampled_from(
            (
                "",
                "sa.UniqueConstraint('a', 'b'), ",
                "sa.UniqueConstraint('a', 'b', name='u1'), ",
                "sa.CheckConstraint('a <> 7'), ",
                "sa.CheckConstraint('a <> 7', name='k1'), ",
                "sa.ForeignKeyConstraint(['c'], ['t.id'], ondelete='CASCADE'), ",
                "sa.ForeignKeyConstraint(['c'], ['t.id'], name='f1'), ",
            )
        )
    )
    return f"op.create_table('{draw(st.sampled_from(TABLES[:2]))}', {', '.join(items)}, {key}{more})"


@st.composite
def alteration(draw: st.DrawFn) -> str:
    """What follows the names in an `alter_column`."""
    return draw(
        st.sampled_from(
            (
                "nullable=False",
                "nullable=True",
                "server_default='5'",
                "server_default=None",
                f"type_={draw(types)}".format(column="a"),
                f"type_={draw(types)}, existing_type={draw(types)}".format(column="a"),
                f"new_column_name='{draw(columns)}'",
            )
        )
    )


@st.composite
def batch_step(draw: st.DrawFn) -> str:
    """One call on a batch."""
    one, other = draw(columns), draw(columns)
    return draw(
        st.sampled_from(
            (
                f"add_column({draw(column(constrained=False, nullable=False))})",
                f"drop_column('{one}')",
                f"alter_column('{one}', {draw(alteration())})",
                f"create_unique_constraint('{draw(uniques)}', ['{one}', '{other}'])",
                f"create_check_constraint('{draw(checks)}', '{one} <> 3')",
                f"create_foreign_key('{draw(foreign_keys)}', '{draw(tables)}', ['{one}'], ['{other}'])",
                f"create_primary_key('{draw(keys)}', ['{one}'])",
                f"drop_constraint('{draw(constraints)}')",
                f"create_index('{draw(indexes)}', ['{one}'])",
                f"create_index('{draw(indexes)}', [sa.text('lower({one})')])",
                f"drop_index('{draw(indexes)}')",
            )
        )
    )


@st.composite
def batch(draw: st.DrawFn) -> str:
    """A `batch_alter_table` block."""
    options = draw(
        st.sampled_from(
            (
                "",
                "",
                ", recreate='always'",
                ", naming_convention={'uq': 'uq_%(table_name)s_%(column_0_N_name)s', "
                "'fk': 'fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s', 'pk': 'pk_%(table_name)s'}",
            )
        )
    )
    steps = draw(st.lists(batch_step(), min_size=1, max_size=3))
    return f"with op.batch_alter_table('{draw(tables)}'{options}) as batch_op:\n" + "\n".join(
        f"    batch_op.{step}" for step in steps
    )


@st.composite
def plain(draw: st.DrawFn) -> str:
    """One call on `op` that SQLite can do without a batch."""
    table, other, one = draw(tables), draw(tables), draw(columns)
    return draw(
        st.sampled_from(
            (
                f"op.create_table('{table}', {draw(table_items())})",
                f"op.create_table('{table}', {draw(table_items())})",
                f"op.drop_table('{table}')",
                f"op.rename_table('{table}', '{other}')",
                f"op.add_column('{table}', {draw(column(constrained=False, nullable=False))})",
                f"op.alter_column('{table}', '{one}', new_column_name='{draw(columns)}')",
                f"op.create_index('{draw(indexes)}', '{table}', ['{one}'], unique={draw(st.booleans())})",
                f"op.drop_index('{draw(indexes)}', table_name='{table}')",
                f"op.execute('ALTER TABLE {table} ADD COLUMN {one} varchar(30)')",
            )
        )
    )


@st.composite
def server_step(draw: st.DrawFn) -> str:
    """One call on `op` as a server database takes it."""
    table, one, other = draw(tables), draw(columns), draw(columns)

    def name(pool: st.SearchStrategy[str]) -> str:
        return draw(st.sampled_from(("None", f"'{draw(pool)}'", f"op.f('{draw(pool)}')")))

    return draw(
        st.sampled_from(
            (
                f"op.create_table('{table}', {draw(table_items())})",
                f"op.create_table('{table}', {draw(table_items())})",
                f"op.drop_table('{table}')",
                f"op.rename_table('{table}', '{draw(tables)}')",
                f"op.add_column('{table}', {draw(column(nullable=False))})",
                f"op.drop_column('{table}', '{one}')",
                f"op.alter_column('{table}', '{one}', {draw(alteration())}, postgresql_using='NULL')",
                f"op.alter_column('{table}', '{one}', {draw(alteration())})",
                f"op.create_unique_constraint({name(uniques)}, '{table}', ['{one}', '{other}'])",
                f"op.create_foreign_key({name(foreign_keys)}, '{table}', '{draw(tables)}', ['{one}'], ['{other}'], ondelete='CASCADE')",
                f"op.create_check_constraint({name(checks)}, '{table}', '{one} IS NOT NULL')",
                f"op.create_primary_key({name(keys)}, '{table}', ['{one}'])",
                f"op.create_index({name(indexes)}, '{table}', ['{one}', sa.text('{other} DESC')])",
                f"op.drop_index({name(indexes)}, table_name='{table}')",
                f"op.drop_constraint({name(constraints)}, '{table}')",
                f"op.drop_constraint({name(constraints)}, '{table}', type_='unique')",
            )
        )
    )


@st.composite
def server_start(draw: st.DrawFn) -> list[str]:
    """Two tables that a server database takes, `u` referring to `t`."""
    made = []
    for table, target in (("t", "t"), ("u", "t")):
        extra = [
            draw(
                st.sampled_from(("", ", unique=True", ", index=True", ", unique=True, index=True", ", nullable=False"))
            )
            for _ in range(3)
        ]
        more = draw(
            st.lists(
                st.sampled_from(
                    (
                        "sa.UniqueConstraint('a', 'b')",
                        "sa.UniqueConstraint('a')",
                        "sa.UniqueConstraint('b', name='u1')",
                        "sa.CheckConstraint('a > b')",
                        "sa.CheckConstraint('a > 0')",
                        "sa.CheckConstraint('a > 1', name='k1')",
                        f"sa.ForeignKeyConstraint(['b'], ['{target}.id'], ondelete='CASCADE')",
                        f"sa.ForeignKeyConstraint(['b'], ['{target}.id'], name='f1')",
                        f"sa.Index('{table}_lower', sa.text('lower(c)'))",
                    )
                ),
                max_size=3,
                unique=True,
            )
        )
        key = draw(st.sampled_from((", primary_key=True", ", primary_key=True, autoincrement=False")))
        reference = draw(st.sampled_from(("", f", sa.ForeignKey('{target}.id')")))
        made.append(
            f"op.create_table('{table}', sa.Column('id', sa.Integer(){key}), sa.Column('a', sa.Integer(){reference}{extra[0]}), "
            f"sa.Column('b', sa.Integer(){extra[1]}), sa.Column('c', sa.Text(){extra[2]}), {', '.join(more)})"
        )
    return made
