"""Foreign keys in messages.

Example: `key_text(key)` is `` `users.id` ON DELETE CASCADE ``.
"""

from __future__ import annotations

from driftline.schema import ForeignKey


def key_text(key: ForeignKey) -> str:
    """Say what a foreign key refers to, and its options, as SQL has them."""
    target = key.referred_table if isinstance(key.referred_table, str) else "?"
    return (
        f"`{target}.{key.referred_columns[0]}`{_options(key)}"
        if len(key.referred_columns) == 1
        else (f"`{target}({', '.join(key.referred_columns)})`{_options(key)}")
    )


def _options(key: ForeignKey) -> str:
    words = []
    if isinstance(key.ondelete, str):
        words.append(f"ON DELETE {key.ondelete}")
    if isinstance(key.onupdate, str):
        words.append(f"ON UPDATE {key.onupdate}")
    if key.deferrable:
        words.append("DEFERRABLE")
    if key.initially:
        words.append(f"INITIALLY {key.initially.upper()}")
    if key.match:
        words.append(f"MATCH {key.match.upper()}")
    return "".join(f" {word}" for word in words)
