"""EXCLUDE constraints, source against source. Alembic does not compare them.

Paired by name, then by what they exclude: an unnamed one has, once migrated, a name that PostgreSQL made up.

Example: a model's `ExcludeConstraint(("room", "="), ("during", "&&"))` that no revision creates is one `add_exclude`.
"""

from __future__ import annotations

from collections.abc import Iterator

from driftline.compare.difference import Difference, label, may_be_gone, uncertainty
from driftline.compare.matching import matched
from driftline.compare.options import Options
from driftline.compare.sql import can_differ, conditions_differ
from driftline.python.values import Unknown
from driftline.schema import ExcludeConstraint, Table


def compare_exclude_constraints(declared: Table, migrated: Table, options: Options) -> Iterator[Difference]:
    """Compare the EXCLUDE constraints of the two halves of a table; only PostgreSQL has any."""
    if options.dialect != "postgresql":
        return
    stated, made = list(declared.exclude_constraints), list(migrated.exclude_constraints)
    pairs = [
        *matched(stated, made, lambda one, other: isinstance(one.name, str) and one.name == other.name),
        *matched(stated, made, lambda one, other: not _differ(one, other, options.dialect)),
    ]
    for one, other in pairs:
        if _differ(one, other, options.dialect):
            yield Difference("modify_exclude", declared.key, _name(one), one, other, uncertain=uncertainty(one, other))
    nameless = any(isinstance(one.name, Unknown) for one in (*stated, *made))
    for one in stated:
        if not migrated.incomplete and not nameless:
            yield Difference("add_exclude", declared.key, _name(one), one, None, uncertain=uncertainty(one))
    for other in made:
        if not declared.incomplete and not nameless and not may_be_gone(migrated, other):
            yield Difference("remove_exclude", declared.key, _name(other), None, other, uncertain=uncertainty(other))


def _differ(one: ExcludeConstraint, other: ExcludeConstraint, dialect: str) -> bool:
    """Whether the two can be shown to exclude other rows."""
    if len(one.elements) != len(other.elements):
        return True
    for (left, operator), (right, other_operator) in zip(one.elements, other.elements, strict=True):
        if operator.strip() != other_operator.strip() or can_differ(left, right, dialect):
            return True
    stated, made = dict(one.options).get("where"), dict(other.options).get("where")
    if isinstance(stated, Unknown) or isinstance(made, Unknown):
        return False
    if stated is None or made is None:
        return stated is not made
    return conditions_differ(str(stated), str(made), dialect)


def _name(one: ExcludeConstraint) -> str | None:
    return label(one.name, [expression for expression, _ in one.elements])
