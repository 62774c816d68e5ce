"""The list of recipes: grouped, each with a line on what it is."""

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from histoviewer.domain.recipe import Group, Recipe
from histoviewer.ui.theme import WIDE

_LINES = 15
_PLACE = Qt.ItemDataRole.UserRole


class RecipeList(QListWidget):
    """Recipes below the headings of their groups; headings are passed over by mouse and keyboard.

    Args:
        recipes: Those of a group stand together.
        parent: The dialog.
    """

    def __init__(self, recipes: Sequence[Recipe], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recipes: list[Recipe] = []
        self._notes: dict[str, str] = {}
        self.setObjectName("recipes")
        self.setMinimumHeight(self.fontMetrics().lineSpacing() * _LINES)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.show_recipes(recipes)

    def show_recipes(self, recipes: Sequence[Recipe]) -> None:
        """List other recipes; none is chosen."""
        self._recipes = list(recipes)
        self.clear()
        places = range(len(self._recipes))
        for group, members in groupby(places, key=lambda place: self._recipes[place].group):
            self._add_heading(self._title(group))
            for place in members:
                self._add_recipe(place)

    def note(self, name: str, text: str) -> None:
        """Let a recipe say more before its title, such as the size of its network."""
        self._notes[name] = text
        for row in range(self.count()):
            place = self.item(row).data(_PLACE)
            if place is not None and self._recipes[place].name == name:
                self.item(row).setText(self._text(self._recipes[place]))

    @property
    def recipe(self) -> Recipe:
        """Return the chosen recipe."""
        row = self.currentRow()
        return self._recipes[self.item(row).data(_PLACE) if row >= 0 else 0]

    def choose(self, name: str) -> None:
        """Choose a recipe by its name; the first where there is none of that name."""
        names = [recipe.name for recipe in self._recipes]
        wanted = names.index(name) if name in names else 0
        for row in range(self.count()):
            if self.item(row).data(_PLACE) == wanted:
                self.setCurrentRow(row)

    def changeEvent(self, event: QEvent) -> None:
        """Paint the headings anew in other colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for row in range(self.count()):
                if self.item(row).data(_PLACE) is None:
                    self.item(row).setForeground(self.palette().text())

    def _title(self, group: Group) -> str:
        titles: dict[Group, str] = {
            "histoviewer": self.tr("Made for this program"),
            "histology": self.tr("Published for histology"),
            "x-ray": self.tr("Published for chest X-rays"),
            "own": self.tr("Your own"),
        }
        return titles[group]

    def _add_heading(self, title: str) -> None:
        item = QListWidgetItem(title)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        font = item.font()
        font.setBold(True)
        item.setFont(font)
        # What cannot be chosen is to be read all the same.
        item.setForeground(self.palette().text())
        item.setSizeHint(QSize(0, self.fontMetrics().lineSpacing() + WIDE))
        item.setTextAlignment(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft)
        self.addItem(item)

    def _add_recipe(self, place: int) -> None:
        recipe = self._recipes[place]
        item = QListWidgetItem(self._text(recipe))
        item.setData(_PLACE, place)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{recipe.name}: {recipe.title}")
        item.setToolTip(recipe.title)
        item.setSizeHint(QSize(0, self.fontMetrics().lineSpacing() * 2 + WIDE))
        self.addItem(item)

    def _text(self, recipe: Recipe) -> str:
        note = self._notes.get(recipe.name)
        return (
            f"{recipe.name}\n{note} · {recipe.title}" if note else f"{recipe.name}\n{recipe.title}"
        )
