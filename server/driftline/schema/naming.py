"""Naming conventions: from the name that the source gives to the name that DDL carries.

Example: with `{"uq": "uq_%(table_name)s_%(column_0_name)s"}` an unnamed `UniqueConstraint("email")` of `users` is `uq_users_email`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from driftline.python.values import Unknown


@dataclass(frozen=True, slots=True)
class NamingConvention:
    """A `MetaData`'s naming convention: templates by kind (`ix`, `uq`, `ck`, `fk`, `pk`, or a token of the user's own).

    A value is a template, or Unknown where it is made by code that was not read. `unknown`: the whole convention could not be read.
    """

    templates: Mapping[str, str | Unknown] = field(default_factory=lambda: {"ix": "ix_%(column_0_label)s"})
    unknown: Unknown | None = None
