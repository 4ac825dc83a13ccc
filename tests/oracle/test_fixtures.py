"""The fixtures are what they say: real Alembic and real databases find in them what was put there, and no more.

Nothing here concerns Driftline. What it is held against (test_schemas.py, test_findings.py) is established first.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.oracle.databases import Databases, Judge, Operation, ask, upgrade
from tests.oracle.documents import differences, facts
from tests.oracle.projects import BATCH_SQLITE, KITSU, PROJECTS, UNREACHED_MODEL, Project

PARSER_TABLES = (
    "anime_episodes_external",
    "anime_external",
    "anime_external_binding",
    "anime_schedule",
    "anime_translations",
    "parser_job_logs",
    "parser_jobs",
    "parser_settings",
    "parser_sources",
)

DRIFT: dict[str, list[Operation]] = {
    KITSU.folder.name: [
        *(("remove_table", table, None) for table in PARSER_TABLES),
        ("remove_fk", "refresh_tokens", "user_id"),
        # unique=True, index=True is one unique index; 0001 made a constraint, 0013 a constraint and a plain index.
        ("remove_constraint", "users", "uq_users_email"),
        ("add_index", "users", "ix_users_email"),
        ("remove_constraint", "roles", "uq_roles_name"),
        ("remove_index", "roles", "ix_roles_name"),
        ("add_index", "roles", "ix_roles_name"),
        ("remove_constraint", "permissions", "uq_permissions_name"),
        ("remove_index", "permissions", "ix_permissions_name"),
        ("add_index", "permissions", "ix_permissions_name"),
        # The convention's %(column_0_label)s says the table's name once more.
        ("remove_constraint", "favorites", "uq_favorites_user_id"),
        ("add_constraint", "favorites", "uq_favorites_favorites_user_id"),
        ("remove_constraint", "watch_progress", "uq_watch_progress_user_id"),
        ("add_constraint", "watch_progress", "uq_watch_progress_watch_progress_user_id"),
    ],
    BATCH_SQLITE.folder.name: [
        ("add_table", "fines", None),
        ("add_index", "fines", "ix_fines_loan_id"),
        ("remove_table", "visits", None),
        ("add_column", "books", "language"),
        ("remove_column", "members", "locale"),
        ("modify_type", "books", "summary"),
        ("modify_nullable", "loans", "due"),
        ("add_index", "loans", "ix_loans_due"),
        ("remove_constraint", "books", "uq_books_isbn"),
        ("remove_fk", "reservations", "book_id"),
        ("add_fk", "reservations", "book_id"),
    ],
    UNREACHED_MODEL.folder.name: [
        ("remove_index", "revenue_snapshots", "ix_revenue_snapshots_month"),
        ("remove_table", "revenue_snapshots", None),
    ],
}
"""What Alembic's autogenerate reports, project by project; for kitsu, the true findings that its issue lists."""

DRIFT_OF_CHECKS: dict[str, list[Operation]] = {
    KITSU.folder.name: [("add_constraint", "audit_logs", "ck_audit_logs_valid_actor_type")],
    BATCH_SQLITE.folder.name: [("add_constraint", "members", "ck_members_card_is_long")],
    # A false alarm of Alembic's: the model's CHECK has no name, so PostgreSQL's name for it looks like one too many.
    UNREACHED_MODEL.folder.name: [("remove_constraint", "invoice_lines", "invoice_lines_quantity_check")],
}
"""What it reports besides, once its comparison of CHECK constraints by name is opted into."""

every_project = pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.folder.name)


@every_project
def test_autogenerate_reports_the_drift_that_was_put_there(project: Project, verdict: Judge) -> None:
    """Alembic's operations are the listed ones, each as often."""
    assert Counter(DRIFT[project.folder.name]) == Counter(verdict(project).drift)


@every_project
def test_checks_differ_where_alembic_is_asked_for_them(project: Project, verdict: Judge) -> None:
    """The opt-in comparison of CHECK constraints adds the listed operations, and nothing else."""
    judged = verdict(project)

    assert Counter(DRIFT_OF_CHECKS[project.folder.name]) == Counter(judged.drift_with_checks) - Counter(judged.drift)
    assert not Counter(judged.drift) - Counter(judged.drift_with_checks)


def test_kitsu_at_0013_is_the_schema_that_was_audited(verdict: Judge) -> None:
    """An upgraded empty database holds the audited schema, fact by fact: 21 tables, under their final names."""
    audited = (Path(__file__).parent / "kitsu-at-0013.txt").read_text(encoding="utf-8").splitlines()

    assert [] == differences(audited, facts(verdict(KITSU).history["0013"]))


def test_kitsu_declares_twelve_tables(verdict: Judge) -> None:
    """env.py reaches all 12 models, and nothing else is on their metadata."""
    expected = {
        "anime", "audit_logs", "episodes", "favorites", "permissions", "refresh_tokens",
        "releases", "role_permissions", "roles", "user_roles", "users", "watch_progress",
    }  # fmt: skip

    assert expected == set(verdict(KITSU).models["tables"])


def test_declared_names_are_final(verdict: Judge) -> None:
    """A naming convention's names are as the DDL would have them, and a constraint that nothing names has none."""
    kitsu = verdict(KITSU).models["tables"]
    billing = verdict(UNREACHED_MODEL).models["tables"]

    assert [{"name": "uq_favorites_favorites_user_id", "columns": ["user_id", "anime_id"]}] == kitsu["favorites"][
        "unique_constraints"
    ]
    assert ["ck_audit_logs_valid_actor_type"] == [check["name"] for check in kitsu["audit_logs"]["check_constraints"]]
    assert {"name": "pk_users", "columns": ["id"]} == kitsu["users"]["primary_key"]
    assert {"name": None, "columns": ["id"]} == billing["customers"]["primary_key"]
    assert [None] == [check["name"] for check in billing["invoice_lines"]["check_constraints"]]


@every_project
def test_upgrade_downgrade_upgrade(project: Project, databases: Databases, verdict: Judge) -> None:
    """Downgrades work: they end with an empty database, from which the same schema is reached again."""
    judged = verdict(project)
    url = databases.clone(project, judged.url)

    _, at_base = ask(project, [{"do": "downgrade", "url": url, "revision": "base"}, {"do": "reflect", "url": url}])
    at_head = upgrade(project, url)

    assert [] == facts(at_base)
    assert [] == differences(facts(judged.history[project.head]), facts(at_head))


def test_0008_aligns_the_tables_of_the_first_deployment(databases: Databases) -> None:
    """Where `collections` and `views` stand, 0008 names their keys and has them cascade; it can go back, too."""
    url = databases.create(KITSU)
    by_hand = [
        "CREATE TABLE collections (id UUID PRIMARY KEY, user_id UUID REFERENCES users)",
        "CREATE TABLE views (id UUID PRIMARY KEY, user_id UUID REFERENCES users, anime_id UUID REFERENCES anime)",
    ]

    _, _, before, _, after, _, restored = ask(
        KITSU,
        [
            {"do": "upgrade", "url": url, "revision": "0007"},
            {"do": "execute", "url": url, "statements": by_hand},
            {"do": "reflect", "url": url},
            {"do": "upgrade", "url": url, "revision": "0008"},
            {"do": "reflect", "url": url},
            {"do": "downgrade", "url": url, "revision": "0007"},
            {"do": "reflect", "url": url},
        ],
    )

    assert [
        "- collections foreign key collections_user_id_fkey (user_id) to users (id)",
        "+ collections foreign key fk_collections_user_id_users (user_id) to users (id) ondelete CASCADE",
        "+ collections.user_id UUID not null",
        "- collections.user_id UUID null",
        "+ views foreign key fk_views_anime_id_anime (anime_id) to anime (id) ondelete CASCADE",
        "+ views foreign key fk_views_user_id_users (user_id) to users (id) ondelete CASCADE",
        "- views foreign key views_anime_id_fkey (anime_id) to anime (id)",
        "- views foreign key views_user_id_fkey (user_id) to users (id)",
    ] == differences(facts(before), facts(after))
    assert [] == differences(facts(before), facts(restored))
