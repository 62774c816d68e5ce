"""Verbs about the reasons of a model: explain, look layers, look features, look filters."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from histoviewer.cli.output import (
    BackendOption,
    JsonOption,
    ModelOption,
    ProjectArgument,
    perform,
    report,
)
from histoviewer.cli.workspace import workspace
from histoviewer.domain.explanation import (
    Cover,
    Explanation,
    FeatureLayer,
    MapSettings,
    Method,
    SanityCheck,
    Side,
    Stretch,
)
from histoviewer.jobs.job import Operation
from histoviewer.services import explaining
from histoviewer.services.explanation_pictures import (
    explanation_sheet,
    features_sheet,
    filters_sheet,
    save_picture,
)
from histoviewer.services.opening import Workspace
from histoviewer.services.tile_facts import find_tile

_DEFAULT = MapSettings()
_STRETCH = Stretch()

Palette = Literal["viridis", "inferno", "grey"]
LayerOption = Annotated[
    str | None, typer.Option("--layer", help="Name of the layer; the last before pooling.")
]
PictureOption = Annotated[Path | None, typer.Option("--out", help="Write a picture to this PNG.")]
PaletteOption = Annotated[Palette, typer.Option("--palette", help="Colours of a map.")]


def explain(
    project: ProjectArgument,
    tile_ids: Annotated[list[str], typer.Argument(metavar="TILE", help="Ids of the tiles.")],
    *,
    method: Annotated[Method, typer.Option("--method", help="How.")] = _DEFAULT.method,
    layer: LayerOption = None,
    side: Annotated[Side, typer.Option("--side", help="Evidence for which class.")] = _STRETCH.side,
    percentiles: Annotated[
        tuple[float, float], typer.Option("--percentiles", help="What becomes dark, and bright.")
    ] = (_STRETCH.low, _STRETCH.high),
    strength: Annotated[
        float, typer.Option("--strength", min=0, max=1, help="How opaque the brightest is.")
    ] = 0.6,
    palette: PaletteOption = "viridis",
    samples: Annotated[
        int, typer.Option("--samples", min=1, help="Saliency: noisy copies.")
    ] = _DEFAULT.samples,
    noise: Annotated[
        float, typer.Option("--noise", min=0, max=1, help="Saliency: share of the range.")
    ] = _DEFAULT.noise,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of noise and random weights.")] = 0,
    patch: Annotated[
        int, typer.Option("--patch", min=1, help="Occlusion: side of the square.")
    ] = _DEFAULT.patch,
    stride: Annotated[
        int, typer.Option("--stride", min=1, help="Occlusion: pixels to the next.")
    ] = _DEFAULT.stride,
    cover: Annotated[
        Cover, typer.Option("--cover", help="Occlusion: what a square looks like.")
    ] = _DEFAULT.cover,
    check: Annotated[
        bool, typer.Option("--check", help="Check that maps change with random weights, too.")
    ] = False,
    out: PictureOption = None,
    model: ModelOption = None,
    backend: BackendOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show where in some tiles a model finds its reasons."""
    settings = MapSettings(
        method=method,
        layer=layer,
        samples=samples,
        noise=noise,
        seed=seed,
        patch=patch,
        stride=stride,
        cover=cover,
    )
    stretch = Stretch(low=percentiles[0], high=percentiles[1], side=side)
    with workspace(project, read_only=True) as opened:
        tiles = [find_tile(opened, tile_id) for tile_id in tile_ids]
        asked: dict[str, Any] = {"workspace": opened, "tiles": tiles, "settings": settings}
        asked |= {"model_id": model, "backend": backend}
        found, checked = perform(
            _both(
                explaining.explain(stretch=stretch, **asked),
                explaining.check_sanity(seed=seed, **asked) if check else None,
            )
        )
        if out is not None:
            pixels = opened.pixels.gather(found.tiles)
            sheet = explanation_sheet(found, pixels, strength=strength, palette=palette)
            save_picture(sheet, out)
        rows = _rows(opened, found)
    figures = {
        "model": found.model.id,
        "method": method.value,
        "layer": found.layer,
        "settings": settings.key,
        "tiles": rows,
        "sanity": None if checked is None else _sanity(checked),
        "picture": None if out is None else str(out),
    }
    report(_told(found, rows, checked), figures, as_json=as_json)


def layers(
    project: ProjectArgument,
    *,
    model: ModelOption = None,
    backend: BackendOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the layers of a model that give feature maps."""
    with workspace(project, read_only=True) as opened:
        found = perform(explaining.layers_of(workspace=opened, model_id=model, backend=backend))
    lines = [_layer_line(layer, found.default) for layer in found.layers]
    text = "\n".join(lines) or f"{found.model.id} has no feature maps"
    figures = {
        "model": found.model.id,
        "default": found.default,
        "layers": [asdict(layer) for layer in found.layers],
    }
    report(text, figures, as_json=as_json)


def features(
    project: ProjectArgument,
    tile_id: Annotated[str, typer.Argument(metavar="TILE", help="Id of the tile.")],
    *,
    layer: LayerOption = None,
    top: Annotated[int, typer.Option("--top", min=1, help="How many channels.")] = explaining.TOP,
    palette: PaletteOption = "viridis",
    out: PictureOption = None,
    model: ModelOption = None,
    backend: BackendOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the feature maps of a tile that move the score most."""
    with workspace(project, read_only=True) as opened:
        tile = find_tile(opened, tile_id)
        found = perform(
            explaining.feature_maps(
                workspace=opened, tile=tile, layer=layer, top=top, model_id=model, backend=backend
            )
        )
    if out is not None:
        save_picture(features_sheet(found, palette=palette), out)
    pairs = list(zip(found.channels.tolist(), found.contributions.tolist(), strict=True))
    text = "\n".join(f"channel {channel:>4}  {moves:+.4f}" for channel, moves in pairs)
    figures = {
        "model": found.model.id,
        "id": tile_id,
        "layer": found.layer,
        "channels": [{"channel": channel, "contribution": moves} for channel, moves in pairs],
        "picture": None if out is None else str(out),
    }
    report(text, figures, as_json=as_json)


def filters(
    project: ProjectArgument,
    *,
    out: PictureOption = None,
    model: ModelOption = None,
    backend: BackendOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the filters of a model's first convolution."""
    with workspace(project, read_only=True) as opened:
        found = perform(explaining.first_filters(workspace=opened, model_id=model, backend=backend))
    if out is not None:
        save_picture(filters_sheet(found), out)
    count, height, width, channels = found.weights.shape
    figures = {
        "model": found.model.id,
        "layer": found.layer,
        "filters": count,
        "shape": [height, width, channels],
        "picture": None if out is None else str(out),
    }
    text = f"{found.layer} has {count} filters of {height} x {width} x {channels}"
    report(text, figures, as_json=as_json)


def _both(
    maps: Operation[Explanation], check: Operation[SanityCheck] | None
) -> Operation[tuple[Explanation, SanityCheck | None]]:
    """Return the results of both operations, which share a process so."""
    found = yield from maps
    return found, None if check is None else (yield from check)


def _rows(opened: Workspace, found: Explanation) -> list[dict[str, Any]]:
    ids = opened.session.tiles.ids
    rows = []
    for place, tile in enumerate(found.tiles.tolist()):
        raw = found.raw[place]
        evidence = raw if found.stretch.side is Side.POSITIVE else -raw
        top, left = divmod(int(evidence.argmax()), raw.shape[1])
        row = {"id": ids[tile], "logit": float(found.logits[place])}
        row |= {"score": float(found.scores[place]), "brightest": [left, top]}
        rows.append({**row, "lowest": float(raw.min()), "highest": float(raw.max())})
    return rows


def _sanity(checked: SanityCheck) -> dict[str, Any]:
    return {
        "passed": checked.passed,
        "verdict": checked.verdict,
        "steps": [asdict(step) for step in checked.steps],
    }


def _told(found: Explanation, rows: list[dict[str, Any]], checked: SanityCheck | None) -> str:
    layer = f" at {found.layer}" if found.layer else ""
    lines = [f"{found.settings.method.value}{layer} of {found.model.id}"]
    lines += [
        f"{row['id']}  score {row['score']:.4f}  logit {row['logit']:+.3f}  "
        f"brightest at x {row['brightest'][0]}, y {row['brightest'][1]}"
        for row in rows
    ]
    if checked is not None:
        lines += [f"random down to {step.layer:<24}{step.similarity:.2f}" for step in checked.steps]
        lines.append(checked.verdict)
    return "\n".join(lines)


def _layer_line(layer: FeatureLayer, default: str | None) -> str:
    size = f"{layer.height} x {layer.width} x {layer.channels}"
    mark = "  (default)" if layer.name == default else ""
    return f"{layer.name:<24}{layer.kind:<24}{size}{mark}"
