"""Event hooks that SQLAlchemy keeps only for the length of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from sqlalchemy import event, orm


@contextmanager
def hooks_for_now() -> Iterator[None]:
    """Take the hooks away again that are set in here on classes of SQLAlchemy's own."""
    set_hooks: list[tuple[object, str, object]] = []

    def remembering(target: object, name: str, fn: object, *args: object, **kwargs: object) -> None:
        set_hooks.append((target, name, fn))
        original(target, name, fn, *args, **kwargs)

    original = event.api.listen
    try:
        with pytest.MonkeyPatch.context() as patch:
            for holder in (event, event.api, sa.event):
                patch.setattr(holder, "listen", remembering)
            yield
    finally:
        for target, name, fn in set_hooks:
            own = getattr(target, "__module__", "").startswith("sqlalchemy.")
            if isinstance(target, type) and (own or target is orm.Mapper) and event.contains(target, name, fn):
                event.remove(target, name, fn)
