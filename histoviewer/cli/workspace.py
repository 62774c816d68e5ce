"""Opening a project for one verb."""

from pathlib import Path

from histoviewer.services.opening import Workspace, open_workspace
from histoviewer.settings import load_settings


def workspace(project: Path, *, reader: str | None = None, read_only: bool = False) -> Workspace:
    """Open a project; verdicts are recorded under the given reader, else that of the settings."""
    return open_workspace(project, reader=reader or usual_reader(), read_only=read_only)


def usual_reader() -> str:
    """Return the reader's name from the settings, else that of the account."""
    return load_settings().settings.reader_name
