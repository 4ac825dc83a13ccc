"""The statement that tells MySQL whether to look after foreign keys: SET FOREIGN_KEY_CHECKS, alone or among others.

Sources: MySQL's manual, "SET Syntax for Variable Assignment" and "foreign_key_checks".

Example: `SET @@session.foreign_key_checks = OFF` turns it off.
"""

from __future__ import annotations

from driftline.migrations.sql_tokens import Cursor

_OFF = frozenset({"0", "OFF", "FALSE"})


def read_key_checks(cursor: Cursor) -> bool | None:
    """Give whether a SET, which `cursor` has gone past, turns the checks on; None, the cursor unmoved, where neither.

    A value that is kept in a variable (`@OLD_FOREIGN_KEY_CHECKS`, what dumps end with) is taken for the usual one: on.
    """
    at, found = cursor.at, None
    for assignment in Cursor(cursor.text, cursor.tokens, cursor.dialect, at).split():
        while assignment.take_mark("@") or assignment.take_any("SESSION", "LOCAL") or assignment.take_mark("."):
            pass
        if assignment.take("FOREIGN_KEY_CHECKS") and (assignment.take_mark("=") or assignment.take_mark(":=")):
            value = assignment.peek()
            found = value is None or value.value.upper() not in _OFF
    return found
