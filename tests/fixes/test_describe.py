"""What changes do, in words: titles of fixes, messages of revisions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from driftline.fixes.change import (
    Alter,
    AlterEnum,
    Change,
    Comment,
    Create,
    CreateEnum,
    Drop,
    Remake,
    Rename,
    RenameTable,
)
from driftline.fixes.describe import describe, title_of
from driftline.schema import (
    CheckConstraint,
    Column,
    Computed,
    Enum,
    Identity,
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


def labels(before: str, after: str) -> AlterEnum:
    """Another set of labels, a letter each."""
    return AlterEnum(Enum("e", tuple(before)), Enum("e", tuple(after)), ())


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
    ([RenameTable("t", "s", "u")], "renames table `s.t` to `s.u`", "rename table s.t to s.u"),
    ([Comment("t", None, None, "x")], "sets the comment of `t`", "set the comment of t"),
    ([Comment("t", None, "x", None)], "unsets the comment of `t`", "unset the comment of t"),
    (
        [Remake("t", None, NAME, replace(NAME, computed=Computed("a + b")))],
        "generates column `t.name` from `a + b`",
        "generate column t.name from a + b",
    ),
    (
        [Remake("t", None, replace(NAME, computed=Computed("a + b")), NAME)],
        "stops generating `t.name`",
        "stop generating t.name",
    ),
    (
        [Alter("t", None, NAME, replace(NAME, identity=Identity()))],
        "changes the identity of `t.name`",
        "change the identity of t.name",
    ),
    (
        [Alter("t", None, NAME, replace(NAME, serial=True))],
        "numbers column `t.name` by a sequence",
        "number column t.name by a sequence",
    ),
    ([labels("ab", "abc")], "adds value `c` to enum `e`", "add value c to enum e"),
    ([labels("abc", "ab")], "drops value `c` from enum `e`", "drop value c from enum e"),
    ([labels("ab", "ac")], "changes the labels of enum `e`", "change the labels of enum e"),
    ([labels("ab", "ba")], "changes the order of enum `e`", "change the order of enum e"),
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
