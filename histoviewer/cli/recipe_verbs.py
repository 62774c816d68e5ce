"""Verbs on recipes: recipes, recipe show, recipe check, layers, save, delete."""

from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from histoviewer.cli.output import BackendOption, JsonOption, perform, report, warn
from histoviewer.domain.network import LayerFacts, NetworkFacts
from histoviewer.domain.recipe import Recipe, load_recipe
from histoviewer.services import recipes as shelf

RecipeArgument = Annotated[
    str, typer.Argument(metavar="RECIPE", help="Name or TOML file of a recipe.")
]
_KAGGLE_TILE = 96


def recipes(*, as_json: JsonOption = False) -> None:
    """List the recipes that can be trained, your own among them."""
    found = shelf.list_recipes()
    for problem in found.problems:
        warn(str(problem))
    blocks = (
        "\n".join([f"{group}:", *(f"  {recipe.name:<24} {recipe.title}" for recipe in members)])
        for group, members in groupby(found.recipes, key=lambda recipe: recipe.group)
    )
    listed = [
        {"name": recipe.name, "title": recipe.title, "group": recipe.group}
        for recipe in found.recipes
    ]
    figures = {"recipes": listed, "problems": [str(problem) for problem in found.problems]}
    report("\n".join(blocks), figures, as_json=as_json)


def show(recipe: RecipeArgument, *, as_json: JsonOption = False) -> None:
    """Print a recipe as TOML, ready to be changed and saved under another name."""
    found = load_recipe(recipe)
    report(found.source.rstrip(), {**_named(found), "text": found.source}, as_json=as_json)


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A TOML file.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Say whether a file is a valid recipe; where it is none, file, line and key."""
    found = load_recipe(str(file))
    perform(shelf.check_layers(recipe=found))
    report(f"{file} is a valid recipe: {found.title}", _named(found), as_json=as_json)


def layers(
    recipe: RecipeArgument,
    *,
    tile_size: Annotated[
        int, typer.Option("--tile-size", min=8, max=4096, help="Side of the tiles in pixels.")
    ] = _KAGGLE_TILE,
    backend: BackendOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the layers of a recipe's network with shapes, parameters and multiply-adds."""
    found = load_recipe(recipe)
    facts = perform(shelf.describe_recipe(recipe=found, tile_size=tile_size, backend=backend))
    figures = {
        **_named(found),
        "tile_size": facts.tile_size,
        "parameters": facts.parameters,
        "trainable": facts.trainable,
        "multiply_adds": facts.multiply_adds,
        "batch": facts.batch,
        "memory_bytes": facts.memory_bytes,
        "layers": [_layer(layer) for layer in facts.layers],
    }
    report(_table(facts), figures, as_json=as_json)


def save(
    recipe: RecipeArgument,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is to be called.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Keep a recipe among your own, where the window and 'train' find it by its name."""
    saved = shelf.save_recipe(recipe=load_recipe(recipe), name=name)
    path = shelf.own_recipe_file(saved.name)
    report(f"Saved {path}", {**_named(saved), "path": str(path)}, as_json=as_json)


def delete(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of a recipe of your own.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Remove a recipe of your own; models keep their copy of it."""
    shelf.delete_recipe(name)
    report(f"Removed {name}", {"name": name}, as_json=as_json)


def _named(recipe: Recipe) -> dict[str, Any]:
    return {"name": recipe.name, "title": recipe.title}


def _layer(layer: LayerFacts) -> dict[str, Any]:
    return {
        "name": layer.name,
        "kind": layer.kind,
        "shape": list(layer.shape),
        "parameters": layer.parameters,
        "trainable": layer.trainable,
        "multiply_adds": layer.multiply_adds,
        "block": None if layer.block is None else layer.block + 1,
    }


def _table(facts: NetworkFacts) -> str:
    rows = [("layer", "kind", "output", "parameters", "multiply-adds")]
    for layer in facts.layers:
        shape = " x ".join(map(str, layer.shape))
        counts = (f"{layer.parameters:,}", f"{layer.multiply_adds:,}")
        rows.append((layer.name, layer.kind, shape, *counts))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        f"{name:<{widths[0]}}  {kind:<{widths[1]}}  {shape:>{widths[2]}}  "
        f"{parameters:>{widths[3]}}  {adds:>{widths[4]}}"
        for name, kind, shape, parameters, adds in rows
    ]
    lines.append(
        f"{facts.parameters:,} parameters, {facts.trainable:,} of them trained; "
        f"{facts.multiply_adds / 1e6:,.1f} M multiply-adds a tile; about "
        f"{facts.memory_bytes / 2**20:,.0f} MiB for a training step of {facts.batch} tiles"
    )
    return "\n".join(lines)
