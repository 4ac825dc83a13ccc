"""The JSON schemas are current, and say of settings what reading them says."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from driftline.engine.setting import SETTINGS
from driftline.engine.setting_value import option_words
from driftline.engine.settings import Settings, configured
from driftline.engine.settings_schema import pyproject_schema, settings_schema
from driftline.rules import RULES
from driftline.rules.rule import Rule
from tests.engine.settings_files import PAGES, rendered

TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "null": type(None),
}
SAID = frozenset({"$schema", "title", "description", "default", "definitions", "enumDescriptions", "x-taplo"})
"""Keywords that say something to people or editors, and nothing about what is right."""

APPLYING = frozenset({"properties", "patternProperties", "additionalProperties", "propertyNames", "items"})
"""Keywords that apply other schemas."""


def wrong(value: object, schema: dict[str, Any], root: dict[str, Any], place: str = "") -> Iterator[str]:
    """What a schema has against a value, by the meaning that draft 7 gives to the keywords that ours use."""
    if "$ref" in schema:
        schema = root["definitions"][schema["$ref"].removeprefix("#/definitions/")]
    table = value if isinstance(value, dict) else {}
    for keyword, said in schema.items():
        match keyword:
            case "type" if not isinstance(value, TYPES[said]) or (isinstance(value, bool) and said != "boolean"):
                yield f"{place}: no {said}"
            case "enum" if value not in said:
                yield f"{place}: not in the enumeration"
            case "pattern" if isinstance(value, str) and not re.search(said, value):
                yield f"{place}: not of that form"
            case "additionalProperties" if said is False:
                yield from (f"{place}/{name}: not known" for name in table if not [*schemas(name, schema)])
    for one, inner, below in parts(value, schema, place):
        yield from wrong(one, inner, root, below)


def parts(value: object, schema: dict[str, Any], place: str) -> Iterator[tuple[object, dict[str, Any], str]]:
    """The values in a value that its schema has a schema for."""
    table = value if isinstance(value, dict) else {}
    assert schema.keys() <= SAID | {"type", "enum", "pattern", "$ref", *APPLYING}
    for name, one in table.items():
        known = [*schemas(name, schema)]
        if not known and isinstance(schema.get("additionalProperties"), dict):
            known = [schema["additionalProperties"]]
        yield from ((one, inner, f"{place}/{name}") for inner in known)
        if "propertyNames" in schema:
            yield name, schema["propertyNames"], f"{place}/{name}"
    for at, one in enumerate(value if isinstance(value, list) and "items" in schema else ()):
        yield one, schema["items"], f"{place}/{at}"


def schemas(name: str, schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schemas that a schema has for the value of a key."""
    if name in schema.get("properties", {}):
        yield schema["properties"][name]
    yield from (inner for form, inner in schema.get("patternProperties", {}).items() if re.search(form, name))


def accepts(text: str) -> tuple[bool, bool]:
    """Whether the schemas of driftline.toml and of pyproject.toml accept settings."""
    settings = tomllib.loads(text)
    own, shared = settings_schema(), pyproject_schema()
    both = {"project": {"name": "x"}, "tool": {"ruff": {"select": 1}, "driftline": settings}}
    return not [*wrong(settings, own, own)], not [*wrong(both, shared, shared)]


@pytest.mark.parametrize("path", [*rendered()], ids=lambda path: path.name)
def test_the_files_are_current(path: Path) -> None:
    """If a setting, a rule or an option changes, they are written anew: `python -m tests.engine.settings_files`."""
    assert rendered()[path] == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("one", SETTINGS.values(), ids=lambda one: one.name)
def test_the_example_of_a_setting_is_right(one: Any) -> None:  # noqa: ANN401 - a Setting
    """It sets that setting, to something that is no default, without a problem, and the schemas accept it."""
    values = tomllib.loads(one.example)
    settings, problems = configured(Settings(folder="/p"), values)

    assert [one.name] == [*values]
    assert () == problems
    assert (True, True) == accepts(one.example)
    assert getattr(Settings(), one.field) != getattr(settings, one.field)


def test_all_examples_together() -> None:
    """A settings file that has everything."""
    text = "\n".join(one.example for one in SETTINGS.values())

    assert (True, True) == accepts(text)
    assert () == configured(Settings(folder="/p"), tomllib.loads(text))[1]


@pytest.mark.parametrize(
    "text",
    [
        "selekt = []",
        'select = "drift"',
        'select = ["drfit"]',
        'ignore = ["drift", 1]',
        'severity = { missing-index = "warn" }',
        'severity = { missing-idx = "hint" }',
        "per-file-ignores = { 'a' = 'drift' }",
        "dialect = 'postgres'",
        "environments = 'a'",
        "models = [1]",
        "baseline = []",
        "assume = 1",
        "assume = { SCHEMA = 'public' }",
        "assume = { '.SCHEMA' = 'public' }",
        "rules = { missing-tabel = {} }",
        "rules = { extra-table = { tabels = [] } }",
        "rules = { extra-table = { tables = 'a' } }",
        "rules = { missing-table = {} }",
        "rules = { missing-table = { tables = [] } }",
        "extra-table = {}",
    ],
)
def test_what_is_wrong_is_refused(text: str) -> None:
    """By the schemas as by reading."""
    assert (False, False) == accepts(text)
    assert () != configured(Settings(folder="/p"), tomllib.loads(text))[1]


def some(*names: str) -> st.SearchStrategy[str]:
    """One of these strings."""
    return st.sampled_from(names)


def tables(keys: st.SearchStrategy[str], values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Small tables."""
    return st.dictionaries(keys, values, max_size=2)


NAMES = some("drift", "all", "missing-index", "extra-table", "Drift", "x", "")
SCALARS = st.booleans() | st.integers() | st.floats(allow_nan=False) | NAMES | some("hint", "off", "sqlite")
ANYTHING = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=2) | tables(NAMES, inner), max_leaves=4)
LISTS = st.lists(NAMES, max_size=3) | st.lists(SCALARS, max_size=2)
DOTTED = some("app", "app.X", "a.b.X", ".X", "X.", "...", "app..X")
LIKELY = {
    "select": LISTS,
    "ignore": LISTS,
    "severity": tables(NAMES, some("hint", "off", "warn", "error") | SCALARS),
    "per-file-ignores": tables(some("a", "a/**", ""), LISTS),
    "dialect": some("sqlite", "mssql", "postgres", ""),
    "environments": LISTS,
    "models": LISTS,
    "exclude": LISTS,
    "baseline": SCALARS,
    "assume": tables(DOTTED, ANYTHING | tables(DOTTED, ANYTHING)),
    "x-arguments": LISTS,
    "virtual-environment": SCALARS,
    "rules": tables(NAMES, tables(some("tables", "tabels"), LISTS)),
}
"""Values that are right, or nearly."""


@st.composite
def settings_documents(draw: st.DrawFn) -> dict[str, Any]:
    """What might stand in a settings file."""
    names = draw(st.lists(st.sampled_from([*LIKELY, "selekt"]), unique=True, max_size=3))
    return {
        one: draw(LIKELY.get(one, ANYTHING) if draw(some("likely", "likely", "odd")) != "odd" else ANYTHING)
        for one in names
    }


def test_each_setting_is_tried() -> None:
    """A new one gets values here, too."""
    assert [*SETTINGS] == [*LIKELY]


@given(settings_documents())
def test_schema_and_reading_agree(values: dict[str, Any]) -> None:
    """What one of them takes, the other takes."""
    schema = settings_schema()
    against = [*wrong(values, schema, schema)]

    assert (against == []) is (configured(Settings(folder="/p"), values)[1] == ()), against


@pytest.mark.parametrize("rule", [one for one in RULES if one.options], ids=lambda rule: rule.name)
def test_the_page_of_a_rule_lists_its_options(rule: Rule) -> None:
    """Each in a line of its section "Settings", with its type, its default and what it does."""
    page = (PAGES / f"{rule.name.replace('-', '_')}.md").read_text(encoding="utf-8")
    section = re.search(r"^## Settings\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)

    assert section is not None
    for option in rule.options:
        assert f"- `{option.name}` ({option_words(option)}): {option.description}." in section[1].splitlines()


def test_rules_without_options_claim_none() -> None:
    """A page that speaks of a table of options has a rule that declares some."""
    claimed = {path.stem for path in PAGES.glob("*.md") if "[tool.driftline.rules." in path.read_text(encoding="utf-8")}

    assert {rule.name.replace("-", "_") for rule in RULES if rule.options} == claimed
