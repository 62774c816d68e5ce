"""Opening a project for one verb."""

from pathlib import Path

from histoviewer.cli.output import warn
from histoviewer.domain.command_lines import command_line
from histoviewer.services.opening import Workspace, open_workspace
from histoviewer.settings import load_settings


def workspace(project: Path, *, reader: str | None = None, read_only: bool = False) -> Workspace:
    """Open a project; verdicts are recorded under the given reader, else that of the settings.

    That the champion's scores are damaged is said on stderr: whatever looks at them lacks them.
    """
    opened = open_workspace(project, reader=reader or usual_reader(), read_only=read_only)
    ranking = opened.session.ranking
    if ranking.model is not None and ranking.scores_lost:
        warn(
            f"The scores of model {ranking.model.number} are damaged and count as not there. "
            f"Score the tiles again: {command_line('score', project)}"
        )
    return opened


def usual_reader() -> str:
    """Return the reader's name from the settings, else that of the account."""
    return load_settings().settings.reader_name
