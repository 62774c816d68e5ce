"""Make the pictures of this folder: the real window on synthetic tiles, photographed under Xvfb.

Run it as `make pictures`. Takes some minutes: a model is trained for it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from histoviewer.domain.embedding_map import Layout
from histoviewer.jobs.lanes import LaneProcess
from histoviewer.jobs.runner import drive
from histoviewer.services.demo import make_demo
from histoviewer.services.embedding_map.making import make_map
from histoviewer.services.opening import open_workspace

HERE = Path(__file__).parent
CHECKOUT = HERE.parents[1]
PICTURES = ("window", "welcome", "training", "reviewing", "retrained", "maps", "export")
PAGES = (
    "review",
    "groups",
    "blind",
    "large",
    "queue",
    "readers",
    "evaluate-curves",
    "evaluate-threshold",
    "evaluate-threshold-beside",
    "evaluate-groups-beside",
    "evaluate-errors",
    "models",
    "promotion",
    "recipes-0",
    "search",
    "devices",
    "map",
    "progress",
    "progress-workload",
    "data-counts",
    "data-colours",
    "data-stain",
    "data-samples",
    "activity",
    "jobs",
    "settings",
)
THEMES = ("light", "dark")
TILES = 1200
READ, BLIND, WRONG = 400, 0.3, 0.06  # tiles two more readers label, and how
COLOURS = 128
MOST_BYTES = 400_000
PLACE = Path(tempfile.gettempdir()) / "histoviewer"  # it can be read on the welcome page


def main() -> None:
    """Make all pictures anew."""
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir()
    with LaneProcess() as process:
        project = drive(make_demo(place=PLACE / "demo", tiles=TILES), run=process.run)
    take_pictures("tour:tour")
    let_others_read(project)
    lay_out(project)
    take_pictures("pages:every_page", project)
    for name in (*PICTURES, *(f"{theme}-{page}" for theme in THEMES for page in PAGES)):
        picture = cv2.imread(str(PLACE / "album" / f"{name}.png"))
        assert picture is not None
        size = save_small(np.asarray(picture, np.uint8), HERE / f"{name}.png")
        sys.stdout.write(f"{name}.png: {size:,} bytes\n")
    shutil.rmtree(PLACE)


def let_others_read(project: Path) -> None:
    """Let two readers label the same tiles, blind now and then, not always alike."""
    for reader, seed in (("CD", 1), ("EF", 2)):
        rng = np.random.default_rng(seed)
        with open_workspace(project, reader=reader) as workspace:
            session = workspace.session
            tiles = np.flatnonzero(session.tiles.given >= 0)[:READ]
            for tile in tiles.tolist():
                session.blind = bool(rng.random() < BLIND)
                errs = rng.random() < WRONG
                label = int(session.tiles.given[tile])
                session.label([tile], 1 - label if errs else label)


def lay_out(project: Path) -> None:
    """Make both maps of the tiles, as the page Map would."""
    with LaneProcess() as process, open_workspace(project, reader="AB") as workspace:
        for layout in Layout:
            drive(make_map(workspace=workspace, layout=layout), run=process.run)


def take_pictures(scenario: str, *words: Path) -> None:
    """Let a reader use the real window.

    Args:
        scenario: 'module:function' in `tests.e2e`.
        words: The program's own.
    """
    config = PLACE / "config"
    config.mkdir(exist_ok=True)
    recent = [str(PLACE / "demo" / "demo.histo")]
    settings = {"theme": "light", "reader": "AB", "recent": recent}
    (config / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "xcb",
        "HISTOVIEWER_CONFIG_DIR": str(config),
        "HISTOVIEWER_LOG_DIR": str(PLACE / "log"),
    }
    driver = [sys.executable, "-m", "tests.e2e.driver", f"tests.e2e.{scenario}"]
    album = str(PLACE / "album")
    subprocess.run([*driver, album, *map(str, words)], cwd=CHECKOUT, env=environment, check=True)


def save_small(picture: NDArray[np.uint8], path: Path) -> int:
    """Write a picture with few colours, chosen for it; return the size of the file in bytes.

    Args:
        picture: (H, W, 3) uint8 blue, green, red.
        path: A PNG file.
    """
    from PySide6.QtGui import QImage

    places, palette = reduce_colours(picture)
    height, width = places.shape
    image = QImage(places.tobytes(), width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable([0xFF000000 | r << 16 | g << 8 | b for b, g, r in palette.tolist()])
    assert image.save(str(path), quality=0)  # 0: as small as it goes
    size = path.stat().st_size
    assert size < MOST_BYTES, f"{path.name} has {size:,} bytes"
    return size


def reduce_colours(picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return (H, W) places in a palette, and the palette (n, 3). Plain areas keep their colour."""
    pixels = picture.reshape(-1, 3)
    found, counts = np.unique(pixels, axis=0, return_counts=True)
    plain = found[np.argsort(counts)[-COLOURS // 4 :]]  # of the window: many pixels each
    cv2.setRNGSeed(0)
    sample: Any = np.random.default_rng(0).choice(pixels, 40_000).astype(np.float32)
    ending = (cv2.TERM_CRITERIA_MAX_ITER, 20, 0)
    start: Any = None
    _, _, centres = cv2.kmeans(
        sample, COLOURS - len(plain), start, ending, 1, cv2.KMEANS_PP_CENTERS
    )
    palette = np.concatenate([plain, np.rint(centres).astype(np.uint8)])
    places = np.concatenate([nearest(part, palette) for part in np.array_split(pixels, 100)])
    return places.reshape(picture.shape[:2]), palette


def nearest(pixels: NDArray[np.uint8], palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (n,) which colour of the palette is nearest to each pixel."""
    distance = np.square(pixels[:, None].astype(np.int32) - palette.astype(np.int32)).sum(-1)
    return np.asarray(distance.argmin(1), np.uint8)


if __name__ == "__main__":
    main()
