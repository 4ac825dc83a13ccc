"""CHECK constraints, source against source. Alembic compares them, by name alone, only where env.py asks for it.

Paired by name, then by what they say: an unnamed one has, once migrated, a name that the database made up.

Example: a model's `CheckConstraint("amount > 0", name="positive")` that no revision creates is one `add_check`.
"""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.difference import AlembicOperation, Difference, may_be_gone, names_differ, uncertainty
from driftline.compare.matching import matched
from driftline.compare.options import Options
from driftline.compare.sql import can_differ, same
from driftline.python.values import Unknown
from driftline.schema import CheckConstraint, Table


def compare_check_constraints(declared: Table, migrated: Table, options: Options) -> Iterator[Difference]:
    """Compare the CHECK constraints of the two halves of a table.

    A constraint is said to be missing only where none that is left on the other side could be the same: one whose
    expression was not read could be any.
    """
    stated, made = list(declared.check_constraints), list(migrated.check_constraints)
    pairs = [
        *matched(stated, made, lambda one, other: isinstance(one.name, str) and one.name == other.name),
        *matched(stated, made, lambda one, other: _say_the_same(one, other, options.dialect)),
    ]
    for one, other in pairs:
        if one.name != other.name and (declared.incomplete or migrated.incomplete):
            continue  # the counterpart of either could be in what was not read
        kind = _kind(one, other, options.dialect)
        operations = _replacement(declared, one, other, options)
        if kind is not None or operations:
            apparent = None if kind is not None else "Alembic compares names where both halves say the same"
            yield Difference(
                kind or "modify_check",
                declared.key,
                _label(one),
                one,
                other,
                operations,
                uncertainty(one, other),
                apparent,
            )
    for one in stated:
        if not migrated.incomplete and not any(_could_be(one, other, options.dialect) for other in made):
            operations = _operations("add", declared, one, options)
            yield Difference("add_check", declared.key, _label(one), one, None, operations, uncertainty(one))
    for other in made:
        if may_be_gone(migrated, other):
            continue
        if not declared.incomplete and not any(_could_be(one, other, options.dialect) for one in stated):
            operations = _operations("remove", declared, other, options)
            # A second one that says what a declared one says refuses nothing more.
            double = any(_say_the_same(one, other, options.dialect) for one in declared.check_constraints)
            if operations or not double:
                apparent = "a declared one says the same" if double else None
                yield Difference(
                    "remove_check", declared.key, _label(other), None, other, operations, uncertainty(other), apparent
                )


def _say_the_same(one: CheckConstraint, other: CheckConstraint, dialect: str) -> bool:
    return isinstance(one.sql, str) and isinstance(other.sql, str) and same(one.sql, other.sql, dialect)


def _could_be(one: CheckConstraint, other: CheckConstraint, dialect: str) -> bool:
    """Whether two constraints that were not paired could be the same after all."""
    if any(isinstance(fact, Unknown) for fact in (one.name, other.name, one.sql, other.sql)):
        return True
    if names_differ(one.name, other.name):
        return False
    return not can_differ(str(one.sql), str(other.sql), dialect)


def _kind(one: CheckConstraint, other: CheckConstraint, dialect: str) -> str | None:
    if isinstance(one.sql, str) and isinstance(other.sql, str) and can_differ(one.sql, other.sql, dialect):
        return "modify_check"
    return "rename_constraint" if names_differ(one.name, other.name) else None


def _label(check: CheckConstraint) -> str | None:
    return check.name if isinstance(check.name, str) else None


def _replacement(
    table: Table, one: CheckConstraint, other: CheckConstraint, options: Options
) -> tuple[AlembicOperation, ...]:
    """What Alembic, which pairs by name alone, says of a pair: nothing where the names are the same."""
    if one.name == other.name or any(isinstance(name, Unknown) for name in (one.name, other.name)):
        return ()
    return (*_operations("remove", table, other, options), *_operations("add", table, one, options))


def _operations(verb: str, table: Table, check: CheckConstraint, options: Options) -> tuple[AlembicOperation, ...]:
    if not options.checks or not isinstance(check.name, str):
        return ()
    return (AlembicOperation(f"{verb}_constraint", table.key, check.name),)
