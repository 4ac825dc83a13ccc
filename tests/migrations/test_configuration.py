"""What revisions ask of the configuration is answered as in env.py: from the ini file of the environment."""

from __future__ import annotations

import pytest

from tests.migrations.replaying import replayed

ADD = "op.create_table('{0}', sa.Column('id', sa.Integer()))"


@pytest.mark.parametrize("config", ["context.config", "op.get_context().config", "op.migration_context.config"])
def test_an_option_that_is_set_or_not_decides(config: str) -> None:
    """The branch that an option takes is the one that is followed, and nothing is assumed."""
    found = replayed(
        f"conf = {config}\n"
        f"if conf.get_main_option('with_tags'):\n    {ADD.format('tags')}\n"
        f"if not conf.get_main_option('legacy_version'):\n    {ADD.format('users')}\n"
        f"{ADD.format('{0}')}".replace("'{0}'", "conf.get_main_option('name', 'other')"),
        options={"with_tags": "yes", "name": "things"},
    )

    assert set(found.schema.tables) == {"tags", "users", "things"}
    assert not any(one.conditional for one in found.schema.tables.values())
    assert found.unknown == ()


def test_a_section_and_arguments_are_answered() -> None:
    """`get_section` gives all options; there are no `-x` arguments."""
    found = replayed(
        "options = context.config.get_section(context.config.config_ini_section)\n"
        "if options['kind'] == 'a' and not context.get_x_argument(as_dictionary=True).get('skip'):\n"
        f"    {ADD.format('a')}\n",
        options={"kind": "a"},
    )

    assert set(found.schema.tables) == {"a"}
    assert found.unknown == ()


def test_a_helper_of_the_project_asks_too() -> None:
    """A guard in the project's own code, given `op`, is answered like one in the revision."""
    helper = (
        "def skip(op, name):\n    version = op.get_context().config.get_main_option('legacy_version')\n"
        "    if version:\n        return int(version) >= int(name.split('_', 1)[0])\n    return False\n"
    )
    body = f"from helpers import skip\nif skip(op, __name__):\n    return\n{ADD.format('users')}"

    assert set(replayed(body, files={"/project/helpers.py": helper}).schema.tables) == {"users"}
    assert replayed(body, files={"/project/helpers.py": helper}, options={"legacy_version": "7"}).schema.tables == {}
