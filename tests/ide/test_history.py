"""Which events of a table's timeline concern one column."""

from __future__ import annotations

from dataclasses import replace

from driftline.ide.history import events_of, told
from driftline.migrations.history import Event
from driftline.schema import Column, Index, IndexElement, PrimaryKey, Table, Type
from tests.ide.saying import Saying

ID = Column("id", Type("INTEGER"), nullable=False)
MAIL = Column("mail", Type("TEXT"))


def _events(*tables: Table | None) -> tuple[Event, ...]:
    return tuple(
        Event(f"{number:04}", Saying(f"step {number}"), before, after)
        for number, (before, after) in enumerate(zip((None, *tables), tables, strict=False), 1)
    )


def _revisions(events: tuple[Event, ...]) -> list[str]:
    return [one.revision for one in events]


def test_events_of_other_columns_are_left_out() -> None:
    """Adding another column does not concern this one; an index over it does."""
    first = Table("users", columns=(ID, MAIL))
    second = replace(first, columns=(ID, MAIL, Column("age", Type("INTEGER"))))
    third = replace(second, indexes=(Index("ix", (IndexElement("mail", "mail"),)),))

    events = _events(first, second, third)

    assert ["0001", "0003"] == _revisions(events_of(events, "mail"))
    assert ["0001", "0002", "0003"] == _revisions(events_of(events, None))


def test_a_column_that_came_later_has_nothing_to_do_with_the_creation() -> None:
    """The history of an added column begins with its addition; an original one's says what the creation said."""
    first = Table("users", columns=(ID,), primary_key=PrimaryKey("pk", ("id",)))
    events = _events(first, replace(first, columns=(ID, MAIL)))

    assert ["0002"] == _revisions(events_of(events, "mail"))
    assert "step 1; `id`: `INTEGER`, not null, primary key" == told(events[0], "id")


def test_a_former_name_is_followed() -> None:
    """A rename links the names before and after it; a new column that takes the old name is another one."""
    first = Table("users", columns=(ID, MAIL))
    second = replace(first, columns=(ID, replace(MAIL, name="email")))
    third = replace(second, columns=(*second.columns, MAIL))

    events = _events(first, second, third)

    assert ["0001", "0002"] == _revisions(events_of(events, "email"))
