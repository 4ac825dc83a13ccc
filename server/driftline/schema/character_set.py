"""Character sets of MySQL and MariaDB: their names, their collations, and how many bytes a character takes.

Sources: the manuals of MySQL 8.4 ("Supported Character Sets and Collations") and MariaDB 10.11, and `SHOW CHARACTER
SET` of the latter.

Example: `character_set(None, "utf8_bin")` is `CharacterSet("utf8mb3", "utf8mb3_bin")`, a character of which takes up to
3 bytes.
"""

from __future__ import annotations

from typing import Final

from driftline.dataclass import dataclass

_TWO: Final = frozenset({"big5", "cp932", "euckr", "gb2312", "gbk", "sjis", "ucs2"})
_THREE: Final = frozenset({"eucjpms", "ujis", "utf8mb3"})
_FOUR: Final = frozenset({"gb18030", "utf16", "utf16le", "utf32", "utf8mb4"})
_ONE: Final = frozenset(
    {
        *("armscii8", "ascii", "binary", "cp1250", "cp1251", "cp1256", "cp1257", "cp850", "cp852", "cp866", "dec8"),
        *("geostd8", "greek", "hebrew", "hp8", "keybcs2", "koi8r", "koi8u", "latin1", "latin2", "latin5", "latin7"),
        *("macce", "macroman", "swe7", "tis620"),
    }
)


@dataclass(frozen=True, slots=True)
class CharacterSet:
    """A character set by its canonical name; `collation` is None where it is the set's default."""

    name: str
    collation: str | None = None

    @property
    def most_bytes(self) -> int | None:
        """How many bytes a character takes at most; None of a set that is not known here."""
        sizes = enumerate((_ONE, _TWO, _THREE, _FOUR), 1)
        return next((size for size, names in sizes if self.name in names), None)


def character_set(name: str | None, collation: str | None) -> CharacterSet | None:
    """Give the character set that a name, a collation or both of them say; None where neither is said.

    Collations are called like their set, up to the first underscore.
    """
    if name is None and collation is None:
        return None
    collation = None if collation is None else canonical_name(collation)
    return CharacterSet(canonical_name(name if name is not None else str(collation).partition("_")[0]), collation)


def canonical_name(written: str) -> str:
    """Give the one name of a set or a collation, in lower case: `utf8` is `utf8mb3`."""
    first, mark, rest = written.lower().partition("_")
    return f"{'utf8mb3' if first == 'utf8' else first}{mark}{rest}"
