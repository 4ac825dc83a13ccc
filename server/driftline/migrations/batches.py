"""`batch_alter_table` blocks that have not ended, and the operations that wait there for the end.

Knows nothing of what is done in a block: the recorder reads that.

Example: in `with op.batch_alter_table("users") as batch_op:`, `innermost` is the batch of `users`, until `ended(…)`
gives it as an operation with all that was added.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from driftline.dataclass import dataclass, field, replace
from driftline.migrations.operation import Batch, Operation
from driftline.migrations.operation_reader import Stating, batch_constraints, bind_arguments, with_schema
from driftline.migrations.own_models import OwnModels
from driftline.models.core import callee, plain, read_column
from driftline.python.values import Call, Unknown, Value
from driftline.schema import Column, Table, table_key

_PARAMETERS = ("table_name", "schema", "recreate", "partial_reordering", "copy_from", "table_args")


@dataclass(slots=True)
class OpenBatch:
    """A block. `table` and `schema` are as written: empty where the table is not known, None where no schema is."""

    call: Call
    table: str
    schema: str | None
    batch: Batch
    operations: list[Operation] = field(default_factory=list)


def read_batch(call: Call, stating: Stating, models: OwnModels) -> tuple[OpenBatch, tuple[Operation, ...]]:
    """Read a call of `batch_alter_table`; gives what stands before it besides, where not all of it was worked out."""
    given, assumed = with_schema(bind_arguments(call, _PARAMETERS), stating)
    name, schema = plain(given.get("table_name")), plain(given.get("schema"))
    known = isinstance(name, str) and (schema is None or isinstance(schema, str))
    table = str(name) if known else ""
    written = str(schema) if known and schema is not None else None
    convention = given.get("naming_convention")
    naming = tuple(
        (str(key), template if isinstance(template, str) else Unknown("a template of the batch could not be read"))
        for key, template in (convention.items() if isinstance(convention, dict) else ())
    )
    recreate = plain(given.get("recreate", "auto"))
    batch = Batch(
        table_key(stating.context.schema_key(written), table),
        (),
        recreate=recreate if recreate in ("always", "never") else "auto",
        naming=naming,
        extra=batch_constraints(given.get("table_args"), table, written, stating),
        reflected=_columns(given.get("reflect_args"), stating),
        copy_from=_copied(given.get("copy_from"), stating, models),
        ordered=_ordered(given.get("partial_reordering")),
        **stating.marks,
    )
    reflecting = given.get("reflect_kwargs")
    says = any(reflecting.values()) if isinstance(reflecting, dict) else reflecting is not None
    lost = given.get("copy_from") is not None and batch.copy_from is None
    if (says or lost) and (stating.context.dialect == "sqlite" or batch.recreate == "always"):
        reason = (
            "the table that `copy_from` gives is not known"
            if lost
            else "what `reflect_kwargs` makes of the table that is copied is not worked out"
        )
        if batch.recreate != "never":
            assumed = (*assumed, stating.opaque(reason, batch.table))
    return OpenBatch(call, table, written, batch), assumed


def _copied(given: Value, stating: Stating, models: OwnModels) -> Table | None:
    """Read the table of `copy_from`, a mapped class's or one of the revision's own; None where it is not known."""
    if given is None:
        return None
    from driftline.migrations.own_objects import read_own_table  # few batches pass one

    return models.table(given) or read_own_table(given, stating)


def _ordered(groups: Value) -> tuple[tuple[str, ...], ...]:
    """Read the columns of `partial_reordering`."""
    found = [one for one in groups if isinstance(one, list | tuple)] if isinstance(groups, list | tuple) else []
    return tuple(tuple(name for name in map(plain, one) if isinstance(name, str)) for one in found)


def _columns(items: Value, stating: Stating) -> tuple[Column, ...]:
    """Read the columns of a list."""
    calls = items if isinstance(items, list | tuple) else ()
    return tuple(read_column(one, stating.context).column for one in calls if callee(one) == "sqlalchemy.Column")


class Batches:
    """The blocks that are open, innermost last."""

    def __init__(self) -> None:
        """Hold none yet."""
        self._open: list[OpenBatch] = []
        self._stacked: list[tuple[Value, Call]] = []
        """Calls of `batch_alter_table`, each with the ExitStack that it was entered by."""

    def clear(self) -> None:
        """Forget all."""
        self._open.clear()
        self._stacked.clear()

    @property
    def innermost(self) -> OpenBatch | None:
        """The block that operations are added to now."""
        return self._open[-1] if self._open else None

    def of(self, call: Value) -> OpenBatch | None:
        """Give the block that `call` has opened."""
        return next((one for one in reversed(self._open) if one.call is call), None)

    def among(self, calls: Sequence[Value]) -> list[OpenBatch]:
        """Give the blocks that `calls` have opened."""
        return [one for one in self._open if any(one.call is call for call in calls)]

    def enter(self, opened: OpenBatch, stack: Value = None) -> None:
        """Open a block; `stack`: the ExitStack that ends it, None where it has a `with` of its own."""
        self._open.append(opened)
        if stack is not None:
            self._stacked.append((stack, opened.call))

    def ended(self, value: Value) -> Iterator[Batch]:
        """End the blocks that end with `value`, their call or their ExitStack; gives each as an operation."""
        for call in (*(batch for stack, batch in reversed(self._stacked) if stack is value), value):
            opened = self.innermost
            if opened is not None and opened.call is call:
                self._open.pop()
                yield replace(opened.batch, operations=tuple(opened.operations))

    @contextmanager
    def set_aside(self) -> Iterator[None]:
        """Do in there what no block waits for: SQL is run at once."""
        waiting, self._open = self._open, []
        try:
            yield
        finally:
            self._open = waiting
