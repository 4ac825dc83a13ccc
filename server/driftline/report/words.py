"""Plain English from data: numbers with their nouns, lists, names as code.

Example: `count(2, "table")` is `2 tables`, and `listed(["a", "b", "c"])` is `a, b and c`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Give a number with its noun; `plural`: where an `s` does not make it."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def noun(number: int, one: str, several: str) -> str:
    """Give the word that fits the number."""
    return one if number == 1 else several


def listed(words: Iterable[str]) -> str:
    """Join words as a sentence does."""
    several = list(words)
    return " and ".join((", ".join(several[:-1]), several[-1])) if len(several) > 1 else "".join(several)


def some(words: Sequence[str], limit: int) -> str:
    """Join at most `limit` words, and say how many more there are; one more is named rather than counted."""
    if len(words) <= limit + 1:
        return listed(words)
    return f"{', '.join(words[:limit])} and {len(words) - limit} more"


def code(text: str) -> str:
    """Write text as code, whatever backticks are in it, on one line."""
    flat = " ".join(text.split()) or " "
    longest = max((len(run) for run in re.findall(r"`+", flat)), default=0)
    if not longest:
        return f"`{flat}`"
    fence = "`" * (longest + 1)
    return f"{fence} {flat} {fence}"


def codes(names: Iterable[str]) -> list[str]:
    """Write each name as code."""
    return [code(name) for name in names]


def prose(text: str) -> str:
    """Keep text from being read as Markdown outside of its backticks, on one line."""
    parts = re.split(r"(`+[^`]*`+)", " ".join(text.split()))
    return "".join(part if part.startswith("`") else _escaped(part) for part in parts)


def cell(text: str) -> str:
    """Make Markdown fit for a cell of a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def begun(clause: str) -> str:
    """Give a clause as the beginning of a sentence; a first word that is a name (`env.py`) stays as it is."""
    first = clause.partition(" ")[0]
    return f"{clause[:1].upper()}{clause[1:]}" if first.isalpha() else clause


def _escaped(text: str) -> str:
    """Escape what Markdown would act on; an underscore within a word, or a bracket without a link, is left as it is."""
    return re.sub(r"[\\*<>~`]|(?<!\w)_|_(?!\w)|\](?=[(\[])|^#(?=#* )", r"\\\g<0>", text)
