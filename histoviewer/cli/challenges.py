"""What verbs say of a model that stood at the promotion gate."""

import math
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from histoviewer.cli.assessments import MIXED_VIEWS
from histoviewer.domain.eight_views import with_views
from histoviewer.domain.gate import GateResult
from histoviewer.domain.models import ModelRecord
from histoviewer.services.challenging import Challenge
from histoviewer.services.promotion import Promotions

MarginOption = Annotated[
    float | None,
    typer.Option(
        "--margin",
        min=0.0,
        max=1.0,
        help="By how much AUC the new model may be worse and still be promoted; else the setting.",
    ),
]


def challenge_text(outcome: Challenge) -> str:
    """Return who is champion now, and by which figures."""
    rank = "is champion now" if outcome.promoted else "is kept as a challenger: see 'promote'"
    said = f"Model {outcome.model.id} {rank}: "
    if outcome.champion is None:
        return said + _auc(outcome.challenger_auc)
    if outcome.gate is None:
        return said + (
            f"it cannot be compared with {outcome.champion.id}, since {_why_not(outcome)}"
        )
    ours, theirs = outcome.gate.tta
    auc = with_views(_auc(outcome.challenger_auc), tta=ours)
    before = with_views(f"champion before {outcome.champion_auc:.4f}", tta=theirs)
    said = f"{said}{auc}, {before}; {gate_text(outcome.gate)}"
    return f"{said}\n{MIXED_VIEWS}" if outcome.gate.is_mixed else said


def _why_not(outcome: Challenge) -> str:
    if outcome.left_out:
        return "both together were trained on too many of the validation tiles"
    return "there are no labelled validation tiles of both classes"


def gate_text(found: GateResult) -> str:
    """Return what the gate went by, half a sentence."""
    compared = found.comparison
    if math.isnan(compared.at_least):
        return f"{compared.units} {compared.resampled}s are too few to tell chance from a loss"
    return (
        f"difference at least {compared.at_least:+.4f} (one-sided 95 %), the margin is "
        f"{-found.margin:g}; {len(found.changes.gained):,} validation tiles turned right, "
        f"{len(found.changes.lost):,} wrong"
    )


def _auc(value: float) -> str:
    if math.isnan(value):
        return "its validation AUC is not known"
    return f"validation AUC {value:.4f}"


def standing_lines(found: Promotions, model: ModelRecord) -> Iterator[str]:
    """Yield what the gate found of a model, and whether labels and scores are those it went by."""
    gate = found.gates.get(model.id)
    if gate is None:
        return
    against = with_views(gate.comparison.second, tta=gate.tta[1])
    yield f"    against {against}: {gate_text(gate)}"
    if gate.is_mixed:
        yield f"    {MIXED_VIEWS}"
    yield from _age_lines(found.relabelled[model.id], found.rescored[model.id])


def _age_lines(relabelled: int | None, rescored: Sequence[str] | None) -> Iterator[str]:
    if relabelled is None:
        yield "    which labels and scores that went by was not noted"
    elif rescored is None:
        yield "    which scores that went by was not noted"
    if relabelled:
        yield (
            "    labels have changed since: validation tiles that have another label by now, have "
            f"come or have gone: {relabelled:,}"
        )
    if rescored:
        yield f"    scores have changed since: those of {' and '.join(rescored)}"


def standing_figures(
    found: Promotions, model: ModelRecord, ids: Sequence[str]
) -> dict[str, Any] | None:
    """Return what the gate found of a model and what it went by; None where it never stood there.

    Args:
        found: What the gate found of every model.
        model: The model.
        ids: Of all tiles.
    """
    gate = found.gates.get(model.id)
    if gate is None:
        return None
    return {
        "against": gate.comparison.second,
        "passed": gate.passed,
        **_gate_figures(gate),
        "labels": None if gate.labels is None else len(gate.labels.tiles),
        "fingerprint": None if gate.labels is None else gate.labels.fingerprint(ids),
        "relabelled": found.relabelled[model.id],
        "rescored": found.rescored[model.id],
    }


def challenge_figures(outcome: Challenge) -> dict[str, Any]:
    """Return both models' areas, what the gate found, and what came of it."""
    return {
        "model": outcome.model.id,
        "number": outcome.model.number,
        "champion": _champion(outcome),
        "champion_before": None if outcome.champion is None else outcome.champion.id,
        "champion_auc": outcome.champion_auc,
        "challenger_auc": outcome.challenger_auc,
        "promoted": outcome.promoted,
        "left_out": outcome.left_out,
        **_gate_figures(outcome.gate),
    }


def _champion(outcome: Challenge) -> str:
    if outcome.promoted or outcome.champion is None:
        return outcome.model.id
    return outcome.champion.id


def _gate_figures(found: GateResult | None) -> dict[str, Any]:
    if found is None:
        names = ("difference", "difference_low", "difference_high", "difference_at_least", "margin")
        sides = ("turned_right", "turned_wrong", "challenger_tta", "champion_tta")
        return dict.fromkeys((*names, *sides))
    compared, known = found.comparison, found.scores is not None
    return {
        "difference": compared.difference.value,
        "difference_low": compared.difference.low,
        "difference_high": compared.difference.high,
        "difference_at_least": compared.at_least,
        "margin": found.margin,
        "turned_right": len(found.changes.gained),
        "turned_wrong": len(found.changes.lost),
        "challenger_tta": found.tta[0] if known else None,
        "champion_tta": found.tta[1] if known else None,
    }
