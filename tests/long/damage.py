r"""What happens to a text while it is typed, merged, cut or torn.

Nothing here knows what the text is about: it is Python, an ini or a TOML file, or has been one.

Example: `damaged("x = (1)\n", Random(7))` is a text that is nearly that.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

ODD = [
    *"()[]{}'\"\\#@:;,.=*%$?!`~^&|<>-+/\t\n\r\0\x0c\x1a\x1c\ufeff\u2028\u0301é\U0001f600",
    *('"""', "'''", "f'{", "b'", "\r\n", ":=", "**", "->", "...", "0x", "1e999", "9" * 5000, "\ud800"),
    *(
        "\nclass ",
        "\ndef ",
        "\nif 1:\n",
        "\nasync ",
        "await ",
        "lambda: ",
        "\nfrom . import *\n",
        "\nimport ",
        "yield ",
    ),
    *("\nraise\n", "\nreturn\n", "\nwhile True: pass\n", "\nfor x in iter(int, 1): pass\n", "\ndel Base\n", "\n[x]\n"),
    *(
        "op.",
        "sa.Column(",
        "__tablename__ = ",
        "down_revision = ",
        "%(here)s",
        "%(",
        "# driftline: ignore[",
        "\n[[x]]\n",
    ),
]
"""What is put into a text: each has a meaning somewhere in Python, TOML or ini files, or is no text at all."""

_DEEP = [
    "(",
    "[",
    "{",
    "-",
    "not ",
    "x.",
    "x if ",
    "lambda: ",
    "f(",
    "[x for x in ",
    "'a' + ",
    "a = ",
    "@x\n",
    "if 1:\n ",
]


def damaged(text: str, chance: Random) -> str | bytes:
    """Give the text after one to four mishaps; bytes where it was torn below the level of characters."""
    for _ in range(chance.randint(1, 4)):
        text = chance.choice(_MISHAPS)(text, chance)
    return _noise(text, chance) if chance.random() < 0.1 else text


def _span(text: str, chance: Random) -> tuple[int, int]:
    start = chance.randint(0, len(text))
    return start, min(len(text), start + chance.choice([1, 1, 3, 10, 40, 200]))


def _cut(text: str, chance: Random) -> str:
    start, end = _span(text, chance)
    return text[:start] + text[end:]


def _cut_off(text: str, chance: Random) -> str:
    return text[: chance.randint(0, len(text))]


def _insert(text: str, chance: Random) -> str:
    at = chance.randint(0, len(text))
    return text[:at] + chance.choice(ODD) + text[at:]


def _replace(text: str, chance: Random) -> str:
    start, end = _span(text, chance)
    return text[:start] + chance.choice(ODD) + text[end:]


def _copy(text: str, chance: Random) -> str:
    start, end = _span(text, chance)
    at = chance.randint(0, len(text))
    return text[:at] + text[start:end] + text[at:]


def _swap_lines(text: str, chance: Random) -> str:
    lines = text.splitlines(keepends=True) or [""]
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return "".join(lines)


def _line_goes(text: str, chance: Random) -> str:
    lines = text.splitlines(keepends=True) or [""]
    del lines[chance.randrange(len(lines))]
    return "".join(lines)


def _line_moves_in(text: str, chance: Random) -> str:
    lines = text.splitlines(keepends=True) or [""]
    at = chance.randrange(len(lines))
    lines[at] = f"    {lines[at]}" if chance.random() < 0.5 else lines[at].removeprefix("    ")
    return "".join(lines)


def _half_a_merge(text: str, chance: Random) -> str:
    lines = text.splitlines(keepends=True)
    at = chance.randint(0, len(lines))
    lines[at:at] = ["<<<<<<< HEAD\n", *lines[at : at + 3], "=======\n", *lines[at : at + 2], ">>>>>>> theirs\n"]
    return "".join(lines)


def _other_word(text: str, chance: Random) -> str:
    words = text.split(" ")
    words[chance.randrange(len(words))] = chance.choice(words)
    return " ".join(words)


def _huge(text: str, chance: Random) -> str:
    at = chance.randint(0, len(text))
    return (
        text[:at]
        + chance.choice(["x", " ", "(", "é", "#", "'a',", "\n"]) * chance.choice([300, 10_000, 200_000])
        + text[at:]
    )


def _deep(text: str, chance: Random) -> str:
    return f"{text}\nx = {chance.choice(_DEEP) * chance.choice([50, 150, 500, 5_000])}"


def _noise(text: str, chance: Random) -> bytes:
    content = bytearray(text.encode("utf-8", "surrogatepass"))
    for _ in range(chance.randint(1, 20)):
        at = chance.randint(0, len(content))
        content[at:at] = chance.randbytes(chance.randint(1, 8))
    return bytes(content)


_MISHAPS: list[Callable[[str, Random], str]] = [
    *(_cut, _cut_off, _insert, _insert, _insert, _replace, _replace, _copy),
    *(_swap_lines, _line_goes, _line_moves_in, _half_a_merge, _other_word, _huge, _deep),
]
