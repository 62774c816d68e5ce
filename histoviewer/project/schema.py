"""The tables of `project.db`, as the program addresses them.

What is on disk is made by the migrations; a test holds the two together. Nothing here is peculiar
to SQLite, so that a team can later point the same tables at PostgreSQL.
"""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    TypeDecorator,
)

# The newest migration. Kept here too, so that opening an up-to-date project needs no Alembic.
HEAD: Final = "0006"

METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite, which knows no time zones, stores its digits."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time in UTC; a time without a zone is a bug of the caller."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time with its zone."""
        del dialect
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


def _fixed(name: str) -> Column[int]:
    """Return a primary key whose values the program gives: dense and meaningful, no counter."""
    return Column(name, Integer, primary_key=True, autoincrement=False)


# Always exactly one row. The first `packed_tiles` tiles have been packed once, which fixed their
# splits. `data_fingerprint` is null where the packed tiles do not cover all tiles.
PROJECT: Final = Table(
    "project",
    METADATA,
    _fixed("id"),
    Column("root", String, nullable=False),
    Column("source", String, nullable=False),
    Column("layout", String, nullable=False),
    Column("negative", String, nullable=False),
    Column("positive", String, nullable=False),
    Column("tile_size", Integer, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("data_fingerprint", String),
    Column("packed_tiles", Integer, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
    CheckConstraint("tile_size > 0", name="tile_size"),
    CheckConstraint("packed_tiles >= 0", name="packed_tiles"),
)

GROUPS: Final = Table(
    "groups",
    METADATA,
    _fixed("number"),
    Column("name", String, nullable=False, unique=True),
    CheckConstraint("name <> ''", name="name"),
)

TILES: Final = Table(
    "tiles",
    METADATA,
    _fixed("number"),
    Column("id", String, nullable=False, unique=True),
    Column("location", String, nullable=False),
    Column("given", SmallInteger, nullable=False),
    Column("split", SmallInteger, nullable=False),
    Column("group_number", Integer, ForeignKey("groups.number")),
    Column("problems", Integer, nullable=False),
    CheckConstraint("number >= 0", name="number"),
    CheckConstraint("given BETWEEN -1 AND 1", name="given"),
    CheckConstraint("split BETWEEN -1 AND 2", name="split"),
)

# Append-only: what tiles were before they were given another group or side of the split.
REGROUPINGS: Final = Table(
    "regroupings",
    METADATA,
    _fixed("number"),
    Column("time", UtcDateTime, nullable=False),
    Column("tile", Integer, ForeignKey("tiles.number"), nullable=False),
    Column("split_before", SmallInteger, nullable=False),
    Column("split_after", SmallInteger, nullable=False),
    Column("group_before", Integer, ForeignKey("groups.number")),
    Column("group_after", Integer, ForeignKey("groups.number")),
)

# `origin` is 'scan' for faults of the data set and 'pixels' for what packing found; `kind` is the
# name of a `ProblemKind`, whose words may change.
PROBLEMS: Final = Table(
    "problems",
    METADATA,
    _fixed("number"),
    Column("origin", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("detail", String, nullable=False),
    CheckConstraint("origin IN ('scan', 'pixels')", name="origin"),
)

SAMPLE_SUBMISSION: Final = Table(
    "sample_submission",
    METADATA,
    _fixed("position"),
    Column("id", String, nullable=False, unique=True),
)

# `blend` says what an ensemble is made of and is null for every other model.
MODELS: Final = Table(
    "models",
    METADATA,
    Column("id", String, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    Column("recipe", String, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("parent", String, ForeignKey("models.id")),
    Column("learned_through", Integer, nullable=False),
    Column("data_fingerprint", String, nullable=False),
    Column("metrics", JSON, nullable=False),
    Column("kind", String, nullable=False, server_default="trained"),
    Column("blend", JSON(none_as_null=True)),
    Column("learned_step", Integer),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint("learned_through >= 0", name="learned_through"),
    CheckConstraint("learned_step >= 0", name="learned_step"),
    CheckConstraint("kind IN ('trained', 'imported', 'ensemble', 'head')", name="kind"),
)

# Append-only: the champion is the newest row.
CHAMPIONS: Final = Table(
    "champions",
    METADATA,
    _fixed("number"),
    Column("model", String, ForeignKey("models.id"), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("reason", String, nullable=False),
)

# Append-only. An undo or redo has no verdicts and names the batch that it takes back.
BATCHES: Final = Table(
    "batches",
    METADATA,
    _fixed("number"),
    Column("first_sequence", Integer, nullable=False),
    Column("time", UtcDateTime, nullable=False),
    Column("reader", String, nullable=False),
    Column("model", String, ForeignKey("models.id")),
    Column("undoes", Integer, ForeignKey("batches.number"), index=True),
    Column("mode", SmallInteger, nullable=False, server_default="0"),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint("first_sequence >= 1", name="first_sequence"),
    CheckConstraint("undoes < number", name="undoes"),
    CheckConstraint("mode BETWEEN 0 AND 3", name="mode"),
)

# Append-only. Reader, time (microseconds since 1970, UTC) and origin (its sequence in the log that
# it was first written to) are those of a merged row; they are null where the batch tells them.
VERDICTS: Final = Table(
    "verdicts",
    METADATA,
    _fixed("sequence"),
    Column("batch", Integer, ForeignKey("batches.number"), nullable=False),
    Column("tile", Integer, ForeignKey("tiles.number"), nullable=False),
    Column("action", SmallInteger, nullable=False),
    Column("before", SmallInteger, nullable=False),
    Column("after", SmallInteger, nullable=False),
    Column("score", Float),
    Column("reader", String),
    Column("time", BigInteger),
    Column("origin", BigInteger),
    CheckConstraint("sequence >= 1", name="sequence"),
    CheckConstraint("action BETWEEN 0 AND 5", name="action"),
    CheckConstraint("before BETWEEN -1 AND 1", name="before"),
    CheckConstraint("after BETWEEN -1 AND 1", name="after"),
)

# How much a waiting tile weighs in the next retraining, where a reader changed that: 0 leaves it
# out. A tile without a row weighs 1.
QUEUE_WEIGHTS: Final = Table(
    "queue_weights",
    METADATA,
    Column("tile", Integer, ForeignKey("tiles.number"), primary_key=True, autoincrement=False),
    Column("weight", Float, nullable=False),
    Column("reader", String, nullable=False),
    Column("time", UtcDateTime, nullable=False),
    CheckConstraint("weight >= 0", name="weight"),
)

# What a reader asked to see, under a name: the rule, never the tiles.
VIEWS: Final = Table(
    "views",
    METADATA,
    Column("name", String, primary_key=True),
    Column("rule", JSON, nullable=False),
    Column("created", UtcDateTime, nullable=False),
    CheckConstraint("name <> ''", name="name"),
)

# The scores are what Kaggle said of it, as typed in by a reader; null where unknown.
EXPORTS: Final = Table(
    "exports",
    METADATA,
    _fixed("number"),
    Column("path", String, nullable=False),
    Column("model", String, ForeignKey("models.id"), nullable=False),
    Column("created", UtcDateTime, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("hard", Boolean, nullable=False),
    Column("sha256", String, nullable=False),
    Column("public_score", Float),
    Column("private_score", Float),
    CheckConstraint("rows >= 0", name="rows"),
    CheckConstraint("public_score BETWEEN 0 AND 1", name="public_score"),
    CheckConstraint("private_score BETWEEN 0 AND 1", name="private_score"),
)
