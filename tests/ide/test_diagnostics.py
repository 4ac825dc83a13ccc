"""Findings by file: at the model, mirrored at the migration, found again after an edit that was not analysed."""

from __future__ import annotations

from driftline.ide.code_actions import offers_at
from driftline.ide.diagnostics import diagnostics
from driftline.rules.finding import Level
from driftline.text import Span
from tests.ide.looking import look
from tests.ide.test_hover import MODELS
from tests.support.project import ROOT

MARKED = MODELS.replace("user_id: Mapped[int]", "user_id$0: Mapped[int]")


def test_a_drift_is_shown_on_both_halves() -> None:
    """The error stands on the field; the call that made the other half has a hint that leads back."""
    found = diagnostics(look(MARKED).view)

    (model,) = [one for one in found[f"{ROOT}/models.py"] if one.rule == "extra-foreign-key"]
    (mirror,) = [one for one in found[f"{ROOT}/alembic/versions/0001_users.py"] if one.rule == "extra-foreign-key"]
    assert (Level.ERROR, False) == (model.level, model.mirror)
    assert (Level.HINT, True) == (mirror.level, mirror.mirror)
    assert mirror.place == model.related[0].place
    assert model.place == mirror.related[0].place


def test_a_diagnostic_follows_its_field_through_an_edit_that_was_not_analysed() -> None:
    """Lines above the field move the diagnostic with it, before the next analysis has come."""
    looking = look(MARKED)
    before = looking.files["models.py"]
    typed = "import uuid\nimport datetime\n" + before

    moved = diagnostics(look(MARKED, {"models.py": typed}).view)[f"{ROOT}/models.py"]

    (one,) = [one for one in moved if one.rule == "extra-foreign-key"]
    assert "user_id: Mapped[int]" == typed[one.place.span.start : one.place.span.end]


def test_a_diagnostic_stays_with_its_field_while_the_file_does_not_parse() -> None:
    """A half-typed line above, even one that breaks the class, leaves the diagnostic on its field."""
    looking = look(MARKED)
    before = looking.files["models.py"]
    typed = before.replace("class Token(Base):\n", "class Token(Base:\n")

    kept = diagnostics(look(MARKED, {"models.py": typed}).view)[f"{ROOT}/models.py"]

    (one,) = [one for one in kept if one.rule == "extra-foreign-key"]
    assert "user_id: Mapped[int]" == typed[one.place.span.start : one.place.span.end]


def test_only_the_first_line_is_underlined() -> None:
    """A field over several lines is underlined on its first, and can be mended from all of them."""
    text = MARKED.replace(
        "user_id$0: Mapped[int]", "user_id: Mapped[int] = mapped_column(\n        index=Fal$0se,\n    )"
    )
    looking = look(text)
    models = looking.files["models.py"]

    (one,) = [one for one in diagnostics(looking.view)[f"{ROOT}/models.py"] if one.rule == "extra-foreign-key"]
    offers = offers_at(looking.view, looking.path, Span(looking.offset, looking.offset))

    assert "user_id: Mapped[int] = mapped_column(" == models[one.mark.span.start : one.mark.span.end]
    assert models[one.place.span.start : one.place.span.end].endswith("index=False,\n    )")
    assert {"extra-foreign-key"} == {offer.key.rule for offer in offers}
