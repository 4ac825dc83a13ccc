"""DO blocks: the statements of PL/pgSQL whose DDL can be seen.

Example: of `DO $$ BEGIN IF 1 = 1 THEN DROP TABLE a; END IF; END $$` the statement is `DROP TABLE a`, assumed to run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from driftline.migrations.operation import Execute, Opaque
from driftline.migrations.sql_reading import SHOWN, Reading
from driftline.migrations.sql_tokens import Cursor, Statement, statements
from driftline.python.host import Branch, Taken
from driftline.python.values import Unknown
from driftline.regex import regex
from driftline.schema.rendering import quote_identifier, quote_literal

_CREATES = regex(r"\b(?:create|rename)\b", re.IGNORECASE)
_DDL_IN_BODY = regex(r"\b(?:create|alter|drop|execute|rename)\b", re.IGNORECASE)


def read_block(
    cursor: Cursor, reading: Reading, statement: Statement, read: Callable[[Statement, Reading], None]
) -> bool:
    """Read the statements of a PL/pgSQL block.

    Under IF they are assumed to run; with EXCEPTION they may fail; EXECUTE of a text is read. `read` reads a statement
    of SQL. Gives whether there is a block.
    """
    body = next((token.value for token in cursor.tokens if token.kind == "string"), None)
    if body is None:
        return False
    if not _DDL_IN_BODY.search(body):
        reading.add(Execute(statement.sql))
        return True
    may_fail = "EXCEPTION" in body.upper()
    for inner, condition in _block_statements(body, reading.dialect):
        branch = Branch(Taken.ASSUMED, condition, reading.origin) if condition is not None else None
        nested = reading.inner(branch=branch, guarded=may_fail or condition is not None)
        _read_plpgsql(inner, nested, read)
        reading.found += nested.found
    return True


def _block_statements(body: str, dialect: str) -> Iterator[tuple[Statement, str | None]]:
    """Give the statements of a block, without the control words before them, each with the innermost IF around it."""
    conditions: list[str] = []
    for statement in statements(body, dialect):
        tokens = list(statement.tokens)
        while tokens:
            word = tokens[0].word
            if word in ("BEGIN", "ELSE", "DECLARE", "LOOP", "THEN"):
                del tokens[0]
            elif [one.value for one in tokens[:2]] == ["<", "<"]:  # a label: <<name>>
                del tokens[:5]
            elif word in ("IF", "ELSIF", "CASE", "WHEN", "FOR", "WHILE", "FOREACH"):
                closing = next((at for at, one in enumerate(tokens) if one.word in ("THEN", "LOOP")), None)
                if closing is None:
                    break
                if word in ("IF", "CASE", "FOR", "WHILE", "FOREACH"):
                    conditions.append(body[tokens[1].start : tokens[closing - 1].end])
                del tokens[: closing + 1]
            elif word == "EXCEPTION":
                del tokens[0]
            elif word == "END" and len(tokens) > 1 and tokens[1].word in ("IF", "CASE", "LOOP"):
                if conditions:
                    conditions.pop()
                break
            else:
                break
        if tokens and tokens[0].word not in ("END", "IF", ""):
            yield Statement(body, tuple(tokens)), conditions[-1] if conditions else None


_PLACE = regex(r"%(?:(\d+)\$)?(?:-?\d+)?([sIL%])")


def _built(statement: Statement) -> str | None:
    """Give the text that EXECUTE runs: a string, or `format` of strings; None where it depends on anything else."""
    tokens = statement.tokens[1:]
    if len(tokens) == 1 and tokens[0].kind == "string":
        return tokens[0].value
    if len(tokens) < 4 or tokens[0].word != "FORMAT" or tokens[1].value != "(" or tokens[-1].value != ")":  # noqa: PLR2004 -- format('…')
        return None
    arguments = [one for one in tokens[2:-1] if not (one.kind == "mark" and one.value == ",")]
    if any(one.kind != "string" for one in arguments):
        return None
    values = iter(arguments[1:])

    def filled(match: re.Match[str]) -> str:
        if match[2] == "%":
            return "%"
        value = arguments[int(match[1])].value if match[1] else next(values).value
        return {"s": value, "I": quote_identifier(value, "postgresql"), "L": quote_literal(value)}[match[2]]

    try:
        return _PLACE.sub(filled, arguments[0].value)
    except (StopIteration, IndexError):  # PostgreSQL would refuse it
        return None


def _read_plpgsql(statement: Statement, reading: Reading, read: Callable[[Statement, Reading], None]) -> None:
    first = statement.tokens[0].word
    if first in ("CREATE", "ALTER", "DROP", "COMMENT"):
        read(statement, reading)
    elif first == "EXECUTE":
        texts = [token.value for token in statement.tokens[1:] if token.kind == "string"]
        built = _built(statement)
        if built is not None:
            for inner in statements(built, reading.dialect):
                read(inner, reading)
        elif not texts or _DDL_IN_BODY.search(texts[0]):
            words = " ".join(statement.sql.split())
            what = Unknown(f"the SQL that `{words[:SHOWN]}` builds is not known", reading.origin)
            reading.add(Opaque(what, creates=not texts or _CREATES.search(texts[0]) is not None))
    elif first not in ("GRANT", "REVOKE") and any(one.word in ("CREATE", "ALTER", "DROP") for one in statement.tokens):
        words = " ".join(statement.sql.split())
        what = Unknown(f"the statement `{words[:SHOWN]}` of a block was not understood", reading.origin)
        reading.add(Opaque(what, creates=True))
    # anything else in a block is DML, an assignment, RAISE, PERFORM …: no table changes
