"""New revision files: numbers, names and frames in the project's own way."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from textwrap import dedent

import alembic
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from driftline.compare.difference import Difference
from driftline.fixes import fixes_for
from driftline.fixes.fix import Unbuildable
from driftline.fixes.operations import Code
from driftline.fixes.revision import NewRevision, followed, next_id, plain_revision, revision_path, slug, write_revision
from driftline.fixes.scaffold import Wish, scaffold
from driftline.migrations.graph import Graph
from driftline.models.declared import EnvironmentOptions
from driftline.python.values import Unknown
from driftline.rules.finding import Finding, Level
from driftline.schema import CheckConstraint, Table
from driftline.sources.environment import Environment
from tests.fixes.fake_project import ENVIRONMENT, numbered, project

NOW = datetime(2026, 2, 3, 4, 5, 6)  # noqa: DTZ001 -- Alembic's own: local time
CODE = Code('op.drop_table("x")', 'op.create_table("x", sa.Column("id", sa.Integer()))')
CHECK = CheckConstraint("ck_tokens_positive", "amount > 0")
FINDING = Finding(
    "missing-check",
    "drift",
    Level.ERROR,
    "…",
    table="tokens",
    object=CHECK.name,
    difference=Difference("add_check", "tokens", CHECK.name, CHECK, None),
)
TEMPLATES = Path(alembic.__file__).parent / "templates"


@pytest.mark.parametrize(
    ("ids", "following"),
    [
        (("0001", "0002", "0013"), "0014"),
        (("1", "2", "9"), "10"),
        (("099",), "100"),
        (("999",), "1000"),
        (("0001", "0003", "0002"), "0004"),
        (("20240101", "20240102"), "20240103"),
    ],
)
def test_numbers_go_on(ids: tuple[str, ...], following: str) -> None:
    """A project that numbers its revisions gets the next number, in as many digits."""
    assert next_id(numbered(*ids), ids[-1], "seed") == following


@pytest.mark.parametrize("ids", [("1975ea83b712",), ("0001_first", "0002_second"), ("123456789012",), ()])
def test_other_ids_are_digests(ids: tuple[str, ...]) -> None:
    """Elsewhere an id is twelve hexadecimal digits, the same for the same changes, another where it is taken."""
    graph = numbered(*ids)
    head = ids[-1] if ids else None
    made = next_id(graph, head, "seed")

    assert len(made) == 12
    assert set(made) <= set("0123456789abcdef")
    assert made == next_id(graph, head, "seed")
    assert made != next_id(graph, head, "other")
    assert made != next_id(graph, head, "seed", taken=(made,))


def test_numbers_promised_to_others() -> None:
    """Several revisions that are shown at once have different numbers."""
    assert next_id(numbered("0013"), "0013", "seed", taken=("0014",)) == "0015"


@pytest.mark.parametrize(
    ("graph", "head"),
    [
        (numbered("0001", "0002"), "0002"),
        (Graph(), None),
        (replace(numbered("0001"), heads=("0001", "0002")), Unknown("there are 2 heads")),
        (
            replace(numbered("0001"), missing=(("0001", "0000"),)),
            Unknown("revision `0000`, on which `0001` builds, is in no file"),
        ),
    ],
)
def test_followed(graph: Graph, head: str | Unknown | None) -> None:
    """There is something to follow only where there is one head, and the graph below it holds."""
    assert followed(graph) == head


@pytest.mark.parametrize("message", ["Add ck_users to Users!", "x" * 60, "a b " * 20, "größe 1", "one\ntwo"])
def test_slug_is_alembics(message: str, tmp_path: Path) -> None:
    """File names are made as `alembic revision` makes them."""
    config = Config()
    config.set_main_option("script_location", str(tmp_path))
    script = ScriptDirectory.from_config(config)

    assert f"/v/1_{slug(message)}.py" == str(script._rev_path("/v", "1", message, NOW))


@pytest.mark.parametrize(
    ("template", "name", "path"),
    [
        (None, "{}_made.py", "versions/0002_add_it.py"),
        (None, "{}-made-it.py", "versions/0002-add_it.py"),
        (None, "made_{}.py", "versions/add_it_0002.py"),
        (None, "nothing_like_it.py", "versions/0002_add_it.py"),
        ("%(year)d_%(month).2d_%(day).2d-%(rev)s_%(slug)s", "{}_made.py", "versions/2026_02_03-0002_add_it.py"),
        ("%(year)d/%(hour).2d%(minute).2d%(second).2d_%(slug)s", "{}.py", "versions/2026/040506_add_it.py"),
        ("%(nonsense)s", "{}_made.py", "versions/0002_add_it.py"),
    ],
)
def test_path(template: str | None, name: str, path: str) -> None:
    """The file template decides; without one, what the other revisions are called."""
    one = project(graph=numbered("0001", name=name), environment=replace(ENVIRONMENT, file_template=template))

    assert revision_path(one, NewRevision("0002", "0001", "add it", CODE), NOW) == f"/p/alembic/{path}"


def test_path_beside_the_head() -> None:
    """Where there are several version folders, the new revision stands in the head's."""
    environment = replace(ENVIRONMENT, version_locations=("/p/one", "/p/two"))
    one = project(graph=numbered("0001", folder="/p/two"), environment=environment)

    assert revision_path(one, NewRevision("0002", "0001", "add it", CODE), NOW) == "/p/two/0002_add_it.py"


@pytest.mark.parametrize("locations", [("versions",), ("other", "versions")])
def test_folders_of_the_template_do_not_nest(locations: tuple[str, ...]) -> None:
    """A file template with folders starts at the version location, wherever in it the head stands."""
    environment = replace(
        ENVIRONMENT,
        version_locations=tuple(f"/p/alembic/{one}" for one in locations),
        recursive=True,
        file_template="%(year)d/%(rev)s",
    )
    one = project(graph=numbered("0001", folder="/p/alembic/versions/2026"), environment=environment)

    assert revision_path(one, NewRevision("0002", "0001", "m", CODE), NOW) == "/p/alembic/versions/2026/0002.py"


def test_folders_of_the_template_are_alembics(tmp_path: Path) -> None:
    """Alembic itself puts revision after revision where this does, with folders in the template."""
    scripts = tmp_path / "alembic"
    (scripts / "versions").mkdir(parents=True)
    (scripts / "script.py.mako").write_text((TEMPLATES / "generic" / "script.py.mako").read_text())
    config = Config()
    template = "%(year)d/%(month)d/%(rev)s"
    options = {"script_location": scripts, "recursive_version_locations": "true"}
    for name, value in {**options, "file_template": template.replace("%", "%%")}.items():
        config.set_main_option(name, str(value))
    made = []
    for identifier in ("1", "2", "3"):
        script = ScriptDirectory.from_config(config).generate_revision(identifier, "m", refresh=True)
        made.append(Path(script.path))
    environment = replace(ENVIRONMENT, version_locations=(str(scripts / "versions"),), recursive=True)
    one = project(
        graph=numbered("1", "2", folder=str(made[1].parent), name="{}.py"),
        environment=replace(environment, file_template=template),
    )
    moment = datetime.fromtimestamp(made[2].stat().st_mtime)  # noqa: DTZ006 -- Alembic's own: local time

    assert str(made[2]) == revision_path(one, NewRevision("3", "2", "m", CODE), moment)


@pytest.mark.parametrize("template", ["generic", "async", "pyproject"])
def test_alembics_templates(template: str) -> None:
    """Alembic's own templates take what is scaffolded, as they take what autogenerate finds."""
    text = (TEMPLATES / template / "script.py.mako").read_text()
    one = project({"/p/alembic/script.py.mako": text})
    code = replace(CODE, imports=("from sqlalchemy.dialects import postgresql",))
    path, made = write_revision(one, NewRevision("0002", "0001", "add it", code), NOW) or ("", "")
    names: dict[str, object] = {}
    exec(compile(made, path, "exec"), names)  # noqa: S102 -- a revision is a program

    assert path == "/p/alembic/versions/0002_add_it.py"
    assert (names["revision"], names["down_revision"]) == ("0002", "0001")
    assert (names["branch_labels"], names["depends_on"]) == (None, None)
    assert "Create Date: 2026-02-03 04:05:06" in made
    assert "from sqlalchemy.dialects import postgresql\n" in made
    assert '\n    op.drop_table("x")\n' in made


def test_own_template() -> None:
    """The project's template is rendered, whatever it makes of a revision, with its line ends."""
    mako = '"""${message}"""\r\nrevision = ${repr(up_revision)}\r\ndef upgrade():\r\n    ${upgrades}\r\n'
    _, made = write_revision(project({"/p/alembic/script.py.mako": mako}), NewRevision("2", "1", "m", CODE), NOW) or (
        "",
        "",
    )

    assert made == '"""m"""\r\nrevision = \'2\'\r\ndef upgrade():\r\n    op.drop_table("x")\r\n'


@pytest.mark.parametrize(
    ("mako", "why"),
    [
        ("\n${undefined.attribute}", "cannot be rendered (line 2): AttributeError: 'Undefined' object"),
        ("<% raise SystemExit %>", "cannot be rendered (line 1): SystemExit."),
        ("this is no python", "makes no Python: "),
        ("${", "cannot be rendered (line 1): SyntaxException: "),
    ],
)
def test_template_that_does_not_work(mako: str, why: str) -> None:
    """A template that fails, or makes no Python, is told, with its place; nothing else is made in its stead."""
    new = NewRevision("0002", "0001", "add it", CODE)

    with pytest.raises(Unbuildable, match=re.escape(f"The template /p/alembic/script.py.mako {why}")):
        write_revision(project({"/p/alembic/script.py.mako": mako}), new, NOW)


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("%(year)d/%(rev)s", "Alembic would not find 0002.py: `file_template` puts it into a folder of its own, "),
        ("%(nonsense)s", "The `file_template` '%(nonsense)s' makes no file name: Alembic fills in `rev`, `slug`, "),
    ],
)
def test_no_file_that_alembic_would_not_find(template: str, why: str) -> None:
    """A file template that Alembic refuses, or whose files it does not read, is told."""
    one = project(environment=replace(ENVIRONMENT, file_template=template))
    new = NewRevision("0002", "0001", "add it", CODE)

    with pytest.raises(Unbuildable, match=re.escape(why)):
        write_revision(one, new, NOW)


@pytest.mark.parametrize(
    "environment",
    [
        replace(ENVIRONMENT, recursive=True),
        replace(ENVIRONMENT, version_locations=("/p/alembic/versions", "/p/alembic/versions/2025")),
    ],
    ids=["recursive", "a folder for each year, which a program names"],
)
def test_folders_that_are_read(environment: Environment) -> None:
    """The template may have folders where those below a version location are read."""
    one = project(environment=replace(environment, file_template="%(year)d/%(rev)s"))
    path, _ = write_revision(one, NewRevision("0002", "0001", "add it", CODE), NOW) or ("", "")

    assert path == "/p/alembic/versions/2026/0002.py"


@pytest.mark.parametrize("message", [r"C:\users", 'say """hi"""', "two\nlines", r"ends in \\"])
def test_any_message_stands_in_the_docstring(message: str) -> None:
    """What would end it, or is no escape, is written so that it can be read again."""
    one = project({"/p/alembic/script.py.mako": (TEMPLATES / "generic" / "script.py.mako").read_text()})
    _, made = write_revision(one, NewRevision("2", "1", message, CODE), NOW) or ("", "")

    assert (ast.get_docstring(ast.parse(made), clean=False) or "").startswith(message.replace('"""', "'''") + "\n")


def test_no_template() -> None:
    """Without a template there is a plain frame."""
    new = NewRevision("0002", "0001", "add it", CODE)

    assert write_revision(project(), new, NOW) == ("/p/alembic/versions/0002_add_it.py", plain_revision(new))


@pytest.mark.parametrize(
    ("prefixes", "upgrade", "downgrade"),
    [
        (
            ("op.", "sa."),
            'op.execute("op.größe"); op.drop_table("x")',
            'op.create_table("x", sa.Column("é", sa.Integer()))',
        ),
        (
            ("ao.", "db."),
            'ao.execute("op.größe"); ao.drop_table("x")',
            'ao.create_table("x", db.Column("é", db.Integer()))',
        ),
        (
            ("alembic.op.", ""),
            'alembic.op.execute("op.größe"); alembic.op.drop_table("x")',
            'alembic.op.create_table("x", Column("é", Integer()))',
        ),
    ],
)
def test_prefixes_of_env(prefixes: tuple[str, str], upgrade: str, downgrade: str) -> None:
    """A template that imports `op` and `sa` otherwise gets code that says so, as env.py has it."""
    code = Code('op.execute("op.größe"); op.drop_table("x")', 'op.create_table("x", sa.Column("é", sa.Integer()))')
    mako = "def upgrade():\n    ${upgrades}\ndef downgrade():\n    ${downgrades}\n"
    one = project({"/p/alembic/script.py.mako": mako})
    options = EnvironmentOptions(alembic_module_prefix=prefixes[0], sqlalchemy_module_prefix=prefixes[1])
    one = replace(one, declared=replace(one.declared, options=options))
    _, made = write_revision(one, NewRevision("2", "1", "m", code), NOW) or ("", "")

    assert made == f"def upgrade():\n    {upgrade}\ndef downgrade():\n    {downgrade}\n"


def test_never_over_a_file() -> None:
    """Nothing is made where a file of that name is."""
    one = project({"/p/alembic/versions/0002_add_it.py": ""})

    assert write_revision(one, NewRevision("0002", "0001", "add it", CODE), NOW) is None


def test_plain_revision() -> None:
    """The plain frame is what an author would write."""
    new = NewRevision("0002", ("a", "b"), 'say "it"', CODE)

    assert plain_revision(new) == dedent(
        '''\
        """say "it" """

        import sqlalchemy as sa
        from alembic import op

        revision = "0002"
        down_revision = ("a", "b")
        branch_labels = None
        depends_on = None


        def upgrade() -> None:
            op.drop_table("x")


        def downgrade() -> None:
            op.create_table("x", sa.Column("id", sa.Integer()))
        '''
    )


def test_merge_revision() -> None:
    """A revision that does nothing needs no imports."""
    made = plain_revision(NewRevision("3", ("1", "2"), "merge", Code("", "")))

    assert made.startswith('"""merge"""\n\nrevision = "3"\n')
    assert made.count("\n    pass\n") == 2


def test_offer() -> None:
    """A revision is offered as unsafe, says what it does, and is built on demand alone."""
    one = project(declared={"tokens": Table("tokens")}, migrated={"tokens": Table("tokens")}, graph=numbered("0013"))
    (offer,) = fixes_for(FINDING, one)
    fix = offer.build()

    assert offer.title == "Create a revision that adds CHECK constraint ck_tokens_positive to tokens"
    assert (offer.applicability, offer.revision) == ("unsafe", True)
    assert fix is not None
    assert list(fix.creates) == ["/p/alembic/versions/0014_add_ck_tokens_positive.py"]
    assert not fix.edits


def test_no_offer_with_several_heads() -> None:
    """A revision that could follow either of two heads is not offered."""
    graph = replace(numbered("0013"), heads=("0012", "0013"))

    assert fixes_for(FINDING, project(migrated={"tokens": Table("tokens")}, graph=graph)) == ()


@pytest.mark.parametrize("words", [{"uncertain": "it rests on a branch"}, {"apparent": "Alembic alone sees it"}])
def test_no_offer_for_what_is_not_sure(words: dict[str, str]) -> None:
    """What rests on an assumption, or only seems to differ, is not cured."""
    finding = replace(FINDING, difference=replace(FINDING.difference, **words))

    assert fixes_for(finding, project(migrated={"tokens": Table("tokens")})) == ()


def test_scaffold_is_stable() -> None:
    """The same changes make the same revision, so that listing and building agree."""
    one = project(migrated={"tokens": Table("tokens")}, graph=numbered("ae10"))
    (offer,) = fixes_for(FINDING, one)

    assert list(offer.build().creates) == list(offer.build().creates)
    assert scaffold((), one, title="nothing", wish=Wish(now=NOW)) is None
