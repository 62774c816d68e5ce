"""Where the files shipped with the program are."""

from pathlib import Path

from histoviewer.errors import HistoViewerError

_PACKAGE = Path(__file__).parent


def resource(*parts: str) -> Path:
    """Return the path of a shipped file or folder.

    A wheel carries `resources/` inside the package; in a source checkout it stands beside it.

    Raises:
        HistoViewerError: The installation is incomplete.
    """
    for root in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise HistoViewerError(f"The installation lacks the file {'/'.join(parts)}; install it again.")
