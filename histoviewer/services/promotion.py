"""Who ranks the grid and why: what the promotion gate found of each model, and every champion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from histoviewer.domain.gate import GateResult
from histoviewer.domain.label_set import LabelSet
from histoviewer.domain.models import ChampionRecord
from histoviewer.domain.queue import trainable
from histoviewer.domain.tiles import Split
from histoviewer.project.project import Project
from histoviewer.services.gate_files import read_gate
from histoviewer.services.ranking import unlearned
from histoviewer.services.retraining import champion_before
from histoviewer.services.review_state import ReviewState


@dataclass(frozen=True, kw_only=True, eq=False)
class Promotions:
    """The promotions of a project.

    Args:
        gates: What the gate found, by id of the challenger, in the order of their numbers.
        relabelled: How many validation tiles have another label than they had then, have come or
            have gone, by id of the challenger; None where it was not noted what labels there were.
        champions: Which models became champion, oldest first.
        before: Id of the model to roll back to; None where there is none.
    """

    gates: Mapping[str, GateResult]
    relabelled: Mapping[str, int | None]
    champions: Sequence[ChampionRecord]
    before: str | None


def validation_labels(session: ReviewState) -> LabelSet:
    """Return the labels that models are compared on as they are now; in the session's thread."""
    labels = session.effective
    usable = trainable(tiles=session.tiles, effective=labels, split=Split.VALIDATION)
    tiles = np.flatnonzero(usable)
    return LabelSet(tiles=tiles, labels=labels[tiles])


def read_promotions(project: Project, now: LabelSet) -> Promotions:
    """Return the promotions of a project. Any thread but the UI thread.

    Args:
        project: The open project.
        now: As `validation_labels`.
    """
    found = ((model.id, read_gate(project, model)) for model in project.models())
    gates = {model: gate for model, gate in found if gate is not None}
    return Promotions(
        gates=gates,
        relabelled={model: _relabelled(project, gate, now) for model, gate in gates.items()},
        champions=project.champions(),
        before=champion_before(project),
    )


def _relabelled(project: Project, gate: GateResult, now: LabelSet) -> int | None:
    """Return on how many tiles the labels that a comparison used differ from those of now.

    A tile that one of both was trained on was left out then, and would be now.
    """
    if gate.labels is None:
        return None
    sides = (gate.comparison.first, gate.comparison.second)
    models = [model for model in project.models() if model.id in sides]
    differing = gate.labels.differing(now)
    new = np.setdiff1d(differing, gate.labels.tiles, assume_unique=True)
    left_out = len(new) - len(unlearned(project, new, models)) if len(new) else 0
    return len(differing) - left_out
