"""The panel of the recipes: list, form, text, network, saving, training."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from histoviewer.domain.recipe import load_recipe, load_recipes, read_recipe, recipe_of
from histoviewer.services.recipes import own_recipe_file, save_recipe
from histoviewer.ui.dialogs.train import TrainDialog
from histoviewer.ui.models.page import ModelsPage
from histoviewer.ui.models.recipes.editor import RecipeEditor
from histoviewer.ui.models.recipes.panel import RecipesPanel
from histoviewer.ui.models.recipes.save_dialog import SaveRecipeDialog
from histoviewer.ui.theme import Theme
from tests.ui.acting import Open
from tests.ui.conftest import PATIENCE_MS


@pytest.fixture
def editor(qtbot: QtBot, theme: Theme) -> RecipeEditor:
    made = RecipeEditor(theme=theme)
    qtbot.addWidget(made)
    made.show_recipe(load_recipe("histo-fast"))
    made.show()
    return made


def field(editor: RecipeEditor, name: str) -> QLineEdit:
    section, key = name.split(".")
    form = editor.forms[section]
    found = form.controls[key]
    assert isinstance(found, QLineEdit)
    return found


def retype(qtbot: QtBot, line: QLineEdit, text: str) -> None:
    line.selectAll()
    qtbot.keyClicks(line, text)


# --- the form


def test_a_recipe_shown_in_the_form_is_the_same_recipe(editor: RecipeEditor) -> None:
    for recipe in load_recipes():
        editor.show_recipe(recipe)

        assert replace(recipe_of(editor.table()), name=recipe.name, source=recipe.source) == recipe
        assert read_recipe(editor.text.toPlainText(), recipe.name).blocks == recipe.blocks


def test_a_number_that_is_typed_is_in_the_recipe_and_in_its_text(
    editor: RecipeEditor, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(editor.recipe_changed) as changed:
        retype(qtbot, field(editor, "optimiser.learning_rate"), "5e-4")

    assert changed.args[0].optimiser.learning_rate == 5e-4
    assert "learning_rate = 0.0005" in editor.text.toPlainText()


@pytest.mark.parametrize("text", ["fast", "100", ""])
def test_a_value_that_is_not_allowed_is_refused_below_its_key(
    editor: RecipeEditor, qtbot: QtBot, text: str
) -> None:
    line = field(editor, "optimiser.learning_rate")

    with qtbot.waitSignal(editor.refused) as refused:
        line.selectAll()
        qtbot.keyClick(line, Qt.Key.Key_Delete)
        qtbot.keyClicks(line, text)

    assert refused.args[0].key == ("optimiser", "learning_rate")
    assert line.accessibleDescription() == "Allowed: a number, 1e-07 to 10."


def test_what_contradicts_another_table_is_refused_below_its_key(
    editor: RecipeEditor, qtbot: QtBot
) -> None:
    epochs = editor.forms["finetuning"].controls["epochs"]
    assert isinstance(epochs, QSpinBox)

    with qtbot.waitSignal(editor.refused):
        epochs.setValue(3)

    assert "no backbone" in epochs.accessibleDescription()


def test_a_mended_value_takes_the_refusal_away(editor: RecipeEditor, qtbot: QtBot) -> None:
    line = field(editor, "averaging.decay")
    with qtbot.waitSignal(editor.refused):
        retype(qtbot, line, "2")

    with qtbot.waitSignal(editor.recipe_changed):
        retype(qtbot, line, "0.5")

    assert "Allowed" not in line.accessibleDescription()


def test_an_optional_number_can_be_left_out(editor: RecipeEditor, qtbot: QtBot) -> None:
    editor.show_recipe(load_recipe("vgg16-transfer"))
    patience = editor.forms["stopping"].controls["patience"]
    assert isinstance(patience, QSpinBox)
    assert patience.text() == "5 epochs"

    with qtbot.waitSignal(editor.recipe_changed) as changed:
        patience.setValue(patience.minimum())

    assert patience.text() == "never"
    assert changed.args[0].stopping.patience is None


# --- its blocks


def rows(editor: RecipeEditor) -> list[str]:
    listed = editor.blocks.list
    return [listed.item(row).text() for row in range(listed.count())]


def marked(editor: RecipeEditor) -> list[int]:
    listed = editor.blocks.list
    return [row for row in range(listed.count()) if not listed.item(row).icon().isNull()]


def test_blocks_are_listed_in_a_line_each(editor: RecipeEditor) -> None:
    assert rows(editor)[0] == "1  Convolution 32, 5x5, stride 2, linear"
    assert rows(editor)[1] == "2  Normalisation, half by tile"
    assert rows(editor)[-1] == "15  Convolution 128, norm, 2 times"


def test_a_block_is_moved_by_the_keyboard(editor: RecipeEditor, qtbot: QtBot) -> None:
    editor.blocks.choose(2)

    with qtbot.waitSignal(editor.recipe_changed) as changed:
        qtbot.keyClick(editor.blocks.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)

    before = load_recipe("histo-fast").blocks
    assert changed.args[0].blocks[:3] == (before[0], before[2], before[1])
    assert editor.blocks.list.currentRow() == 1


def test_a_block_is_removed_by_the_keyboard(editor: RecipeEditor, qtbot: QtBot) -> None:
    before = load_recipe("histo-fast").blocks
    editor.blocks.choose(1)

    with qtbot.waitSignal(editor.recipe_changed) as changed:
        qtbot.keyClick(editor.blocks.list, Qt.Key.Key_Delete)

    assert changed.args[0].blocks == (before[0], *before[2:])


def test_a_block_of_any_kind_can_be_added(editor: RecipeEditor, qtbot: QtBot) -> None:
    editor.show_recipe(replace(load_recipe("histo-fast"), blocks=()))
    menu = editor.blocks.adder.menu()

    for action in menu.actions()[:-1]:
        action.trigger()
    with qtbot.waitSignal(editor.recipe_changed) as changed:
        editor.blocks.changed.emit()

    assert len({block.kind for block in changed.args[0].blocks}) == len(menu.actions()) - 1


def test_a_block_that_is_wrong_is_chosen_and_says_so(editor: RecipeEditor, qtbot: QtBot) -> None:
    editor.blocks.choose(3)

    with qtbot.waitSignal(editor.refused):
        editor.blocks.adder.menu().actions()[-1].trigger()  # a backbone, not the first

    assert editor.blocks.list.currentRow() == 4


def type_where_the_keyboard_is(editor: RecipeEditor, qtbot: QtBot, text: str) -> None:
    qtbot.keyClicks(editor.window().focusWidget(), text)


def test_digits_that_come_slowly_all_go_where_typing_began(
    editor: RecipeEditor, qtbot: QtBot
) -> None:
    """On the way to 96 filters stand 9, whose maps the next block cannot halve."""
    filters = editor.blocks.forms["conv"].controls["filters"]
    assert isinstance(filters, QSpinBox)
    editor.blocks.choose(0)
    filters.setFocus()
    filters.selectAll()

    with qtbot.waitSignal(editor.refused) as refused:
        type_where_the_keyboard_is(editor, qtbot, "9")
    assert refused.args[0].key == ("blocks", 1, "per_tile")
    assert marked(editor) == [1]
    with qtbot.waitSignal(editor.recipe_changed) as changed:
        type_where_the_keyboard_is(editor, qtbot, "6")

    assert changed.args[0].blocks[0].filters == 96
    assert marked(editor) == []


def test_the_block_that_is_marked_says_what_is_wrong_once_it_is_chosen(
    editor: RecipeEditor, qtbot: QtBot
) -> None:
    editor.blocks.choose(0)
    editor.blocks.list.setFocus()
    with qtbot.waitSignal(editor.refused):
        editor.blocks.forms["conv"].controls["filters"].setValue(9)
    per_tile = editor.blocks.forms["norm"].controls["per_tile"]
    assert editor.blocks.list.currentRow() == 0
    assert "Allowed" not in per_tile.accessibleDescription()
    said = editor.blocks.list.item(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("2  Normalisation, half by tile. Allowed: 'none'")

    qtbot.keyClick(editor.blocks.list, Qt.Key.Key_Down)

    assert "Allowed: 'none'" in per_tile.accessibleDescription()


def test_what_is_changed_elsewhere_chooses_the_block_that_it_makes_wrong(
    editor: RecipeEditor, qtbot: QtBot
) -> None:
    editor.blocks.choose(5)
    editor.setCurrentIndex(2)
    symmetry = editor.forms["training"].controls["symmetry"]
    assert isinstance(symmetry, QComboBox)
    symmetry.setFocus()

    with qtbot.waitSignal(editor.refused):
        symmetry.setCurrentText("dihedral")

    assert [editor.blocks.list.currentRow()] == marked(editor) == [0]


def test_a_choice_of_a_block_is_told_in_its_line(editor: RecipeEditor, qtbot: QtBot) -> None:
    chosen = editor.blocks.forms["conv"].controls["activation"]
    assert isinstance(chosen, QComboBox)

    with qtbot.waitSignal(editor.recipe_changed) as changed:
        chosen.setCurrentText("gelu")

    assert changed.args[0].blocks[0].activation == "gelu"
    assert rows(editor)[0].endswith("gelu")


# --- the panel


@pytest.fixture
def panel(open_window: Open, project_path: Path, qtbot: QtBot) -> RecipesPanel:
    """The panel with its recipes, one of the reader's own among them."""
    save_recipe(recipe=load_recipe("histo-fast"), name="mine")
    window = open_window(project_path)
    page = window.pages.show_page("models")
    assert isinstance(page, ModelsPage)
    found = page.show_panel("recipes")
    assert isinstance(found, RecipesPanel)
    qtbot.waitUntil(lambda: found.recipe is not None, timeout=PATIENCE_MS)
    return found


def change(panel: RecipesPanel, qtbot: QtBot, text: str = "0.004") -> None:
    line = field(panel.editor, "optimiser.learning_rate")
    with qtbot.waitSignals([panel.editor.recipe_changed]):
        retype(qtbot, line, text)


def test_the_network_follows_the_form_until_it_does_not_fit(
    panel: RecipesPanel, qtbot: QtBot
) -> None:
    table = panel.network.table

    def parameters() -> int:
        return sum(layer.parameters for layer in table.layers)

    qtbot.waitUntil(lambda: parameters() == 289_825, timeout=PATIENCE_MS)

    second, *others = (
        place
        for place, block in enumerate(load_recipe("histo-fast").blocks)
        if place and block.kind == "conv"
    )
    panel.editor.blocks.choose(second)
    qtbot.keyClick(panel.editor.blocks.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: 0 < parameters() < 289_825, timeout=PATIENCE_MS)

    conv = panel.editor.blocks.forms["conv"].controls
    for place in others:
        panel.editor.blocks.choose(place - 1)
        conv["padding"].setCurrentText("valid")
        conv["kernel"].setValue(31)
    words = "does not fit tiles of 96 pixels"
    qtbot.waitUntil(lambda: words in panel.network.state.text(), timeout=PATIENCE_MS)


def test_a_layer_that_the_backbone_lacks_is_told_below_its_field(
    panel: RecipesPanel, qtbot: QtBot
) -> None:
    """Only Keras knows its layers: it is told when the network has been built."""
    panel.choose("vgg16-transfer")
    panel.editor.forms["finetuning"].controls["epochs"].setValue(1)
    line = field(panel.editor, "finetuning.frozen_below")

    retype(qtbot, line, "block5_conv9")
    words = "'finetuning.frozen_below' cannot be 'block5_conv9' here."
    qtbot.waitUntil(lambda: panel._state.text().startswith(words), timeout=PATIENCE_MS)
    assert "block5_conv1" in line.accessibleDescription()
    assert not panel.save_as.isEnabled()

    retype(qtbot, line, "block5_conv1")
    qtbot.waitUntil(panel.save_as.isEnabled, timeout=PATIENCE_MS)
    assert "cannot" not in panel._state.text()


def test_a_shipped_recipe_is_saved_as_a_new_one_and_stays_as_it_is(
    panel: RecipesPanel, qtbot: QtBot
) -> None:
    change(panel, qtbot)
    assert panel.save.isHidden()

    qtbot.mouseClick(panel.save_as, Qt.MouseButton.LeftButton)
    dialog = panel.window().findChild(SaveRecipeDialog)
    assert dialog.choice == "histo-fast-2"
    with qtbot.waitSignal(panel.shelf.saved, timeout=PATIENCE_MS):
        dialog.accept()

    assert panel.recipe.name == "histo-fast-2"
    assert load_recipe("histo-fast-2").optimiser.learning_rate == 0.004
    assert load_recipe("histo-fast").optimiser.learning_rate == 0.002


@pytest.mark.parametrize("name", ["mine", "MINE", "histo-fast", "a/b", "con", "nul.x", "x.", ""])
def test_a_name_that_cannot_be_used_is_refused_in_the_dialog(qtbot: QtBot, name: str) -> None:
    dialog = SaveRecipeDialog("free", ["mine"])
    qtbot.addWidget(dialog)
    assert dialog.fault == ""

    dialog.name.setText(name)

    assert dialog.fault != ""


def test_an_own_recipe_is_saved_in_its_place(panel: RecipesPanel, qtbot: QtBot) -> None:
    panel.choose("mine")
    change(panel, qtbot)

    with qtbot.waitSignal(panel.shelf.saved, timeout=PATIENCE_MS):
        qtbot.mouseClick(panel.save, Qt.MouseButton.LeftButton)

    assert load_recipe("mine").optimiser.learning_rate == 0.004
    assert not panel.save.isEnabled()


def test_another_recipe_that_the_reader_has_gone_on_to_keeps_its_changes(
    panel: RecipesPanel, qtbot: QtBot
) -> None:
    change(panel, qtbot)
    panel.choose("mine")
    change(panel, qtbot, "0.003")

    with qtbot.waitSignal(panel.shelf.saved, timeout=PATIENCE_MS):
        qtbot.mouseClick(panel.save, Qt.MouseButton.LeftButton)
        panel.choose("histo-fast")  # before the disk has answered

    assert panel.recipe.name == "histo-fast"
    assert panel.recipe.optimiser.learning_rate == 0.004
    panel.choose("mine")
    assert panel.recipe.optimiser.learning_rate == 0.003
    assert not panel.save.isEnabled()


def test_what_is_changed_while_the_disk_is_waited_for_stays(
    panel: RecipesPanel, qtbot: QtBot
) -> None:
    panel.choose("mine")
    change(panel, qtbot, "0.003")

    with qtbot.waitSignal(panel.shelf.saved, timeout=PATIENCE_MS):
        qtbot.mouseClick(panel.save, Qt.MouseButton.LeftButton)
        retype(qtbot, field(panel.editor, "optimiser.learning_rate"), "0.005")

    assert load_recipe("mine").optimiser.learning_rate == 0.003
    assert panel.recipe.optimiser.learning_rate == 0.005
    assert panel.save.isEnabled()


def test_an_own_recipe_is_deleted(panel: RecipesPanel, qtbot: QtBot) -> None:
    panel.choose("mine")

    with qtbot.waitSignal(panel.shelf.listed, timeout=PATIENCE_MS):
        qtbot.mouseClick(panel.delete, Qt.MouseButton.LeftButton)

    assert not own_recipe_file("mine").exists()
    assert panel.recipe.name == "histo-fast"


def test_changes_are_kept_while_another_recipe_is_shown_and_can_be_reverted(
    panel: RecipesPanel, qtbot: QtBot
) -> None:
    change(panel, qtbot)
    panel.choose("cnn5-relu")
    panel.choose("histo-fast")
    assert panel.recipe.optimiser.learning_rate == 0.004

    qtbot.mouseClick(panel.revert, Qt.MouseButton.LeftButton)

    assert panel.recipe == load_recipe("histo-fast")


def test_what_was_typed_just_before_another_recipe_is_chosen_is_kept(
    panel: RecipesPanel, qtbot: QtBot
) -> None:
    retype(qtbot, field(panel.editor, "optimiser.learning_rate"), "0.004")

    panel.choose("cnn5-relu")  # before the editor has taken what was typed

    assert panel.recipe == load_recipe("cnn5-relu")
    panel.choose("histo-fast")
    assert panel.recipe.optimiser.learning_rate == 0.004


def test_the_chosen_recipe_is_offered_for_training_once_it_is_saved(
    panel: RecipesPanel, qtbot: QtBot
) -> None:
    panel.choose("mine")

    qtbot.mouseClick(panel.train, Qt.MouseButton.LeftButton)
    dialog = panel.window().findChild(TrainDialog)

    assert dialog.choice.recipe.name == "mine"
    dialog.reject()
    change(panel, qtbot)
    assert not panel.train.isEnabled()
