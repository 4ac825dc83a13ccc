"""The files that are made from what settings, rules and options declare: two JSON schemas, and the tables in docs/.

python -m tests.engine.settings_files        # writes them
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from driftline.engine.setting import SETTINGS
from driftline.engine.setting_value import option_words
from driftline.engine.settings_schema import pyproject_schema, settings_schema
from driftline.rules import RULES

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
PAGE = DOCS / "settings.md"
PAGES = ROOT / "server" / "driftline" / "rules"


def rendered() -> dict[Path, str]:
    """The files as they should be."""
    page = PAGE.read_text(encoding="utf-8")
    for name, lines in (("settings", _settings()), ("options", _options())):
        before, mark, rest = page.partition(f"<!-- {name}")
        opening, _, rest = rest.partition("-->\n")
        _, end, behind = rest.partition(f"<!-- end of {name} -->")
        page = "".join((before, mark, opening, "-->\n", *(f"{line}\n" for line in lines), end, behind))
    return {
        PAGE: page,
        DOCS / "driftline.schema.json": _json(settings_schema()),
        DOCS / "pyproject.schema.json": _json(pyproject_schema()),
    }


def _settings() -> list[str]:
    rows = [
        f"| `{one.name}` | {_cell(one.kind.words)} | {_cell(one.description)} | `{_cell(one.example)}` |"
        for one in SETTINGS.values()
    ]
    return ["| setting | value | what it does | example |", "| --- | --- | --- | --- |", *rows]


def _options() -> list[str]:
    rows = [
        f"| [{rule.name}]({os.path.relpath(PAGES, DOCS)}/{rule.name.replace('-', '_')}.md) | `{option.name}` | "
        f"{_cell(option_words(option))} | {_cell(option.description)} |"
        for rule in RULES
        for option in rule.options
    ]
    head = ["Below `rules.RULE`, or in a table `[tool.driftline.rules.RULE]`:", ""]
    return [*head, "| rule | option | value | what it does |", "| --- | --- | --- | --- |", *rows]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _json(schema: object) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for path, text in rendered().items():
        path.write_text(text, encoding="utf-8")
