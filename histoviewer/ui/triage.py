"""Triage on the review page: label errors, outliers and the next batch, worked out and shown."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject

from histoviewer.domain.tile_list import Tells
from histoviewer.domain.triage import Query, SortKey
from histoviewer.jobs.job import Operation
from histoviewer.services.changes import Changes
from histoviewer.ui.dialogs.next_batch import BatchChoice, NextBatchDialog, strategy_title
from histoviewer.ui.explain.enquiry import Enquiry
from histoviewer.ui.handing_over import HandingOver, Whereabouts
from histoviewer.ui.pages import PageContext
from histoviewer.ui.review.page import ReviewPage
from histoviewer.ui.tasks import Task

if TYPE_CHECKING:  # the services import SQLAlchemy and OpenCV, which must not delay the first paint
    from histoviewer.domain.outliers import Outliers
    from histoviewer.domain.suspects import Suspects
    from histoviewer.services.next_batch import NextBatch
    from histoviewer.services.opening import Workspace
    from histoviewer.services.triage_scores import TriageScores

Found = TypeVar("Found")


class TriageDesk(QObject):
    """Brings the tile worth a reader's minute to the top of a review page. UI thread only.

    What was worked out before is read in the background when a project opens and when another model
    ranks the tiles. Where what the page is to sort or filter by is not known, a banner offers to
    work it out. Tiles that are not embedded are embedded first, in the lane for long work.

    Args:
        page: Owns the desk.
        context: The open project, and where the window says what happened.
    """

    def __init__(self, page: ReviewPage, context: PageContext) -> None:
        super().__init__(page)
        self._page, self._context, self._bench = page, context, context.bench
        self._last: BatchChoice | None = None
        self._seed = 0
        self._handing_over = HandingOver(page, context)
        self._tasks: dict[str, Task] = {}  # what was begun, by its title
        self._enquiry: Enquiry[NextBatch]
        self._enquiry = Enquiry(context.bench, self.tr("Choose the next batch"), self)
        page.batch_asked.connect(self.ask)
        page.issues_asked.connect(lambda: self._when_embedded(self.find_issues))
        page.outliers_asked.connect(self.find_outliers)
        page.began.connect(self._begin)
        page.ended.connect(self._enquiry.drop)
        page.changed_order.connect(self._tell_wanting)
        self._bench.changed.connect(self._note)
        self._bench.triage_changed.connect(self._read_kept)

    # -- what is known already

    def _begin(self) -> None:
        self._enquiry.drop()
        self._last, self._seed, self._tasks = None, 0, {}
        self._tell_wanting()
        self._read()

    def _note(self, changes: Changes) -> None:
        """Read anew what another champion, or other tiles, may have put out of date."""
        if (changes.models or changes.data) and changes.initiator is not self:
            self._read()

    def _read_kept(self, then: Callable[[], None] = lambda: None) -> None:
        """Read what was worked out just now; where nothing is kept, what is known stays."""
        if self._workspace.session.read_only:
            then()
        else:
            self._read(then)

    def _read(self, then: Callable[[], None] = lambda: None) -> None:
        workspace = self._bench.workspace
        if workspace is None:
            return

        def take(scores: "TriageScores") -> None:
            self._take(scores)
            then()

        self._bench.background.run(
            lambda: _read(workspace),
            then=self._bench.while_open(take),
            failed=self._context.notices.show_error,
        )

    def _take(self, scores: "TriageScores") -> None:
        """Let the session have what was read, and the page show it."""
        session = self._workspace.session
        known = session.suspects, session.outliers, scores.suspects, scores.outliers
        if all(each is None for each in known):
            return
        scores.give_to(session)
        self._show_scores()

    def _show_scores(self) -> None:
        self._page.listing.take_scores()
        self._tell_wanting()

    def _tell_wanting(self) -> None:
        """Offer to work out what the tiles are to be sorted or filtered by."""
        workspace, banner = self._bench.workspace, self._page.wanting
        filters, actions = self._page.filters, self._context.actions
        query = filters.query
        if filters.tile_list is not None and filters.tile_list.ordered:
            query = replace(query, sort=SortKey.DATASET)  # its own order is in force
        if workspace is None:
            banner.hide()
        elif query.needs_suspects and workspace.session.suspects is None:
            text = self.tr(
                "Label errors have not been looked for with the model that ranks the tiles."
            )
            banner.ask(text, actions["triage.find-issues"])
        elif query.sort is SortKey.OUTLIER and workspace.session.outliers is None:
            text = self.tr("How strange each tile looks has not been worked out yet.")
            banner.ask(text, actions["triage.find-outliers"])
        else:
            banner.hide()

    # -- working it out

    def find_issues(self) -> None:
        """Look for label errors, beside a training."""
        self._work_out(
            self.tr("Find label errors"),
            lambda: _find_issues(self._workspace),
            self._take_suspects,
            again=self.find_issues,
        )

    def find_outliers(self) -> None:
        """Work out how strange each tile looks."""
        self._work_out(
            self.tr("Find outliers"),
            lambda: _find_outliers(self._workspace),
            self._take_outliers,
            again=self.find_outliers,
        )

    def _work_out(
        self,
        title: str,
        start: Callable[[], Operation[Found]],
        take: Callable[[Found], None],
        *,
        again: Callable[[], None],
    ) -> None:
        """Queue a job, or say that it is under way."""
        files = self._bench.files
        if files.has(self._tasks.get(title)):
            self._page.notice.emit(self.tr("{title}: this is under way.").format(title=title))
            return
        then = self._bench.while_open(take)
        self._tasks[title] = self._bench.submit(files, title, start, then, again=again)

    def _take_suspects(self, found: "Suspects") -> None:
        """Take what was found, unless another model ranks the tiles by now."""
        session = self._workspace.session
        if session.read_only:  # nothing was kept that could be read, and nobody is promoted
            session.suspects = found
            self._show_scores()
        self._read_kept(self._tell_suspects)

    def _tell_suspects(self) -> None:
        found = self._workspace.session.suspects
        if found is None:
            text = self.tr("Another model ranks the tiles by now.")
            hint = self.tr("Look for label errors once more: they are found with that model.")
            self._context.notices.add("info", text, hint)
            return
        count = int(found.suspect.sum())
        text = self.tr("{count} labels are probably wrong.").format(count=f"{count:,}")
        hint = self.tr("Sort by 'Most suspicious label first' to judge them.")
        action = (self.tr("Show them"), self._show_suspects)
        self._context.notices.add("info", text, hint, action=action if count else None)

    def _show_suspects(self) -> None:
        self._context.pages.show_page("review")
        query = Query(suspect=True, sort=SortKey.LABEL_ISSUE)
        self._page.listing.ask_for(query.unbiased if self._page.blind.is_on else query)

    def _take_outliers(self, found: "Outliers") -> None:
        if self._workspace.session.read_only:
            self._workspace.session.outliers = found.score
            self._show_scores()
        self._read_kept()

    # -- the next batch

    def ask(self) -> None:
        """Ask how the tiles to look at next are chosen; then choose and show them."""
        dialog = NextBatchDialog(self._last, self._page.window(), blind=self._page.blind.is_on)
        dialog.accepted.connect(lambda: self._choose_when_embedded(dialog.choice))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _choose_when_embedded(self, choice: BatchChoice) -> None:
        self._last, asked_at = choice, self._handing_over.whereabouts
        self._when_embedded(lambda: self._choose(choice, asked_at))

    def _choose(self, choice: BatchChoice, asked_at: Whereabouts) -> None:
        """Show the tiles to look at next as soon as they are chosen, or offer them."""
        workspace, seed = self._workspace, self._seed
        self._seed += 1  # asked again, other tiles are drawn

        self._enquiry.ask(
            lambda: _choose_next(workspace, choice, seed),
            show=lambda batch: self._hand_over(batch, asked_at),
            fail=self._context.notices.show_error,
        )

    def _hand_over(self, batch: "NextBatch", asked_at: Whereabouts) -> None:
        strategy = strategy_title(batch.wish.strategy)
        hint = self.tr("Tiles: {count}. Strategy: {strategy}.")
        self._handing_over.deliver(
            lambda: self._show(batch),
            asked_at=asked_at,
            title=self.tr("The next batch is ready."),
            hint=hint.format(count=f"{len(batch.tiles):,}", strategy=strategy),
        )

    def _show(self, batch: "NextBatch") -> None:
        self._context.pages.show_page("review")
        title = self.tr("Next batch: {strategy}")
        self._page.show_list(
            batch.tiles,
            title.format(strategy=strategy_title(batch.wish.strategy)),
            tells=Tells.MEMBERS if batch.wish.strategy.facts.seeks_errors else Tells.ORDER,
        )
        short = batch.wish.size - len(batch.tiles)
        if short > 0:
            text = self.tr("There are only {count} tiles left that differ from each other.")
            self._page.notice.emit(text.format(count=f"{len(batch.tiles):,}"))

    # -- what both need

    @property
    def _workspace(self) -> "Workspace":
        assert self._bench.workspace is not None, "commands are off without a project"
        return self._bench.workspace

    def _when_embedded(self, act: Callable[[], None]) -> None:
        """Do something that needs embeddings, after making those that are wanting."""
        workspace = self._workspace

        def go_on(is_embedded: bool) -> None:  # noqa: FBT001 - a result that is handed on
            if is_embedded:
                act()
            else:
                self._context.models.embed(None, then=act)

        self._bench.background.run(
            lambda: _is_embedded(workspace),
            then=self._bench.while_open(go_on),
            failed=self._context.notices.show_error,
        )


def _read(workspace: "Workspace") -> "TriageScores":
    from histoviewer.services.triage_scores import read_triage_scores

    return read_triage_scores(workspace.project, workspace.packed)


def _is_embedded(workspace: "Workspace") -> bool:
    from histoviewer.services.embedding import read_embeddings
    from histoviewer.services.ranking import find_model

    return read_embeddings(workspace.project, find_model(workspace.project, None)) is not None


def _find_issues(workspace: "Workspace") -> "Operation[Suspects]":
    from histoviewer.services.suspects import find_suspects

    return find_suspects(workspace=workspace)


def _find_outliers(workspace: "Workspace") -> "Operation[Outliers]":
    from histoviewer.services.outliers import find_outliers

    return find_outliers(workspace=workspace)


def _choose_next(workspace: "Workspace", choice: BatchChoice, seed: int) -> "Operation[NextBatch]":
    from histoviewer.services.next_batch import Wish, choose_next

    wish = Wish(
        strategy=choice.strategy,
        size=choice.size,
        random_share=choice.random_share,
        split=choice.split,
        seed=seed,
    )
    return choose_next(workspace=workspace, wish=wish)
