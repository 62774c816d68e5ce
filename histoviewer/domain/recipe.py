"""A recipe: everything that decides what a model is and how it is trained, as one value.

Recipes are TOML files. Those shipped lie under `resources/recipes/`, the reader's own in a folder
beside the settings; a path to any other file works as well as a name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal, get_args

from histoviewer.domain.blocks import WHOLE_BACKBONE, BackboneBlock, Block, Head
from histoviewer.domain.recipe_rules import check_rules
from histoviewer.domain.recipe_tables import (
    Augmentation,
    Averaging,
    Finetuning,
    Input,
    Optimiser,
    Plateau,
    Retraining,
    Sampling,
    Stopping,
    Training,
)
from histoviewer.domain.strict import NOT_IN_FILE, KeyPath, TableError, read_table
from histoviewer.domain.toml_lines import line_of, read_toml
from histoviewer.errors import InputError
from histoviewer.resources import resource
from histoviewer.settings import recipes_folder

# Where lists show a recipe: ours, published ones by what they look at, those you write yourself.
Group = Literal["histoviewer", "histology", "x-ray", "own"]
GROUPS: Final[tuple[Group, ...]] = get_args(Group)

# What is taken where none is chosen.
DEFAULT_RECIPE: Final = "histo-fast"

_LISTED: Final = "One of: {names}; or the path of a .toml file."


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One recipe.

    Args:
        title: One line for lists.
        group: Where lists show it; what you write yourself is 'own'.
        blocks: The network between input and head.
        name: File name without its ending.
        source: The file's text, kept so that a run stores it word for word.
    """

    title: str
    group: Group = "own"
    input: Input = field(default_factory=Input)
    blocks: tuple[Block, ...]
    head: Head = field(default_factory=Head)
    augmentation: Augmentation = field(default_factory=Augmentation)
    sampling: Sampling = field(default_factory=Sampling)
    optimiser: Optimiser = field(default_factory=Optimiser)
    averaging: Averaging = field(default_factory=Averaging)
    training: Training = field(default_factory=Training)
    stopping: Stopping = field(default_factory=Stopping)
    plateau: Plateau = field(default_factory=Plateau)
    finetuning: Finetuning = field(default_factory=Finetuning)
    retraining: Retraining = field(default_factory=Retraining)
    name: str = field(default="", metadata=NOT_IN_FILE)
    source: str = field(default="", repr=False, metadata=NOT_IN_FILE)

    @property
    def backbone(self) -> BackboneBlock | None:
        """Return the network that it starts with; None where it has none."""
        first = self.blocks[0] if self.blocks else None
        return first if isinstance(first, BackboneBlock) else None

    @property
    def pretrained(self) -> BackboneBlock | None:
        """Return the backbone where it starts from ImageNet weights, else None."""
        found = self.backbone
        return found if found is not None and found.weights == "imagenet" else None

    @property
    def named_layers(self) -> Mapping[KeyPath, str]:
        """Return the layers of its backbone that it names, by their keys."""
        if (backbone := self.backbone) is None:
            return {}
        named: dict[KeyPath, str] = {("blocks", 0, "frozen_below"): backbone.frozen_below}
        if self.finetuning.epochs:
            named["finetuning", "frozen_below"] = self.finetuning.frozen_below
        return {key: name for key, name in named.items() if name not in ("", WHOLE_BACKBONE)}

    @property
    def epochs(self) -> int:
        """Return how many epochs a training from scratch has in both of its parts."""
        return self.training.epochs + self.finetuning.epochs

    def with_epochs(self, epochs: int) -> "Recipe":
        """Return the recipe with so many epochs in all, of which each part has the share it had.

        Args:
            epochs: 1 or more; the first part has one of them at least.
        """
        first = max(1, round(epochs * self.training.epochs / self.epochs))
        return replace(
            self,
            training=replace(self.training, epochs=first),
            finetuning=replace(self.finetuning, epochs=epochs - first),
        )

    def located(self, error: TableError) -> TableError:
        """Return an error about one of its keys with file and line in front."""
        return _located(error, self.source, f"{self.name}.toml")


def read_recipe(text: str, name: str) -> Recipe:
    """Return the recipe written in TOML.

    Args:
        text: The file's content.
        name: What the recipe is called; also names the file in messages.

    Raises:
        InputError: The text is no TOML, or a key or value is not allowed, alone or beside others;
            it names file, line and key, and what is allowed.
    """
    file = f"{name}.toml"
    try:
        table = read_toml(text)
    except ValueError as error:
        raise InputError(f"{file} is not valid TOML: {error}.", "Correct that line.") from error
    try:
        return replace(recipe_of(table, file=file), name=name, source=text)
    except TableError as error:
        raise _located(error, text, file) from None


def _located(error: TableError, text: str, file: str) -> TableError:
    line = line_of(text, error.key)
    return error.at(file if line is None else f"{file}, line {line}")


def recipe_of(table: Mapping[str, Any], *, file: str = "") -> Recipe:
    """Return the recipe that a table says, as TOML or a form gives it.

    Args:
        table: Tables and values by their keys.
        file: Named in messages; '' where there is none.

    Raises:
        TableError: A key or value is not allowed, alone or beside others.
    """
    recipe = read_table(Recipe, table, file=file)
    check_rules(recipe, file=file)
    return recipe


def recipe_names() -> list[str]:
    """Return the names of the shipped recipes, sorted."""
    return _names_in(resource("recipes"))


def load_recipes(folder: Path | None = None) -> list[Recipe]:
    """Return the shipped recipes and the reader's own, group by group, as lists show them.

    A file of the reader's own that is no valid recipe is left out: see `load_own_recipes`.

    Args:
        folder: Where the reader's own are; the one beside the settings by default.
    """
    known = [load_recipe(name) for name in recipe_names()]
    known += load_own_recipes(folder)[0]
    return sorted(known, key=lambda recipe: (GROUPS.index(recipe.group), recipe.name))


def load_own_recipes(folder: Path | None = None) -> tuple[list[Recipe], list[InputError]]:
    """Return the reader's own recipes, and what is wrong with the files that are none.

    Args:
        folder: Where they are; the one beside the settings by default. It need not exist.
    """
    folder = folder or recipes_folder()
    found, wrong = [], []
    for name in _names_in(folder):
        try:
            found.append(_load_own(folder / f"{name}.toml"))
        except InputError as error:
            wrong.append(error)
    return found, wrong


def load_recipe(name_or_path: str) -> Recipe:
    """Return a recipe by its name, a shipped or an own one, or from a file by its path.

    Raises:
        InputError: There is no such recipe, or it is not a valid one.
    """
    path = Path(name_or_path)
    if path.suffix == ".toml":
        return _read_file(path)
    if name_or_path in recipe_names():
        return _read_file(resource("recipes", f"{name_or_path}.toml"))
    own = _names_in(recipes_folder())
    if name_or_path in own:
        return _load_own(recipes_folder() / f"{name_or_path}.toml")
    names = ", ".join((*recipe_names(), *own))
    raise InputError(f"There is no recipe '{name_or_path}'.", _LISTED.format(names=names))


def _names_in(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("*.toml"))


def _load_own(path: Path) -> Recipe:
    """Return one of the reader's own, whatever group the one it was copied from belonged to."""
    if path.stem in recipe_names():
        raise InputError(
            f"The recipe {path} is called like one of the program.", "Give the file another name."
        )
    return replace(_read_file(path), group="own")


def _read_file(path: Path) -> Recipe:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The recipe {path} cannot be read: {error}.", "Check the path."
        ) from error
    return read_recipe(text, path.stem)
