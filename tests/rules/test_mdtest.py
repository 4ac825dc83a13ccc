"""The harness that runs pages notices what is missing, and what is unexpected."""

from __future__ import annotations

from tests.support.mdtest import Expected, assertions, read_page

PAGE = """\
# some-rule

Prose with `code`:

```python
not_a_file = True
```

## A case

`models.py`:

```python
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):{flag}
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
```

`alembic/versions/0001.py`:

```python
# a heading in a fence is none
revision = "0001"
down_revision = None


def upgrade():
    pass
```

## Settings alone

```toml
[tool.driftline]
ignore = ["missing-table"]
```
"""


def test_cases() -> None:
    """A section with files is a case; other fences, and settings without files, are none."""
    page = read_page(PAGE)

    assert ("some-rule", ("A case", "Settings alone")) == (page.title, page.sections)
    assert [("A case", ["models.py", "alembic/versions/0001.py"])] == [
        (one.title, list(one.files)) for one in page.cases
    ]


def test_unexpected() -> None:
    """A finding that no comment expects is a failure."""
    [case] = read_page(PAGE.replace("{flag}", "")).cases

    assert ["unexpected: models.py:8: error: [missing-table] Table `users`"] == [
        failure[:61] for failure in case.failures()
    ]


def test_expected() -> None:
    """A finding that a comment expects, by its level, rule and words, is none."""
    [case] = read_page(PAGE.replace("{flag}", '  # error: [missing-table] "no revision"')).cases

    assert [] == case.failures()


def test_missing() -> None:
    """A comment that expects another level, rule or text is a failure, and so is the finding."""
    for flag in ("warning: [missing-table]", "error: [extra-table]", 'error: [missing-table] "no such words"'):
        [case] = read_page(PAGE.replace("{flag}", f"  # {flag}")).cases

        assert ["missing", "unexpected"] == [failure.partition(":")[0] for failure in case.failures()]


def test_settings() -> None:
    """A toml fence in a case holds its settings."""
    settings = '```toml\n[tool.driftline]\nignore = ["missing-table"]\n```\n\n## Settings alone'
    [case] = read_page(PAGE.replace("{flag}", "").replace("## Settings alone", settings)).cases

    assert [] == case.failures()


def test_assertions() -> None:
    """Comments of their own bind to the next line that is none, and stack with one at its end."""
    text = 'a\n# error: [one] "x \\"y\\""\n    # hint: [two]\nb  # warning: [three]\n# no assertion\nc\n'

    assert [
        Expected("f.py", 4, "error", "one", 'x "y"'),
        Expected("f.py", 4, "hint", "two", ""),
        Expected("f.py", 4, "warning", "three", ""),
    ] == list(assertions("f.py", text))
