"""Scores for triage that were worked out before: what the session sorts and filters by."""

from dataclasses import dataclass

from histoviewer.domain.arrays import Float32
from histoviewer.domain.suspects import Suspects
from histoviewer.project.project import Project
from histoviewer.services.changes import Changes
from histoviewer.services.outliers import read_outliers
from histoviewer.services.reviewing import ReviewSession
from histoviewer.services.suspects import read_suspects
from histoviewer.tiles.store import PackedTiles


@dataclass(frozen=True, kw_only=True, eq=False)
class TriageScores:
    """What is known for triage; what is out of date counts as not known.

    Args:
        suspects: Label errors; None where they are to be looked for.
        outliers: (N,) float32 how strange each tile looks; None where that is to be worked out.
    """

    suspects: Suspects | None = None
    outliers: Float32 | None = None

    def give_to(self, session: ReviewSession, *, initiator: object = None) -> Changes:
        """Let a session sort and filter by them, in its thread."""
        session.suspects, session.outliers = self.suspects, self.outliers
        return Changes(scores=True, initiator=initiator)


def read_triage_scores(project: Project, packed: PackedTiles | None) -> TriageScores:
    """Return what is known of a project. Reads files: not for the UI thread.

    Args:
        project: The open project.
        packed: Its packed tiles; None until they are packed, and nothing is known of them.
    """
    if packed is None:
        return TriageScores()
    outliers = read_outliers(project, packed)
    return TriageScores(
        suspects=read_suspects(project, packed),
        outliers=None if outliers is None else outliers.score,
    )
