"""Which modules of libraries declare tables, told from their text: these are run, the others are left alone.

Example: a module that says `class Token(Base): __tablename__ = "tokens"` is run, `requests.sessions` is not.
"""

from __future__ import annotations

import re

from driftline.models.library_bases import KNOWN_LIBRARIES
from driftline.regex import regex

_STATES_TABLE = regex(r"""^\s*__tablename__\s*(?::[^=\n]*)?=|^\w+\s*=\s*(?:\w+\.)*Table\(""", re.MULTILINE)
_STATES_MODELS = regex(
    rf"{_STATES_TABLE.pattern}|\bdeclarative_base\(|\bas_declarative\(|\bDeclarativeBase\b|\bMetaData\(|=\s*SQLAlchemy\("
    r"|^[ \t]+\w+\s*(?::[^=\n]*)?=\s*(?:\w+\.)*(?:C|mapped_c)olumn\(",
    re.MULTILINE,
)
"""What a module says that declares a table, makes a base for some, or a mixin with columns."""
_HINTS = ("__tablename__", "Table(", "eclarative", "MetaData(", "olumn(", "SQLAlchemy(")
"""What any of these texts has: looked for first, as most modules have none."""
_TABLES_OF_THEIR_OWN = frozenset({"flask_appbuilder"})
"""Libraries whose bases are known, and that declare tables besides."""


def declares_tables(name: str, text: str) -> bool:
    """Whether the module of a library declares tables, or bases for some."""
    if not any(word in text for word in _HINTS):
        return False
    top = name.partition(".")[0]
    if top in _TABLES_OF_THEIR_OWN:
        return _STATES_TABLE.search(text) is not None
    return top not in KNOWN_LIBRARIES and _STATES_MODELS.search(text) is not None
