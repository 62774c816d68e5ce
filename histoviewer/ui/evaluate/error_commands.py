"""What commands do to the errors that the evaluate page shows."""

from histoviewer.ui.evaluate.layout import EvaluateLayout, Tab


class ErrorCommands:
    """Methods that the table of commands names; for the page with the gallery of errors.

    Attributes:
        parts: Has the gallery, and knows whether it is seen.
    """

    parts: EvaluateLayout

    @property
    def target_count(self) -> int:
        """Return on how many tiles a verdict would fall now: none while errors are not shown."""
        return self.parts.gallery.judge.target_count if self.parts.current is Tab.ERRORS else 0

    def label(self, label: int) -> None:
        """Give the chosen errors a label (keys 1 and 0)."""
        if self.target_count:
            self.parts.gallery.judge.label(label)

    def skip(self) -> None:
        """Pass over the chosen errors for now (key Space)."""
        if self.target_count:
            self.parts.gallery.judge.skip()

    def flag(self) -> None:
        """Flag the chosen errors, or take the flag off."""
        if self.target_count:
            self.parts.gallery.judge.flag()

    def clear(self) -> None:
        """Take back what was said of the chosen errors."""
        if self.target_count:
            self.parts.gallery.judge.clear()

    def select_all(self) -> None:
        """Select every error that is shown."""
        if self.parts.current is Tab.ERRORS:
            self.parts.gallery.grid.select_all()

    def select_none(self) -> None:
        """Select no error."""
        if self.parts.current is Tab.ERRORS:
            self.parts.gallery.grid.select_none()

    def invert_selection(self) -> None:
        """Select the errors that are not selected."""
        if self.parts.current is Tab.ERRORS:
            self.parts.gallery.grid.invert_selection()

    def set_advances(self, on: bool) -> None:  # noqa: FBT001 - called with the state of its action
        """Go on to the next undecided error after a verdict, or stay; on the review page, too."""
        self.parts.gallery.judge.advances = on

    @property
    def advances(self) -> bool:
        """Return whether a verdict leads on to the next undecided error."""
        return self.parts.gallery.judge.advances

    def show_maps(self, on: bool) -> None:  # noqa: FBT001 - called with the state of its action
        """Lay over the errors what the model that is shown looked at, or lift it (key M)."""
        self.parts.gallery.maps_asked.emit(on)

    @property
    def shows_maps(self) -> bool:
        """Return whether maps are laid over the errors."""
        return self.parts.gallery.grid.tiles.is_overlaid
