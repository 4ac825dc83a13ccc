"""env.py, as far as it talks to Alembic: what its questions are answered with, and what it configures.

Nothing is run: `context.is_offline_mode()` is False, the configuration is the environment's, and every
`context.configure(…)` is written down.

Example: `target_metadata = Base.metadata` handed to `context.configure(target_metadata=target_metadata)` is in
`EnvironmentScript.configured`.
"""

from __future__ import annotations

from typing import Final

from driftline.dataclass import dataclass, field
from driftline.models.core import plain
from driftline.python.host import UNANSWERED
from driftline.python.values import Attribute, Call, Symbol, Unknown, Value, dotted
from driftline.sources.environment import Environment

ENV_NAME: Final = "env_py"
"""What env.py is called as a module."""

NO_ENVIRONMENT = Environment(
    name="",
    label="",
    root="",
    script_location="",
    env_path=None,
    config_path=None,
    import_roots=(),
    version_locations=(),
)
"""One whose env.py nobody asks about."""

_CONFIG = "alembic.context.config"
_RUNNERS = frozenset({"asyncio.run", "anyio.run", "trio.run", "uvloop.run", "nest_asyncio.run"})
_ENGINES = frozenset(
    {
        "sqlalchemy.create_engine",
        "sqlalchemy.ext.asyncio.create_async_engine",
        "sqlalchemy.ext.asyncio.engine.create_async_engine",
        "sqlalchemy.engine.create_engine",
        "sqlalchemy.engine.url.make_url",
        "sqlalchemy.engine.make_url",
        "sqlalchemy.make_url",
        "sqlalchemy.URL.create",
        "sqlalchemy.engine.URL.create",
        "sqlalchemy.engine.url.URL.create",
        "sqlmodel.create_engine",
    }
)


@dataclass(eq=False, slots=True)
class EnvironmentScript:
    """`configured`: the calls of `context.configure`, in order. `urls`: database URLs that were named, in order.

    `options`: the main section of the configuration as env.py has left it. `x_arguments`: as of `alembic -x`.
    """

    environment: Environment
    x_arguments: tuple[str, ...] = ()
    configured: list[Call] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    options: dict[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Start from the configuration file."""
        self.options = dict(self.environment.options)
        if self.environment.database is not None:  # the others are environments of their own
            self.options["databases"] = self.environment.database

    def get_attribute(self, value: Value, name: str) -> Value:
        """Answer attributes of `context` and `context.config`."""
        if not isinstance(value, Symbol):
            return UNANSWERED
        match f"{value.path}.{name}":
            case "alembic.context.config.config_ini_section":
                return self.environment.section
            case "alembic.context.config.config_file_name":
                return self.environment.config_path
            case "alembic.context.config.attributes":
                return {}
            case "alembic.context.config.cmd_opts":
                return None
            case _:
                return UNANSWERED

    def call(self, call: Call) -> Value:
        """Answer questions about the configuration; write down what is configured, and the URLs of engines."""
        path = call.callee
        if path in _ENGINES:
            self._note_url(call)
            return UNANSWERED
        if not path.startswith("alembic.context."):
            return UNANSWERED
        if path == "alembic.context.configure":
            self.configured.append(call)
            self._note_url(call)
            return None
        if path == "alembic.context.is_offline_mode":
            return False
        if path == "alembic.context.get_x_argument":
            as_dictionary = call.args[0] if call.args else call.kwargs.get("as_dictionary")
            if as_dictionary is not True:
                return list(self.x_arguments)
            return {key: value for key, _, value in (one.partition("=") for one in self.x_arguments)}
        if path.startswith(f"{_CONFIG}."):
            return self._of_config(path.removeprefix(f"{_CONFIG}."), call)
        return UNANSWERED

    def _note_url(self, call: Call) -> None:
        url = plain(call.kwargs.get("url", call.kwargs.get("drivername", call.args[0] if call.args else None)))
        if isinstance(url, str):
            self.urls.append(url)

    def _of_config(self, method: str, call: Call) -> Value:
        first = plain(call.args[0]) if call.args else plain(call.kwargs.get("name", call.kwargs.get("section")))
        second = call.args[1] if len(call.args) > 1 else None
        if not isinstance(first, str):
            return first if isinstance(first, Unknown) else UNANSWERED
        match method:
            case "get_main_option" if self.environment.config_path is None and first not in self.options:
                return Unknown("there is no configuration file", call.origin)
            case "get_main_option" | "get_alembic_option":
                return self.options.get(first, call.kwargs.get("default", second))
            case "set_main_option":
                self.options[first] = second
                if first == "sqlalchemy.url" and isinstance(second, str):
                    self.urls.append(second.replace("%%", "%"))
                return None
            case "get_section" if self.environment.config_path is None:
                return Unknown("there is no configuration file", call.origin)
            case "get_section":
                if first == self.environment.section:
                    return dict(self.options)
                section = self.environment.sections.get(first)
                return dict(section) if section is not None else call.kwargs.get("default", second)
            case "get_section_option":
                third = call.args[2] if len(call.args) > 2 else None  # noqa: PLR2004 -- the third argument
                default = call.kwargs.get("default", third)
                if first == self.environment.section and isinstance(second, str):
                    return self.options.get(second, default)
                return (
                    self.environment.sections.get(first, {}).get(second, default)
                    if isinstance(second, str)
                    else UNANSWERED
                )
            case "set_section_option":
                third = call.args[2] if len(call.args) > 2 else call.kwargs.get("value")  # noqa: PLR2004 -- the third
                if first == self.environment.section and isinstance(second, str):
                    self.options[second] = third
                    if second == "sqlalchemy.url" and isinstance(third, str):
                        self.urls.append(third)
                return None
            case _:
                return UNANSWERED


def runs_coroutine(call: Call) -> Value:
    """Give what `asyncio.run(x)` and its like run: a value that is a coroutine's result already, or a function to call.

    UNANSWERED for others.
    """
    path = dotted(call.function)
    if path in _RUNNERS or (isinstance(call.function, Attribute) and call.function.name == "run_until_complete"):
        return call.args[0] if call.args else UNANSWERED
    return UNANSWERED
