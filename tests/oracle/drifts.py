"""A schema with a bit of everything, in which things can be changed one after the other: what drifts together.

Example: `texts(changed(POSTGRESQL, ("amount is BIGINT", "note goes")), POSTGRESQL, url)` is a project whose models
differ from its only revision in these two ways.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

HEADER: Final = "import sqlalchemy as sa\nfrom sqlalchemy.dialects import postgresql\n"


@dataclass(frozen=True)
class Made:
    """A table. `columns`: what stands in `sa.Column(name, …)` behind the name. `items`: constraints; `indexes`."""

    columns: Mapping[str, str]
    items: Mapping[str, str] = field(default_factory=dict)
    indexes: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""


Tables = Mapping[str, Made]

POSTGRESQL: Final[Tables] = {
    "owners": Made(
        {"id": "sa.Integer(), nullable=False", "code": "sa.Integer(), nullable=False", "name": "sa.String(50)"},
        {
            "pk_owners": 'sa.PrimaryKeyConstraint("id", name="pk_owners")',
            "uq_owners_code": 'sa.UniqueConstraint("code", name="uq_owners_code")',
        },
    ),
    "things": Made(
        {
            "id": "sa.Integer(), nullable=False",
            "owner_id": "sa.Integer()",
            "owner_code": "sa.Integer()",
            "amount": "sa.Integer(), nullable=False",
            "price": 'sa.Numeric(10, 2), server_default=sa.text("1.5"), nullable=False',
            "name": "sa.String(20), server_default='7', nullable=False",
            "state": "sa.Enum('new', 'open', 'done', name='state'), server_default='new', nullable=False",
            "flag": "sa.Boolean(), server_default=sa.false(), nullable=False",
            "born": "sa.Date()",
            "at": "sa.DateTime()",
            "total": "sa.Integer(), sa.Computed('amount * 2', persisted=True)",
            "is_new": "sa.Boolean(), sa.Computed(\"state = 'new'\", persisted=True)",
            "note": "sa.Text()",
        },
        {
            "pk_things": 'sa.PrimaryKeyConstraint("id", name="pk_things")',
            "fk_things_owner": 'sa.ForeignKeyConstraint(["owner_id"], ["owners.id"], name="fk_things_owner")',
            "fk_things_code": 'sa.ForeignKeyConstraint(["owner_code"], ["owners.code"], name="fk_things_code")',
            "ck_things_amount": "sa.CheckConstraint('amount >= 0', name='ck_things_amount')",
            "ck_things_state": "sa.CheckConstraint(\"state <> 'done' OR note IS NOT NULL\", name='ck_things_state')",
            "uq_things_name": 'sa.UniqueConstraint("name", name="uq_things_name")',
        },
        {
            "ix_things_amount": '"amount"',
            "ix_things_price": '"price", "amount"',
            "ix_things_new": '"note", postgresql_where=sa.text("state = \'new\'")',
            "ix_things_total": '"total"',
            "ix_things_lower": 'sa.text("lower(name)")',
        },
    ),
    "parts": Made(
        {"thing_id": "sa.Integer(), nullable=False", "number": "sa.Integer(), nullable=False", "title": "sa.Text()"},
        {
            "pk_parts": 'sa.PrimaryKeyConstraint("thing_id", "number", name="pk_parts")',
            "fk_parts_thing": 'sa.ForeignKeyConstraint(["thing_id"], ["things.id"], name="fk_parts_thing")',
        },
    ),
}
ROWS: Final = (
    "INSERT INTO owners (id, code, name) VALUES (1, 10, 'a'), (2, 20, 'b')",
    "INSERT INTO things (id, owner_id, owner_code, amount, name, note) VALUES (1, 1, 10, 5, '5', '1')",
    "INSERT INTO things (id, owner_id, owner_code, amount, name) VALUES (2, 2, 20, 6, '6')",
    "INSERT INTO things (id, amount) VALUES (3, 0)",
    "INSERT INTO parts (thing_id, number, title) VALUES (1, 1, 'x'), (2, 2, NULL)",
)


def sqlite() -> Tables:
    """The same on SQLite, which has no enum types."""
    things = POSTGRESQL["things"]
    state = "sa.String(9), server_default='new', nullable=False"
    return {**POSTGRESQL, "things": replace(things, columns={**things.columns, "state": state})}


Change = Callable[[Tables], Tables]


def column(table: str, name: str, text: str | None) -> Change:
    """Write a column otherwise, or add it; None: it goes, and what stands on it."""

    def change(tables: Tables) -> Tables:
        made = tables[table]
        if text is not None:
            return {**tables, table: replace(made, columns={**made.columns, name: text})}
        generated = [key for key, value in made.columns.items() if "Computed" in value and _in(name, value)]
        left = replace(
            made,
            columns={key: value for key, value in made.columns.items() if key != name},
            items={key: value for key, value in made.items.items() if not _in(name, value)},
            indexes={key: value for key, value in made.indexes.items() if not _in(name, value)},
        )
        return both(*(column(table, one, None) for one in generated))({**tables, table: left})

    return change


def _in(name: str, text: str) -> bool:
    return re.search(rf"\b{name}\b(?!=)", text) is not None


def item(table: str, name: str, text: str | None) -> Change:
    """Write a constraint otherwise, or add it; None: it goes."""

    def change(tables: Tables) -> Tables:
        made = tables[table]
        items = {key: value for key, value in {**made.items, name: text}.items() if value is not None}
        return {**tables, table: replace(made, items=items)}

    return change


def index(table: str, name: str, text: str | None) -> Change:
    """Write an index otherwise, or add it; None: it goes."""

    def change(tables: Tables) -> Tables:
        made = tables[table]
        indexes = {key: value for key, value in {**made.indexes, name: text}.items() if value is not None}
        return {**tables, table: replace(made, indexes=indexes)}

    return change


def renamed(table: str, name: str, new: str) -> Change:
    """Give a column another name, wherever it is mentioned in its table."""

    def change(tables: Tables) -> Tables:
        made = tables[table]
        said = re.compile(rf"\b{name}\b(?!=)")
        return {
            **tables,
            table: replace(
                made,
                columns={(new if key == name else key): said.sub(new, value) for key, value in made.columns.items()},
                items={key: said.sub(new, value) for key, value in made.items.items()},
                indexes={key: said.sub(new, value) for key, value in made.indexes.items()},
            ),
        }

    return change


def table(name: str, made: Made | None) -> Change:
    """Add a table; None: it goes."""
    return lambda tables: {key: one for key, one in {**tables, name: made}.items() if one is not None}


def both(*several: Change) -> Change:
    """Make several changes as one."""

    def change(tables: Tables) -> Tables:
        for one in several:
            tables = one(tables)
        return tables

    return change


def replaced(table_: str, part: str, name: str, old: str, new: str) -> Change:
    """Replace a piece of the text of a column, a constraint or an index (`part`: the field of `Made`)."""

    def change(tables: Tables) -> Tables:
        made = tables[table_]
        texts: Mapping[str, str] = getattr(made, part)
        if name not in texts:
            return tables
        return {**tables, table_: replace(made, **{part: {**texts, name: texts[name].replace(old, new)}})}

    return change


def of(name: str, old: str, new: str) -> Change:
    """Replace a piece of the text of a column of `things`."""
    return replaced("things", "columns", name, old, new)


CHANGES: Final[Mapping[str, Change]] = {
    "amount is BIGINT": of("amount", "Integer", "BigInteger"),
    "amount is VARCHAR": both(
        of("amount", "Integer()", "String(20)"),
        column("things", "total", None),
        item("things", "ck_things_amount", "sa.CheckConstraint(\"amount <> ''\", name='ck_things_amount')"),
    ),
    "amount is NUMERIC": of("amount", "Integer()", "Numeric(12, 2)"),
    "amount may be NULL": of("amount", "nullable=False", "nullable=True"),
    "amount goes": column("things", "amount", None),
    "price is REAL": of("price", "Numeric(10, 2)", "Float()"),
    "price is INTEGER": both(of("price", "Numeric(10, 2)", "Integer()"), of("price", 'sa.text("1.5")', 'sa.text("2")')),
    "price is VARCHAR": both(of("price", "Numeric(10, 2)", "String(30)"), of("price", 'sa.text("1.5")', "'1'")),
    "price has another default": of("price", "1.5", "2.5"),
    "name is TEXT": of("name", "String(20)", "Text()"),
    "name is longer": of("name", "String(20)", "String(80)"),
    "name has no default": of("name", "server_default='7', ", ""),
    "name is INTEGER": both(
        of("name", "String(20)", "Integer()"),
        of("name", "server_default='7'", "server_default=sa.text('7')"),
        index("things", "ix_things_lower", None),
    ),
    "name goes": column("things", "name", None),
    "name is not unique": item("things", "uq_things_name", None),
    "name is unique by an index": both(
        item("things", "uq_things_name", None), index("things", "uq_things_name", '"name", unique=True')
    ),
    "name is unique with amount": item(
        "things", "uq_things_name", 'sa.UniqueConstraint("name", "amount", name="uq_things_name")'
    ),
    "flag is INTEGER": both(of("flag", "Boolean()", "Integer()"), of("flag", "sa.false()", "sa.text('0')")),
    "flag is VARCHAR": both(of("flag", "Boolean()", "String(9)"), of("flag", "sa.false()", "'no'")),
    "flag is true": of("flag", "sa.false()", "sa.true()"),
    "born is TIMESTAMP": of("born", "Date()", "DateTime()"),
    "born is required": of("born", "Date()", "Date(), server_default='2020-01-01', nullable=False"),
    "at knows its zone": of("at", "DateTime()", "DateTime(timezone=True)"),
    "at is DATE": of("at", "DateTime()", "Date()"),
    "at has an index": index("things", "ix_things_at", '"at"'),
    "note is JSON": both(of("note", "Text()", "JSON()"), index("things", "ix_things_new", None)),
    "note is required": of("note", "Text()", "Text(), server_default='', nullable=False"),
    "note is required by the model": of("note", "Text()", "Text(), default='none', nullable=False"),
    "note is called remark": renamed("things", "note", "remark"),
    "note goes": column("things", "note", None),
    "total is of more": of("total", "amount * 2", "amount * 3"),
    "total goes": column("things", "total", None),
    "total is BIGINT": of("total", "Integer()", "BigInteger()"),
    "total is unique": both(index("things", "ix_things_total", '"total", "id", unique=True')),
    "is_new is of more": of("is_new", "state = 'new'", "state <> 'done'"),
    "is_new goes": column("things", "is_new", None),
    "a half": column("things", "half", "sa.Integer(), sa.Computed('amount / 2', persisted=True)"),
    "a half of something new": both(
        column("things", "size", "sa.Integer(), default=4, nullable=False"),
        column("things", "half", "sa.Integer(), sa.Computed('size / 2', persisted=True)"),
        item("things", "ck_things_half", "sa.CheckConstraint('half > 0', name='ck_things_half')"),
    ),
    "a count": column("things", "hits", "sa.Integer(), default=0, nullable=False"),
    "a switch": column("things", "active", "sa.Boolean(), default=True, nullable=False"),
    "a word": column("things", "word", 'sa.String(20), default="it\'s 50% a:b", nullable=False'),
    "a document": column("things", "data", "sa.JSON(), server_default='{}', nullable=False"),
    "an indexed column": both(
        column("things", "rank", "sa.Integer(), server_default='1', nullable=False"),
        index("things", "ix_things_rank", '"rank", "amount"'),
        item("things", "ck_things_rank", "sa.CheckConstraint('rank > 0 AND amount >= 0', name='ck_things_rank')"),
    ),
    "a new key": both(
        column("things", "parent_id", "sa.Integer()"),
        item(
            "things",
            "fk_things_parent",
            'sa.ForeignKeyConstraint(["parent_id"], ["things.id"], name="fk_things_parent", ondelete="CASCADE")',
        ),
    ),
    "a check of two": item(
        "things", "ck_things_two", "sa.CheckConstraint('amount < 100 OR price > 1', name='ck_things_two')"
    ),
    "another check": item("things", "ck_things_amount", "sa.CheckConstraint('amount > -1', name='ck_things_amount')"),
    "no check": item("things", "ck_things_amount", None),
    "another index": index("things", "ix_things_price", '"amount", "price"'),
    "an index of a condition": index("things", "ix_things_price", '"price", postgresql_where=sa.text("amount > 3")'),
    "no index": index("things", "ix_things_amount", None),
    "owner_id is required": both(
        of("owner_id", "sa.Integer()", "sa.Integer(), default=1, nullable=False"),
    ),
    "owner_id is deleted along": item(
        "things",
        "fk_things_owner",
        'sa.ForeignKeyConstraint(["owner_id"], ["owners.id"], name="fk_things_owner", ondelete="CASCADE")',
    ),
    "owner_id is no key": item("things", "fk_things_owner", None),
    "owner_id goes": column("things", "owner_id", None),
    "codes are BIGINT": both(
        of("owner_code", "Integer", "BigInteger"), replaced("owners", "columns", "code", "Integer", "BigInteger")
    ),
    "codes are VARCHAR": both(
        of("owner_code", "Integer()", "String(20)"), replaced("owners", "columns", "code", "Integer()", "String(20)")
    ),
    "code is not unique": both(item("owners", "uq_owners_code", None), item("things", "fk_things_code", None)),
    "owners are known by code": both(
        item("owners", "pk_owners", 'sa.PrimaryKeyConstraint("code", name="pk_owners")'),
        item("things", "fk_things_owner", None),
    ),
    "owners are known by code, and unique by id": both(
        item("owners", "pk_owners", 'sa.PrimaryKeyConstraint("code", name="pk_owners")'),
        item("owners", "uq_owners_id", 'sa.UniqueConstraint("id", name="uq_owners_id")'),
    ),
    "owners are known by both": both(
        item("owners", "pk_owners", 'sa.PrimaryKeyConstraint("id", "code", name="pk_owners")'),
        item("owners", "uq_owners_id", 'sa.UniqueConstraint("id", name="uq_owners_id")'),
    ),
    "owners have no name": column("owners", "name", None),
    "ids are BIGINT": both(
        of("id", "Integer", "BigInteger"), replaced("parts", "columns", "thing_id", "Integer", "BigInteger")
    ),
    "parts are known by number": item("parts", "pk_parts", 'sa.PrimaryKeyConstraint("number", name="pk_parts")'),
    "parts have titles": replaced("parts", "columns", "title", "Text()", "Text(), default='part', nullable=False"),
    "parts go": table("parts", None),
    "a table more": table(
        "extras",
        Made(
            {"id": "sa.Integer(), nullable=False", "thing_id": "sa.Integer(), nullable=False"},
            {
                "pk_extras": 'sa.PrimaryKeyConstraint("id", name="pk_extras")',
                "fk_extras": 'sa.ForeignKeyConstraint(["thing_id"], ["things.id"], name="fk_extras")',
            },
            {"ix_extras_thing_id": '"thing_id"'},
        ),
    ),
}
"""On both databases."""
ON_POSTGRESQL: Final[Mapping[str, Change]] = {
    "state can be more": of("state", "'done'", "'done', 'lost'"),
    "state can be more before": of("state", "'new', ", "'draft', 'new', "),
    "state can be less": of("state", "'open', ", ""),
    "state is in another order": of("state", "'new', 'open'", "'open', 'new'"),
    "state is VARCHAR": both(
        of("state", "sa.Enum('new', 'open', 'done', name='state')", "sa.String(9)"),
    ),
    "state has another default": of("state", "server_default='new'", "server_default='open'"),
    "state has no default": of("state", "server_default='new', ", ""),
    "state is of another type": of("state", "name='state'", "name='things_state'"),
    "state may be NULL": of("state", "nullable=False", "nullable=True"),
    "state goes": column("things", "state", None),
    "a mood": column("things", "mood", "sa.Enum('good', 'bad', name='mood'), default='good', nullable=False"),
    "a state more": column("things", "before", "sa.Enum('new', 'open', 'done', name='state')"),
    "total is generated no longer": of("total", ", sa.Computed('amount * 2', persisted=True)", ""),
    "amount is generated": both(
        of("amount", "sa.Integer(), nullable=False", "sa.Integer(), sa.Computed('id * 2', persisted=True)"),
        column("things", "total", None),
    ),
    "ids are counted": of("id", "sa.Integer(), nullable=False", "sa.Integer(), sa.Identity(), nullable=False"),
    "name has a comment": of("name", "nullable=False", "nullable=False, comment='so'"),
    "name is sorted otherwise": of("name", "String(20)", "String(20, collation='C')"),
    "note is JSONB": both(
        of("note", "Text()", "JSON().with_variant(postgresql.JSONB(), 'postgresql')"),
        index("things", "ix_things_new", None),
    ),
    "owner_code comes later": item(
        "things",
        "fk_things_code",
        'sa.ForeignKeyConstraint(["owner_code"], ["owners.code"], name="fk_things_code", deferrable=True)',
    ),
    "an index that includes": index("things", "ix_things_amount", '"amount", postgresql_include=["price"]'),
}


def changed(base: Tables, names: Iterable[str]) -> Tables:
    """The tables with changes made, one after the other."""
    tables = base
    for name in names:
        tables = (CHANGES | ON_POSTGRESQL)[name](tables)
    return tables


def texts(declared: Tables, migrated: Tables) -> dict[str, str]:
    """The models and the only revision of a project, by relative path."""
    models = f"{HEADER}\n\nclass Base(sa.orm.DeclarativeBase):\n    pass\n\n\nmetadata = Base.metadata\n\n".replace(
        "import sqlalchemy as sa\n", "import sqlalchemy as sa\nimport sqlalchemy.orm\n"
    )
    for name, made in declared.items():
        models += f'sa.Table("{name}", metadata, {", ".join(_parts(made))}, {_indexes(made)})\n'
    steps = []
    for name, made in migrated.items():
        steps.append(f'op.create_table("{name}", {", ".join(_parts(made))})')
        for key, text in made.indexes.items():
            elements, options = _split(text)
            steps.append(f'op.create_index("{key}", "{name}", [{elements}]{options})')
    drops = [f'op.drop_table("{name}")' for name in reversed(list(migrated))]
    if "name='state'" in str(migrated):
        drops.append('op.execute("DROP TYPE state")')
    revision = (
        f'{HEADER}from alembic import op\n\nrevision = "0001"\ndown_revision = None\n\n\n'
        f"def upgrade():\n{_body(steps)}\n\ndef downgrade():\n{_body(drops)}"
    )
    return {"models.py": models, "alembic/versions/0001.py": revision}


def _parts(made: Made) -> list[str]:
    return [*(f'sa.Column("{name}", {text})' for name, text in made.columns.items()), *made.items.values()]


def _indexes(made: Made) -> str:
    return ", ".join(f'sa.Index("{name}", {text})' for name, text in made.indexes.items())


def _split(text: str) -> tuple[str, str]:
    """The elements of an index, and its options with a comma before them."""
    found = re.search(r", (unique|postgresql_\w+)=", text)
    return (text, "") if found is None else (text[: found.start()], text[found.start() :])


def _body(lines: Iterable[str]) -> str:
    return "".join(f"    {line}\n" for line in lines)
