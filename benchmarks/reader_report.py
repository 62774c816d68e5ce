"""The part of docs/triage.md that the simulated reader writes: tables and pictures of its runs."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.reader_errors import FURTHEST, OURS
from benchmarks.reader_labels import labels_for
from benchmarks.reader_plots import Line, draw
from benchmarks.reader_regain import CLEAN
from benchmarks.simulated_reader import SLIPS
from histoviewer.domain.arrays import Float64

BEGIN: Final = "<!-- benchmarks.reader: from here -->"
END: Final = "<!-- benchmarks.reader: to here -->"
_EVERY: Final = 5  # looks from one point of a curve to the next
_WAYS: Final = {
    "random": "random",
    "heads": "heads on self-supervised embeddings",
    "loss": "loss of a network that learned all labels",
    "champion": "heads on that network's embeddings: `issues`",
    "full": "networks on tiles they did not learn: `issues --full`",
    OURS: "both together",
}
_TICKS: Final = (40, 100, 200, 400, 1000, 2000)
_DRAWN: Final = 6  # strategies in a picture: more cannot be told apart
_DEFAULT, _PLAIN = "mix", "random"
_FROM: Final = 100  # labels from which on the default must not be below random


def write_report(
    page: Path,
    *,
    errors: Sequence[dict[str, Any]],
    regained: Sequence[dict[str, Any]],
    labels: Sequence[dict[str, Any]],
) -> None:
    """Write tables into a page, between the two marks, and the pictures beside it.

    Args:
        page: Markdown with both marks.
        errors: From `reader_errors.find_errors`, any number of seeds.
        regained: From `reader_errors.regain`.
        labels: From `reader_labels.label_curve`.
    """
    images = page.parent / "images"
    lines = [*_errors(errors, images), *_regained(regained), *_labels(labels, images)]
    before, rest = page.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    text = "\n".join([BEGIN, *lines, END])
    page.write_text(f"{before}{text}{after}", encoding="utf-8")


def _errors(runs: Sequence[dict[str, Any]], images: Path) -> Iterator[str]:
    for rate in sorted({run["rate"] for run in runs}):
        alike = [run for run in runs if run["rate"] == rate]
        by_way = {name: _once_a_seed(alike, name) for name in _WAYS}
        by_way = {name: found for name, found in by_way.items() if found}
        errors, picture = alike[0]["errors"], f"triage-errors-{rate * 100:g}.png"
        _draw_errors(by_way, images / picture, rate, errors)
        yield f"\n### {rate * 100:g} % wrong labels\n"
        yield (
            f"{errors} of {alike[0]['tiles']:,} training labels are wrong. *Knows*: AUC, by the "
            "real labels, of what the order is made from before the first answer. *1x*, *2x*: "
            "share of the wrong labels put right after looking at as many tiles as there are "
            "wrong labels, and at twice as many. *Spoilt*: right labels made wrong by slips, at "
            f"{FURTHEST}x. Means over the seeds.\n"
        )
        yield f"![Share of the wrong labels found](images/{picture})\n"
        yield from _errors_table(by_way, errors)


def _once_a_seed(runs: Sequence[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Return the figures of one way, one for each seed."""
    found = {run["seed"]: way for run in runs for way in run["ways"] if way["way"] == name}
    return list(found.values())


def _errors_table(by_way: dict[str, list[dict[str, Any]]], errors: int) -> Iterator[str]:
    heads = [f"{times}x, {slips:.0%} slips" for slips in SLIPS for times in (1, 2)]
    yield f"| looked at in the order of | seeds | knows | {' | '.join(heads)} | spoilt |"
    yield "|---" * (len(heads) + 4) + "|"
    for name, figures in by_way.items():
        cells = [
            f"{_mean(_found(each, slips, errors)[times * errors] for each in figures):.1%}"
            for slips in SLIPS
            for times in (1, 2)
        ]
        knows = [each["auc"] for each in figures if each["auc"] is not None]
        spoilt = _mean(each["by_slips"][f"{SLIPS[-1]:g}"]["spoilt"] for each in figures)
        known = f"{_mean(knows):.3f}" if knows else ""
        yield (f"| {_WAYS[name]} | {len(figures)} | {known} | {' | '.join(cells)} | {spoilt:.0f} |")


def _found(figures: dict[str, Any], slips: float, errors: int) -> Float64:
    """Return the share found after 0, 1, 2 … looks."""
    return np.array(figures["by_slips"][f"{slips:g}"]["found"], np.float64) / errors


def _draw_errors(
    by_way: dict[str, list[dict[str, Any]]], path: Path, rate: float, errors: int
) -> None:
    lines = []
    for name, figures in by_way.items():
        shares = np.mean([_found(each, 0.0, errors) for each in figures], axis=0)[::_EVERY]
        looks = np.arange(len(shares)) * _EVERY / errors
        words = _WAYS[name].replace("`", "")
        lines.append(Line(name=words, x=looks.tolist(), y=shares.tolist()))
    draw(
        path,
        lines,
        title=f"{rate * 100:g} % wrong labels: share found, reader without slips",
        across="tiles looked at, as a multiple of the number of wrong labels",
        up="share of the wrong labels found",
    )


def _regained(runs: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield "\n### Training anew on the corrected labels\n"
    if not runs:
        yield "Not run yet; the same command goes on with it."
        return
    yield (
        "Networks trained from scratch on the wrong labels, on those corrected by looking at twice "
        f"as many tiles as there are errors (*{_WAYS[OURS]}*), and on the real ones; AUC on the "
        "validation tiles. *Won back*: share of what the wrong labels cost.\n"
    )
    yield "| wrong labels | learned from | still wrong | AUC, mean ± deviation | won back |"
    yield "|---|---|---|---|---|"
    for rate in sorted({run["rate"] for run in runs}):
        yield from _regained_at([run for run in runs if run["rate"] == rate])


def _regained_at(runs: Sequence[dict[str, Any]]) -> Iterator[str]:
    aucs = {name: [run["auc"][name] for run in runs] for name in _LEARNED}
    means = {name: _mean(each) for name, each in aucs.items()}
    lost = means[CLEAN] - means["flipped"]
    for name, words in _LEARNED.items():
        corrected = name not in (CLEAN, "flipped")
        back = f"{(means[name] - means['flipped']) / lost:.0%}" if corrected else ""
        yield (
            f"| {runs[0]['rate'] * 100:g} %, {_seeds(runs)} | {words} | {runs[0]['wrong'][name]} "
            f"| {means[name]:.4f} ± {np.std(aucs[name]):.4f} | {back} |"
        )


_LEARNED: Final = {
    "flipped": "the wrong labels",
    **{f"corrected-{slips:.0%}": f"corrected, {slips:.0%} slips" for slips in SLIPS},
    CLEAN: "the real labels",
}


def _labels(runs: Sequence[dict[str, Any]], images: Path) -> Iterator[str]:
    if not runs:
        return
    sizes = runs[0]["sizes"]
    curves = {
        name: np.array([run["auc"] for run in runs if run["strategy"] == name])
        for name in dict.fromkeys(run["strategy"] for run in runs)
    }
    picture = "triage-labels.png"
    _draw_labels(curves, sizes, images / picture)
    yield "\n### Few labels\n"
    yield f"{_seeds(runs)}; mean, and ± the standard deviation over them.\n"
    yield f"![AUC against the number of labels](images/{picture})\n"
    yield f"| strategy | {' | '.join(str(size) for size in sizes)} |"
    yield "|---" * (len(sizes) + 1) + "|"
    for name, aucs in curves.items():
        cells = [f"{m:.3f} ± {s:.3f}" for m, s in zip(aucs.mean(0), aucs.std(0), strict=True)]
        yield f"| `{name}` | {' | '.join(cells)} |"
    if {_DEFAULT, _PLAIN} <= set(curves):
        yield f"\n{_against_random(curves, sizes)}"


def _against_random(curves: dict[str, Any], sizes: Sequence[int]) -> str:
    """Return in words how the default strategy compares with random tiles."""
    ours, plain = curves[_DEFAULT].mean(0), curves[_PLAIN].mean(0)
    below = [n for n, a, b in zip(sizes, ours, plain, strict=True) if n >= _FROM and a < b]
    needed = np.array([labels_for(auc, np.asarray(sizes, np.int64), plain) for auc in ours])
    saved = np.where(np.isfinite(needed), np.asarray(sizes) / needed, np.inf)
    best = int(np.argmin(saved))
    where = f"below random at {', '.join(map(str, below))}" if below else "nowhere below random"
    return (
        f"From {_FROM} labels on, `{_DEFAULT}` is {where}. Where it saves most, {sizes[best]} of "
        f"its labels give the AUC {ours[best]:.3f}, for which random tiles need "
        f"{needed[best]:.0f}: {saved[best]:.0%}."
    )


def _draw_labels(curves: dict[str, Any], sizes: Sequence[int], path: Path) -> None:
    ranked = sorted(curves, key=lambda name: (name not in (_PLAIN, _DEFAULT), -curves[name].mean()))
    lines = [
        Line(
            name=name,
            x=sizes,
            y=curves[name].mean(0).tolist(),
            spread=curves[name].std(0).tolist() if name in (_PLAIN, _DEFAULT) else (),
        )
        for name in ranked[:_DRAWN]
    ]
    draw(
        path,
        lines,
        title=f"AUC on the validation tiles: mean of the seeds, spread of {_PLAIN} and {_DEFAULT}",
        across="labels (logarithmic)",
        up="AUC",
        ticks=_TICKS,
    )


def _seeds(runs: Sequence[dict[str, Any]]) -> str:
    count = len({run["seed"] for run in runs})
    return "one seed" if count == 1 else f"{count} seeds"


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))
