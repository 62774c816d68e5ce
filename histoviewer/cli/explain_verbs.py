"""Verbs about the reasons of a model: explain, look layers, look features, look filters."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from histoviewer.cli.explain_options import (
    DEFAULT,
    STRETCH,
    CheckOption,
    CoverOption,
    LayerOption,
    NoiseOption,
    PaletteOption,
    PatchOption,
    PercentilesOption,
    PictureOption,
    SamplesOption,
    SeedOption,
    SideOption,
    StrengthOption,
    StrideOption,
)
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
    Explanation,
    FeatureLayer,
    MapSettings,
    Method,
    SanityCheck,
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


def explain(
    project: ProjectArgument,
    tile_ids: Annotated[list[str], typer.Argument(metavar="TILE", help="Ids of the tiles.")],
    *,
    method: Annotated[Method, typer.Option("--method", help="How.")] = DEFAULT.method,
    layer: LayerOption = None,
    side: SideOption = STRETCH.side,
    percentiles: PercentilesOption = (STRETCH.low, STRETCH.high),
    strength: StrengthOption = 0.6,
    palette: PaletteOption = "viridis",
    samples: SamplesOption = DEFAULT.samples,
    noise: NoiseOption = DEFAULT.noise,
    seed: SeedOption = 0,
    patch: PatchOption = DEFAULT.patch,
    stride: StrideOption = DEFAULT.stride,
    cover: CoverOption = DEFAULT.cover,
    check: CheckOption = False,
    out: PictureOption = None,
    model: ModelOption = None,
    backend: BackendOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show where in some tiles a model finds its reasons."""
    settings = MapSettings(
        method=method, layer=layer, samples=samples, noise=noise,
        seed=seed, patch=patch, stride=stride, cover=cover,
    )  # fmt: skip
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
            save_picture(explanation_sheet(found, pixels, strength=strength, palette=palette), out)
        rows = _rows(opened, found)
    figures = _figures(found, rows, checked, out)
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


def _figures(
    found: Explanation, rows: list[dict[str, Any]], checked: SanityCheck | None, out: Path | None
) -> dict[str, Any]:
    return {
        "model": found.model.id,
        "method": found.settings.method.value,
        "layer": found.layer,
        "settings": found.settings.key,
        "tiles": rows,
        "sanity": None if checked is None else _sanity(checked),
        "picture": None if out is None else str(out),
    }


def _rows(opened: Workspace, found: Explanation) -> list[dict[str, Any]]:
    ids = opened.session.tiles.ids
    rows = []
    places = zip(found.tiles.tolist(), found.brightest, found.raw, strict=True)
    for at, (tile, brightest, raw) in enumerate(places):
        row = {"id": ids[tile], "logit": float(found.logits[at]), "score": float(found.scores[at])}
        row["brightest"] = brightest
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
        f"{row['id']}  score {row['score']:.4f}  logit {row['logit']:+.3f}  {_place(row)}"
        for row in rows
    ]
    if checked is not None:
        lines += [f"random down to {step.layer:<24}{step.similarity:.2f}" for step in checked.steps]
        lines.append(checked.verdict)
    return "\n".join(lines)


def _place(row: dict[str, Any]) -> str:
    if row["brightest"] is None:
        return "the map is empty"
    x, y = row["brightest"]
    return f"brightest at x {x}, y {y}"


def _layer_line(layer: FeatureLayer, default: str | None) -> str:
    size = f"{layer.height} x {layer.width} x {layer.channels}"
    mark = "  (default)" if layer.name == default else ""
    return f"{layer.name:<24}{layer.kind:<24}{size}{mark}"
