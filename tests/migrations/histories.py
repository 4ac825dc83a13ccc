"""Random histories: bodies of `upgrade()` functions over a few tables and columns, many of them impossible."""

from __future__ import annotations

from hypothesis import strategies as st

TABLES = ("t", "u", "v")
COLUMNS = ("id", "a", "b", "c")
NAMES = ("n1", "n2", "n3")

tables = st.sampled_from(TABLES)
columns = st.sampled_from(COLUMNS)
names = st.sampled_from(NAMES)
types = st.sampled_from(
    (
        "sa.Integer()",
        "sa.String(20)",
        "sa.Text()",
        "sa.Boolean()",
        "sa.Boolean(create_constraint=True, name='flag')",
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
    return f"sa.Column('{written}', {draw(types)}{position}{key}{keywords})"


@st.composite
def table_items(draw: st.DrawFn) -> str:
    """The items of a `create_table`."""
    chosen = draw(st.lists(columns, min_size=1, max_size=4, unique=True))
    items = [draw(column(name=one)) for one in chosen]
    some = ", ".join(f"'{one}'" for one in draw(st.lists(st.sampled_from(chosen), min_size=1, max_size=2, unique=True)))
    name = draw(st.sampled_from(("", f", name='{draw(names)}'")))
    items += draw(
        st.lists(
            st.sampled_from(
                (
                    f"sa.PrimaryKeyConstraint({some}{name})",
                    f"sa.UniqueConstraint({some}{name})",
                    f"sa.CheckConstraint('{chosen[0]} <> 7'{name})",
                    f"sa.ForeignKeyConstraint(['{chosen[0]}'], ['{draw(tables)}.id']{name}, ondelete='CASCADE')",
                    f"sa.Index('{draw(names)}', {some})",
                )
            ),
            max_size=2,
            unique=True,
        )
    )
    return ", ".join(items)


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
                f"type_={draw(types)}",
                f"type_={draw(types)}, existing_type={draw(types)}",
                f"new_column_name='{draw(columns)}'",
            )
        )
    )


@st.composite
def batch_step(draw: st.DrawFn) -> str:
    """One call on a batch."""
    one, other, name = draw(columns), draw(columns), draw(names)
    return draw(
        st.sampled_from(
            (
                f"add_column({draw(column(constrained=False, nullable=False))})",
                f"drop_column('{one}')",
                f"alter_column('{one}', {draw(alteration())})",
                f"create_unique_constraint('{name}', ['{one}', '{other}'])",
                f"create_check_constraint('{name}', '{one} <> 3')",
                f"create_foreign_key('{name}', '{draw(tables)}', ['{one}'], ['{other}'])",
                f"create_primary_key('{name}', ['{one}'])",
                f"drop_constraint('{name}')",
                f"create_index('{name}', ['{one}'])",
                f"create_index('{name}', [sa.text('lower({one})')])",
                f"drop_index('{name}')",
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
                ", naming_convention={'uq': 'uq_%(table_name)s_%(column_0_name)s', "
                "'fk': 'fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s', 'pk': 'pk_%(table_name)s'}",
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
    table, other, one, name = draw(tables), draw(tables), draw(columns), draw(names)
    return draw(
        st.sampled_from(
            (
                f"op.create_table('{table}', {draw(table_items())})",
                f"op.create_table('{table}', {draw(table_items())})",
                f"op.drop_table('{table}')",
                f"op.rename_table('{table}', '{other}')",
                f"op.add_column('{table}', {draw(column(constrained=False, nullable=False))})",
                f"op.alter_column('{table}', '{one}', new_column_name='{draw(columns)}')",
                f"op.create_index('{name}', '{table}', ['{one}'], unique={draw(st.booleans())})",
                f"op.drop_index('{name}', table_name='{table}')",
                f"op.execute('ALTER TABLE {table} ADD COLUMN {one} varchar(30)')",
            )
        )
    )


@st.composite
def server_step(draw: st.DrawFn) -> str:
    """One call on `op` as a server database takes it."""
    table, one, other, name = draw(tables), draw(columns), draw(columns), draw(st.sampled_from((*NAMES, None)))
    written = "None" if name is None else f"'{name}'"
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
                f"op.create_unique_constraint({written}, '{table}', ['{one}', '{other}'])",
                f"op.create_foreign_key({written}, '{table}', '{draw(tables)}', ['{one}'], ['{other}'], ondelete='CASCADE')",
                f"op.create_check_constraint({written}, '{table}', '{one} IS NOT NULL')",
                f"op.create_primary_key({written}, '{table}', ['{one}'])",
                f"op.create_index({written}, '{table}', ['{one}', sa.text('{other} DESC')])",
                f"op.drop_index({written}, table_name='{table}')",
                f"op.drop_constraint({written}, '{table}')",
                f"op.drop_constraint({written}, '{table}', type_='unique')",
            )
        )
    )
