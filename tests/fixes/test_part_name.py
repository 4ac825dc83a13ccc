"""What the model leaves unnamed is named in new revisions, and no two things alike."""

from __future__ import annotations

from driftline.fixes.part_name import with_name
from driftline.schema import CheckConstraint, Index, IndexElement, Table, UniqueConstraint


def test_checks_are_numbered() -> None:
    """All CHECKs of a table would be called alike: each has its own name, and none that is taken."""
    checks = (CheckConstraint(None, "a > 0"), CheckConstraint("things_check1", "b > 0"), CheckConstraint(None, "c > 0"))
    table = Table("things", check_constraints=checks)

    assert ["things_check", "things_check1", "things_check2"] == [with_name(table, one).name for one in checks]


def test_names_of_other_things() -> None:
    """A name that a constraint has is not given again, while indexes are numbered apart."""
    unique, index = UniqueConstraint(None, ("a",)), Index(None, (IndexElement("a", None),))
    table = Table(
        "things",
        unique_constraints=(unique,),
        indexes=(index,),
        check_constraints=(CheckConstraint("things_a_key", "a"),),
    )

    assert [with_name(table, unique).name, with_name(table, index).name] == ["things_a_key1", "things_a_idx"]
