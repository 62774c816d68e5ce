"""A recipe: everything that decides what a model is and how it is trained, as one value.

Recipes are TOML files. Those shipped lie under `resources/recipes/`; a path to any other file works
as well as a name.
"""

import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal, get_args

from histoviewer.domain.blocks import Block, Head
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
from histoviewer.domain.strict import NOT_IN_FILE, read_table
from histoviewer.errors import InputError
from histoviewer.resources import resource

# Where lists show a recipe: ours, published ones by what they look at, those you write yourself.
Group = Literal["histoviewer", "histology", "x-ray", "own"]
GROUPS: Final[tuple[Group, ...]] = get_args(Group)

_LISTED: Final = "One of: {names}; or the path of a .toml file."


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One recipe.

    Args:
        title: One line for lists.
        blocks: The network between input and head.
        group: Where lists show it; what you write yourself is 'own'.
        name: File name without its ending.
        source: The file's text, kept so that a run stores it word for word.
    """

    title: str
    blocks: tuple[Block, ...]
    group: Group = "own"
    input: Input = field(default_factory=Input)
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


def read_recipe(text: str, name: str) -> Recipe:
    """Return the recipe written in TOML.

    Args:
        text: The file's content.
        name: What the recipe is called; also names the file in messages.

    Raises:
        InputError: The text is no TOML, or a key or value is not allowed, alone or beside others;
            it names the key (or the line) and what is allowed.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"{name}.toml is not valid TOML: {error}.", "Correct that line."
        ) from error
    recipe = replace(read_table(Recipe, table, file=f"{name}.toml"), name=name, source=text)
    check_rules(recipe, file=f"{name}.toml")
    return recipe


def recipe_names() -> list[str]:
    """Return the names of the shipped recipes, sorted."""
    return sorted(path.stem for path in resource("recipes").glob("*.toml"))


def load_recipes() -> list[Recipe]:
    """Return the shipped recipes, group by group, as lists show them."""
    known = [load_recipe(name) for name in recipe_names()]
    return sorted(known, key=lambda recipe: (GROUPS.index(recipe.group), recipe.name))


def load_recipe(name_or_path: str) -> Recipe:
    """Return a shipped recipe by its name, or one from a file by its path.

    Raises:
        InputError: There is no such recipe, or it is not a valid one.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        if name_or_path not in recipe_names():
            raise InputError(
                f"There is no recipe '{name_or_path}'.",
                _LISTED.format(names=", ".join(recipe_names())),
            )
        path = resource("recipes", f"{name_or_path}.toml")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The recipe {path} cannot be read: {error}.", "Check the path."
        ) from error
    return read_recipe(text, path.stem)
