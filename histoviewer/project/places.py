"""Where the files of an open project are."""

from pathlib import Path

from histoviewer.project.folder import ProjectFolder


class Places:
    """The paths of a project, by what is kept there. Reads no file.

    Args:
        folder: The project folder.
    """

    def __init__(self, folder: ProjectFolder) -> None:
        self._folder = folder

    @property
    def path(self) -> Path:
        """Return the project folder."""
        return self._folder.path

    @property
    def packed_folder(self) -> Path:
        """Return the folder of the packed tiles."""
        return self._folder.path

    @property
    def models_folder(self) -> Path:
        """Return the folder that holds the folders of the models."""
        return self._folder.models

    def model_folder(self, model_id: str) -> Path:
        """Return the folder of a model."""
        return self._folder.models / model_id

    def scores_path(self, model_id: str) -> Path:
        """Return where a model's scores are: (N,) float32."""
        return self.model_folder(model_id) / "scores.npy"

    def member_scores_path(self, model_id: str, member_id: str) -> Path:
        """Return where an ensemble keeps scores of a member that it had to make itself."""
        return self.model_folder(model_id) / f"member-{member_id}.npy"

    def learned_path(self, model_id: str) -> Path:
        """Return where the labels are that a model was trained on: (N,) int8, -1 for none."""
        return self.model_folder(model_id) / "learned.npy"

    @property
    def searches_folder(self) -> Path:
        """Return where searches for recipes are kept: they may be deleted at any time."""
        return self._folder.path / "searches"

    @property
    def exports_folder(self) -> Path:
        """Return where exports go unless the user chooses a place."""
        return self._folder.exports

    @property
    def logs_folder(self) -> Path:
        """Return where logs go."""
        return self._folder.logs
