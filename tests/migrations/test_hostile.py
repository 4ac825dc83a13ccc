"""Whatever a revision says, replaying it ends with a schema and raises nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from driftline.migrations.operation_reader import BATCH_SIGNATURES, SIGNATURES
from tests.migrations.replaying import VERSIONS, chained, replayed
from tests.support.examples import examples

VALUES = st.sampled_from(
    (
        "'t'",
        "'a'",
        "None",
        "7",
        "[]",
        "['a']",
        "('a', 'b')",
        "[None, 3]",
        "{}",
        "True",
        "sa.Column('a', sa.Text())",
        "sa.Column()",
        "sa.Column(3, 4)",
        "sa.Text",
        "sa.text('a > 0')",
        "sa.text(7)",
        "unknown",
        "[unknown]",
        "op",
        "op.f(unknown)",
        "op.f(3)",
        "lambda: 1",
        "object()",
        "sa.Enum()",
        "sa.Table('t', sa.MetaData(), sa.Column('a', sa.Text()))",
        "sa.inspect(op.get_bind())",
        "float('nan')",
        "b'bytes'",
        "...",
    )
)
KEYWORDS = st.sampled_from(
    (
        "schema",
        "table_name",
        "name",
        "type_",
        "nullable",
        "server_default",
        "existing_type",
        "unique",
        "if_exists",
        "new_column_name",
        "comment",
        "naming_convention",
        "copy_from",
        "table_args",
        "recreate",
        "postgresql_where",
        "ondelete",
        "referent_schema",
    )
)


@st.composite
def arguments(draw: st.DrawFn) -> str:
    """Any arguments."""
    positional = draw(st.lists(VALUES, max_size=5))
    keywords = draw(st.dictionaries(KEYWORDS, VALUES, max_size=3))
    starred = draw(st.sampled_from(("", "", "", "*unknown, ", "**unknown, ")))
    named = ", ".join(f"{key}={value}" for key, value in keywords.items())
    return ", ".join(
        part for part in (*positional, starred.rstrip(", "), named) if part and not part.startswith("**")
    ) + (", **unknown" if starred.startswith("**") else "")


@st.composite
def statement(draw: st.DrawFn) -> str:
    """A call on `op`, on a batch, on an Inspector or on what creates itself."""
    given_arguments = draw(arguments())
    kind = draw(st.sampled_from(("op", "op", "batch", "inspector", "method", "sql")))
    if kind == "op":
        name = draw(st.sampled_from((*SIGNATURES, "execute", "invoke", "run_async", "batch_alter_table", "nothing")))
        return f"op.{name}({given_arguments})"
    if kind == "batch":
        name = draw(st.sampled_from((*BATCH_SIGNATURES, "execute", "nothing")))
        return f"with op.batch_alter_table({draw(arguments())}) as b:\n    b.{name}({given_arguments})"
    if kind == "inspector":
        method = draw(st.sampled_from(("has_table", "get_columns", "get_indexes", "get_enums", "has_index", "nothing")))
        return f"print(sa.inspect(op.get_bind()).{method}({given_arguments}))"
    if kind == "method":
        owner = draw(VALUES)
        method = draw(st.sampled_from(("create", "drop", "create_all", "execute", "__enter__")))
        return f"({owner}).{method}({given_arguments})"
    text = draw(
        st.sampled_from(("f'ALTER TABLE {unknown} ADD x int'", "'DROP %s' % unknown", "'{} TABLE t'.format(unknown)"))
    )
    return f"op.get_bind().execute({text})"


@settings(max_examples=examples(150))
@given(
    st.lists(statement(), min_size=1, max_size=5),
    st.sampled_from(("postgresql", "sqlite", "mysql", "mariadb", "mssql", "oracle", "")),
    st.booleans(),
)
def test_any_calls_are_replayed(statements: list[str], dialect: str, guarded: bool) -> None:  # noqa: FBT001 -- drawn
    """Operations with any arguments, in a `try` or not, on any dialect, never raise."""
    body = "import os\nunknown = os.environ\nop.create_table('t', sa.Column('a', sa.Text()))\n" + "\n".join(
        f"try:\n{_indented(one)}\nexcept Exception:\n    pass" if guarded else one for one in statements
    )
    found = replayed(body, dialect=dialect)

    assert found.schema.dialect == dialect
    assert all(one.rule and one.message for one in found.problems)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))


@settings(max_examples=examples(60))
@given(st.text(max_size=200), st.integers(0, 400))
def test_any_text_is_a_revision_or_none(text: str, at: int) -> None:
    """A revision file with anything written into it is read, as far as it can be."""
    ((path, good),) = chained(["op.create_table('t', sa.Column('a', sa.Text()))"]).items()
    broken = good[:at] + text + good[at:]
    found = replayed(files={path: broken, f"{VERSIONS}/other.py": text})

    assert found.schema.dialect == "postgresql"
