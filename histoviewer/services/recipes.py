"""Recipes as the reader keeps them: listed, checked, described, saved as new ones."""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from histoviewer.domain.network import NetworkFacts
from histoviewer.domain.path_names import is_device
from histoviewer.domain.recipe import (
    Recipe,
    load_own_recipes,
    load_recipes,
    read_recipe,
    recipe_names,
)
from histoviewer.domain.recipe_text import write_recipe
from histoviewer.errors import InputError, storage_error
from histoviewer.files import whole_file
from histoviewer.jobs.job import Job, Lane, Operation
from histoviewer.ml.requests import DescribeRequest
from histoviewer.services.backends import environment_of
from histoviewer.settings import recipes_folder

# What every file system takes as a name, and a command line without quotes.
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")

# Pixels a side, where only names of layers are asked for: no network is too deep for it.
_LARGE_TILE: Final = 1024


@dataclass(frozen=True, kw_only=True)
class KnownRecipes:
    """The recipes that can be trained.

    Args:
        recipes: Group by group, the reader's own last.
        problems: What is wrong with files of the reader's own that are no valid recipe.
    """

    recipes: tuple[Recipe, ...]
    problems: tuple[InputError, ...]


def list_recipes() -> KnownRecipes:
    """Return the shipped recipes and the reader's own. Reads files."""
    return KnownRecipes(recipes=tuple(load_recipes()), problems=tuple(load_own_recipes()[1]))


def check_name(name: str) -> None:
    """Check that a recipe of the reader's own may be called so.

    Raises:
        InputError: Some file system cannot take the name, or a shipped recipe has it.
    """
    if not _NAME.fullmatch(name) or name.endswith(".") or is_device(name):
        raise InputError(
            f"A recipe cannot be called '{name}'.",
            "Use letters, digits, '-', '_' and '.', 60 at most.",
        )
    if name.casefold() in (known.casefold() for known in recipe_names()):
        raise InputError(
            f"The recipe '{name}' comes with the program and stays as it is.",
            "Choose another name.",
        )


def save_recipe(*, recipe: Recipe, name: str, overwrite: bool = False) -> Recipe:
    """Write a recipe into the folder of the reader's own; return it as it is from now on.

    Args:
        recipe: What to write.
        name: What it is to be called.
        overwrite: Whether it may take the place of an own recipe of that name.

    Raises:
        InputError: The name cannot be used or is taken, or the recipe contradicts itself.
        StorageError: It could not be written.
    """
    check_name(name)
    taken = {known.casefold() for known in _own_names()}
    if not overwrite and name.casefold() in taken:
        raise InputError(f"There is a recipe '{name}' already.", "Choose another name.")
    text = write_recipe(replace(recipe, group="own"))
    saved = read_recipe(text, name)  # nothing is written that could not be read again
    path = own_recipe_file(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as stream:
            stream.write(text.encode("utf-8"))
    except OSError as error:
        raise storage_error(error, f"the recipe '{name}'") from error
    return saved


def delete_recipe(name: str) -> None:
    """Remove a recipe of the reader's own; models keep the copy they were trained by.

    Raises:
        InputError: It is none of the reader's own.
        StorageError: It could not be removed.
    """
    if name not in _own_names():
        raise InputError(f"There is no recipe '{name}' of your own.", "Check its name.")
    try:
        own_recipe_file(name).unlink()
    except OSError as error:
        raise storage_error(error, f"the recipe '{name}'") from error


def own_recipe_file(name: str) -> Path:
    """Return where a recipe of the reader's own is kept."""
    return recipes_folder() / f"{name}.toml"


def describe_recipe(
    *, recipe: Recipe, tile_size: int, backend: str | None = None
) -> Operation[NetworkFacts]:
    """Return the layers of a recipe's network, their sizes, and what a training step takes.

    It runs in the interactive lane, where Keras is at hand: who edits a recipe sees at once what a
    change does, while a training goes on.

    Args:
        recipe: Which network.
        tile_size: Side of the tiles in pixels.
        backend: See `backends.environment_of`.

    Raises:
        InputError: The network does not fit such tiles, or the backend is not there.
    """
    return _describe(recipe, tile_size, backend)


def check_layers(*, recipe: Recipe, backend: str | None = None) -> Operation[None]:
    """Check that the backbone of a recipe has the layers that the recipe names.

    Only Keras knows them: what names none is right as it was read, and makes no job.

    Args:
        recipe: Which one.
        backend: See `backends.environment_of`.

    Raises:
        InputError: It has no such layer, or the backend is not there.
    """
    if recipe.named_layers:
        yield from _describe(recipe, _LARGE_TILE, backend)


def _describe(recipe: Recipe, tile_size: int, backend: str | None) -> Operation[NetworkFacts]:
    facts: NetworkFacts = yield Job(
        title="Building the network of {name}",
        facts={"name": recipe.name},
        target="histoviewer.ml.work:describe",
        request=DescribeRequest(recipe=recipe, tile_size=tile_size),
        lane=Lane.INTERACTIVE,
        environment=environment_of(backend),
    )
    return facts


def _own_names() -> list[str]:
    return sorted(path.stem for path in recipes_folder().glob("*.toml"))
