"""Which step of the log was the newest when a model's training began.

Undo adds a step without a verdict, so the number of the newest verdict does not tell whether a
verdict was taken back before the training or after it.
"""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column; of the models so far it is not known."""
    rule = "CONSTRAINT ck_models_learned_step CHECK (learned_step >= 0)"
    op.execute(f"ALTER TABLE models ADD COLUMN learned_step INTEGER {rule}")
