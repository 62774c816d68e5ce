"""What the progress page shows, as plain values: no Qt."""

from dataclasses import dataclass

from histoviewer.domain.pace import Pace, YieldCurve, pace, yield_curve
from histoviewer.services.agreement import ModelAgreement, model_agreement
from histoviewer.services.opening import Workspace


@dataclass(frozen=True, kw_only=True, eq=False)
class Figures:
    """How reviewing goes.

    Args:
        pace: Verdicts over time.
        curve: Errors found over tiles looked at.
        agreement: How labels agree with the model, seen and blind.
    """

    pace: Pace
    curve: YieldCurve
    agreement: ModelAgreement


def read_figures(workspace: Workspace, reader: str | None) -> Figures:
    """Return the figures. Reads files: not for the UI thread, but safe while that one reviews.

    Args:
        workspace: The open project.
        reader: Only this one's verdicts; None for all.
    """
    session = workspace.session
    return Figures(
        pace=pace(session.log, reader=reader),
        curve=yield_curve(session.log, session.tiles.given, reader=reader),
        agreement=model_agreement(workspace=workspace, reader=reader),
    )
