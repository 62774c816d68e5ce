"""The options of the verbs that explain: what each is called, takes and says of itself."""

from pathlib import Path
from typing import Annotated, Final

import typer

from histoviewer.domain.explanation import Cover, MapSettings, Side, Stretch
from histoviewer.domain.heatmap import Palette

DEFAULT: Final = MapSettings()
STRETCH: Final = Stretch()

LayerOption = Annotated[
    str | None, typer.Option("--layer", help="Name of the layer; the last before pooling.")
]
PictureOption = Annotated[Path | None, typer.Option("--out", help="Write a picture to this PNG.")]
PaletteOption = Annotated[Palette, typer.Option("--palette", help="Colours of a map.")]
SideOption = Annotated[Side, typer.Option("--side", help="Evidence for which class.")]
PercentilesOption = Annotated[
    tuple[float, float], typer.Option("--percentiles", help="What becomes dark, and bright.")
]
StrengthOption = Annotated[
    float, typer.Option("--strength", min=0, max=1, help="How opaque the brightest is.")
]
SamplesOption = Annotated[int, typer.Option("--samples", min=1, help="Saliency: noisy copies.")]
NoiseOption = Annotated[
    float, typer.Option("--noise", min=0, max=1, help="Saliency: share of the range.")
]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Of noise and random weights.")]
PatchOption = Annotated[int, typer.Option("--patch", min=1, help="Occlusion: side of the square.")]
StrideOption = Annotated[
    int, typer.Option("--stride", min=1, help="Occlusion: pixels to the next.")
]
CoverOption = Annotated[Cover, typer.Option("--cover", help="Occlusion: what a square looks like.")]
CheckOption = Annotated[
    bool, typer.Option("--check", help="Check that maps change with random weights, too.")
]
