"""Who ranks the grid and why: what the promotion gate found of each model, and every champion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from histoviewer.domain.gate import GateResult
from histoviewer.domain.models import ChampionRecord
from histoviewer.project.project import Project
from histoviewer.services.gate_files import read_gate
from histoviewer.services.retraining import champion_before


@dataclass(frozen=True, kw_only=True, eq=False)
class Promotions:
    """The promotions of a project.

    Args:
        gates: What the gate found, by id of the challenger, in the order of their numbers.
        champions: Which models became champion, oldest first.
        before: Id of the model to roll back to; None where there is none.
    """

    gates: Mapping[str, GateResult]
    champions: Sequence[ChampionRecord]
    before: str | None


def read_promotions(project: Project) -> Promotions:
    """Return the promotions of a project. Any thread but the UI thread."""
    found = ((model.id, read_gate(project, model)) for model in project.models())
    return Promotions(
        gates={model: gate for model, gate in found if gate is not None},
        champions=project.champions(),
        before=champion_before(project),
    )
