"""Base classes that libraries bring: which are known here, and which may have columns for a model.

Example: `sqlalchemy_utils.Timestamp` sounds like a mixin for models, so it is read where it is installed.
"""

from __future__ import annotations

import re

from driftline.regex import regex

KNOWN_LIBRARIES = frozenset(
    {
        "sqlmodel",
        "flask_sqlalchemy",
        "flask_appbuilder",
        "pydantic",
        "pydantic_settings",
        "typing_extensions",
        "abc",
        "flask",
        "geoalchemy2",
    }
)
"""Libraries whose base classes are known here; reading their sources would tell nothing more."""

_SOUNDS_LIKE_A_MODEL = regex(r"alchemy|sqla|sqlmodel|orm\b|mixin|model|table|base\b|db\b|database", re.IGNORECASE)
_WITHOUT_COLUMNS = frozenset(
    {
        "flask_login.UserMixin",
        "flask_login.mixins.UserMixin",
        "flask_security.RoleMixin",
        "flask_security.UserMixin",
        "sqlalchemy_serializer.SerializerMixin",
    }
)
"""Mixins that many projects use and that have none."""


def sounds_like_a_model(path: str) -> bool:
    """Whether what has this dotted path is to be read for what it brings to models."""
    return path.partition(".")[0] not in KNOWN_LIBRARIES and _SOUNDS_LIKE_A_MODEL.search(path) is not None


def may_bring_columns(path: str) -> bool:
    """Whether a base class that could not be read may have columns."""
    return (
        sounds_like_a_model(path)
        and path not in _WITHOUT_COLUMNS
        and path.partition(".")[0] not in ("sqlalchemy", "builtins", "typing", "collections", "enum")
    )
