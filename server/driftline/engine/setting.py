"""The settings, each declared once: reading, the JSON schema, the editors' settings and the documentation follow.

Example: `SETTINGS["dialect"].kind.read("sqlite", key)`.
"""

from __future__ import annotations

from collections.abc import Mapping

from driftline.dataclass import dataclass
from driftline.engine.setting_value import (
    DIALECTS,
    Choice,
    Kind,
    Levels,
    RuleNames,
    RuleOptions,
    RulesByPattern,
    Text,
    Texts,
    Values,
)


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting. `name`: as users write it. `field`: its field in `Settings`. `description`: sentences in Markdown.

    `example`: a line of TOML.
    """

    name: str
    field: str
    kind: Kind
    description: str
    example: str


_ALL = (
    Setting(
        "select",
        "select",
        RuleNames(),
        "Rules and groups to check. Not given: every rule but those that only run where they are named.",
        'select = ["drift", "multiple-heads"]',
    ),
    Setting("ignore", "ignore", RuleNames(), "Rules and groups not to check.", 'ignore = ["comment-mismatch"]'),
    Setting(
        "severity",
        "severity",
        Levels(),
        "Levels by rule or group: `error`, `warning`, `information`, `hint`, or `off`. What is not certain never "
        "becomes an error.",
        'severity = { missing-index = "error", history = "warning" }',
    ),
    Setting(
        "per-file-ignores",
        "per_file_ignores",
        RulesByPattern(),
        "Rules and groups not to report in the files that a pattern matches: a glob for the path from the settings' "
        "file, a name, or a folder.",
        'per-file-ignores = { "legacy/**" = ["drift"] }',
    ),
    Setting(
        "dialect",
        "dialect",
        Choice("dialect", DIALECTS),
        "The database that the migrations are for. Not given: what the project says.",
        'dialect = "postgresql"',
    ),
    Setting(
        "environments",
        "environments",
        Texts(path=True),
        "Folders (or configuration files) of the Alembic environments to read. Not given: all that are found.",
        'environments = ["backend/alembic.ini"]',
    ),
    Setting(
        "models",
        "models",
        Texts(),
        "Modules with models, dotted, to read besides what `env.py` imports.",
        'models = ["app.legacy.models"]',
    ),
    Setting(
        "exclude",
        "exclude",
        Texts(),
        "Patterns of folders in which no Alembic environment is looked for.",
        'exclude = ["examples", "vendor/**"]',
    ),
    Setting(
        "baseline",
        "baseline",
        Text(path=True),
        "The baseline file: findings in it are not reported. Not given: `driftline-baseline.json` beside the "
        "settings' file, if there is one.",
        'baseline = "ci/driftline-baseline.json"',
    ),
    Setting(
        "assume",
        "assume",
        Values(),
        "Values for what cannot be read, by dotted name.",
        'assume = { "app.settings.SCHEMA" = "public" }',
    ),
    Setting(
        "x-arguments",
        "x_arguments",
        Texts(),
        "What `alembic -x` would say to `env.py`, whose `context.get_x_argument()` gives it.",
        'x-arguments = ["tenant=public"]',
    ),
    Setting(
        "virtual-environment",
        "virtual_environment",
        Text(path=True),
        "The project's virtual environment, whose packages are read (never run). Not given: the one that is found.",
        'virtual-environment = ".venv"',
    ),
    Setting(
        "rules",
        "options",
        RuleOptions(),
        "Options of single rules, by rule; each rule's page lists its own.",
        'rules.extra-table = { tables = ["spatial_ref_sys"] }',
    ),
)

SETTINGS: Mapping[str, Setting] = {one.name: one for one in _ALL}
"""All settings by name, in reading order."""
