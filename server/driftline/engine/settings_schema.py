"""The settings as JSON schemas, for editors to complete and check from.

Made from what each setting, rule and option declares; the files in docs/ and the extension's manifest are written from
here.

Example: `settings_schema()["properties"]["dialect"]["enum"][0]` is `"postgresql"`.
"""

from __future__ import annotations

from typing import Any

from driftline.engine.setting import SETTINGS
from driftline.engine.setting_value import EVERYTHING, LEVELS, OFF, Schema

_DRAFT = "http://json-schema.org/draft-07/schema#"
_LEVEL_WORDS = {
    "error": "it fails, or loses a guarantee",
    "warning": "it should be mended",
    "information": "it should be known",
    "hint": "it may be known",
    OFF: "the rule does not run",
}


def settings_schema() -> Schema:
    """Give the schema of driftline.toml."""
    return {
        "$schema": _DRAFT,
        "title": "Driftline's settings",
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _property(name) for name in SETTINGS},
        "definitions": _definitions(),
    }


def pyproject_schema() -> Schema:
    """Give a schema of pyproject.toml that knows `[tool.driftline]`, and lets everything else be."""
    whole = settings_schema()
    table = {key: whole[key] for key in ("title", "type", "additionalProperties", "properties")}
    tool = {"type": "object", "properties": {"driftline": table}}
    return {
        "$schema": _DRAFT,
        "title": "pyproject.toml with Driftline's settings",
        "type": "object",
        "properties": {"tool": tool},
        "definitions": whole["definitions"],
    }


def editor_properties() -> dict[str, Schema]:
    """Give each setting as an editor has it: complete in itself, and null or empty where it is not given."""
    return {name: _nullable(_inlined(SETTINGS[name].kind.schema(), _definitions())) for name in SETTINGS}


def _property(name: str) -> Schema:
    setting = SETTINGS[name]
    return {"description": setting.description, **setting.kind.schema()}


def _definitions() -> dict[str, Schema]:
    from driftline.rules import RULES
    from driftline.rules.rule import Group

    words = {
        EVERYTHING: "every rule",
        **{group.value: f"the rules of the group “{group.value}”" for group in Group},
        **{rule.name: rule.summary for rule in RULES},
    }
    return {
        "rule": _enum("A rule, a group of rules, or `all`.", words),
        "level": _enum("How bad the findings of a rule are, or `off`.", {one: _LEVEL_WORDS[one] for one in LEVELS}),
    }


def _enum(description: str, words: dict[str, str]) -> Schema:
    """Strings with a description each, in the ways that VS Code and Taplo read them."""
    said = [*words.values()]
    return {
        "description": description,
        "type": "string",
        "enum": [*words],
        "enumDescriptions": said,
        "x-taplo": {"docs": {"enumValues": said}},
    }


def _inlined(schema: Any, definitions: dict[str, Schema]) -> Any:  # noqa: ANN401 - JSON
    """The same schema without references."""
    if isinstance(schema, list):
        return [_inlined(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        found = definitions[schema["$ref"].rpartition("/")[2]]
        return {key: one for key, one in found.items() if key not in {"x-taplo", "description"}}
    return {key: _inlined(one, definitions) for key, one in schema.items()}


def _nullable(schema: Schema) -> Schema:
    if "default" in schema:
        return schema
    choices = {"enum": [None, *schema["enum"]]} if "enum" in schema else {}
    return {**schema, "type": [schema["type"], "null"], **choices, "default": None}
