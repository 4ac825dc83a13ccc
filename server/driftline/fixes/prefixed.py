"""The code of a revision with other names for `op` and `sa`, as the file around it, or the template, imports them.

Knows code, not changes: any statements will do.

Example: `prefixed("op.drop_table('users')", op="o.")` is `o.drop_table('users')`.
"""

from __future__ import annotations

import ast
import re


def prefixed(body: str, *, op: str = "op.", sa: str = "sa.") -> str:
    """Write `op` and `sa` for `op.` and `sa.` in statements that Alembic rendered, and in the remarks between them."""
    prefixes = {"op": op, "sa": sa}
    if prefixes == {"op": "op.", "sa": "sa."} or not body:
        return body
    tree = ast.parse(body)
    found = [
        (node.lineno, node.col_offset, prefixes[node.value.id])
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in prefixes
    ]
    remarked = re.sub(r"^( *# )op\.", lambda found: found[1] + op, body, flags=re.MULTILINE)
    lines = [line.encode() for line in remarked.split("\n")]  # `ast` counts columns in UTF-8
    for number, column, prefix in sorted(found, reverse=True):
        line = lines[number - 1]
        lines[number - 1] = line[:column] + prefix.encode() + line[column + len("op.") :]
    return "\n".join(line.decode() for line in lines)
