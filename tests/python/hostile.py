"""Modules that would never end, would eat all memory, or would fall over themselves, if somebody ran them.

Those that can be written down are in `hostile.txt`, each under a line `#- name`; those that are long are made here.
"""

from __future__ import annotations

from pathlib import Path

_DEEP = 60


def _written() -> dict[str, str]:
    text = (Path(__file__).parent / "hostile.txt").read_text(encoding="utf-8")
    sections = text.removeprefix("#- ").split("\n#- ")
    return {name: program for name, _, program in (section.partition("\n") for section in sections)}


HOSTILE: dict[str, str] = {
    **_written(),
    "diamonds": "class A0: pass\nclass B0: pass\n"
    + "".join(f"class A{i}(A{i - 1}, B{i - 1}): pass\nclass B{i}(A{i - 1}, B{i - 1}): pass\n" for i in range(1, 30)),
    "unknown-loops": "import os\nx = os.environ.get('a')\n"
    + "".join(" " * i + f"for a{i} in x:\n" for i in range(18))
    + " " * 18
    + "y = 1",
    "unknown-branches": "import os\nx = os.environ.get('a')\n"
    + "".join(f"if x: a{i} = 1\nelse: a{i} = 2\n" for i in range(50)),
    "unknown-branches-in-each-other": "import os\nx = os.environ.get('a')\n"
    + "".join(" " * i + "if x:\n" for i in range(_DEEP))
    + " " * _DEEP
    + "y = 1",
    "many-minuses": "x = " + "-" * 3000 + "1",
    "many-parentheses": "x = " + "(" * 10_000 + ")" * 10_000,
    "many-attributes": "import a\nx = a" + ".b" * 3000,
    "many-calls": "import a\nx = a" + ".b()" * 1400,
    "many-plusses": "x = 1" + "+1" * 4000,
    "many-elifs": "x = 5000\nif x == -1: y = 0\n" + "".join(f"elif x == {i}: y = {i}\n" for i in range(1200)),
    "big-literal": "x = [" + "1," * 50_000 + "]",
    "data-module": "DATA = [\n"
    + "".join(f'    {{"id": {i}, "name": "n{i}", "tags": ["a", "b{i}"]}},\n' for i in range(4000))
    + "]\n",
    "long-number": "x = " + "9" * 10_000,
    "null-byte": "x = 1\0",
    "surrogate": "x = '\udc80'\ny = 1",
    "nested-functions": "def f():\n"
    + "".join("  " * (i + 1) + f"def f{i}():\n" for i in range(40))
    + "  " * 41
    + "return 1\nf()",
}
