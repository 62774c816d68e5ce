"""Models, champions and exports in the database."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from histoviewer.domain.models import (
    Blend,
    ChampionRecord,
    ExportRecord,
    KaggleScores,
    ModelKind,
    ModelRecord,
)
from histoviewer.errors import InputError
from histoviewer.project.schema import CHAMPIONS, EXPORTS, MODELS


def read_models(connection: Connection) -> list[ModelRecord]:
    """Return all models in the order of their numbers."""
    rows = connection.execute(select(MODELS).order_by(MODELS.c.number)).mappings()
    return [_model(row) for row in rows]


def _model(row: RowMapping) -> ModelRecord:
    metrics = {name: math.nan if v is None else v for name, v in row["metrics"].items()}
    blend = row["blend"]
    return ModelRecord(
        **{
            **row,
            "metrics": metrics,
            "kind": ModelKind(row["kind"]),
            "blend": blend and Blend(**{**blend, "members": tuple(blend["members"])}),
        }
    )


def add_model(connection: Connection, record: ModelRecord) -> None:
    """Store a model. A figure that is not a number is stored as null, which JSON can say."""
    values: dict[str, Any] = {column.name: getattr(record, column.name) for column in MODELS.c}
    values["metrics"] = _as_json(record.metrics)
    values["blend"] = record.blend and asdict(record.blend)
    connection.execute(insert(MODELS), values)


def add_metrics(connection: Connection, model: str, metrics: Mapping[str, float]) -> ModelRecord:
    """Add figures to those of a model, replacing the ones of the same names; return the model."""
    query = select(MODELS).where(MODELS.c.id == model)
    values = _as_json({**_model(connection.execute(query).mappings().one()).metrics, **metrics})
    connection.execute(update(MODELS).where(MODELS.c.id == model).values(metrics=values))
    return _model(connection.execute(query).mappings().one())


def _as_json(metrics: Mapping[str, float]) -> dict[str, float | None]:
    return {name: float(v) if math.isfinite(v) else None for name, v in metrics.items()}


def read_champion(connection: Connection) -> str | None:
    """Return the id of the model that became champion last."""
    query = select(CHAMPIONS.c.model).order_by(CHAMPIONS.c.number.desc()).limit(1)
    return connection.scalar(query)


def read_champions(connection: Connection) -> list[ChampionRecord]:
    """Return all models that became champion, oldest first."""
    columns = [column for column in CHAMPIONS.c if column.name != "number"]
    rows = connection.execute(select(*columns).order_by(CHAMPIONS.c.number)).mappings()
    return [ChampionRecord(**row) for row in rows]


def append_champion(connection: Connection, model: str, reason: str) -> None:
    """Store that a model becomes champion now, and why."""
    number = connection.scalar(select(func.coalesce(func.max(CHAMPIONS.c.number), 0))) or 0
    values = {"number": number + 1, "model": model, "since": datetime.now(UTC), "reason": reason}
    connection.execute(insert(CHAMPIONS), values)


def read_exports(connection: Connection) -> list[ExportRecord]:
    """Return all exports, oldest first."""
    rows = connection.execute(select(EXPORTS).order_by(EXPORTS.c.number)).mappings()
    return [ExportRecord(**row) for row in rows]


def add_export(connection: Connection, record: ExportRecord) -> None:
    """Store an export; it gets the next number."""
    number = connection.scalar(select(func.coalesce(func.max(EXPORTS.c.number), 0))) or 0
    connection.execute(insert(EXPORTS), {**asdict(record), "number": number + 1})


def note_kaggle_scores(connection: Connection, number: int, scores: KaggleScores) -> ExportRecord:
    """Store what Kaggle said of an export; return the export.

    Two scores that are typed one after the other are two changes, neither of which knows the other.

    Raises:
        InputError: There is no such export, or a score is outside [0, 1].
    """
    columns = {"public": EXPORTS.c.public_score, "private": EXPORTS.c.private_score}
    values = {columns[name]: score for name, score in scores.items()}
    for score in (scores.get("public"), scores.get("private")):
        if score is not None and not 0 <= score <= 1:
            raise InputError(
                f"{score:g} is no Kaggle score.", "It is an area under a curve, from 0 to 1."
            )
    which = EXPORTS.c.number == number
    if values:
        connection.execute(update(EXPORTS).where(which).values(values))
    row = connection.execute(select(EXPORTS).where(which)).mappings().one_or_none()
    if row is None:
        raise InputError(f"There is no export {number}.", "Choose one of the exports listed.")
    return ExportRecord(**row)
