"""What the commands about the picture do on a page that shows one."""

from histoviewer.ui.review.current import CurrentTile


class PictureCommands:
    """Methods that the table of commands names; for a page with a current tile.

    Attributes:
        current: The tile that is shown.
    """

    current: CurrentTile

    def cycle_centre_square(self) -> None:
        """Show the centre square as a box, then by dimming the ring, then not."""
        self.current.cycle_centre()

    def cycle_stain(self) -> None:
        """Show haematoxylin alone, then eosin alone, then all colours."""
        self.current.cycle_stain()

    def change_brightness(self, percent: int) -> None:
        """Show tiles brighter, or darker where below 0."""
        self.current.step(brightness=percent)

    def change_contrast(self, percent: int) -> None:
        """Show tiles with more contrast, or less where below 0."""
        self.current.step(contrast=percent)

    def reset_look(self) -> None:
        """Show the pixels as they are, all colours, and the whole tile."""
        self.current.reset_look()

    def zoom(self, steps: int) -> None:
        """Come nearer by so many steps, or go back where below 0."""
        self.current.zoom(steps)

    def toggle_zoom(self) -> None:
        """Come near, or back to the whole tile."""
        self.current.toggle_zoom()

    def zoom_to_fit(self) -> None:
        """Show the whole tile."""
        self.current.zoom_to_fit()
