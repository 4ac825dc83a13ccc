"""Types in the one form in which two documents' types are compared: a database reports `TIMESTAMP` in more words.

Knows DDL's words, and nothing of documents.

Example: `comparable("double precision")`, `comparable("FLOAT")` and `comparable("FLOAT(53)")` are all the same.
"""

from __future__ import annotations

import re

_SAME = {
    "BIGSERIAL": "BIGINT",
    "BOOL": "BOOLEAN",
    "CHAR(1)": "CHAR",
    "CHARACTER VARYING": "VARCHAR",
    "DATETIME": "TIMESTAMP WITHOUT TIME ZONE",
    "DECIMAL": "NUMERIC",
    "FLOAT": "DOUBLE PRECISION",
    "INT": "INTEGER",
    "REAL": "FLOAT4",
    "SERIAL": "INTEGER",
    "SMALLSERIAL": "SMALLINT",
    "TIME": "TIME WITHOUT TIME ZONE",
    "TIMESTAMP": "TIMESTAMP WITHOUT TIME ZONE",
}
"""Words for a type → the word that stands for all of them. What a database itself takes as one (or makes of it)."""

_SINGLE_PRECISION = 24
"""The most binary digits that `FLOAT(n)` may ask for and still be a single-precision number (the SQL of PostgreSQL)."""

_WHOLE = {"NUMERIC()": "NUMERIC"}


def comparable(ddl: str) -> str:
    """The form of a type in which it is compared: without its collation, its quotes and its schema, in upper case."""
    whole = " ".join(ddl.split())
    element = re.sub(r"(\[\])+$", "", whole)
    word = _scaled(_WHOLE.get(element.upper(), element.upper())).replace('"', "")
    word = re.sub(r" COLLATE \S+", "", word)
    if re.fullmatch(r"[A-Z_0-9]+\.[A-Z_0-9]+", word):
        word = word.rpartition(".")[2]
    return _SAME.get(word, word) + whole[len(element) :]


def _scaled(word: str) -> str:
    """`FLOAT(n)` by its precision, and the scale of 0 that `NUMERIC(n)` has without saying so."""
    if precision := re.fullmatch(r"FLOAT\((\d+)\)", word):
        return "FLOAT4" if int(precision[1]) <= _SINGLE_PRECISION else "DOUBLE PRECISION"
    return re.sub(r"^NUMERIC\((\d+)\)$", r"NUMERIC(\1, 0)", word)
