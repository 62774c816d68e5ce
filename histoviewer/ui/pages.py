"""What a page is, what it is given, and which pages there are: a new page is one more entry."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from histoviewer.domain.source import TileSource
from histoviewer.ui.translation import QT_TRANSLATE_NOOP, translate

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.services.changes import Changes
    from histoviewer.services.opening import Workspace
    from histoviewer.ui.actions import ActionSet
    from histoviewer.ui.jobs.history import JobHistory
    from histoviewer.ui.model_work import ModelWork
    from histoviewer.ui.notices import NoticeArea
    from histoviewer.ui.opening import Opener
    from histoviewer.ui.page_stack import PageStack
    from histoviewer.ui.preferences import Preferences
    from histoviewer.ui.remembering import Memory
    from histoviewer.ui.saving import Saver
    from histoviewer.ui.theme import Theme
    from histoviewer.ui.workbench import Workbench


@dataclass(frozen=True, kw_only=True, eq=False)
class PageContext:
    """What every page is given by the window. All of it belongs to the UI thread.

    Args:
        bench: The open project and the work on it; its `background` reads and writes files.
        models: Work on whole models.
        opener: Opens and closes projects.
        saver: Puts verdicts on the disk.
        memory: What is remembered from one session to the next.
        actions: The commands.
        theme: Colours; followed when they change.
        notices: Where the window says what happened.
        pages: All pages; `pages.show_page("review")` goes to one and returns it.
        preferences: Settings and keys.
        jobs: The jobs of this session.
    """

    bench: "Workbench"
    models: "ModelWork"
    opener: "Opener"
    saver: "Saver"
    memory: "Memory"
    actions: "ActionSet"
    theme: "Theme"
    notices: "NoticeArea"
    pages: "PageStack"
    preferences: "Preferences"
    jobs: "JobHistory"


class Page(QWidget):
    """A page of the window; one implements what it has a use for. UI thread only.

    Commands whose target is the page are methods of it by the name in their table; a page that
    lacks one has no use for the command.

    Args:
        parent: Owner.
    """

    changed = Signal(object)  # Changes made on it
    notice = Signal(str)  # one sentence for the reader
    targets_changed = Signal(int)  # on how many tiles a verdict would fall now
    situation_changed = Signal()  # other commands can be used on it now, and nothing else changed

    @property
    def advances(self) -> bool:
        """Return whether a verdict leads on to the next undecided tile."""
        return True

    @property
    def shows_maps(self) -> bool:
        """Return whether maps of what the model looked at are laid over the tiles."""
        return False

    @property
    def maps_barred(self) -> str:
        """Return why no maps can be laid over its tiles now; '' where they can."""
        return ""

    @property
    def target_count(self) -> int:
        """Return on how many tiles a verdict would fall now."""
        return 0

    @property
    def view_names(self) -> Sequence[str]:
        """Return the names of the saved views that the page can show."""
        return ()

    def take_keyboard(self) -> None:
        """Take the keyboard from a button that goes off with its click."""
        self.setFocus()

    def show_view(self, name: str) -> None:
        """Show a saved view, one of `view_names`."""

    def show_workspace(self, workspace: "Workspace | None") -> None:
        """Show a project; None for none."""

    def apply_changes(self, changes: "Changes") -> None:
        """Refresh what changed, wherever it was changed; `changes.initiator` may be this page."""

    def set_pixels(self, source: TileSource | None = None) -> None:
        """Take the pixels from another place, such as the packed store."""

    def set_limits(self, *, threads: int | None, cache_bytes: int) -> None:
        """Read tiles with so many threads, None for the usual number; keep so many in memory."""

    def state(self) -> dict[str, Any]:
        """Return what to remember of the project that is shown, as JSON values."""
        return {}

    def restore(self, values: Mapping[str, Any]) -> None:
        """Go back to a remembered state; what cannot be read is said and left as it is."""

    def finish_typing(self) -> None:
        """Take what is still being typed: the project, or the window, is about to be left.

        A page on which what is typed is kept must do this, by `Background.write`.
        """

    def close_threads(self) -> None:
        """End the page's threads; it is not used any more."""


PageFactory = Callable[[PageContext], Page]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageEntry:
    """One page.

    Args:
        id: Key of its remembered state, and of its command 'page.<id>'.
        text: English title, marked for translation.
        tip: What it is for, one sentence in English, marked for translation.
        icon: File name in `resources/icons`.
        load: Imports what makes it, in the background: that may take long.
        needs_project: Whether it can be shown on an open project only.
        judges: Whether verdicts are given on it: the verdict buttons stand below it.
    """

    id: str
    text: str
    tip: str
    icon: str
    load: Callable[[], PageFactory]
    needs_project: bool = True
    judges: bool = False

    @property
    def title(self) -> str:
        """Return the title in the reader's language."""
        return translate("pages", self.text)

    @property
    def explanation(self) -> str:
        """Return the tip in the reader's language."""
        return translate("pages", self.tip)


def _load_review() -> PageFactory:
    from histoviewer.ui.explain.attaching import explain
    from histoviewer.ui.review.page import ReviewPage
    from histoviewer.ui.similar import SimilarFinder
    from histoviewer.ui.tile_menu import TileMenu
    from histoviewer.ui.triage import TriageDesk

    def make(context: PageContext) -> Page:
        page = ReviewPage(context.bench.background)
        page.inspector.look.follow(context.actions)
        page.bar.follow(context.actions)
        explain(page, context)
        SimilarFinder(page, context)
        TriageDesk(page, context)
        menu = TileMenu(context.actions, page)
        page.menu_asked.connect(menu.open_at)
        return page

    return make


def _load_queue() -> PageFactory:
    from histoviewer.ui.queue.page import QueuePage

    return QueuePage


def _load_readers() -> PageFactory:
    from histoviewer.ui.readers.page import ReadersPage

    return ReadersPage


def _load_models() -> PageFactory:
    from histoviewer.ui.models.page import ModelsPage, load_panels

    panels = load_panels()  # here, in the background, and not when the page is made
    return lambda context: ModelsPage(context, panels)


def _load_evaluate() -> PageFactory:
    from histoviewer.ui.evaluate.page import EvaluatePage
    from histoviewer.ui.explain.attaching import explain_errors
    from histoviewer.ui.review.page import ReviewPage

    def make(context: PageContext) -> Page:
        review, page = context.pages.pages["review"], EvaluatePage(context)
        assert isinstance(review, ReviewPage)
        page.parts.gallery.judge.advance = review.judge.advance
        explain_errors(page, review, context)
        return page

    return make


def _load_map() -> PageFactory:
    from histoviewer.ui.map.grid_link import GridLink
    from histoviewer.ui.map.page import MapPage
    from histoviewer.ui.review.page import ReviewPage

    def make(context: PageContext) -> Page:
        review = context.pages.pages["review"]
        assert isinstance(review, ReviewPage)
        return MapPage(context, GridLink(review, review))

    return make


def _load_data() -> PageFactory:
    from histoviewer.ui.data.page import DataPage

    return DataPage


def _load_progress() -> PageFactory:
    from histoviewer.ui.progress.page import ProgressPage

    return ProgressPage


def _load_activity() -> PageFactory:
    from histoviewer.ui.activity.page import ActivityPage

    return ActivityPage


def _load_jobs() -> PageFactory:
    from histoviewer.ui.jobs.page import JobsPage

    return JobsPage


def _load_settings() -> PageFactory:
    from histoviewer.ui.settings.page import SettingsPage

    return SettingsPage


PAGES: Final = (
    PageEntry(
        id="review",
        text=QT_TRANSLATE_NOOP("pages", "Review"),
        tip=QT_TRANSLATE_NOOP("pages", "Look at the tiles and correct their labels."),
        icon="review",
        load=_load_review,
        judges=True,
    ),
    PageEntry(
        id="queue",
        text=QT_TRANSLATE_NOOP("pages", "Queue"),
        tip=QT_TRANSLATE_NOOP(
            "pages", "See which tiles wait for retraining, and what it will learn of them."
        ),
        icon="queue",
        load=_load_queue,
    ),
    PageEntry(
        id="readers",
        text=QT_TRANSLATE_NOOP("pages", "Readers"),
        tip=QT_TRANSLATE_NOOP(
            "pages", "See how readers agree, and settle the tiles on which they differ."
        ),
        icon="readers",
        load=_load_readers,
        judges=True,
    ),
    PageEntry(
        id="evaluate",
        text=QT_TRANSLATE_NOOP("pages", "Evaluate"),
        tip=QT_TRANSLATE_NOOP(
            "pages", "See how good models are, what a threshold does, and which tiles they miss."
        ),
        icon="evaluate",
        load=_load_evaluate,
        judges=True,
    ),
    PageEntry(
        id="models",
        text=QT_TRANSLATE_NOOP("pages", "Models"),
        tip=QT_TRANSLATE_NOOP(
            "pages", "See the models, edit the recipes they are made by, and search better ones."
        ),
        icon="model",
        load=_load_models,
    ),
    PageEntry(
        id="map",
        text=QT_TRANSLATE_NOOP("pages", "Map"),
        tip=QT_TRANSLATE_NOOP(
            "pages", "See which tiles look alike to the model, and select them with a lasso."
        ),
        icon="map",
        load=_load_map,
    ),
    PageEntry(
        id="data",
        text=QT_TRANSLATE_NOOP("pages", "Data"),
        tip=QT_TRANSLATE_NOOP(
            "pages", "See what the data set holds, how it looks, and what is wrong with it."
        ),
        icon="data",
        load=_load_data,
    ),
    PageEntry(
        id="progress",
        text=QT_TRANSLATE_NOOP("pages", "Progress"),
        tip=QT_TRANSLATE_NOOP(
            "pages", "See how fast reviewing goes, what it still finds, and when to stop."
        ),
        icon="progress",
        load=_load_progress,
    ),
    PageEntry(
        id="activity",
        text=QT_TRANSLATE_NOOP("pages", "Activity"),
        tip=QT_TRANSLATE_NOOP(
            "pages", "See every step of reviewing, and take back any of them on its own."
        ),
        icon="activity",
        load=_load_activity,
    ),
    PageEntry(
        id="jobs",
        text=QT_TRANSLATE_NOOP("pages", "Jobs"),
        tip=QT_TRANSLATE_NOOP(
            "pages", "See what runs, waits and has ended; cancel it, try it again, read its log."
        ),
        icon="jobs",
        load=_load_jobs,
        needs_project=False,
    ),
    PageEntry(
        id="settings",
        text=QT_TRANSLATE_NOOP("pages", "Settings"),
        tip=QT_TRANSLATE_NOOP(
            "pages", "Change the reader's name, keys, colours, text size and paths."
        ),
        icon="settings",
        load=_load_settings,
        needs_project=False,
    ),
)


def load_pages() -> Sequence[tuple[PageEntry, PageFactory]]:
    """Import every page. Any thread but the UI thread."""
    return [(entry, entry.load()) for entry in PAGES]
