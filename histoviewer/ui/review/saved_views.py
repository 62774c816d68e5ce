"""What becomes of the choices in the menu of saved views."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from histoviewer.domain.triage import Query
from histoviewer.domain.view_rules import from_rule
from histoviewer.domain.views import SavedView
from histoviewer.errors import InputError
from histoviewer.services import views as service
from histoviewer.services.opening import Workspace
from histoviewer.ui.background import Background
from histoviewer.ui.review.view_menu import ViewMenu


class SavedViews(QObject):
    """Applies views, and keeps those of the project as the reader wants them. UI thread only.

    Args:
        menu: Where views are chosen.
        asked: Returns what is asked for now.
        apply: Shows what a view asks for.
        background: Writes them.
        parent: Owner.
    """

    notice = Signal(str)

    def __init__(
        self,
        *,
        menu: ViewMenu,
        asked: Callable[[], Query],
        apply: Callable[[Query], None],
        background: Background,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._menu, self._asked, self._apply = menu, asked, apply
        self._workspace: Workspace | None = None
        self._views: Sequence[SavedView] = ()
        self._background = background
        menu.applied.connect(self.use)
        menu.saved.connect(self._save)
        menu.renamed.connect(self._rename)
        menu.deleted.connect(self._delete)
        menu.brought_back.connect(self._bring_back)

    def begin(self, workspace: Workspace | None) -> None:
        """Start over with a project."""
        self._workspace = workspace
        self._menu.forget_deleted()
        self._take(() if workspace is None else workspace.views)

    def _take(self, views: Sequence[SavedView]) -> None:
        self._views = views
        self._menu.set_views(views)

    @property
    def names(self) -> list[str]:
        """Return the names of the views of the project."""
        return [view.name for view in self._views]

    def use(self, name: str) -> None:
        """Show what a view asks for."""
        view = next(view for view in self._views if view.name == name)
        try:
            self._apply(from_rule(view.rule))
        except InputError as error:
            said = self.tr("The view {name} cannot be used. {error}")
            self.notice.emit(said.format(name=name, error=error))

    def _save(self, name: str) -> None:
        query = self._asked()
        self._act(
            lambda workspace: service.save_view(project=workspace.project, name=name, query=query),
            self.tr("View saved: {name}.").format(name=name),
        )

    def _bring_back(self, view: SavedView) -> None:
        self._menu.forget_deleted()
        self._act(
            lambda workspace: service.restore_view(project=workspace.project, view=view),
            self.tr("View brought back: {name}.").format(name=view.name),
        )

    def _rename(self, name: str, new_name: str) -> None:
        if name == new_name:
            return
        self._act(
            lambda workspace: service.rename_view(
                project=workspace.project, name=name, new_name=new_name
            ),
            self.tr("View renamed: {name}.").format(name=new_name),
        )

    def _delete(self, name: str) -> None:
        self._menu.remember_deleted(next(view for view in self._views if view.name == name))
        self._act(
            lambda workspace: service.delete_view(project=workspace.project, name=name),
            self.tr("View deleted: {name}. The menu can bring it back.").format(name=name),
        )

    def _act(self, act: Callable[[Workspace], list[SavedView]], said: str) -> None:
        """Write in the background; what comes of it is for the project of now alone."""
        workspace = self._workspace
        if workspace is None:
            return

        def done(views: list[SavedView]) -> None:
            if self._workspace is workspace:
                self._take(views)
                self.notice.emit(said)

        self._background.write(
            lambda: act(workspace), then=done, failed=lambda error: self.notice.emit(str(error))
        )
