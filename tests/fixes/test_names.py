"""Names of SQLAlchemy are written as the file writes them, and imported where they are not known."""

from __future__ import annotations

import pytest

from driftline.fixes.names import name_in
from driftline.python.syntax import parse
from driftline.text import apply_edits

CASES = {
    "classes by themselves": (
        "from sqlalchemy import Integer\n",
        "String",
        "String",
        "from sqlalchemy import Integer, String\n",
    ),
    "classes by themselves, beside the whole": (
        "import sqlalchemy as sa\nfrom sqlalchemy import Integer\n",
        "String",
        "String",
        "import sqlalchemy as sa\nfrom sqlalchemy import Integer, String\n",
    ),
    "a part says nothing of classes": (
        "import sqlalchemy as sa\nfrom sqlalchemy import orm\n",
        "String",
        "sa.String",
        None,
    ),
    "nor does a function": ("import sqlalchemy\nfrom sqlalchemy import func\n", "Index", "sqlalchemy.Index", None),
    "a part where there is no whole": (
        "from sqlalchemy import orm\n",
        "String",
        "String",
        "from sqlalchemy import String, orm\n",
    ),
    "by another name": ("from sqlalchemy import String as S\nimport sqlalchemy as sa\n", "String", "S", None),
}


@pytest.mark.parametrize(("before", "name", "expression", "after"), CASES.values(), ids=CASES)
def test_name(before: str, name: str, expression: str, after: str | None) -> None:
    """The expression is the file's own, and the edits make it known."""
    named = name_in(parse("/m.py", before), "sqlalchemy", name)

    assert named is not None
    assert named.expression == expression
    assert apply_edits(before, named.edits) == (after or before)
