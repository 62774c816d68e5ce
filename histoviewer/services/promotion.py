"""Who ranks the grid and why: what the promotion gate found of each model, and every champion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from histoviewer.domain.arrays import Float32
from histoviewer.domain.gate import GateResult
from histoviewer.domain.label_set import LabelSet
from histoviewer.domain.models import ChampionRecord, ModelRecord
from histoviewer.project.project import Project
from histoviewer.services.gate_files import read_gate
from histoviewer.services.ranking import Learners, read_scores
from histoviewer.services.retraining import champion_before

# Models in a row stood against the same champion, and each of them may have become it.
_KEPT: Final = 4


@dataclass(frozen=True, kw_only=True, eq=False)
class Promotions:
    """The promotions of a project.

    Args:
        gates: What the gate found, by id of the challenger, in the order of their numbers.
        relabelled: How many validation tiles have another label than they had then, have come or
            have gone, by id of the challenger; None where it was not noted what labels there were.
        rescored: Ids of those of both models that have other scores of the tiles compared by now,
            by id of the challenger; None where it was not noted by what scores they were compared.
        champions: Which models became champion, oldest first.
        before: Id of the model to roll back to; None where there is none.
    """

    gates: Mapping[str, GateResult]
    relabelled: Mapping[str, int | None]
    rescored: Mapping[str, tuple[str, ...] | None]
    champions: Sequence[ChampionRecord]
    before: str | None


def read_promotions(project: Project, now: LabelSet) -> Promotions:
    """Return the promotions of a project. Any thread but the UI thread.

    Args:
        project: The open project.
        now: The labels of now, as `ReviewState.validation_labels` gives them.
    """
    models = {model.id: model for model in project.models()}
    found = ((name, read_gate(project, model)) for name, model in models.items())
    gates = {name: gate for name, gate in found if gate is not None}
    return Promotions(
        gates=gates,
        relabelled=_relabelled(project, models, gates, now),
        rescored=_rescored(project, models, gates),
        champions=project.champions(),
        before=champion_before(project),
    )


def _relabelled(
    project: Project,
    models: Mapping[str, ModelRecord],
    gates: Mapping[str, GateResult],
    now: LabelSet,
) -> dict[str, int | None]:
    """Return on how many tiles the labels that comparisons used differ from those of now.

    A tile that one of both models was trained on was left out then, and would be now.
    """
    labels = {name: gate.labels for name, gate in gates.items() if gate.labels is not None}
    differing = {name: then.differing(now) for name, then in labels.items()}
    come = {name: tiles[~labels[name].among(tiles)] for name, tiles in differing.items()}
    rows = np.unique(np.concatenate([np.zeros(0, np.int64), *come.values()]))
    learners = Learners(project, rows)
    counts: dict[str, int | None] = dict.fromkeys(gates)
    for name, tiles in differing.items():
        compared = gates[name].comparison
        sides = [models[side] for side in (compared.first, compared.second) if side in models]
        fresh = learners.are_fresh_to(sides if len(come[name]) else ())
        left_out = np.count_nonzero(~fresh[np.searchsorted(rows, come[name])])
        counts[name] = len(tiles) - int(left_out)
    return counts


def _rescored(
    project: Project, models: Mapping[str, ModelRecord], gates: Mapping[str, GateResult]
) -> dict[str, tuple[str, ...] | None]:
    """Return who was scored anew after a comparison, so that its figures are of other scores."""

    @lru_cache(maxsize=_KEPT)
    def scores_of(name: str) -> Float32:
        return read_scores(project, models[name])

    found: dict[str, tuple[str, ...] | None] = dict.fromkeys(gates)
    for name, gate in gates.items():
        if gate.scores is None or gate.labels is None:
            continue
        sides = zip((gate.comparison.first, gate.comparison.second), gate.scores, strict=True)
        found[name] = tuple(
            side
            for side, used in sides
            if side in models and not used.are(scores_of(side)[gate.labels.tiles])
        )
    return found
