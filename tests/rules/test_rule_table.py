"""The table of rules in the documentation is current."""

from __future__ import annotations

import re

from driftline.rules import RULES
from tests.rules.rule_table import ANSWERS, LEFT_OUT, PAGE, rendered


def test_current() -> None:
    """If a rule changes, then docs/rules.md has to be written anew: `python -m tests.rules.rule_table`."""
    assert rendered() == PAGE.read_text(encoding="utf-8")


CATALOGUE = """
missing-table extra-table missing-column extra-column extra-required-column renamed-column renamed-table
nullable-mismatch type-mismatch type-argument-mismatch collation-mismatch enum-values-mismatch enum-order-mismatch
server-default-mismatch computed-mismatch identity-mismatch autoincrement-mismatch primary-key-mismatch
missing-foreign-key extra-foreign-key foreign-key-option-mismatch missing-unique extra-unique unique-option-mismatch
unique-kind-mismatch missing-index extra-index index-definition-mismatch missing-check extra-check
validates-without-check check-expression-mismatch exclude-mismatch constraint-name-mismatch sequence-mismatch
comment-mismatch model-not-imported
unknown-down-revision unknown-depends-on duplicate-revision revision-cycle multiple-heads multiple-bases
duplicate-branch-label conflicting-branches unknown-table unknown-column table-exists column-exists unknown-constraint
unknown-index constraint-exists index-exists unknown-fk-target fk-type-mismatch drop-referenced enum-exists enum-leaked
null-constraint-name existing-mismatch redundant-operation downgrade-not-inverse empty-downgrade
model-import-in-migration edited-released-revision offline-unsafe identifier-too-long batch-required opaque-operation
unused-ignore
"""
"""What the product's specification asks for of the drift and history groups."""

ALEMBIC = """
add_table remove_table add_column remove_column modify_nullable modify_type modify_default modify_comment add_index
remove_index add_constraint remove_constraint add_fk remove_fk
"""
"""The operations of Alembic's autogenerate."""


def test_the_whole_catalogue() -> None:
    """Every rule of the catalogue is there, or the page says why it is left out."""
    there = {rule.name for rule in RULES}

    assert [] == [name for name in CATALOGUE.split() if name not in there and f"- `{name}`: " not in LEFT_OUT]
    assert [] == [name for name in there if f"- `{name}`: " in LEFT_OUT]


def test_all_that_alembic_finds() -> None:
    """Each of Alembic's operations is what some rule mirrors."""
    mirrored = {source for rule in RULES for source in rule.sources}

    assert [] == [op for op in ALEMBIC.split() if f"alembic:{op}" not in mirrored]


def test_all_that_the_others_find() -> None:
    """Each rule that the tables name is there, and each rule that mirrors a peer's is in that peer's rows."""
    rules = {rule.name for rule in RULES}
    peer, rows = "", {}
    for line in ANSWERS.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) > 1:
            peer = cells[0] or peer
            rows[peer] = rows.get(peer, set()) | set(re.findall(r"`([a-z-]+)`", cells[-1]))
    mirrored = {(source.partition(":")[0], rule.name) for rule in RULES for source in rule.sources}

    assert set() == {name for names in rows.values() for name in names} - rules
    assert [] == [
        (peer, rule)
        for peer, rule in sorted(mirrored)
        if peer != "alembic" and not any(peer in title and rule in names for title, names in rows.items())
    ]
