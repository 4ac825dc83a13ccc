"""What may be written as the value of a setting: each kind reads it, says what is wrong with it, and has a JSON schema.

A value is read as far as it is right: of a list with one wrong name the others count. What it yields is immutable.

Example: `Choice("dialect", ("sqlite",)).read("sqlit", key)` is `WRONG`, and `key.problems` says what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from driftline.dataclass import dataclass, field
from driftline.engine.nearest import unknown
from driftline.rules.finding import Level
from driftline.sources.paths import absolute

if TYPE_CHECKING:
    from driftline.rules.rule import Option

DIALECTS = ("postgresql", "sqlite", "mysql", "mariadb", "oracle", "mssql")
"""The names of dialects, as SQLAlchemy has them."""

EVERYTHING = "all"
"""Selects every rule."""

OFF = "off"
"""What `severity` says of a rule that is not to run."""

LEVELS = (*(level.value for level in Level), OFF)
"""The words of `severity`."""

_DOTTED = r"[^.]\.+[^.]"
"""What a name has in it that says where it is from."""

WRONG = object()
"""What reading a value gives that cannot be used at all."""

Schema = dict[str, Any]
"""A JSON schema."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a value. `names`: the keys that lead to it. `text`: the string that is wrong, if one is."""

    message: str
    names: tuple[str, ...]
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """Where a value stands, by the names that lead to it. `folder`: what its paths are seen from (absolute)."""

    names: tuple[str, ...]
    folder: str
    problems: list[Problem] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The last of the names."""
        return self.names[-1]

    def below(self, name: str) -> Key:
        """Give the key `name` in the table that stands here."""
        return Key((*self.names, name), self.folder, self.problems)

    def wrong(self, message: str, text: str | None = None) -> object:
        """Take note that something is wrong here; give `WRONG`."""
        self.problems.append(Problem(message, self.names, text))
        return WRONG

    def no(self, what: str, value: object) -> object:
        """Take note that the value is not what it has to be; give `WRONG`."""
        return self.wrong(f"`{self.name}` must be {what}, not {_kind_of(value)}")


class Kind(Protocol):
    """A kind of value."""

    def read(self, value: object, key: Key) -> object:
        """Give what `value` means, or `WRONG`; tell `key` what is wrong with it."""
        ...

    def schema(self) -> Schema:
        """Give the JSON schema of its values."""
        ...

    @property
    def words(self) -> str:
        """What it is, for documentation: "list of strings"."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """A string. `path`: it names a file or folder, and is made absolute."""

    path: bool = False

    def read(self, value: object, key: Key) -> object:
        """Give the string."""
        if not isinstance(value, str):
            return key.no("a string", value)
        return absolute(value, key.folder) if self.path else value

    def schema(self) -> Schema:
        """Any string."""
        return {"type": "string"}

    @property
    def words(self) -> str:
        """What it is."""
        return "path" if self.path else "string"


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of strings. `path`: they name files or folders, and are made absolute."""

    path: bool = False

    def read(self, value: object, key: Key) -> object:
        """Give the strings as a tuple."""
        if not _is_list_of_strings(value):
            return key.no("a list of strings", value)
        return tuple(absolute(one, key.folder) if self.path else one for one in value)  # type: ignore[attr-defined]

    def schema(self) -> Schema:
        """Any strings."""
        return {"type": "array", "items": {"type": "string"}, "default": []}

    @property
    def words(self) -> str:
        """What it is."""
        return "list of paths" if self.path else "list of strings"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few strings. `what`: what each is, for messages."""

    what: str
    choices: tuple[str, ...]

    def read(self, value: object, key: Key) -> object:
        """Give the string."""
        if not isinstance(value, str):
            return key.no("a string", value)
        if value not in self.choices:
            return key.wrong(_no_choice(self.what, value, self.choices), value)
        return value

    def schema(self) -> Schema:
        """These strings."""
        return {"type": "string", "enum": list(self.choices)}

    @property
    def words(self) -> str:
        """What it is."""
        return " or ".join(f"`{one}`" for one in self.choices)


@dataclass(frozen=True, slots=True)
class RuleNames:
    """A list of rules and groups."""

    def read(self, value: object, key: Key) -> object:
        """Give the names as a tuple, without those that name nothing."""
        if not _is_list_of_strings(value):
            return key.no("a list of strings", value)
        known = rule_words()
        names: list[str] = []
        for name in value:  # type: ignore[attr-defined]
            if name in known:
                names.append(name)
            else:
                key.wrong(unknown("rule", name, known), name)
        return WRONG if value and not names else tuple(names)  # nothing selected is not what was meant

    def schema(self) -> Schema:
        """Any of them."""
        return {"type": "array", "items": {"$ref": "#/definitions/rule"}, "default": []}

    @property
    def words(self) -> str:
        """What it is."""
        return "list of rules and groups"


@dataclass(frozen=True, slots=True)
class Levels:
    """A table of levels by rule or group."""

    def read(self, value: object, key: Key) -> object:
        """Give the levels, None for what is off."""
        found: dict[str, Level | None] = {}
        known = rule_words()
        for inner, word in _items(value, key):
            if inner.name not in known:
                inner.wrong(unknown("rule", inner.name, known))
            else:
                level = Choice("level", LEVELS).read(word, inner)
                if level is not WRONG:
                    found[inner.name] = None if level == OFF else Level(level)
        return found if isinstance(value, Mapping) else WRONG

    def schema(self) -> Schema:
        """A level for each rule and group."""
        return {
            "type": "object",
            "propertyNames": {"$ref": "#/definitions/rule"},
            "additionalProperties": {"$ref": "#/definitions/level"},
            "default": {},
        }

    @property
    def words(self) -> str:
        """What it is."""
        return "table: rule or group → level"


@dataclass(frozen=True, slots=True)
class RulesByPattern:
    """A table of rules and groups by pattern of a path."""

    def read(self, value: object, key: Key) -> object:
        """Give the names by pattern."""
        found: dict[str, object] = {}
        for inner, names in _items(value, key):
            read = RuleNames().read(names, inner)
            if read is not WRONG:
                found[inner.name] = read
        return found if isinstance(value, Mapping) else WRONG

    def schema(self) -> Schema:
        """Rules and groups for each pattern."""
        return {"type": "object", "additionalProperties": RuleNames().schema(), "default": {}}

    @property
    def words(self) -> str:
        """What it is."""
        return "table: pattern → list of rules and groups"


@dataclass(frozen=True, slots=True)
class Values:
    """A table of values by dotted name; the dots may be TOML's own (`app.settings.SCHEMA = "x"` without quotes)."""

    def read(self, value: object, key: Key) -> object:
        """Give the values by their whole names."""
        found: dict[str, object] = {}
        for inner, one in _items(value, key):
            for name, plain in _dotted(inner, one):
                if re.search(_DOTTED, name):
                    found[name] = plain
                else:
                    inner.wrong(f"`{name}` is no dotted name: write the module, too, as in `app.settings.{name}`")
        return found if isinstance(value, Mapping) else WRONG

    def schema(self) -> Schema:
        """Anything by a dotted name, and tables whose keys make one with theirs."""
        parts = {"type": "object", "propertyNames": {"pattern": "[^.]"}}
        return {
            "type": "object",
            "patternProperties": {_DOTTED: {}, "^[^.]+$": parts},
            "additionalProperties": False,
            "default": {},
        }

    @property
    def words(self) -> str:
        """What it is."""
        return "table: dotted name → value"


@dataclass(frozen=True, slots=True)
class RuleOptions:
    """A table of tables: options by rule, each as its rule declares it."""

    def read(self, value: object, key: Key) -> object:
        """Give the values by rule and option."""
        from driftline.rules import RULES

        rules = {rule.name: {option.name: option for option in rule.options} for rule in RULES}
        found: dict[str, dict[str, object]] = {}
        for inner, table in _items(value, key):
            if inner.name not in rules:
                inner.wrong(unknown("rule", inner.name, rules))
                continue
            options = rules[inner.name]
            if not options and table == {}:
                inner.wrong(_no_option(inner.name, "", options))
            for place, one in _items(table, inner):
                option = options.get(place.name)
                if option is None:
                    place.wrong(_no_option(inner.name, place.name, options))
                    continue
                read = _read_option(option, one, place)
                if read is not WRONG:
                    found.setdefault(inner.name, {})[place.name] = read
        return found if isinstance(value, Mapping) else WRONG

    def schema(self) -> Schema:
        """The options of each rule that has some."""
        from driftline.rules import RULES

        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                rule.name: {
                    "type": "object",
                    "description": f"Options of the rule: {rule.summary}.",
                    "additionalProperties": False,
                    "properties": {option.name: option_schema(option) for option in rule.options},
                }
                for rule in RULES
                if rule.options
            },
            "default": {},
        }

    @property
    def words(self) -> str:
        """What it is."""
        return "table: rule → table of its options"


def option_schema(option: Option[Any]) -> Schema:
    """Give the JSON schema of a rule's option."""
    default = list(option.default) if isinstance(option.default, tuple) else option.default
    kind = _schema_of(option)
    return {**kind, "description": f"{option.description[:1].upper()}{option.description[1:]}.", "default": default}


def option_words(option: Option[Any]) -> str:
    """Say of which type an option is, and its default: "list of strings, by default `[]`"."""
    default = list(option.default) if isinstance(option.default, tuple) else option.default
    words = _kind_of(option.default).removeprefix("a ")
    if isinstance(option.default, tuple):
        words = "list of strings"
    if option.choices:
        words = f"{words} of {', '.join(f'`{one}`' for one in option.choices)}"
    return f"{words}, by default `{str(default).lower() if isinstance(default, bool) else default!r}`"


def rule_words() -> tuple[str, ...]:
    """Give what rules may be called by: their names, the groups' names, and `all`."""
    from driftline.rules import RULES
    from driftline.rules.rule import Group

    return (*(rule.name for rule in RULES), *(group.value for group in Group), EVERYTHING)


# ---------------------------------------------------------------------------------------------------------------------
# Parts


def _read_option(option: Option[Any], value: object, key: Key) -> object:
    """The value of an option: of the type of its default."""
    if isinstance(option.default, tuple):
        read = Texts().read(value, key)
        wrong = [one for one in read if option.choices and one not in option.choices] if read is not WRONG else []  # type: ignore[attr-defined]
        for one in wrong:
            key.wrong(_no_choice("value", one, option.choices), one)
        return WRONG if wrong else read
    if isinstance(option.default, str):
        return Choice("value", option.choices).read(value, key) if option.choices else Text().read(value, key)
    if isinstance(value, type(option.default)) and isinstance(value, bool) == isinstance(option.default, bool):
        return value
    return key.no(_kind_of(option.default), value)


def _schema_of(option: Option[Any]) -> Schema:
    if isinstance(option.default, tuple):
        items = {"type": "string", "enum": list(option.choices)} if option.choices else {"type": "string"}
        return {"type": "array", "items": items}
    if isinstance(option.default, bool):
        return {"type": "boolean"}
    if isinstance(option.default, int):
        return {"type": "integer"}
    return {"type": "string", "enum": list(option.choices)} if option.choices else {"type": "string"}


def _no_option(rule: str, name: str, options: Mapping[str, object]) -> str:
    if not options:
        return f"the rule `{rule}` has no options"
    said = unknown("option", name, options)
    known = "" if said.endswith("?") else f"; its options are {', '.join(f'`{one}`' for one in options)}"
    return f"in the rule `{rule}` {said}{known}"


def _items(value: object, key: Key) -> Iterator[tuple[Key, object]]:
    """The keys and values of a table; none, and a problem, where it is no table."""
    if not isinstance(value, Mapping):
        key.no("a table", value)
        return
    for name, one in value.items():
        yield key.below(str(name)), one


def _dotted(key: Key, value: object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """The values of nested tables by dotted name. A table below a quoted name with dots is a value."""
    name = f"{prefix}{key.name}"
    if isinstance(value, Mapping) and "." not in key.name:
        for inner, one in value.items():
            yield from _dotted(key.below(str(inner)), one, f"{name}.")
    else:
        yield name, value


def _is_list_of_strings(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)


def _kind_of(value: object) -> str:
    """What a value is, in TOML's words."""
    if isinstance(value, list | tuple):
        strays = [one for one in value if not isinstance(one, str)]
        return f"a list with {_kind_of(strays[0])}" if strays else "a list"
    kinds = {bool: "a boolean", int: "an integer", float: "a number", str: "a string", dict: "a table"}
    return kinds.get(type(value), "a date" if hasattr(value, "isoformat") else "nothing")


def _no_choice(what: str, value: str, choices: Sequence[str]) -> str:
    """Name the nearest choice, or all of them where none is near."""
    said = unknown(what, value, choices)
    return said if said.endswith("?") else f"{said}; {what}s are {', '.join(f'`{one}`' for one in choices)}"
