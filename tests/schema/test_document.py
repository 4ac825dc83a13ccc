"""The schema document has the form that DESIGN.md promises to tools outside of the repository."""

from __future__ import annotations

import json

from driftline.python.origin import Origin, Site
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
    unknown_type,
)
from driftline.schema.document import UnknownPlace, schema_document
from driftline.schema.unknown_facts import unknown_facts

WHY = Unknown("nobody knows")
PLACE = Origin((Site("/p/m.py", "", "x", 0),))

USERS = Table(
    "users",
    "auth",
    (
        Column("id", Type("INTEGER"), nullable=False, serial=True, comment="the key"),
        Column("email", Type("VARCHAR(255)"), server_default=ServerDefault("'x'")),
        Column("n", Type("INTEGER"), identity=Identity()),
        Column("twice", Type("INTEGER"), computed=Computed("n * 2")),
        Column("fetched", Type("INTEGER"), server_default=ServerDefault(WHY, fetched=True)),
    ),
    PrimaryKey("pk_users", ("id",)),
    (ForeignKey("fk", ("n",), "orgs", ("id",), ondelete="CASCADE"),),
    (UniqueConstraint(None, ("email", "n")),),
    (
        Index(
            "ix",
            (IndexElement("n", "n"), IndexElement(None, "lower(email)")),
            unique=True,
            options=(("where", "n > 0"),),
        ),
    ),
    (CheckConstraint("ck", "n > 0"),),
    comment="people",
)
SCHEMA = Schema(
    "postgresql", {"auth.users": USERS, "a": Table("a")}, {"auth.mood": Enum("mood", ("sad", "ok"), "auth")}
)


def test_a_document_says_what_the_contract_asks_for() -> None:
    """If a schema is turned into its document, every key of the contract is there, with final names and facts."""
    document = schema_document(
        SCHEMA, (UnknownPlace("b.py", 3, "x"), UnknownPlace("a.py", 9, "y"), UnknownPlace("b.py", 3, "x"))
    )

    assert ["dialect", "enums", "tables", "unknown"] == list(document)
    assert ["a", "auth.users"] == list(document["tables"])
    users = document["tables"]["auth.users"]
    contract = {"type", "nullable", "default", "computed", "identity", "serial", "comment"}
    assert {name: {key: one[key] for key in contract} for name, one in users["columns"].items()} == {
        name: {
            "computed": False,
            "identity": False,
            "serial": False,
            "comment": None,
            "nullable": True,
            "default": False,
        }
        | own
        for name, own in {
            "id": {"type": "INTEGER", "nullable": False, "default": True, "serial": True, "comment": "the key"},
            "email": {"type": "VARCHAR(255)", "default": True},
            "n": {"type": "INTEGER", "identity": True},
            "twice": {"type": "INTEGER", "computed": True},
            "fetched": {"type": "INTEGER", "default": True},
        }.items()
    }
    assert {"name": "pk_users", "columns": ["id"]} == users["primary_key"]
    assert {"name": None, "columns": []} == document["tables"]["a"]["primary_key"]
    assert [
        {
            "name": "fk",
            "columns": ["n"],
            "referred_table": "orgs",
            "referred_columns": ["id"],
            "ondelete": "CASCADE",
            "onupdate": None,
        }
    ] == users["foreign_keys"]
    assert [{"name": None, "columns": ["email", "n"]}] == users["unique_constraints"]
    (index,) = users["indexes"]
    assert ("ix", ["n", None], True) == (index["name"], index["columns"], index["unique"])
    assert [{"name": "ck", "sqltext": "n > 0"}] == users["check_constraints"]
    assert {"auth.mood": ["sad", "ok"]} == document["enums"]
    assert [("a.py", 9), ("b.py", 3)] == [(one["path"], one["line"]) for one in document["unknown"]]


def test_a_serial_column_has_a_default_in_a_database_only() -> None:
    """If a document is of models, SERIAL is no server default; of migrations, it is one."""
    declared = schema_document(SCHEMA, declared=True)["tables"]["auth.users"]["columns"]["id"]
    migrated = schema_document(SCHEMA)["tables"]["auth.users"]["columns"]["id"]

    assert [(False, True), (True, True)] == [(one["default"], one["serial"]) for one in (declared, migrated)]


def test_a_default_that_counts_is_serial_in_a_database() -> None:
    """If a migration writes out what SERIAL stands for, a database tells the two apart no more, and nor do we."""
    default = ServerDefault("nextval('auth.t_id_seq'::regclass)")
    schema = Schema("postgresql", {"t": Table("t", None, (Column("id", Type("INTEGER"), server_default=default),))})

    declared = schema_document(schema, declared=True)["tables"]["t"]["columns"]["id"]
    migrated = schema_document(schema)["tables"]["t"]["columns"]["id"]

    assert [(True, False), (True, True)] == [(one["default"], one["serial"]) for one in (declared, migrated)]


def test_enums_are_postgresqls_own() -> None:
    """If the dialect is another one, the document has no enums."""
    assert {} == schema_document(Schema("mysql", {}, SCHEMA.enums))["enums"]


def test_a_document_is_json_whatever_is_unknown() -> None:
    """If facts are Unknown, the document still is JSON, and `unknown_facts` has an entry for each, with a place."""
    table = Table(
        "t",
        columns=(
            Column("a", unknown_type(WHY), nullable=WHY, server_default=ServerDefault(WHY), computed=Computed(WHY)),
            Column("b", Type("INTEGER"), server_default=ServerDefault(WHY, fetched=True)),
        ),
        primary_key=PrimaryKey(WHY, ("a",), origin=PLACE),
        foreign_keys=(ForeignKey(WHY, ("a",), WHY, (), ondelete=WHY),),
        unique_constraints=(UniqueConstraint(WHY, ("a",)),),
        indexes=(Index(WHY, (IndexElement(None, WHY),), WHY, options=(("where", WHY),)),),
        check_constraints=(CheckConstraint(WHY, WHY),),
        incomplete=(WHY,),
        origin=PLACE,
    )
    schema = Schema("postgresql", {"t": table}, incomplete=(WHY,))

    assert json.loads(json.dumps(schema_document(schema))) == schema_document(schema)
    found = list(unknown_facts(schema))
    assert 1 + 1 + 4 + 1 + 3 + 1 + 4 + 2 == len(found)
    assert PLACE == found[1].origin
