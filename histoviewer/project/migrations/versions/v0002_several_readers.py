"""Blind, settling and merged batches; rows with a reader and a time of their own; saved views.

A merged batch may name a tile several times, so the uniqueness of batch and tile goes. SQLite can
drop no constraint: the table is made anew and filled from the old one.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_COLUMNS = "sequence, batch, tile, action, before, after, score"

# 'INSERT OR REPLACE' would delete a row past the trigger for DELETE, so a row that is not the next
# one is refused.
_GUARDS = {
    "update": "BEFORE UPDATE ON verdicts",
    "delete": "BEFORE DELETE ON verdicts",
    "insert": "BEFORE INSERT ON verdicts"
    " WHEN NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM verdicts)",
}

_TIME = {
    "sqlite": "datetime(v.time / 1000000, 'unixepoch') || printf('.%06d', v.time % 1000000)",
    "postgresql": "to_timestamp(v.time / 1000000.0)",
}

_HISTORY = """
CREATE VIEW verdict_history AS
SELECT v.sequence, coalesce({time}, b.time) AS time, coalesce(v.reader, b.reader) AS reader,
       v.tile, v.action, v.before, v.after, b.model, v.score, v.batch, b.mode, v.origin,
       u.number AS undone_by
FROM verdicts v
JOIN batches b ON b.number = v.batch
LEFT JOIN batches u ON u.undoes = b.number
     AND NOT EXISTS (SELECT 1 FROM batches r WHERE r.undoes = u.number)
"""


def upgrade() -> None:
    """Widen the log and add the table of saved views; every verdict is kept."""
    dialect = op.get_context().dialect.name
    op.execute("DROP VIEW verdict_history")
    op.execute(
        "ALTER TABLE batches ADD COLUMN mode SMALLINT DEFAULT '0' NOT NULL "
        "CONSTRAINT ck_batches_mode CHECK (mode BETWEEN 0 AND 3)"
    )
    _remake_verdicts()
    op.execute(_HISTORY.format(time=_TIME[dialect]))
    if dialect == "sqlite":
        for verb, when in _GUARDS.items():
            op.execute(
                f"CREATE TRIGGER verdicts_refuse_{verb} {when} "
                "BEGIN SELECT RAISE(ABORT, 'verdicts is append-only'); END"
            )
    op.create_table(
        "views",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("rule", sa.JSON, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_views"),
        sa.CheckConstraint("name <> ''", name=op.f("ck_views_name")),
    )


def _remake_verdicts() -> None:
    """Copy all rows into a table without the constraint; the old one takes its triggers along."""
    op.rename_table("verdicts", "verdicts_0001")
    op.create_table(
        "verdicts",
        sa.Column("sequence", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("batch", sa.Integer, nullable=False),
        sa.Column("tile", sa.Integer, nullable=False),
        sa.Column("action", sa.SmallInteger, nullable=False),
        sa.Column("before", sa.SmallInteger, nullable=False),
        sa.Column("after", sa.SmallInteger, nullable=False),
        sa.Column("score", sa.Float),
        sa.Column("reader", sa.String),
        sa.Column("time", sa.BigInteger),
        sa.Column("origin", sa.BigInteger),
        sa.PrimaryKeyConstraint("sequence", name="pk_verdicts"),
        sa.ForeignKeyConstraint(["batch"], ["batches.number"], name="fk_verdicts_batch"),
        sa.ForeignKeyConstraint(["tile"], ["tiles.number"], name="fk_verdicts_tile"),
        sa.CheckConstraint("sequence >= 1", name=op.f("ck_verdicts_sequence")),
        sa.CheckConstraint("action BETWEEN 0 AND 5", name=op.f("ck_verdicts_action")),
        sa.CheckConstraint("before BETWEEN -1 AND 1", name=op.f("ck_verdicts_before")),
        sa.CheckConstraint("after BETWEEN -1 AND 1", name=op.f("ck_verdicts_after")),
    )
    op.execute(
        f"INSERT INTO verdicts ({_COLUMNS}) SELECT {_COLUMNS} FROM verdicts_0001 ORDER BY sequence"  # noqa: S608 - no outside text
    )
    op.drop_table("verdicts_0001")
