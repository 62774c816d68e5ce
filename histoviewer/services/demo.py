"""The demo: synthetic tiles for someone without data, and the whole loop on them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from histoviewer.domain.arrays import Int64
from histoviewer.domain.ordering import arrange
from histoviewer.domain.recipe import DEFAULT_RECIPE, load_recipe
from histoviewer.domain.tiles import Split
from histoviewer.domain.triage import Query, SortKey
from histoviewer.jobs.job import Job, Lane, Operation
from histoviewer.project.folder import ProjectFolder
from histoviewer.project.project import Project
from histoviewer.services.exporting import export
from histoviewer.services.importing import ImportOptions, import_dataset, pack
from histoviewer.services.opening import open_workspace
from histoviewer.services.ranking import read_ranking
from histoviewer.services.retraining import retrain, train
from histoviewer.services.reviewing import ReviewSession
from histoviewer.tiles.synthetic import SyntheticRequest

_EPOCHS = 4
_SECONDS = 90.0
_VERDICTS = 20
_WRONG_LABELS = 0.03
# Enough that some stand on the side of validation: the promotion gate counts slides, not tiles.
_SLIDES = 48
_SEED = 1


@dataclass(frozen=True, kw_only=True)
class DemoOutcome:
    """What the loop did.

    Args:
        project: The project folder.
        submission: The CSV file written.
        first_auc: Validation AUC of the first model.
        retrained_auc: Validation AUC after retraining; None where nothing waited for it.
        verdicts: Verdicts given in between; 0 where the model agreed with every label.
        rows: Rows of the submission.
    """

    project: Path
    submission: Path
    first_auc: float
    retrained_auc: float | None
    verdicts: int
    rows: int

    def as_json(self) -> dict[str, Any]:
        """Return the outcome as documented in docs/cli.md."""
        return {
            "project": str(self.project),
            "submission": str(self.submission),
            "first_auc": self.first_auc,
            "retrained_auc": self.retrained_auc,
            "verdicts": self.verdicts,
            "rows": self.rows,
        }

    def as_text(self) -> str:
        """Return the outcome as lines for people."""
        judged = "" if self.verdicts else "Nothing was left to judge: no label is in doubt.\n"
        return (
            f"{judged}Trained: validation AUC {self.first_auc:.4f}; {self._retraining}\n"
            f"The project is {self.project}\n"
            f"The submission is {self.submission} ({self.rows:,} rows)"
        )

    @property
    def _retraining(self) -> str:
        if self.retrained_auc is None:
            return "nothing waited for retraining"
        learned = f"{self.verdicts} verdicts" if self.verdicts else "verdicts of earlier runs"
        return f"retrained with {learned}: {self.retrained_auc:.4f}"


def demo_place(folder: Path | None) -> Path:
    """Return the folder of the demo: the one given, else one in the user's data folder."""
    return folder if folder is not None else user_data_path("histoviewer") / "demo"


def make_demo(*, place: Path, tiles: int) -> Operation[Path]:
    """Make the demo's data set and project; an existing one is left as it is.

    Args:
        place: Folder for both.
        tiles: Number of labelled tiles; a quarter as many unlabelled test tiles come with them.

    Returns:
        The project folder.
    """
    project = place / "demo.histo"
    if ProjectFolder(project).exists():
        with Project.open(project) as opened:
            if opened.info.data_fingerprint is None:  # the making of it was interrupted
                yield from pack(project=opened)
        return project
    dataset = place / "tiles"
    if not dataset.exists():
        yield Job(
            title="Making {count:,} tiles",
            facts={"count": tiles},
            target="histoviewer.tiles.synthetic:make",
            request=SyntheticRequest(
                folder=dataset,
                tiles=tiles,
                test_tiles=max(tiles // 4, 10),
                slides=_SLIDES,
                label_noise=_WRONG_LABELS,
                seed=_SEED,
            ),
            lane=Lane.FILES,
        )
    options = ImportOptions(groups=dataset / "groups.csv")
    yield from import_dataset(dataset=dataset, path=project, options=options)
    return project


def run_loop(*, path: Path, out: Path) -> Operation[DemoOutcome]:
    """Train, score, review, retrain and export on the demo project, as a reader would.

    The stand-in reader looks at the tiles on which model and label disagree most and sides with the
    model: on this data set the labels are known to be wrong here and there. Where earlier runs have
    left none of these tiles there are no verdicts, and retraining if some wait for it all the same.
    """
    with open_workspace(path, reader="demo") as workspace:
        session, project = workspace.session, workspace.project
        first = yield from train(
            workspace=workspace,
            recipe=load_recipe(DEFAULT_RECIPE),
            epochs=_EPOCHS,
            max_seconds=_SECONDS,
        )
        session.rank_by(read_ranking(project))
        doubtful = _most_doubtful(session)
        if len(doubtful):
            session.answer(doubtful, agree=True)
        again = None
        if session.queue_length:
            again = yield from retrain(workspace=workspace, epochs=_EPOCHS, max_seconds=_SECONDS)
            session.rank_by(read_ranking(project))
        written = yield from export(workspace=workspace, out=out)
    return DemoOutcome(
        project=path,
        submission=written.path,
        first_auc=first.challenger_auc,
        retrained_auc=None if again is None else again.challenger_auc,
        verdicts=len(doubtful),
        rows=written.rows,
    )


def _most_doubtful(session: ReviewSession) -> Int64:
    query = Query(split=Split.TRAIN, disagrees=True, sort=SortKey.DISAGREEMENT)
    return arrange(query, session.columns())[:_VERDICTS]
