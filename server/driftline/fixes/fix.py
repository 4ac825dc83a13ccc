"""A cure of a finding, as data: edits of files, and files to make.

Invariant: nothing in here writes. Whoever applies a fix (the editor, the command line) checks that no file has changed
underneath and that no file to be made is there already.

Example: `Fix("Add ForeignKey …", "safe", {"/p/app/models.py": (TextEdit(Span(120, 120), …),)}, {})`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from driftline.dataclass import dataclass, field
from driftline.text import TextEdit

Applicability = Literal["safe", "unsafe"]
"""`safe`: the model is only told what the database already has. `unsafe`: it changes what the program or the database
does; a new revision file is unsafe by definition."""


@dataclass(frozen=True, slots=True)
class Fix:
    """`edits`: per absolute path, edits whose spans (code points) refer to the text that was analysed.

    `creates`: text of new files by absolute path; none of them exists.
    """

    title: str
    applicability: Applicability
    edits: Mapping[str, tuple[TextEdit, ...]] = field(default_factory=dict)
    creates: Mapping[str, str] = field(default_factory=dict)


class Unbuildable(Exception):  # noqa: N818 -- it is the project's situation, not the program's error
    """Raised by `FixOffer.build` where something of the project's own stands in the way. The message is a sentence."""


@dataclass(frozen=True, slots=True)
class FixOffer:
    """A fix that can probably be built: its title, and `build`, which may still find out that it cannot.

    It gives None then, or raises `Unbuildable` where the user has to mend something first.

    Making an offer is cheap and looks at facts only; building parses the file at hand, or imports Alembic. `revision`
    says that building renders the project's `script.py.mako`, which is code: only the user's explicit word asks for
    that.
    """

    title: str
    applicability: Applicability
    build: Callable[[], Fix | None]
    revision: bool = False


def edit_offer(title: str, edits: Mapping[str, tuple[TextEdit, ...]] | None) -> Iterator[FixOffer]:
    """Offer edits that somebody has to answer for; nothing where there are none."""
    if edits is not None:
        yield FixOffer(title, "unsafe", lambda: Fix(title, "unsafe", edits))
