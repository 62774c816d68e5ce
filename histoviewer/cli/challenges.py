"""What verbs say of a model that had to prove itself against the champion."""

import math
from typing import Any

from histoviewer.services.challenging import Challenge


def challenge_text(outcome: Challenge) -> str:
    """Return who is champion now, and by which figures."""
    rank = "is champion now" if outcome.promoted else "is kept as a challenger: see 'promote'"
    said = f"Model {outcome.model.id} {rank}: "
    if outcome.champion is None:
        return said + _auc(outcome.challenger_auc)
    if not outcome.is_compared:
        return said + (
            f"it cannot be compared with {outcome.champion.id}, since both together were trained "
            "on too many of the validation tiles"
        )
    return f"{said}{_auc(outcome.challenger_auc)}, champion before {outcome.champion_auc:.4f}"


def _auc(value: float) -> str:
    if math.isnan(value):
        return "its validation AUC is not known"
    return f"validation AUC {value:.4f}"


def challenge_figures(outcome: Challenge) -> dict[str, Any]:
    """Return both areas, and what came of them."""
    return {
        "champion_before": None if outcome.champion is None else outcome.champion.id,
        "champion_auc": outcome.champion_auc,
        "challenger_auc": outcome.challenger_auc,
        "promoted": outcome.promoted,
    }
