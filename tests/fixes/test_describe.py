"""What changes do, in words: titles of fixes, messages of revisions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from driftline.fixes.change import Alter, Change, Create, CreateEnum, Drop, Rename
from driftline.fixes.describe import describe, title_of
from driftline.schema import (
    CheckConstraint,
    Column,
    Enum,
    Index,
    IndexElement,
    ServerDefault,
    Table,
    Type,
    UniqueConstraint,
)

NAME = Column("name", Type("TEXT"))
CHECK = CheckConstraint("ck_a", "x > 0")
INDEX = Index("ix_a", (IndexElement("x", "x"),), unique=True)


def change(part: object, table: str = "t") -> Create:
    """The making of a part."""
    return Create(table, None, part)


CASES: list[tuple[list[Change], str, str]] = [
    ([change(CHECK)], "adds CHECK constraint `ck_a` to `t`", "add ck_a to t"),
    ([change(replace(CHECK, name="ck_t_a"))], "adds CHECK constraint `ck_t_a` to `t`", "add ck_t_a"),
    ([Create("t", "s", INDEX)], "adds unique index `ix_a` to `s.t`", "add ix_a to s.t"),
    ([Drop("t", None, NAME)], "drops column `name` from `t`", "drop name from t"),
    (
        [Drop("t", None, CHECK), change(replace(CHECK, sql="x > 1"))],
        "replaces CHECK constraint `ck_a` of `t`",
        "replace ck_a of t",
    ),
    (
        [Alter("t", None, NAME, replace(NAME, nullable=False))],
        "makes column `t.name` not nullable",
        "make column t.name not nullable",
    ),
    (
        [Alter("t", None, NAME, replace(NAME, type=Type("INTEGER")))],
        "changes the type of `t.name` to `INTEGER`",
        "change the type of t.name to INTEGER",
    ),
    (
        [Alter("t", None, NAME, replace(NAME, server_default=ServerDefault("'x'")))],
        "sets the server default of `t.name` to `'x'`",
        "set the server default of t.name to 'x'",
    ),
    (
        [Rename("t", None, UniqueConstraint("a", ("x",)), UniqueConstraint("b", ("x",)))],
        "renames unique constraint `a` of `t` to `b`",
        "rename unique constraint a of t to b",
    ),
    ([change(Table("t"))], "creates table `t`", "create table t"),
    ([change(Table(name), name) for name in "ab"], "creates tables `a` and `b`", "create a and b"),
    ([change(Table(name), name) for name in "abcde"], "creates tables `a`, `b`, `c` and 2 more", "create 5 tables"),
    ([CreateEnum(Enum("e", ("x",)))], "creates enum `e`", "create enum e"),
    (
        [Drop("t", None, CHECK), change(INDEX), change(NAME, "u")],
        "drops CHECK constraint `ck_a` from `t`, adds unique index `ix_a` to `t` and adds column `name` to `u`",
        "align t and u",
    ),
    (
        [change(replace(INDEX, name=name), name) for name in "abcd"] + [Drop("a", None, NAME)],
        "adds 4 unique indexes and drops 1 column on 4 tables",
        "align 4 tables",
    ),
    (
        [Alter("t", None, replace(NAME, name=name), replace(NAME, name=name, nullable=False)) for name in "abcd"],
        "changes the nullability of 4 columns on `t`",
        "align t with its model",
    ),
]


@pytest.mark.parametrize(("changes", "told", "title"), CASES)
def test_words(changes: list[Change], told: str, title: str) -> None:
    """Few changes are named, many are counted; a title has no marks."""
    assert (describe(changes, third_person=True), title_of(changes)) == (told, title)
