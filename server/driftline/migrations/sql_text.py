"""Names inside of SQL expressions: which columns a text mentions, and the text after one of them was renamed.

Good enough for CHECK, DEFAULT and index expressions: strings, quoted names, numbers and function calls are told apart,
nothing is parsed.

Example: of the columns `a`, `b` and `lower`, `"b" > 0 AND lower(x) = 'a'` mentions `b`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from driftline.regex import regex

_TOKEN = regex(
    r"""(?P<string>[eE]?'(?:[^']|'')*')"""
    r"""|(?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]\d][^\]]*\])"""
    r"""|(?P<word>[^\W\d][\w$]*)"""
    r"""|(?P<other>::\s*[^\W\d]\w*|[\d.]+|\s+|.)""",
    re.DOTALL,
)


def keywords(text: str) -> frozenset[str]:
    """Give the words of a text that lists them."""
    return frozenset(text.split())


def _words(sql: str) -> Iterator[tuple[re.Match[str], str]]:
    """Give each token that can name a column, with the name it stands for."""
    for match in _TOKEN.finditer(sql):
        if match["quoted"]:
            yield match, match["quoted"][1:-1].replace('""', '"')
        elif match["word"] and not sql[match.end() :].lstrip().startswith("("):
            yield match, match["word"]


def columns_in(sql: str, columns: Collection[str]) -> tuple[str, ...]:
    """Give those of `columns` that `sql` mentions, in the order of the text, each once."""
    folded = {one.lower(): one for one in columns}
    found = (
        name if name in columns else folded.get(name.lower()) if match["word"] else None for match, name in _words(sql)
    )
    return tuple(dict.fromkeys(one for one in found if one is not None))


def rename_in(sql: str, old: str, new: str) -> str:
    """Give `sql` with the column `old` called `new`."""
    pieces: list[str] = []
    at = 0
    for match, name in _words(sql):
        if name == old or (match["word"] and name.lower() == old.lower()):
            quote = match[0][0] if match["quoted"] else ""
            closing = {"[": "]"}.get(quote, quote)
            plain = re.fullmatch(r"[a-z_][a-z0-9_$]*", new) is not None
            opening, closing = (quote, closing) if quote else ("", "") if plain else ('"', '"')
            pieces += (sql[at : match.start()], f"{opening}{new}{closing}")
            at = match.end()
    return "".join((*pieces, sql[at:]))
