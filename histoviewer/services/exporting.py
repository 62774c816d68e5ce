"""Writing a Kaggle submission that the competition takes, and saying where it came from."""

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from histoviewer import __version__
from histoviewer.domain.arrays import Float32, Int8, Int64
from histoviewer.domain.models import ExportRecord, ModelRecord
from histoviewer.domain.queue import trainable
from histoviewer.domain.tiles import Split, TileTable
from histoviewer.errors import InputError, storage_error
from histoviewer.files import whole_file
from histoviewer.jobs.job import Operation
from histoviewer.project.project import Project
from histoviewer.services.backends import environment_of
from histoviewer.services.evaluating import measure
from histoviewer.services.opening import Workspace
from histoviewer.services.ranking import find_model, how_to_score, read_score_note, read_scores
from histoviewer.services.submission import HEADER, check_submission, read_sample_ids


@dataclass(frozen=True, kw_only=True)
class ExportOutcome:
    """What was written.

    Args:
        path: The submission.
        rows: Rows below the header.
        model: The model whose scores it holds.
        warnings: What the user should know, such as the cost of hard labels.
    """

    path: Path
    rows: int
    model: ModelRecord
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Order:
    """What was asked for, with a snapshot of the session as it was then."""

    project: Project
    tiles: TileTable
    labels: Int8
    threshold: float
    verdicts: int
    model_id: str | None
    sample: Path | None
    hard: bool


@dataclass(frozen=True, kw_only=True, eq=False)
class _Content:
    """What will be written: the test tiles in the order of the sample, and a model's scores."""

    model: ModelRecord
    scores: Float32
    rows: Int64


def export(
    *,
    workspace: Workspace,
    out: Path,
    model_id: str | None = None,
    sample: Path | None = None,
    hard: bool = False,
) -> Operation[ExportOutcome]:
    """Write the test tiles' probabilities as a submission, with its provenance beside it.

    Args:
        workspace: The open project.
        out: The CSV file to write.
        model_id: Whose scores; the champion's for None.
        sample: A sample submission that gives ids and order; the project's own for None.
        hard: Write 0 and 1 in place of probabilities; says what that costs on validation.

    Raises:
        InputError: Test tiles are unscored, the scores are older than the packed tiles, the ids
            are not those of the sample, or the project is open for reading only.
        StorageError: The file cannot be written; an older one is left as it was.
    """
    workspace.project.refuse_if_read_only()
    session = workspace.session
    order = _Order(
        project=workspace.project,
        tiles=session.tiles,
        labels=session.effective,
        threshold=session.threshold,
        verdicts=session.log.last_sequence,
        model_id=model_id,
        sample=sample,
        hard=hard,
    )
    return _export(order, out)


def incomplete_models(project: Project, tiles: TileTable) -> frozenset[str]:
    """Return the ids of models that `export` would refuse: not every test tile is scored anew.

    Any thread but the UI thread.
    """
    rows = np.flatnonzero(tiles.splits == Split.TEST)
    found = set()
    for model in project.models():
        content = _Content(model=model, scores=read_scores(project, model), rows=rows)
        try:
            _refuse_stale(project, content)
        except InputError:
            found.add(model.id)
    return frozenset(found)


def _export(order: _Order, out: Path) -> Operation[ExportOutcome]:
    content = _gather(order)
    warnings = _warn_of_unreadable(order, content)
    if order.hard:
        warnings = (*warnings, (yield from _cost_of_hard_labels(order, content)))
    ids = [order.tiles.ids[row] for row in content.rows]
    values = _format(content.scores[content.rows], order.threshold, hard=order.hard)
    digest = _write_checked(out, ids, values)
    _write_provenance(order, out, _provenance(order, content, digest, warnings=warnings))
    order.project.add_export(
        ExportRecord(
            path=str(out),
            model=content.model.id,
            created=datetime.now(UTC),
            rows=len(ids),
            hard=order.hard,
            sha256=digest,
        )
    )
    return ExportOutcome(path=out, rows=len(ids), model=content.model, warnings=warnings)


def _gather(order: _Order) -> _Content:
    """Read what is to be written, refusing what is incomplete or out of date."""
    model = find_model(order.project, order.model_id)
    sample_ids = read_sample_ids(order.sample) if order.sample else order.project.sample_ids()
    content = _Content(
        model=model,
        scores=read_scores(order.project, model),
        rows=_rows(order.tiles, sample_ids),
    )
    _refuse_stale(order.project, content)
    return content


def _rows(tiles: TileTable, sample_ids: Sequence[str]) -> Int64:
    """Return the indexes of the tiles to export, in the order of the sample.

    Raises:
        InputError: There are no test tiles, or they are not those of the sample.
    """
    test = np.flatnonzero(tiles.splits == Split.TEST)
    if len(test) == 0:
        raise InputError(
            "The project has no test tiles to submit.",
            "Import a data set with a test folder or a test split.",
        )
    if not sample_ids:
        return test
    index_of = tiles.index_of
    missing = [name for name in sample_ids if name not in index_of]
    if missing:
        raise InputError(
            f"{len(missing):,} of the {len(sample_ids):,} ids in the sample submission are not in "
            f"the project, first {missing[0]}.",
            "Import the whole test folder or give the matching sample with --sample.",
        )
    rows = np.array([index_of[name] for name in sample_ids], np.int64)
    others = np.flatnonzero(tiles.splits[rows] != Split.TEST)
    if len(others):
        raise InputError(
            f"{len(others):,} of the {len(rows):,} ids in the sample submission are no test tiles, "
            f"first {sample_ids[others[0]]}.",
            "Give the matching sample with --sample.",
        )
    extra = np.setdiff1d(test, rows)
    if len(extra) or len(np.unique(rows)) < len(rows):
        raise InputError(
            f"The sample submission does not list each of the {len(test):,} test tiles once "
            f"({len(extra):,} left out).",
            "Give the matching sample with --sample.",
        )
    return rows


def _refuse_stale(project: Project, content: _Content) -> None:
    model, rows = content.model, content.rows
    what_to_do = how_to_score(project, model)
    unscored = int(np.isnan(content.scores[rows]).sum())
    if unscored:
        raise InputError(
            f"{unscored:,} of {len(rows):,} test tiles have no score of model {model.number}.",
            what_to_do,
        )
    if read_score_note(project, model).fingerprint != project.info.data_fingerprint:
        raise InputError(
            f"Model {model.number} and its scores are older than the packed tiles.", what_to_do
        )


def _warn_of_unreadable(order: _Order, content: _Content) -> tuple[str, ...]:
    count = int((~order.tiles.usable[content.rows]).sum())
    if not count:
        return ()
    return (f"{count:,} test tiles are damaged; their probability is that of a grey tile.",)


def _cost_of_hard_labels(order: _Order, content: _Content) -> Operation[str]:
    rows = np.flatnonzero(
        trainable(tiles=order.tiles, effective=order.labels, split=Split.VALIDATION)
    )
    if len(rows) == 0:
        return "Hard labels usually cost 0.05 to 0.10 AUC; there are no validation tiles to tell."
    evaluation = yield from measure(
        order.labels,
        content.scores,
        rows,
        threshold=order.threshold,
        environment=environment_of(None),
    )
    cost = evaluation.auc - evaluation.hard_auc
    return (
        f"Hard labels cost {cost:.4f} AUC on the validation tiles: {evaluation.hard_auc:.4f} in "
        f"place of {evaluation.auc:.4f}."
    )


def _format(scores: Float32, threshold: float, *, hard: bool) -> list[str]:
    """Return scores as text: nine significant digits keep every float32, so also the ranking."""
    if hard:
        return [str(int(score >= threshold)) for score in scores]
    return [f"{score:.9g}" for score in scores]


def _write_checked(out: Path, ids: Sequence[str], values: Sequence[str]) -> str:
    """Write the file, judged before it gets its name; return the SHA-256 of its bytes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(zip(ids, values, strict=True))
    data = text.getvalue().encode()
    try:
        with whole_file(out) as stream:
            stream.write(data)
            stream.flush()
            judgement = check_submission(Path(stream.name), sample_ids=ids)
            if not judgement.valid:
                raise InputError(
                    f"The submission would be refused: {'; '.join(judgement.faults)}.",
                    "Nothing was written.",
                )
    except OSError as error:
        raise storage_error(error, f"the submission {out}") from error
    return hashlib.sha256(data).hexdigest()


def _provenance(
    order: _Order, content: _Content, digest: str, *, warnings: Sequence[str]
) -> dict[str, Any]:
    model = content.model
    return {
        "histoviewer": __version__,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "project": order.project.info.name,
        "model": model.id,
        "recipe": model.recipe,
        "model_metrics": dict(model.metrics),
        "data_fingerprint": order.project.info.data_fingerprint,
        "model_data_fingerprint": model.data_fingerprint,
        "verdicts": order.verdicts,
        "verdicts_learned": model.learned_through,
        "rows": len(content.rows),
        "hard": order.hard,
        "tta": read_score_note(order.project, model).tta,
        "sha256": digest,
        "warnings": list(warnings),
    }


def _write_provenance(order: _Order, out: Path, provenance: dict[str, Any]) -> None:
    """Write the provenance beside the submission, and a copy into the project."""
    data = json.dumps(provenance, indent=2, ensure_ascii=False).encode()
    stamp = provenance["time"].replace(":", "").replace("+0000", "Z")
    folder = order.project.exports_folder
    try:
        folder.mkdir(exist_ok=True)
        for path in (out.with_name(out.name + ".json"), folder / f"{stamp}-{out.stem}.json"):
            with whole_file(path) as stream:
                stream.write(data)
    except OSError as error:
        raise storage_error(error, "the provenance of the submission") from error
