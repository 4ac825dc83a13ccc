"""`driftline check --fix` and `driftline revision`: what is written, what is only shown, and what is left alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from driftline.cli.writing import create_file, replace_file
from driftline.sources.decoding import digest
from tests.support.project import DEFAULTS, files_of

if TYPE_CHECKING:
    from tests.cli.conftest import Run

SHOP = files_of('''
#- models.py
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(50))
    nick: Mapped[str | None] = mapped_column(String(50))


class Token(Base):
    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int]
    hash: Mapped[str] = mapped_column(String(9), unique=True, index=True)
#- alembic/versions/0001_users.py
"""users and tokens"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("email", sa.String(50), nullable=False),
    )
    op.create_index("ix_users_email", "users", ["email"])
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("hash", sa.String(9), nullable=False),
        sa.UniqueConstraint("hash"),
    )


def downgrade():
    op.drop_table("tokens")
    op.drop_table("users")
#- alembic/script.py.mako
"""${message}"""
# from the project's own template
import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade():
    ${upgrades}


def downgrade():
    ${downgrades}
''')


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in which some drift has a safe fix, and some has none; commands are started in it."""
    for path, text in {**DEFAULTS, **SHOP}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rules(out: str) -> list[str]:
    """The rules of printed findings."""
    return [line.partition("[")[2].partition("]")[0] for line in out.splitlines()]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_safe_fixes(run: Run, shop: Path) -> None:
    """They are made until none is left; what remains is printed, and decides on the exit code."""
    ran = run("check", "--fix")
    text = (shop / "models.py").read_text("utf-8")

    assert (ran.code, rules(ran.out)) == (1, ["missing-column"])
    assert ran.err.startswith("driftline: 3 fixes in models.py\n")
    assert 'ForeignKey("users.id", ondelete="CASCADE")' in text
    assert 'Index("ix_users_email", "email")' in text
    assert "mapped_column(String(9), unique=True)" in text
    assert not list((shop / "alembic/versions").glob("0002*"))


def test_all_fixes(run: Run, shop: Path) -> None:
    """What only a revision mends becomes one, by the project's template; nothing is left to fix the next time."""
    ran = run("check", "--unsafe-fixes")
    (made,) = (shop / "alembic/versions").glob("0002*")
    text = made.read_text("utf-8")
    again = run("check", "--unsafe-fixes")

    assert (ran.code, ran.out) == (0, "")
    assert "# from the project's own template" in text
    assert 'op.add_column("users", sa.Column("nick", sa.String(length=50), nullable=True))' in text
    assert (again.code, "fix" in again.err) == (0, False)


def test_a_diff_writes_nothing(run: Run, shop: Path) -> None:
    """It shows what would be written, new files too, and exits 1 where that is anything."""
    before = contents(shop)
    safe, everything = run("check", "--diff"), run("check", "--unsafe-fixes", "--diff")

    assert contents(shop) == before
    assert (safe.code, everything.code) == (1, 1)
    assert safe.out.count("--- ") == 1
    assert '+    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))' in safe.out
    assert "--- /dev/null\n+++ b/alembic/versions/0002_add_nick_to_users.py\n" in everything.out
    assert run("check", "--diff", "--exit-zero").code == 0


def test_only_the_files_that_are_named(run: Run, shop: Path) -> None:
    """As pre-commit passes them: what is found in other files is not mended."""
    (shop / "other.py").write_text("", "utf-8")
    before = contents(shop)
    run("check", "--fix", "other.py")

    assert contents(shop) == before


def test_line_ends_marks_and_encodings_stay(run: Run, shop: Path) -> None:
    """A file with CRLF, a byte order mark, or a declared encoding has them afterwards."""
    path = shop / "models.py"
    crlf = path.read_text("utf-8").replace("\n", "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + f"# größe\r\n{crlf}".encode())
    run("check", "--fix")
    made = path.read_bytes()
    path.write_bytes(f"# coding: latin-1\n# größe\n{crlf}".encode("latin-1"))
    run("check", "--fix")
    declared = path.read_bytes()

    assert made.startswith("\ufeff# größe\r\n".encode())
    assert made.count(b"\n") == made.count(b"\r\n")
    assert b"ForeignKey(" in made
    assert declared.startswith("# coding: latin-1\n# größe\n".encode("latin-1"))
    assert b"ForeignKey(" in declared


def test_one_of_a_table(run: Run, shop: Path) -> None:
    """`--table` closes the drift of one table; `-m` says what the revision is called; its path is printed."""
    ran = run("revision", "--table", "tokens", "-m", "Give up the key")
    text = (shop / "alembic/versions/0002_give_up_the_key.py").read_text("utf-8")

    assert (ran.code, ran.out) == (0, "alembic/versions/0002_give_up_the_key.py\n")
    assert text.startswith('"""Give up the key"""\n')
    assert "op.drop_constraint" in text
    assert "users_email" not in text
    assert "down_revision = '0001'" in text


def test_what_is_lost_is_told(run: Run, shop: Path) -> None:
    """A table without a model is dropped only where the user says so, and then told of what is lost."""
    models = shop / "models.py"
    models.write_text(models.read_text("utf-8").partition("\n\nclass Token")[0], "utf-8")
    kept = run("revision", "--dry-run")

    assert "driftline: not in it: tokens [extra-table], as " in kept.err
    assert "--drop-tables" in kept.err
    assert "op.drop_table(" not in kept.out.partition("def downgrade")[0]
    for words in (["--drop-tables"], ["--table", "tokens"]):
        ran = run("revision", "--dry-run", *words)
        assert "driftline: what these hold is lost: tokens\n" in ran.err
        assert 'op.drop_table("tokens")' in ran.out


@pytest.mark.parametrize("word", ["--dry-run", "--diff"])
def test_a_dry_run_writes_nothing(run: Run, shop: Path, word: str) -> None:
    """It prints the revision, or its diff."""
    before = contents(shop)
    ran = run("revision", word, ".")

    assert ran.code == 0
    assert contents(shop) == before
    assert "op.add_column(" in ran.out
    assert ran.out.startswith("--- /dev/null\n" if word == "--diff" else '"""')


def test_nothing_to_close(run: Run, shop: Path) -> None:
    """Where models and migrations agree, nothing is written."""
    run("check", "--unsafe-fixes")
    before = contents(shop)
    ran = run("revision")

    assert (ran.code, ran.out, ran.err) == (0, "", "driftline: there is no drift that a revision could close\n")
    assert contents(shop) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["--table", "user"],
            "there is no table `user`, neither in the models nor in the migrations; did you mean `users`?",
        ),
        (["--head", "0002"], "there is no revision or branch `0002`"),
        (["--rev-id", "a-1/x"], "`a-1/x` cannot be the id of a revision: use letters, digits and underscores"),
        (["--rev-id", "head"], "`head` cannot be the id of a revision"),
        (["--rev-id", ""], "`` cannot be the id of a revision"),
        (["--rev-id", "0001"], "there is a revision `0001` already: alembic/versions/0001_users.py"),
    ],
)
def test_what_cannot_be_meant(run: Run, shop: Path, words: list[str], said: str) -> None:
    """A table, head or id that cannot be meant is refused, and nothing written."""
    before = contents(shop)
    ran = run("revision", *words)

    assert ran.code == 2
    assert said in ran.err
    assert contents(shop) == before


def second_head(shop: Path) -> None:
    """Let two revisions follow the first."""
    for name in ("aaaa", "bbbb"):
        (shop / f"alembic/versions/{name}.py").write_text(
            f'revision = "{name}"\ndown_revision = "0001"\n\n\ndef upgrade():\n    pass\n', "utf-8"
        )


def test_several_heads(run: Run, shop: Path) -> None:
    """A new revision needs to know which head it follows; it cannot follow what is none."""
    second_head(shop)
    unsure, wrong = run("revision"), run("revision", "--head", "0001")
    ran = run("revision", "--head", "bbbb", "--rev-id", "cccc", "-m", "on")

    assert (unsure.code, wrong.code, ran.code) == (2, 2, 0)
    assert "Name one with --head: `aaaa`, `bbbb`" in unsure.err
    assert "`0001` is not a head" in wrong.err
    assert "down_revision = 'bbbb'" in (shop / ran.out.strip()).read_text("utf-8")


def test_what_is_wrong_in_several_places_is_mended_in_all(run: Run, shop: Path) -> None:
    """Findings that say the same, in one revision and in others, have fixes of one title; each is made."""
    alter = 'op.alter_column("users", "id", nullable=False)'
    for name, down, body in (("aaaa", "0001", f"{alter}\n    {alter}"), ("bbbb", "aaaa", alter)):
        (shop / f"alembic/versions/{name}.py").write_text(
            "from alembic import op\n\n"
            f'revision = "{name}"\ndown_revision = "{down}"\n\n\ndef upgrade():\n    {body}\n',
            "utf-8",
        )
    run("check", "--unsafe-fixes")

    texts = [(shop / f"alembic/versions/{name}.py").read_text("utf-8") for name in ("aaaa", "bbbb")]
    assert [text.partition("upgrade():\n")[2] for text in texts] == ["    pass\n", "    pass\n"]


@pytest.mark.parametrize("name", ["head", "heads"])
def test_the_head_of_several_is_none(run: Run, shop: Path, name: str) -> None:
    """Which one is meant must be said."""
    second_head(shop)
    ran = run("revision", "--head", name)

    assert ran.code == 2
    assert "there are several heads; a revision follows one of them: `aaaa`, `bbbb`" in ran.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('revision = "aaaa"\ndown_revision = "gone"\n', "revision `gone`, on which `aaaa` builds, is in no file"),
        ('revision = "aaaa"\ndef (\n', "aaaa.py: it does not parse"),
    ],
)
def test_a_broken_history_is_not_said_to_agree(run: Run, shop: Path, text: str, said: str) -> None:
    """Nobody knows whether there is drift, and what a revision would follow."""
    (shop / "alembic/versions/aaaa.py").write_text(text, "utf-8")
    before = contents(shop)
    ran = run("revision")

    assert ran.code == 2
    assert said in ran.err
    assert contents(shop) == before


def test_a_section_that_shares_its_scripts_is_named(run: Run, shop: Path) -> None:
    """By its own name, where another section of the ini has the same script location."""
    ini = shop / "alembic.ini"
    ini.write_text(f"{ini.read_text('utf-8')}\n[other]\nscript_location = alembic\n", "utf-8")
    (shop / "other").mkdir()
    (shop / "other/aaaa.py").write_text('revision = "aaaa"\ndown_revision = None\n', "utf-8")
    with ini.open("a", encoding="utf-8") as more:
        more.write("version_locations = other\n")
    unsure, ran = run("revision"), run("revision", "--environment", "alembic", "-m", "on")

    assert (unsure.code, ran.code) == (2, 0)
    assert "name one with --environment" in unsure.err
    assert ran.out.startswith("alembic/versions/")


def test_a_file_in_the_way_stays(run: Run, shop: Path) -> None:
    """No file is written over."""
    there = shop / "alembic/versions/0002_on.py"
    there.write_text("# mine\n", "utf-8")
    ran = run("revision", "-m", "on")

    assert ran.code == 2
    assert there.read_text("utf-8") == "# mine\n"


# ---------------------------------------------------------------------------------------------------------------------
# Writing


def test_only_what_was_read_is_replaced(tmp_path: Path) -> None:
    """A file that somebody has changed meanwhile, or removed, is not written."""
    path = tmp_path / "models.py"
    path.write_text("new\n", "utf-8")

    assert replace_file(str(path), digest("old\n"), "ours\n") == "it has changed meanwhile"
    assert path.read_text("utf-8") == "new\n"
    assert (replace_file(str(tmp_path / "gone.py"), digest(""), "") or "").startswith("it cannot be read")
    assert replace_file(str(path), digest("new\n"), "ours\n") is None
    assert path.read_text("utf-8") == "ours\n"
    assert [one.name for one in tmp_path.iterdir()] == ["models.py"]


def test_links_and_modes_stay(tmp_path: Path) -> None:
    """A link leads to the changed file, which may be run as before."""
    real, link = tmp_path / "real.py", tmp_path / "link.py"
    real.write_text("a", "utf-8")
    real.chmod(0o755)
    link.symlink_to(real)

    assert replace_file(str(link), digest("a"), "b") is None
    assert link.is_symlink()
    assert (real.read_text("utf-8"), real.stat().st_mode & 0o777) == ("b", 0o755)


def test_what_nobody_may_write_is_not_written(tmp_path: Path) -> None:
    """A file that is read-only stays, though its folder would let another take its place."""
    path = tmp_path / "models.py"
    path.write_text("a", "utf-8")
    path.chmod(0o444)

    assert replace_file(str(path), digest("a"), "b") == "it is read-only"
    assert path.read_text("utf-8") == "a"


def test_what_has_no_bytes_is_not_written(tmp_path: Path) -> None:
    """A text that the file's encoding cannot say leaves the file alone."""
    path = tmp_path / "models.py"
    path.write_bytes(b"# coding: latin-1\n")

    assert replace_file(str(path), digest("# coding: latin-1\n"), "# coding: latin-1\n# \u4e2d\n") == (
        "the new text cannot be written as `iso-8859-1`"
    )
    assert path.read_bytes() == b"# coding: latin-1\n"


def test_no_file_is_made_twice(tmp_path: Path) -> None:
    """What is there stays; folders on the way are made, with the mode that new files have."""
    path = tmp_path / "a" / "b.py"

    assert create_file(str(path), "one") is None
    assert create_file(str(path), "two") == "there is such a file already"
    assert path.read_text("utf-8") == "one"
    mask = os.umask(0)
    os.umask(mask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~mask
    assert [one.name for one in path.parent.iterdir()] == ["b.py"]


@pytest.mark.parametrize("command", [("revision",), ("revision", "--dry-run")])
def test_a_template_that_fails_is_told(run: Run, shop: Path, command: tuple[str, ...]) -> None:
    """No revision is made in a frame that is not the project's own: it is said where the template fails."""
    (shop / "alembic/script.py.mako").write_text("\n${nothing.like_it}", "utf-8")
    before = contents(shop)
    ran = run(*command)
    place = shop / "alembic/script.py.mako"

    assert (ran.code, ran.out) == (2, "")
    assert f"driftline: The template {place} cannot be rendered (line 2): AttributeError: " in ran.err
    assert before == contents(shop)


def test_fixes_without_the_template_that_fails(run: Run, shop: Path) -> None:
    """The others are made; that the template fails is said once."""
    (shop / "alembic/script.py.mako").write_text("${nothing.like_it}", "utf-8")
    ran = run("check", "--unsafe-fixes")

    assert (ran.code, rules(ran.out)) == (1, ["missing-column"])
    assert ran.err.count("cannot be rendered (line 1)") == 1
    assert not list((shop / "alembic/versions").glob("0002*"))


def test_code_that_would_have_its_say_is_told(run: Run, shop: Path) -> None:
    """What env.py does to a revision of autogenerate's is not done to this one, which is written all the same."""
    env = shop / "alembic/env.py"
    text = env.read_text("utf-8").replace(
        "target_metadata=target_metadata", "target_metadata=target_metadata, process_revision_directives=print"
    )
    env.write_text(text, "utf-8")
    ran = run("revision")

    assert ran.code == 0
    assert "driftline: `process_revision_directives` of env.py is code, and was not run" in ran.err
    assert "render_item" not in ran.err
    assert list((shop / "alembic/versions").glob("0002*"))


WRITE_HOOKS = {
    "alembic.ini": "\n[post_write_hooks]\nhooks = tidy, polish\ntidy.type = exec\ntidy.executable = /nowhere/tidy\n",
    "pyproject.toml": "".join(f'[[tool.alembic.post_write_hooks]]\nname = "{name}"\n' for name in ("tidy", "polish")),
}


@pytest.mark.parametrize("config", WRITE_HOOKS)
@pytest.mark.parametrize("command", [("revision",), ("check", "--fix", "--unsafe-fixes")])
def test_programs_that_would_run_on_it_are_told(run: Run, shop: Path, command: tuple[str, ...], config: str) -> None:
    """Alembic's post-write hooks are programs: they are named for the user to run, where a revision was made."""
    place = shop / config
    place.write_text((place.read_text("utf-8") if place.exists() else "") + WRITE_HOOKS[config], "utf-8")
    ran = run(*command)

    for hook in ("tidy", "polish"):
        assert 1 == ran.err.count(f"driftline: the post-write hook `{hook}` is a program, and was not run"), ran.err
    assert list((shop / "alembic/versions").glob("0002*"))


def test_safe_fixes_do_not_talk_of_programs(run: Run, shop: Path) -> None:
    """Where no revision was made, there is nothing that the hooks would run on."""
    (shop / "alembic.ini").write_text((shop / "alembic.ini").read_text("utf-8") + WRITE_HOOKS["alembic.ini"], "utf-8")
    ran = run("check", "--fix")

    assert "fixes in models.py" in ran.err
    assert "hook" not in ran.err
