"""The models stage: env.py and everything that it imports, run over values, and what that declares.

Registration is a side effect of importing, so modules are evaluated in import order, as env.py reaches them; the
declared schema is what is on its `target_metadata` then.

Example: `read_models(environment, modules, ModelSettings()).schema.tables["users"]`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping

from driftline.dataclass import dataclass, field, replace
from driftline.models.assumed_schema import assume_schema, schema_in_revisions
from driftline.models.build import build_tables, enums_of, mapped_class
from driftline.models.core import callee
from driftline.models.declared import Declared, EnvironmentOptions, MappedClass
from driftline.models.dialect import DialectGuess, guess_dialect
from driftline.models.environment_script import ENV_NAME, EnvironmentScript
from driftline.models.filters import read_options, written_calls
from driftline.models.host import ModelsHost
from driftline.models.kept_tables import KeptTables
from driftline.models.late_runner import LateRunner
from driftline.models.library_version import is_first
from driftline.models.metadata import Metadata
from driftline.models.records import TableRecord
from driftline.models.roots import Kind
from driftline.models.unfollowed import lost_changes
from driftline.models.unreached import candidates, imported_models
from driftline.python.evaluator import Evaluator
from driftline.python.exceptions import WOULD_RAISE
from driftline.python.kept.modules import KeptModules
from driftline.python.kept.unit import Stale
from driftline.python.modules import Modules
from driftline.python.origin import origin_of
from driftline.python.values import Attribute, Call, Class, Instance, Module, Operator, Symbol, Unknown, Value, dotted
from driftline.regex import regex
from driftline.schema import Schema, Table
from driftline.schema.naming import NamingConvention
from driftline.schema.unknown_facts import unknown_facts
from driftline.sources.environment import Environment

_DEFAULT_DIALECT = "postgresql"

_ENDED = regex(rf"{WOULD_RAISE}|took too many steps|too deep|too much to read|too long a chain")
"""How the evaluator says that a statement was not run to its end."""
_MAY_IMPORT = frozenset({"Import", "ImportFrom", "Expr", "For", "With", "Try", "If"})
_FLASK = "flask.current_app"
_NO_METADATA = "env.py names no metadata that could be read"


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """`dialect`: SQLAlchemy's name, None to work it out.

    `assume`: values by dotted name. `extra_models`: modules to import besides env.py. `x_arguments`: what env.py is
    told by `alembic -x`.
    """

    dialect: str | None = None
    assume: Mapping[str, object] = field(default_factory=dict)
    extra_models: tuple[str, ...] = ()
    x_arguments: tuple[str, ...] = ()


@dataclass(slots=True)
class Kept:
    """What a reading takes over from the one before it, and leaves for the next.

    `noted`: the last reading has left what can be left.
    """

    modules: KeptModules = field(default_factory=KeptModules)
    tables: KeptTables = field(default_factory=KeptTables)
    noted: bool = False


def read_models(
    environment: Environment,
    modules: Modules,
    settings: ModelSettings = ModelSettings(),
    kept: Kept | None = None,
) -> Declared:
    """Read the declared schema of an environment.

    Never raises on what users write: what could not be read is in `Declared.unknown`. `kept`: what running the modules
    gave the last time.
    """
    if kept is None or is_first("sqlalchemy", environment, modules):  # there, the order of all columns matters
        if kept is not None:
            kept.noted = True
        return _Run(environment, modules, settings).declared()
    source = modules.source
    try:
        return _Run(environment, modules, settings).declared_with(kept)
    except Stale:
        kept.modules.forget()
    modules = Modules(source, environment.import_roots, modules.parse, modules.site_packages)
    return _Run(environment, modules, settings).declared_with(kept)


@dataclass(frozen=True, slots=True)
class _Found:
    """What was declared. `unreached`: the tables that env.py does not reach; `missing`: why others could be there.

    `reads`: the files that it all was made of.
    """

    tables: Mapping[str, Table]
    unreached: Mapping[str, Table]
    classes: tuple[MappedClass, ...]
    missing: tuple[Unknown, ...]
    reads: frozenset[str]


class _Run:
    """One reading, from env.py to the models that it does not reach."""

    def __init__(self, environment: Environment, modules: Modules, settings: ModelSettings) -> None:
        self.environment = environment
        self.modules = modules
        self.settings = settings
        self.script = EnvironmentScript(environment, settings.x_arguments)
        runner = LateRunner()
        self.host = ModelsHost(self.script, runner, lambda library: is_first(library, environment, modules))
        self.evaluator = Evaluator(modules, self.host, assume=settings.assume)
        runner.bind(self.evaluator)
        self.tables = KeptTables()
        self.unknown: list[Unknown] = []
        self.lost: Unknown | None = None
        """Why env.py's MetaData is not known, where it names one."""

    def declared_with(self, kept: Kept) -> Declared:
        """Do it with what is kept. Raises `Stale` where that turns out not to hold."""
        first = is_first("pydantic", self.environment, self.modules)
        setting = (self.environment, self.settings, self.modules.roots, self.modules.site_packages, first)
        self.evaluator.keep(kept.modules, setting)
        self.tables = kept.tables
        kept.tables.begin(kept.modules)
        kept.noted = False
        declared = self.declared()
        kept.modules.finish()
        kept.noted = True
        return declared

    def declared(self) -> Declared:
        """Run env.py, take what is on its MetaData, then look for what it does not reach."""
        env = self._run_env()
        for name in self.settings.extra_models:
            if self.evaluator.module(name) is None:
                self.unknown.append(Unknown(f"the module `{name}` of the setting `models` was not found"))
        self.host.configure()
        files = {one.path: one for one in self.evaluator.modules_loaded.values()}
        self.host.records.missing += (*lost_changes(self.evaluator.unknowns, files), *self.host.lost_items())
        targets = self._targets(env)
        self._assume_schemas(targets)
        self.unknown += [one.unknown_schema for one in targets if one.unknown_schema is not None]
        guess = self._dialect()
        found = self._found(targets, guess.name)
        incomplete = (*found.missing, *self._incomplete(targets))
        schema = Schema(guess.name, found.tables, enums_of(found.tables), incomplete=incomplete)
        # Without its MetaData, what the revisions' constraints are called is not known either.
        convention = targets[0].convention if targets else NamingConvention(unknown=self._lost_convention())
        return Declared(
            schema,
            found.classes,
            found.unreached,
            convention,
            self._options(env, targets),
            tuple(self._all_unknown(schema)),
            found.reads,
            guess.why,
            self.settings.assume,
        )

    def _found(self, targets: list[Metadata], dialect: str) -> _Found:
        """Build the tables of what env.py reaches, then of what it does not reach."""
        records, version_table = self.host.records, self._version_table()
        reached = [
            one
            for one in records.tables
            if any(one.metadata is target for target in targets) and (one.schema, one.name) != version_table
        ]
        unparsed = self._doubt_unparsed()
        tables = build_tables(reached, records, self.evaluator, dialect, self.tables)
        known = set(map(id, records.mapped.values()))
        classes = [self.tables.mapped(one, dialect, reached=True, make=mapped_class) for one in records.mapped.values()]
        missing = (*records.missing, *unparsed)
        reads = frozenset(self.evaluator.reads)

        lost = self._lost_imports()
        others = self._unreached(targets, set(map(id, reached)))
        unparsed = self._doubt_unparsed()
        self.unknown += unparsed
        unreached = build_tables(others, records, self.evaluator, dialect, self.tables)
        scanned = bool(unreached) and (not tables or bool(lost))
        if scanned:
            # An application that finds its models by scanning imports none of them in env.py; and where an import of
            # env.py's was not followed to its end, nobody can say what it does not reach.
            tables, unreached = {**tables, **unreached}, {}
            missing, reads = (*records.missing, *lost, *unparsed), frozenset(self.evaluator.reads)
            why = "env.py imports no models" if not lost else "not every import of env.py could be followed"
            self.unknown.append(
                Unknown(f"{why}: the models that were found in the project are taken for what it compares with")
            )
        classes += [
            self.tables.mapped(one, dialect, reached=scanned, make=mapped_class)
            for one in records.mapped.values()
            if id(one) not in known and any(one.table is table for table in others)
        ]
        left = {key: table for key, table in unreached.items() if key not in tables}
        return _Found(tables, left, tuple(classes), missing, reads)

    def _options(self, env: Module | None, targets: list[Metadata]) -> EnvironmentOptions:
        """Read what env.py tells Alembic; where it could not be followed to a call, what is written there counts."""
        imported = list(_imported(env)) if env is not None else []
        configured = self.script.configured or (written_calls(env) if env is not None else [])
        options = self._doubted(read_options(configured, imported, self.evaluator, self._handle))
        operations = tuple(dict.fromkeys([*self.host.operations, *self._hooking()]))
        return replace(options, operations=operations, target_metadata=bool(targets))

    # ------------------------------------------------------------------------------------------------------------------
    # env.py

    def _hooking(self) -> list[str]:
        """Give the modules that set hooks for the tables that come up, in revisions, too."""
        files = frozenset(self.host.hooking)
        return [name for name, module in self.evaluator.modules_loaded.items() if files and module.path in files]

    def _run_env(self) -> Module | None:
        path = self.environment.env_path
        if path is None:
            self.unknown.append(Unknown("there is no env.py"))
            return None
        return self.evaluator.run_file(path, ENV_NAME)

    def _assume_schemas(self, targets: list[Metadata]) -> None:
        """Where the schema of a MetaData is not known, take the one that the revisions write."""
        unknown = [one for one in targets if one.unknown_schema is not None]
        schema = schema_in_revisions(self.environment, self.modules.source) if unknown else None
        for one in unknown if schema is not None else ():
            assume_schema(one, str(schema), self.host.records.tables)

    def _targets(self, env: Module | None) -> list[Metadata]:
        """Give the MetaData objects that env.py compares with."""
        stated = [
            call.kwargs["target_metadata"]
            for call in self.script.configured
            if call.kwargs.get("target_metadata") is not None
        ]
        if not stated and env is not None and env.names.get("target_metadata") is not None:
            stated = [env.names["target_metadata"]]
        found: list[Metadata] = []
        for value in stated:
            for one in _flat(value):
                metadata = self._metadata(one)
                if metadata is not None and not any(metadata is other for other in found):
                    found.append(metadata)
        if not found and stated:
            found = self._fallback(stated[0], env)
        return found

    def _metadata(self, value: Value) -> Metadata | None:
        if isinstance(value, Call) and callee(value) == "sqlalchemy.MetaData":
            return self.host.roots.metadata_of(value)
        if isinstance(value, Unknown) or value is None:
            return None
        made = self.evaluator.get(value, "metadata")
        return (
            self.host.roots.metadata_of(made)
            if isinstance(made, Call) and callee(made) == "sqlalchemy.MetaData"
            else None
        )

    def _fallback(self, value: Value, env: Module | None) -> list[Metadata]:
        """Choose where env.py's target could not be worked out: the only MetaData that holds tables."""
        about = value.reason if isinstance(value, Unknown) else _begins_with(value)
        if "current_app" in about or (env is not None and _FLASK in map(dotted, env.names.values())):
            self._find_flask_models()
        held = {id(one.metadata): one.metadata for one in self.host.records.tables}
        flask = {id(root.metadata) for root in self.host.roots.known() if root.kind is Kind.FLASK}
        if not flask.isdisjoint(held):
            # Flask-Migrate compares with what hangs on `db`.
            held = {key: metadata for key, metadata in held.items() if key in flask}
        reason = value.reason if isinstance(value, Unknown) else "it is no MetaData that was read"
        unknown = Unknown(f"env.py's target_metadata could not be worked out: {reason}")
        self.unknown.append(replace(unknown, origin=origin_of(value)))
        if len(held) != 1:
            self.lost = unknown
        return list(held.values()) if len(held) == 1 else []

    def _lost_convention(self) -> Unknown | None:
        """Say why env.py's MetaData, and so its convention, is not known; None where env.py says that it has none."""
        if self.lost is None and self.script.configured:
            return None
        reason = self.lost.reason if self.lost is not None else _NO_METADATA
        return Unknown(f"what it is called is not known without the naming convention: {reason}")

    def _find_flask_models(self) -> None:
        """Read the modules of a Flask application, which its factory would import, and the models of libraries."""
        for name in candidates(self.environment, self.modules, self.evaluator.reads, self._project_files()):
            self.evaluator.module(name)
        for name in imported_models(self.modules, self._project_files()):
            self.evaluator.module(name)

    def _project_files(self) -> Iterator[str]:
        for root in self.modules.roots:
            for entry in self.modules.source.list_dir(root):
                yield f"{root}/{entry}" if entry.endswith(".py") else f"{root}/{entry}/__init__.py"

    def _doubted(self, options: EnvironmentOptions) -> EnvironmentOptions:
        """Doubt that nothing is left out, where the part of env.py that does not parse could say so."""
        unparsed = self.evaluator.unparsed.get(self.environment.env_path or "")
        return options if unparsed is None or options.filtered is not None else replace(options, filtered=unparsed)

    def _handle(self, schema: str | None, name: str) -> Call | None:
        """Give what stands for a declared table in values."""
        tables = self.host.records.tables
        return next((one.handle for one in tables if (one.schema, one.name) == (schema, name)), None)

    def _version_table(self) -> tuple[str | None, str]:
        """Give schema and name of Alembic's own table, which it leaves out of the comparison, declared or not."""
        given = {key: value for call in self.script.configured for key, value in call.kwargs.items()}
        schema, name = given.get("version_table_schema"), given.get("version_table")
        return schema if isinstance(schema, str) else None, name if isinstance(name, str) else "alembic_version"

    def _dialect(self) -> DialectGuess:
        if self.settings.dialect is not None:
            return DialectGuess(self.settings.dialect, "the settings")
        guess = guess_dialect(self.environment, self.modules, urls=self.script.urls)
        if guess is None:
            why = f"nothing says which database the project is for: {_DEFAULT_DIALECT} is assumed"
            self.unknown.append(Unknown(why))
            return DialectGuess(_DEFAULT_DIALECT, "nothing: it is assumed")
        return guess

    # ------------------------------------------------------------------------------------------------------------------
    # What env.py does not reach

    def _unreached(self, targets: list[Metadata], reached: set[int]) -> list[TableRecord]:
        if not targets:
            return []
        records = self.host.records
        bases = [path for target in targets if (path := target.value.origin.path) is not None]
        bases += [record.path for record in records.tables if any(record.metadata is target for target in targets)]
        bases += [one.cls.module.path for one in records.mapped.values()]
        bases += [root.cls.module.path for root in self._base_classes(targets)]
        if not reached:
            # Nothing says where the models are: the base is a library's, or nobody has imported it.
            bases += self._project_files()
        before = len(records.tables)
        names = set(self._names_of(targets))
        for name in list(candidates(self.environment, self.modules, set(self.evaluator.reads), bases, names)):
            self.evaluator.module(name)
        return [
            one
            for one in records.tables[before:]
            if id(one) not in reached and any(one.metadata is target for target in targets) and not _is_tests(one.path)
        ]

    def _doubt_unparsed(self) -> list[Unknown]:
        """Doubt the tables that a file declares of which only parts parse, itself or through its classes.

        Gives what is wrong with each such file.
        """
        unparsed = self.evaluator.unparsed
        if unparsed:
            for table in self.host.records.tables:
                _doubt(table, unparsed.get(table.path))
            for mapped in self.host.records.mapped.values():
                if mapped.table is not None:
                    for cls in mapped.cls.mro():
                        _doubt(mapped.table, unparsed.get(cls.module.path) if isinstance(cls, Class) else None)
                        # A base that was lost with what does not parse.
                        _doubt(mapped.table, next(iter(unparsed.values())) if isinstance(cls, Unknown) else None)
        return list(unparsed.values())

    def _lost_imports(self) -> list[Unknown]:
        """Give the statements of env.py, and of the packages it imports, that were not run to their end.

        They may have imported models.
        """
        lost = []
        for unknown in self.evaluator.unknowns:
            path = unknown.origin.path
            registers = path is not None and (path == self.environment.env_path or path.endswith("/__init__.py"))
            if not registers or _ENDED.search(unknown.reason) is None:
                continue
            site = unknown.origin.site
            if site is not None and not site.scope and site.says.partition(":")[0] in _MAY_IMPORT:
                lost.append(unknown)
        return lost

    def _names_of(self, targets: list[Metadata]) -> Iterator[str]:
        """Give the names by which the modules that were run know the MetaData, its bases and their classes."""
        roots = [root for root in self.host.roots.known() if any(root.metadata is target for target in targets)]
        values = {id(target.value) for target in targets} | {id(root.value) for root in roots}
        for module in list(self.evaluator.modules_loaded.values()):
            for name, value in module.names.items():
                if id(value) in values:
                    yield name
                elif isinstance(value, Class) and value.bases:
                    root = self.host.roots.of_class(value)
                    if root is not None and any(root is one for one in roots):
                        yield name
                elif isinstance(value, Call | Instance) and self.host.roots.of_database(value) in roots:
                    yield name

    def _base_classes(self, targets: list[Metadata]) -> Iterator[_Base]:
        for root in self.host.roots.known():
            if any(root.metadata is target for target in targets):
                cls = root.model_class if isinstance(root.model_class, Class) else root.value
                if hasattr(cls, "module"):
                    yield _Base(cls)

    # ------------------------------------------------------------------------------------------------------------------
    # What could not be read

    def _incomplete(self, targets: list[Metadata]) -> Iterator[Unknown]:
        for target in targets:
            if target.unknown is not None:
                yield target.unknown
        if not targets and self.environment.env_path is not None:
            yield Unknown(_NO_METADATA)

    def _all_unknown(self, schema: Schema) -> Iterator[Unknown]:
        seen: set[tuple[str, object]] = set()
        for one in (*self.unknown, *self.host.records.unknown, *unknown_facts(schema)):
            key = (one.reason, one.origin)
            if key not in seen:
                seen.add(key)
                yield one


@dataclass(frozen=True, slots=True)
class _Base:
    cls: Value


def _doubt(table: TableRecord, why: Unknown | None) -> None:
    """Note that a table may have more than was read, once for each reason."""
    if why is not None and not any(why is one for one in table.incomplete):
        table.incomplete.append(why)


def _begins_with(value: Value) -> str:
    """Give the path of the symbol that a symbolic value hangs on: `flask.current_app` of `current_app.x["y"].z`."""
    while isinstance(value, Attribute | Call | Operator):
        if isinstance(value, Attribute):
            value = value.value
        else:
            value = value.function if isinstance(value, Call) else value.operands[0]
    return value.path if isinstance(value, Symbol) else ""


def _flat(value: Value) -> Iterator[Value]:
    """Give the MetaData objects of a list of them, or the one."""
    if isinstance(value, list | tuple | set):
        for one in value:
            yield from _flat(one)
    else:
        yield value


def _imported(module: Module) -> Iterable[str]:
    """Give the names of the modules that a file imports at its top."""
    if module.syntax is None:
        return
    for node in ast.walk(module.syntax.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module


def _is_tests(path: str) -> bool:
    return any(part in ("tests", "test") for part in path.split("/"))
