"""A ranked grid before any training: the model that comes with the program ranks new projects."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from histoviewer.ui.model_work import ModelWork
from histoviewer.ui.preferences import Preferences
from histoviewer.ui.workbench import Workbench

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.opening import Workspace


class StarterRanking(QObject):
    """Takes the starter model in once the tiles of a project without any model are packed.

    Only where the tiles are of the kind that it was trained on, and only unless the reader's
    settings say otherwise. UI thread only.

    Args:
        bench: The open project.
        work: Does it.
        preferences: Whether it is wanted.
        parent: Owner.
    """

    def __init__(
        self,
        bench: Workbench,
        work: ModelWork,
        preferences: Preferences,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._work = work
        self._preferences = preferences
        bench.pixels_changed.connect(self._consider)

    def _consider(self, workspace: "Workspace") -> None:
        """Look in the background whether the starter model suits the project that was packed."""
        standing = self._bench.standing
        has_models = standing is None or bool(standing.models)
        if has_models or workspace.packed is None or not self._preferences.settings.starter_model:
            return
        info = workspace.project.info

        def fits() -> bool:
            from histoviewer.services.bundles.starter import starter_fits

            return starter_fits(info)

        self._bench.background.run(
            fits, then=self._bench.while_open(self._begin), failed=self._bench.failed.emit
        )

    def _begin(self, fits: object) -> None:
        if fits:
            self._work.take_bundle(None)
