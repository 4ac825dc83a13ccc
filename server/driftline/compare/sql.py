"""Whether two SQL expressions say the same, judged from their texts.

Both texts are source (a model's and a revision's), so little of a database's own spelling has to be undone; but a
revision may be what `pg_dump` wrote, which is all of it. What authors and databases vary is taken away by
`compare.normal_form`; what is left is compared here, where a constant may still be written in two ways, since the texts
alone do not tell what a column holds: `a > '0'` is `a > 0`, `'2024-01-01'` a moment.

Invariant: `can_differ` answers True only where both texts were understood, and what is left of them without such
variations is different. Nothing here raises.

Example: `can_differ("a IN ('x', 'y')", "(a = 'y' OR a = 'x')", "postgresql")` is False.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from driftline.compare.normal_form import (
    COMMUTATIVE,
    TRUE,
    Form,
    array_elements,
    interval_form,
    joined,
    negated,
    normal_form,
    truth_of,
)
from driftline.regex import regex

if TYPE_CHECKING:
    from datetime import datetime


def can_differ(one: str, other: str, dialect: str) -> bool:
    """Whether the two expressions can be shown to differ, under the grammar of `dialect` (SQLAlchemy's name of it)."""
    if _folded(one) == _folded(other):
        return False
    forms = normal_form(one, dialect), normal_form(other, dialect)
    return forms[0] is not None and forms[1] is not None and not alike(forms[0], forms[1])


def same(one: str, other: str, dialect: str) -> bool:
    """Whether the two expressions can be shown to say the same."""
    if _folded(one) == _folded(other):
        return True
    forms = normal_form(one, dialect), normal_form(other, dialect)
    return forms[0] is not None and forms[1] is not None and alike(forms[0], forms[1])


def conditions_differ(one: str, other: str, dialect: str) -> bool:
    """Whether two conditions of indexes can be shown to differ; there, as in WHERE, NULL is as good as false."""
    if _folded(one) == _folded(other):
        return False
    forms = normal_form(one, dialect), normal_form(other, dialect)
    return forms[0] is not None and forms[1] is not None and not alike(_two_valued(forms[0]), _two_valued(forms[1]))


def mentions(sql: str, column: str) -> bool:
    """Whether the column is named in the expression, as far as its words tell."""
    return re.search(rf"(?<![\w.]){re.escape(column)}(?!\w)", sql, re.IGNORECASE) is not None


def _folded(sql: str) -> str:
    """The text with white space folded: enough for most pairs, so that sqlglot need not be imported for them."""
    return " ".join(sql.split())


def _two_valued(form: Form) -> Form:
    """The form where NULL counts as false: `a IS TRUE` is `a` then, and `a IS FALSE` is `NOT a`."""
    operands = tuple(one for one in form[1:] if isinstance(one, tuple))
    match form:
        case (("and" | "or") as word, *_):
            return joined(word, map(_two_valued, operands))
        case ("is", _, ("boolean", "true")):
            return _two_valued(operands[0])
        case ("is", _, ("boolean", "false")):
            return _two_valued(negated(operands[0]))
        case _:
            return form


# Two forms -----------------------------------------------------------------------------------------------------------

_CONSTANTS: Final = frozenset({"string", "number", "boolean", "interval", "array"})


def alike(one: Form, other: Form) -> bool:
    """Whether two forms are one, or could be but for a constant that is written in another way."""
    try:
        return _alike(one, other)
    except RecursionError:  # deeper than the stack: it was not shown
        return True


def _alike(one: Form, other: Form) -> bool:
    if one == other or _is_truth_of(one, other) or _is_truth_of(other, one):
        return True
    if not one or not other:
        return False
    if one[0] in _CONSTANTS and other[0] in _CONSTANTS and _constants_alike(one, other):
        return True
    if one[0] != other[0] or len(one) != len(other):
        return False
    unordered = one[0] in ("and", "or") or one[0] in COMMUTATIVE
    return (_parts_alike if unordered else _operands_alike)(one[1:], other[1:])


def _operands_alike(one: Form, other: Form) -> bool:
    return all(
        left == right or (isinstance(left, tuple) and isinstance(right, tuple) and _alike(left, right))
        for left, right in zip(one, other, strict=True)
    )


_MANY: Final = 50
"""With more parts that are not equal letter by letter, those of one place are compared."""


def _parts_alike(one: Form, other: Form) -> bool:
    """Whether the operands are the same on both sides, in any order."""
    counts = Counter(one), Counter(other)
    left, right = list((counts[0] - counts[1]).elements()), list((counts[1] - counts[0]).elements())
    if len(left) > _MANY:
        return _operands_alike(tuple(left), tuple(right))
    for part in left:
        found = next((at for at, twin in enumerate(right) if _operands_alike((part,), (twin,))), None)
        if found is None:
            return False
        del right[found]
    return True


def _is_truth_of(one: Form, other: Form) -> bool:
    """Whether `one` compares `other` with a text that is a truth value: `f = 't'` is `f`."""
    match one:
        case ("eq", ("string", str(text)), tuple(rest)) | ("eq", tuple(rest), ("string", str(text))):
            truth = truth_of(text)
            return truth is not None and other == (rest if truth == TRUE else negated(rest))
        case _:
            return False


def _constants_alike(one: Form, other: Form) -> bool:
    for left, right in ((one, other), (other, one)):
        match left, right:
            case ("string", str(text)), ("string", str(twin)):
                return _moments_alike(text, twin) or _documents_alike(text, twin)
            case ("string", str(text)), ("number", str(number)):
                return _is_number(text, number)
            case ("string", str(text)), ("boolean", _):
                return truth_of(text) == right
            case ("string", str(text)), ("interval", *_):
                return _is_interval(text, right)
            case ("string", str(text)), ("array", *elements):
                read = array_elements(text)
                return read is not None and _elements_alike(read, tuple(elements))
            case _:
                pass
    return False


def _is_number(text: str, number: str) -> bool:
    if text.strip().lower() == number.lower():  # NaN, which equals nothing
        return True
    from decimal import Decimal, InvalidOperation

    try:
        return Decimal(text.strip()) == Decimal(number)
    except InvalidOperation:
        return False


def _is_interval(text: str, interval: Form) -> bool:
    try:
        return interval_form(text) == interval
    except ValueError:
        return False


def _elements_alike(read: tuple[str, ...], elements: Form) -> bool:
    return len(read) == len(elements) and all(
        isinstance(element, tuple) and _alike(("string", text), element)
        for text, element in zip(read, elements, strict=True)
    )


_DATE: Final = regex(r"(\d{4})-(\d{1,2})-(\d{1,2})")


def _moments_alike(one: str, other: str) -> bool:
    """Whether both are dates and times, of one moment; where a zone is missing, the clocks are compared."""
    moments = _moment(one), _moment(other)
    if moments[0] is None or moments[1] is None:
        return False
    if None in (moments[0].tzinfo, moments[1].tzinfo):
        return moments[0].replace(tzinfo=None) == moments[1].replace(tzinfo=None)
    return moments[0] == moments[1]


def _moment(text: str) -> datetime | None:
    found = _DATE.match(text)
    if found is None:
        return None
    day = "{}-{:0>2}-{:0>2}".format(*found.groups())
    from datetime import datetime

    try:
        return datetime.fromisoformat(day + text[found.end() :])
    except ValueError:
        return None


def _documents_alike(one: str, other: str) -> bool:
    """Whether both are JSON, of one value; a text that is no object and no array is only a text."""
    if one.strip()[:1] not in ("{", "[") or other.strip()[:1] not in ("{", "["):
        return False
    try:
        return bool(json.loads(one) == json.loads(other))
    except (ValueError, RecursionError):
        return False
