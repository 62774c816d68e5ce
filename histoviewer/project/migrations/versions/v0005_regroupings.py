"""Which tiles were given another group or side of the split to keep near duplicates together."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_KEYS = {"tile": "tiles", "group_before": "groups", "group_after": "groups"}


def upgrade() -> None:
    """Add the table of what was changed."""
    op.create_table(
        "regroupings",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tile", sa.Integer, nullable=False),
        sa.Column("split_before", sa.SmallInteger, nullable=False),
        sa.Column("split_after", sa.SmallInteger, nullable=False),
        sa.Column("group_before", sa.Integer),
        sa.Column("group_after", sa.Integer),
        sa.PrimaryKeyConstraint("number", name="pk_regroupings"),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.number"], name=f"fk_regroupings_{name}")
            for name, table in _KEYS.items()
        ),
    )
