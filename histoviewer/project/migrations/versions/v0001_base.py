"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# Tables that are only ever appended to, with what tells that a new row is not the next one. 'INSERT
# OR REPLACE' would delete rows past the triggers for DELETE, so a row that is there is told, too.
_APPEND_ONLY = {
    "batches": "NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM batches)",
    "champions": "NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM champions)",
    "verdicts": "NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM verdicts) OR EXISTS"
    " (SELECT 1 FROM verdicts WHERE batch = NEW.batch AND tile = NEW.tile)",
}

# Batches never change, so 'undone by' is derived: the undo of a row's batch that stands itself,
# that is, which no redo took back.
_HISTORY = """
CREATE VIEW verdict_history AS
SELECT v.sequence, b.time, b.reader, v.tile, v.action, v.before, v.after, b.model, v.score, v.batch,
       u.number AS undone_by
FROM verdicts v
JOIN batches b ON b.number = v.batch
LEFT JOIN batches u ON u.undoes = b.number
     AND NOT EXISTS (SELECT 1 FROM batches r WHERE r.undoes = u.number)
"""


def upgrade() -> None:
    """Make all tables, the history view and the guards of the append-only tables."""
    _create_data_tables()
    _create_findings_tables()
    _create_model_tables()
    _create_log_tables()
    op.execute(_HISTORY)
    if op.get_context().dialect.name == "sqlite":
        for table, out_of_order in _APPEND_ONLY.items():
            _guard(table, "UPDATE")
            _guard(table, "DELETE")
            _guard(table, "INSERT", f"WHEN {out_of_order}")


def _guard(table: str, verb: str, condition: str = "") -> None:
    op.execute(
        f"CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table} {condition} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _create_data_tables() -> None:
    op.create_table(
        "project",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("root", sa.String, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("layout", sa.String, nullable=False),
        sa.Column("negative", sa.String, nullable=False),
        sa.Column("positive", sa.String, nullable=False),
        sa.Column("tile_size", sa.Integer, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data_fingerprint", sa.String),
        sa.Column("packed_tiles", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_project"),
        sa.CheckConstraint("id = 1", name=op.f("ck_project_one_row")),
        sa.CheckConstraint("tile_size > 0", name=op.f("ck_project_tile_size")),
        sa.CheckConstraint("packed_tiles >= 0", name=op.f("ck_project_packed_tiles")),
    )
    op.create_table(
        "groups",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_groups"),
        sa.UniqueConstraint("name", name="uq_groups_name"),
        sa.CheckConstraint("name <> ''", name=op.f("ck_groups_name")),
    )
    op.create_table(
        "tiles",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("location", sa.String, nullable=False),
        sa.Column("given", sa.SmallInteger, nullable=False),
        sa.Column("split", sa.SmallInteger, nullable=False),
        sa.Column("group_number", sa.Integer),
        sa.Column("problems", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_tiles"),
        sa.UniqueConstraint("id", name="uq_tiles_id"),
        sa.ForeignKeyConstraint(["group_number"], ["groups.number"], name="fk_tiles_group_number"),
        sa.CheckConstraint("number >= 0", name=op.f("ck_tiles_number")),
        sa.CheckConstraint("given BETWEEN -1 AND 1", name=op.f("ck_tiles_given")),
        sa.CheckConstraint("split BETWEEN -1 AND 2", name=op.f("ck_tiles_split")),
    )


def _create_findings_tables() -> None:
    op.create_table(
        "problems",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("origin", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("detail", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_problems"),
        sa.CheckConstraint("origin IN ('scan', 'pixels')", name=op.f("ck_problems_origin")),
    )
    op.create_table(
        "sample_submission",
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_sample_submission"),
        sa.UniqueConstraint("id", name="uq_sample_submission_id"),
    )


def _create_model_tables() -> None:
    op.create_table(
        "models",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("recipe", sa.String, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("parent", sa.String),
        sa.Column("learned_through", sa.Integer, nullable=False),
        sa.Column("data_fingerprint", sa.String, nullable=False),
        sa.Column("metrics", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_models"),
        sa.UniqueConstraint("number", name="uq_models_number"),
        sa.ForeignKeyConstraint(["parent"], ["models.id"], name="fk_models_parent"),
        sa.CheckConstraint("number >= 1", name=op.f("ck_models_number")),
        sa.CheckConstraint("learned_through >= 0", name=op.f("ck_models_learned_through")),
    )
    op.create_table(
        "champions",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_champions"),
        sa.ForeignKeyConstraint(["model"], ["models.id"], name="fk_champions_model"),
    )
    op.create_table(
        "exports",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("path", sa.String, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("hard", sa.Boolean, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_exports"),
        sa.ForeignKeyConstraint(["model"], ["models.id"], name="fk_exports_model"),
        sa.CheckConstraint("rows >= 0", name=op.f("ck_exports_rows")),
    )


def _create_log_tables() -> None:
    op.create_table(
        "batches",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("first_sequence", sa.Integer, nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reader", sa.String, nullable=False),
        sa.Column("model", sa.String),
        sa.Column("undoes", sa.Integer),
        sa.PrimaryKeyConstraint("number", name="pk_batches"),
        sa.ForeignKeyConstraint(["model"], ["models.id"], name="fk_batches_model"),
        sa.ForeignKeyConstraint(["undoes"], ["batches.number"], name="fk_batches_undoes"),
        sa.CheckConstraint("number >= 1", name=op.f("ck_batches_number")),
        sa.CheckConstraint("first_sequence >= 1", name=op.f("ck_batches_first_sequence")),
        sa.CheckConstraint("undoes < number", name=op.f("ck_batches_undoes")),
    )
    op.create_index("ix_batches_undoes", "batches", ["undoes"])
    op.create_table(
        "verdicts",
        sa.Column("sequence", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("batch", sa.Integer, nullable=False),
        sa.Column("tile", sa.Integer, nullable=False),
        sa.Column("action", sa.SmallInteger, nullable=False),
        sa.Column("before", sa.SmallInteger, nullable=False),
        sa.Column("after", sa.SmallInteger, nullable=False),
        sa.Column("score", sa.Float),
        sa.PrimaryKeyConstraint("sequence", name="pk_verdicts"),
        sa.UniqueConstraint("batch", "tile", name="uq_verdicts_batch_tile"),
        sa.ForeignKeyConstraint(["batch"], ["batches.number"], name="fk_verdicts_batch"),
        sa.ForeignKeyConstraint(["tile"], ["tiles.number"], name="fk_verdicts_tile"),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_verdicts_sequence")),
        sa.CheckConstraint("action BETWEEN 0 AND 5", name=op.f("ck_verdicts_action")),
        sa.CheckConstraint("before BETWEEN -1 AND 1", name=op.f("ck_verdicts_before")),
        sa.CheckConstraint("after BETWEEN -1 AND 1", name=op.f("ck_verdicts_after")),
    )
