"""The report as one HTML file: charts and pictures stand inside it, nothing is loaded."""

import math
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from xml.etree.ElementTree import Element, tostring

import numpy as np

from histoviewer import __version__
from histoviewer.domain.arrays import Int64
from histoviewer.domain.data_report import (
    Baseline,
    ColourFigures,
    CountRow,
    DataReport,
    MemoryCurve,
    StainVariation,
)
from histoviewer.domain.distributions import Distribution
from histoviewer.domain.labels import NEGATIVE, POSITIVE, ClassNames
from histoviewer.domain.source import TileSource
from histoviewer.resources import resource
from histoviewer.services.data_report.charts import Line, Range, line_chart, range_chart, step_chart
from histoviewer.services.data_report.markup import Content, element
from histoviewer.services.explanation_pictures import tabled
from histoviewer.tiles.decode import encode_png

_COLUMNS: Final = 8
_GAP: Final = 3
_MIB: Final = 1 << 20
_MOST_GROUPS: Final = 60  # in charts; the table lists all
_LOOKS: Final = {NEGATIVE: "negative", POSITIVE: "positive"}
_NONE: Final = "\N{EM DASH}"


def write_page(
    report: DataReport, *, samples: Mapping[int, Int64], source: TileSource, ids: Sequence[str]
) -> bytes:
    """Return the file.

    Args:
        report: What is known of the data set; measured.
        samples: Tiles of each label that are shown.
        source: Their pixels.
        ids: Of all tiles.
    """
    assert report.colours is not None, "the report is measured before it is written"
    body = element("body", *_head(report))
    sections = [
        ("Class counts", _counts(report)),
        ("Problems", _problems(report)),
        ("Near duplicates", _leaks(report)),
        ("Brightness and colours", _colours(report.colours, report.classes)),
        ("Baseline", _baseline(report.baseline)),
        ("Stain variation", _stains(report)),
        ("Samples", _samples(report.classes, samples, source, ids)),
        ("Memory while loading", _memory(report.memory)),
    ]
    for title, parts in sections:
        body.append(element("section", element("h2", title), *parts))
    style = resource("report.css").read_text(encoding="utf-8")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"{report.project}: the data set"),
        element("style", style),
    )
    page = element("html", head, body, lang="en")
    content: bytes = tostring(page, encoding="utf-8", method="html")
    return b"<!DOCTYPE html>\n" + content


def _head(report: DataReport) -> Iterator[Element]:
    classes = report.classes
    yield element("h1", report.project)
    yield element(
        "p",
        f"{report.tiles:,} tiles of {report.tile_size} x {report.tile_size} pixels; the classes "
        f"are {classes.negative} (negative) and {classes.positive} (positive). Labels are those "
        "that hold now: the newest verdict of a reader, else what the data set says.",
    )
    yield element("p", f"Written by HistoViewer {__version__}.", class_="muted")


def _counts(report: DataReport) -> Iterator[Element]:
    tables = [
        _count_table("By split", "Split", report.by_split, report.classes),
        _count_table("By size of the original", "Height x width", report.by_size, report.classes),
    ]
    yield element("div", *tables, class_="columns")
    if report.by_group:
        yield _count_table("By group", "Group", report.by_group, report.classes)
    else:
        yield element("p", "The groups (slides or patients) are not known.", class_="muted")


def _count_table(
    caption: str, first: str, rows: Sequence[CountRow], classes: ClassNames
) -> Element:
    titles = [first, classes.negative, classes.positive, "unlabelled", "tiles", "positive share"]
    return _table(
        caption,
        titles,
        [
            (
                row.name or "not known",
                f"{row.negative:,}",
                f"{row.positive:,}",
                f"{row.unlabelled:,}",
                f"{row.total:,}",
                _share(row.positive, row.negative + row.positive),
            )
            for row in rows
        ],
    )


def _problems(report: DataReport) -> Iterator[Element]:
    if not report.problems:
        yield element("p", "None was found.")
        return
    rows = [(row.kind.value, f"{row.count:,}") for row in report.problems]
    yield _table("What the import found", ["Problem", "times"], rows)


def _leaks(report: DataReport) -> Iterator[Element]:
    if report.near_duplicates is None:
        yield element("p", "Nobody has looked for near duplicates yet.", class_="muted")
        return
    yield element("p", f"{report.near_duplicates:,} pairs of near duplicates were found.")
    if not report.leaks:
        yield element("p", "Each of them is on one side of the split.")
        return
    yield element(
        "p", "Near duplicates on two sides of the split make figures too good.", class_="warning"
    )
    rows = [(" and ".join(row.sides), f"{row.pairs:,}", f"{row.tiles:,}") for row in report.leaks]
    yield _table("On two sides of the split", ["Sides", "pairs", "tiles"], rows)


def _colours(colours: ColourFigures, classes: ClassNames) -> Iterator[Element]:
    brightness = step_chart(
        _class_lines(colours.brightness, classes),
        title="Mean brightness of a tile",
        x_title="mean of all pixels and channels, 0 black to 1 white",
        y_title="share of the tiles",
    )
    charts = [
        step_chart(
            _class_lines(by_label, classes),
            title=f"{channel.value.capitalize()} of a pixel",
            x_title="grey level",
            y_title="share of the pixels",
        )
        for channel, by_label in colours.channels.items()
    ]
    yield element("div", brightness, *charts, class_="columns")
    named = {"brightness (tiles, 0-1)": colours.brightness} | {
        f"{channel.value} (pixels, 0-255)": by_label
        for channel, by_label in colours.channels.items()
    }
    rows = [
        (name, classes.of(label), f"{found.n:,}", *_moments(found))
        for name, by_label in named.items()
        for label, found in by_label.items()
    ]
    titles = ["Of", "class", "n", "mean", "variance", "minimum", "maximum"]
    yield _table("Figures", titles, rows)


def _class_lines(by_label: Mapping[int, Distribution], classes: ClassNames) -> list[Line]:
    return [
        Line(
            name=classes.of(label),
            look=_LOOKS.get(label, "unlabelled"),
            x=found.edges,
            y=found.shares,
        )
        for label, found in by_label.items()
    ]


def _moments(found: Distribution) -> tuple[str, str, str, str]:
    return (
        f"{found.mean:.4g}",
        f"{found.variance:.4g}",
        f"{found.minimum:.4g}",
        f"{found.maximum:.4g}",
    )


def _baseline(baseline: Baseline | None) -> Iterator[Element]:
    if baseline is None:
        yield element(
            "p",
            "None: both classes must be among the labelled training and validation tiles.",
            class_="muted",
        )
        return
    yield element(
        "p",
        "Logistic regression on a few numbers a tile, the floor for any network. 'Brightness' is "
        "the tile's mean; 'colour' are the means of red, green and blue and of both stains. Where "
        "colour alone does well, a network may have learned the stain and not the tissue.",
    )
    rows = [
        (
            row.features,
            f"{row.auc.value:.4f}",
            _interval(row.auc.low, row.auc.high),
            f"{row.accuracy:.4f}",
        )
        for row in baseline.rows
    ]
    caption = (
        f"Learned from {baseline.train:,} training tiles, both classes alike; judged on "
        f"{baseline.validation:,} validation tiles (bootstrap of {baseline.units:,} "
        f"{baseline.resampled}s)"
    )
    yield _table(caption, ["Numbers", "AUC", "95 %", "accuracy"], rows)


def _stains(report: DataReport) -> Iterator[Element]:
    stains = report.stains
    if stains is None:
        why = (
            "The tiles are grey: there are no stains to tell apart."
            if report.is_grey
            else "The groups are not known, so nothing can be said of differences between them."
        )
        yield element("p", why, class_="muted")
        return
    yield element(
        "p",
        "Mean optical density of a tile by colour deconvolution (Ruifrok and Johnston 2001), over "
        f"the tiles of each group. Of the variance between tiles {stains.haematoxylin_between:.0%} "
        f"of haematoxylin and {stains.eosin_between:.0%} of eosin lie between groups.",
    )
    yield element("div", *_stain_charts(stains), class_="columns")
    rows = [
        (
            row.group,
            f"{row.n:,}",
            f"{row.haematoxylin.mean:.3f} ± {row.haematoxylin.deviation:.3f}",
            f"{row.eosin.mean:.3f} ± {row.eosin.deviation:.3f}",
        )
        for row in stains.rows
    ]
    yield _table("By group", ["Group", "tiles", "haematoxylin", "eosin"], rows)


def _stain_charts(stains: StainVariation) -> Iterator[Element]:
    shown = stains.standing_out(_MOST_GROUPS)
    all_shown = len(shown) == len(stains.rows)
    more = "" if all_shown else f" (the {len(shown)} of {len(stains.rows)} groups that stand out)"
    for name in ("haematoxylin", "eosin"):
        spreads = [(row.group, getattr(row, name)) for row in shown]
        rows = [
            Range(name=group, value=spread.mean, deviation=spread.deviation)
            for group, spread in spreads
        ]
        yield range_chart(
            rows,
            title=f"{name.capitalize()}{more}",
            x_title="optical density: mean and standard deviation over the tiles",
        )


def _samples(
    classes: ClassNames, samples: Mapping[int, Int64], source: TileSource, ids: Sequence[str]
) -> Iterator[Element]:
    for label, tiles in samples.items():
        words = f"{len(tiles)} tiles of {classes.of(label)}, drawn at random"
        sheet = tabled(source.gather(tiles), columns=_COLUMNS, gap=_GAP)
        data = b64encode(encode_png(sheet)).decode()
        names = ", ".join(ids[tile] for tile in tiles.tolist())
        yield element(
            "figure",
            element("img", src=f"data:image/png;base64,{data}", alt=words),
            element("figcaption", words),
            element("details", element("summary", "Ids, in reading order"), names),
        )


def _memory(memory: MemoryCurve | None) -> Iterator[Element]:
    assert memory is not None, "the report is measured before it is written"
    yield element(
        "p",
        f"Reading every tile added at most {memory.added / _MIB:,.0f} MiB to what the process took "
        f"before. As one array the tiles would take {memory.packed / _MIB:,.0f} MiB, as 32-bit "
        f"floats {memory.as_floats / _MIB:,.0f} MiB.",
    )
    line = Line(
        name="process", look="accent", x=memory.tiles.astype(np.float64), y=memory.taken / _MIB
    )
    yield line_chart(
        [line], title="Memory of the process", x_title="tiles read so far", y_title="MiB"
    )


def _table(caption: str, titles: Sequence[str], rows: Sequence[Sequence[Content]]) -> Element:
    head = element("tr", *(element("th", title, scope="col") for title in titles))
    body = [element("tr", *(element("td", cell) for cell in row)) for row in rows]
    return element(
        "table", element("caption", caption), element("thead", head), element("tbody", *body)
    )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else _NONE


def _interval(low: float, high: float) -> str:
    return _NONE if math.isnan(low) else f"{low:.4f} to {high:.4f}"
