"""Heads on frozen embeddings as models; what readers took out of the retraining queue.

SQLite can change no check, and making the table of the models anew would touch all that refers to
it. So the kind of each model goes into a column beside, and comes back into one with the new check.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_KINDS = "'trained', 'imported', 'ensemble', 'head'"


def upgrade() -> None:
    """Allow the new kind, keeping that of every model, and add the table of weights."""
    op.execute("ALTER TABLE models ADD COLUMN kept VARCHAR")
    op.execute("UPDATE models SET kept = kind")
    op.execute("ALTER TABLE models DROP COLUMN kind")
    op.execute(
        "ALTER TABLE models ADD COLUMN kind VARCHAR DEFAULT 'trained' NOT NULL "
        f"CONSTRAINT ck_models_kind CHECK (kind IN ({_KINDS}))"
    )
    op.execute("UPDATE models SET kind = kept")
    op.execute("ALTER TABLE models DROP COLUMN kept")
    op.create_table(
        "queue_weights",
        sa.Column("tile", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("weight", sa.Float, nullable=False),
        sa.Column("reader", sa.String, nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tile", name="pk_queue_weights"),
        sa.ForeignKeyConstraint(["tile"], ["tiles.number"], name="fk_queue_weights_tile"),
        sa.CheckConstraint("weight >= 0", name=op.f("ck_queue_weights_weight")),
    )
