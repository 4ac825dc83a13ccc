"""Markdown on a terminal.

Example: `print_markdown("# Driftline audit: alembic")`.
"""

from __future__ import annotations

_STYLES = {
    "markdown.code": "cyan",  # rich's own has a black ground, which glares on a light terminal
    "markdown.h1": "bold",
    "markdown.h2": "bold magenta",
    "markdown.h3": "bold cyan",
}
"""What differs from rich's own look."""

_WIDEST = 160
"""Columns. Wider text is tiring to read, also where the terminal has the room."""


def print_markdown(text: str) -> None:
    """Render `text` (Markdown) on the terminal that stdout is."""
    from rich.console import Console
    from rich.markdown import Heading, Markdown
    from rich.text import Text
    from rich.theme import Theme

    class LeftHeading(Heading):
        """A heading where one looks for it: rich would centre it."""

        def __rich_console__(self, _console: object, _options: object):  # type: ignore[no-untyped-def] # noqa: ANN204
            self.text.justify = "left"
            if self.tag == "h2":
                yield Text("")
            yield self.text

    class Report(Markdown):
        """Markdown with these headings."""

        elements = {**Markdown.elements, "heading_open": LeftHeading}  # noqa: RUF012 - as rich has it

    console = Console(theme=Theme(_STYLES))
    console.print(Report(text), width=min(console.width, _WIDEST))
