"""Figures of a running job in words. Pure."""

import math
from typing import Final

from histoviewer.jobs.job import Job
from histoviewer.jobs.messages import CurvePoint, GpuLoad, Load, Progress
from histoviewer.ui.translation import QT_TRANSLATE_NOOP, translate

_MINUTE, _HOUR = 60, 3600
_GIB: Final = 1 << 30
# What jobs do and count, marked here: the rooms that say it know no Qt.
_WORDS: Final = (
    QT_TRANSLATE_NOOP("jobs", "Checking {count:,} tiles"),
    QT_TRANSLATE_NOOP("jobs", "Checking model {number}"),
    QT_TRANSLATE_NOOP("jobs", "Checking the imported model"),
    QT_TRANSLATE_NOOP("jobs", "Choosing what to look at next"),
    QT_TRANSLATE_NOOP("jobs", "Comparing model {first} with model {second}"),
    QT_TRANSLATE_NOOP("jobs", "Copying {count:,} tiles as PNG"),
    QT_TRANSLATE_NOOP("jobs", "Checking the explanations of model {number}"),
    QT_TRANSLATE_NOOP("jobs", "Embedding {count:,} tiles with model {number}"),
    QT_TRANSLATE_NOOP("jobs", "Estimating how often labels are wrong"),
    QT_TRANSLATE_NOOP("jobs", "Evaluating"),
    QT_TRANSLATE_NOOP("jobs", "Explaining {count:,} tiles with model {number}"),
    QT_TRANSLATE_NOOP("jobs", "Fitting the baseline"),
    QT_TRANSLATE_NOOP("jobs", "Finding the neighbours of {count:,} tiles"),
    QT_TRANSLATE_NOOP("jobs", "Finding near duplicates among {count:,} tiles"),
    QT_TRANSLATE_NOOP("jobs", "Finding similar tiles"),
    QT_TRANSLATE_NOOP("jobs", "Laying out {count:,} tiles by PCA"),
    QT_TRANSLATE_NOOP("jobs", "Laying out {count:,} tiles by UMAP"),
    QT_TRANSLATE_NOOP("jobs", "Looking for label errors"),
    QT_TRANSLATE_NOOP("jobs", "Looking into model {number}"),
    QT_TRANSLATE_NOOP("jobs", "Looking at this computer"),
    QT_TRANSLATE_NOOP("jobs", "Looking at {count:,} tiles"),
    QT_TRANSLATE_NOOP("jobs", "Looking at {name}"),
    QT_TRANSLATE_NOOP("jobs", "Making {count:,} tiles"),
    QT_TRANSLATE_NOOP("jobs", "Measuring the colours of {count:,} tiles"),
    QT_TRANSLATE_NOOP("jobs", "Measuring the tiles"),
    QT_TRANSLATE_NOOP("jobs", "Measuring the workload"),
    QT_TRANSLATE_NOOP("jobs", "Packing {count:,} tiles"),
    QT_TRANSLATE_NOOP("jobs", "Putting the network of model {number} together again"),
    QT_TRANSLATE_NOOP("jobs", "Retraining the head of model {number}"),
    QT_TRANSLATE_NOOP("jobs", "Scoring the validation tiles with model {number}"),
    QT_TRANSLATE_NOOP("jobs", "Scoring {count:,} tiles with model {number}"),
    QT_TRANSLATE_NOOP("jobs", "Scoring without fold {number} of {count}"),
    QT_TRANSLATE_NOOP("jobs", "Searching around {recipe}"),
    QT_TRANSLATE_NOOP("jobs", "Training model {number} ({recipe})"),
    QT_TRANSLATE_NOOP("jobs", "Training without fold {number} of {count}"),
    QT_TRANSLATE_NOOP("jobs", "Writing model {number} as ONNX"),
    QT_TRANSLATE_NOOP("jobs", "choosing"),
    QT_TRANSLATE_NOOP("jobs", "comparing hashes"),
    QT_TRANSLATE_NOOP("jobs", "comparing pixels"),
    QT_TRANSLATE_NOOP("jobs", "copying"),
    QT_TRANSLATE_NOOP("jobs", "drawing"),
    QT_TRANSLATE_NOOP("jobs", "embedding"),
    QT_TRANSLATE_NOOP("jobs", "evaluating"),
    QT_TRANSLATE_NOOP("jobs", "explaining"),
    QT_TRANSLATE_NOOP("jobs", "fitting"),
    QT_TRANSLATE_NOOP("jobs", "finding neighbours"),
    QT_TRANSLATE_NOOP("jobs", "judging"),
    QT_TRANSLATE_NOOP("jobs", "laying out"),
    QT_TRANSLATE_NOOP("jobs", "learning"),
    QT_TRANSLATE_NOOP("jobs", "looking"),
    QT_TRANSLATE_NOOP("jobs", "measuring"),
    QT_TRANSLATE_NOOP("jobs", "packing"),
    QT_TRANSLATE_NOOP("jobs", "preparing"),
    QT_TRANSLATE_NOOP("jobs", "retraining the head"),
    QT_TRANSLATE_NOOP("jobs", "scoring"),
    QT_TRANSLATE_NOOP("jobs", "searching"),
    QT_TRANSLATE_NOOP("jobs", "training"),
    QT_TRANSLATE_NOOP("jobs", "validating"),
    QT_TRANSLATE_NOOP("jobs", "epochs"),
    QT_TRANSLATE_NOOP("jobs", "files"),
    QT_TRANSLATE_NOOP("jobs", "fits"),
    QT_TRANSLATE_NOOP("jobs", "models"),
    QT_TRANSLATE_NOOP("jobs", "pairs"),
    QT_TRANSLATE_NOOP("jobs", "steps"),
    QT_TRANSLATE_NOOP("jobs", "tiles"),
    QT_TRANSLATE_NOOP("jobs", "trials"),
)


def job_title(job: Job) -> str:
    """Return what a job is called, in the reader's language: 'Training model 3 (histo-fast)'."""
    return translate("jobs", job.title).format_map(job.facts)


def describe(progress: Progress, *, val_auc: float | None = None) -> str:
    """Return 'epoch 3/10 · loss 0.213 · val AUC 0.951 · 310 tiles/s · 2:10 left'.

    Args:
        progress: The newest message.
        val_auc: Validation AUC at the end of the newest epoch; None before the first.
    """
    values = progress.values
    parts = [
        _epoch(values.get("epoch"), values.get("epochs")) or _count(progress),
        _figure(translate("jobs", "loss {value:.3f}"), values.get("loss")),
        _figure(translate("jobs", "val AUC {value:.3f}"), val_auc),
        _figure(translate("jobs", "{value:,.0f} tiles/s"), progress.rate),
        ""
        if progress.left_s is None
        else translate("jobs", "{time} left").format(time=clock(progress.left_s)),
    ]
    return " · ".join(part for part in parts if part)


def describe_load(load: Load) -> str:
    """Return 'CPU 94 % · 1.2 GiB · GPU 85 %, 3.1 of 8.0 GiB', a GPU after the other."""
    cards = [describe_gpu(card) for card in load.gpus]
    processor = translate("jobs", "CPU {share:.0%}").format(share=load.processor)
    return " · ".join((processor, gib(load.memory), *(card for card in cards if card)))


def describe_gpu(card: GpuLoad) -> str:
    """Return 'GPU 85 %, 3.1 of 8.0 GiB', without what the card does not tell."""
    parts = []
    if card.busy is not None:
        parts.append(translate("jobs", "GPU {share:.0%}").format(share=card.busy))
    if card.memory is not None and card.memory_total is not None:
        parts.append(
            translate("jobs", "{used:.1f} of {all:.1f} GiB").format(
                used=card.memory / _GIB, all=card.memory_total / _GIB
            )
        )
    return ", ".join(parts)


def gib(size: int) -> str:
    """Return a size in memory: '1.2 GiB'."""
    return translate("jobs", "{size:.1f} GiB").format(size=size / _GIB)


def describe_epoch(point: CurvePoint) -> str:
    """Return 'epoch 3: loss 0.2134, val_auc 0.9512', the figures by their names in history.csv."""
    figures = [f"{name} {value:.4f}" for name, value in point.values.items()]
    return translate("jobs", "epoch {epoch}: {figures}").format(
        epoch=point.epoch, figures=", ".join(figures)
    )


def clock(seconds: float) -> str:
    """Return a time as 'm:ss' or 'h:mm:ss'."""
    whole = max(0, math.ceil(seconds))
    minutes, rest = divmod(whole, _MINUTE)
    if whole < _HOUR:
        return f"{minutes}:{rest:02d}"
    hours, minutes = divmod(minutes, _MINUTE)
    return f"{hours}:{minutes:02d}:{rest:02d}"


def _epoch(epoch: float | None, epochs: float | None) -> str:
    if epoch is None:
        return ""
    if epochs is None:
        return translate("jobs", "epoch {epoch:.0f}").format(epoch=epoch)
    return translate("jobs", "epoch {epoch:.0f}/{epochs:.0f}").format(epoch=epoch, epochs=epochs)


def _count(progress: Progress) -> str:
    phase, unit = translate("jobs", progress.phase), translate("jobs", progress.unit)
    if not progress.done:
        return phase
    if not progress.total:
        return f"{phase} {progress.done:,} {unit}"
    return f"{progress.done:,} / {progress.total:,} {unit}"


def _figure(form: str, value: float | None) -> str:
    return "" if value is None or math.isnan(value) else form.format(value=value)
