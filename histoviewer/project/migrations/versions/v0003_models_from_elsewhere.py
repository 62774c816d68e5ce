"""Imported models and ensembles; what Kaggle said of an export.

Columns are added by plain statements, which SQLite and PostgreSQL both take: Alembic's own way
would make the tables anew to add a check, and they are referred to.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

_COLUMNS = (
    (
        "models",
        "kind",
        "VARCHAR DEFAULT 'trained' NOT NULL",
        "IN ('trained', 'imported', 'ensemble')",
    ),
    ("models", "blend", "JSON", None),
    ("exports", "public_score", "FLOAT", "BETWEEN 0 AND 1"),
    ("exports", "private_score", "FLOAT", "BETWEEN 0 AND 1"),
)


def upgrade() -> None:
    """Add the columns; every model so far was trained here."""
    for table, column, kind, check in _COLUMNS:
        rule = f" CONSTRAINT ck_{table}_{column} CHECK ({column} {check})" if check else ""
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}{rule}")
