"""Label errors and the next batch of a project: found, kept, out of date, refused."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from histoviewer.domain.models import ModelRecord
from histoviewer.domain.ordering import arrange
from histoviewer.domain.strategies import Strategy
from histoviewer.domain.tiles import Split
from histoviewer.domain.triage import Query, SortKey
from histoviewer.errors import InputError, NotEmbeddedError
from histoviewer.files import digest_of
from histoviewer.jobs.job import Job, Operation
from histoviewer.jobs.messages import Finished
from histoviewer.jobs.runner import drive
from histoviewer.ml.requests import ScoreRequest, ScoreResult, TrainRequest, TrainResult
from histoviewer.ml.unfinished import UnfinishedRows
from histoviewer.services.embedding_file import embeddings_path
from histoviewer.services.importing import ImportOptions, import_dataset
from histoviewer.services.listing import find_tiles
from histoviewer.services.next_batch import Wish, choose_next
from histoviewer.services.opening import Workspace, open_workspace
from histoviewer.services.ranking import find_model
from histoviewer.services.reviewing import ReviewSession
from histoviewer.services.suspects import Full, find_suspects, read_suspects
from histoviewer.services.triage_scores import read_triage_scores
from tests.ml.helpers import TINY
from tests.operations import perform

JOBS: list[Job] = []


def here(operation: Operation):
    """Drive an operation with its jobs in this process: they import no Keras."""

    def run(job: Job, _on_update: Callable[[object], None]) -> Finished:
        JOBS.append(job)
        module, _, name = job.target.partition(":")
        body = getattr(import_module(module), name)(job.request, lambda: False)
        while True:
            try:
                next(body)
            except StopIteration as end:
                return Finished(end.value)

    JOBS.clear()
    return drive(operation, run=run)


@pytest.fixture(scope="module")
def embedded_project(small_set: Path, tmp_path_factory, add_scored_model) -> Path:
    """A project whose champion's embeddings tell the classes apart. Copy it before opening it."""
    path = tmp_path_factory.mktemp("suspects") / "p.histo"
    options = ImportOptions(groups=small_set / "groups.csv")
    perform(import_dataset(dataset=small_set, path=path, options=options))
    with open_workspace(path, reader="AB") as opened:
        given = opened.session.tiles.given
        record = add_scored_model(opened, np.zeros(len(given)))
        (opened.project.model_folder(record.id) / "model.keras").write_bytes(b"network")
        rng = np.random.default_rng(0)
        values = rng.normal(size=(len(given), 6)) + 1.5 * (2 * given[:, None] - 1)
        embed(opened, record, values.astype(np.float16))
    return path


@pytest.fixture
def workspace(embedded_project: Path, tmp_path: Path) -> Iterator[Workspace]:
    """The project, open."""
    path = Path(shutil.copytree(embedded_project, tmp_path / "p.histo"))
    with open_workspace(path, reader="AB") as opened:
        yield opened


@pytest.fixture
def champion(workspace: Workspace) -> ModelRecord:
    """Its champion."""
    return find_model(workspace.project, None)


@pytest.fixture
def wrong(workspace: Workspace) -> int:
    """A training tile whose label is turned round."""
    tiles = workspace.session.tiles
    tile = int(np.flatnonzero(tiles.splits == Split.TRAIN)[3])
    tiles.given[tile] = 1 - tiles.given[tile]
    return tile


def embed(workspace: Workspace, model: ModelRecord, values: np.ndarray) -> None:
    project = workspace.project
    key = {
        "model": digest_of(project.model_folder(model.id) / "model.keras"),
        "fingerprint": project.info.data_fingerprint,
        "count": len(values),
    }
    path = embeddings_path(project, model.id)
    rows = UnfinishedRows(
        path, key, shape=values.shape, dtype=np.dtype(np.float16), what="the embeddings"
    )
    with rows.opened():
        rows.write(values)
    rows.finish()


# -- label errors


def test_a_wrong_label_is_found_kept_and_sorted_first(workspace: Workspace, wrong: int) -> None:
    found = here(find_suspects(workspace=workspace))

    kept = read_suspects(workspace.project, workspace.packed)
    read_triage_scores(workspace.project, workspace.packed).give_to(workspace.session)
    columns = workspace.session.columns()
    assert found.suspect[wrong]
    assert kept is not None
    assert np.array_equal(kept.probability, found.probability)
    assert arrange(Query(sort=SortKey.LABEL_ISSUE), columns)[0] == wrong
    assert wrong in arrange(Query(suspect=True), columns)


@pytest.mark.parametrize("agrees", [True, False])
def test_what_is_decided_since_is_neither_suspect_nor_sorted(
    workspace: Workspace, wrong: int, agrees: bool
) -> None:
    session = workspace.session
    session.suspects = here(find_suspects(workspace=workspace))
    label = int(session.tiles.given[wrong])

    session.label([wrong], label if agrees else 1 - label)

    columns = session.columns()
    assert not columns.suspect[wrong]
    assert np.isnan(columns.label_quality[wrong])
    assert arrange(Query(sort=SortKey.LABEL_ISSUE), columns)[0] != wrong

    session.undo()

    assert arrange(Query(sort=SortKey.LABEL_ISSUE), session.columns())[0] == wrong


def test_a_wrong_verdict_is_suspect_when_looked_at_again(workspace: Workspace, wrong: int) -> None:
    session = workspace.session
    given = session.tiles.given
    slip = int(np.flatnonzero((session.tiles.splits == Split.TRAIN) & (given == 0))[-1])
    session.label([slip], 1)

    found = here(find_suspects(workspace=workspace))

    session.suspects = found
    assert found.labels[slip] == 1
    assert slip in arrange(Query(sort=SortKey.LABEL_ISSUE), session.columns())[:2]


def test_a_slip_that_is_taken_back_is_not_suspect_any_more(workspace: Workspace) -> None:
    session = workspace.session
    tiles = session.tiles
    slip = int(np.flatnonzero((tiles.splits == Split.TRAIN) & (tiles.given == 0))[-1])
    session.label([slip], 1)
    session.suspects = replace(
        here(find_suspects(workspace=workspace)), suspect=np.arange(len(tiles)) == slip
    )
    assert session.columns().suspect[slip]

    session.undo()

    assert not session.columns().suspect.any()
    session.redo()
    assert session.columns(np.array([slip])).suspect[0]


def test_a_mended_error_that_is_taken_back_is_sorted_first_and_filtered(
    workspace: Workspace,
) -> None:
    session = workspace.session
    tiles = session.tiles
    training = np.flatnonzero((tiles.splits == Split.TRAIN) & (tiles.given == 1))
    mended, wrong = int(training[3]), training[-4:]
    tiles.given[[mended, *wrong]] = 0
    session.label([mended], 1)
    session.suspects = here(find_suspects(workspace=workspace))
    found = set(arrange(Query(suspect=True), session.columns()).tolist())
    assert found & set(wrong.tolist())
    assert mended not in found
    session.suspects.probability[mended] = 1  # the label of before fits worst of all

    session.undo()

    columns = session.columns()
    assert arrange(Query(sort=SortKey.LABEL_ISSUE), columns)[0] == mended
    assert set(arrange(Query(suspect=True), columns).tolist()) == found | {mended}


def keeps_one_rule(session: ReviewSession) -> None:
    """Check that the filter takes, of each label, the first of those that the order has sorted."""
    columns, found = session.columns(), session.suspects
    since = session.states.decided_at > found.through
    judged = (columns.effective != -1) & ~since
    order = arrange(Query(sort=SortKey.LABEL_ISSUE), columns)
    assert set(order[: judged.sum()].tolist()) == set(np.flatnonzero(judged).tolist())
    shown = set(arrange(Query(suspect=True), columns).tolist())
    for label in (0, 1):
        ranked = [tile for tile in order if judged[tile] and columns.effective[tile] == label]
        suspects = shown & set(ranked)
        assert suspects == set(ranked[: len(suspects)])
        shown -= suspects
    assert not shown
    some = np.arange(0, len(columns), 3)
    assert np.array_equal(session.columns(some).suspect, columns.suspect[some])


@pytest.mark.parametrize("seed", range(4))
def test_order_and_filter_follow_one_rule_whatever_is_decided_and_taken_back(
    workspace: Workspace, seed: int
) -> None:
    rng, count = np.random.default_rng(seed), workspace.project.tile_count
    session = workspace.session

    def decide_something() -> None:
        match rng.integers(5):
            case 0 | 1:
                session.undo()
            case 2:
                session.redo()
            case _:
                session.label(rng.choice(count, 3, replace=False), int(rng.integers(2)))

    tiles = session.tiles
    session.label(np.flatnonzero((tiles.splits == Split.TRAIN) & (tiles.given == 1))[-6:], 0)
    for _ in range(6):
        session.label(rng.choice(count, 3, replace=False), int(rng.integers(2)))
    here(find_suspects(workspace=workspace))
    read_triage_scores(workspace.project, workspace.packed).give_to(session)
    assert session.suspects.suspect.any()
    for _ in range(30):
        decide_something()
        keeps_one_rule(session)

    before = session.columns()
    workspace.close()
    with open_workspace(workspace.project.path, reader="AB") as again:
        read_triage_scores(again.project, again.packed).give_to(again.session)
        after = again.session.columns()
    assert np.array_equal(after.suspect, before.suspect)
    assert np.array_equal(after.label_quality, before.label_quality, equal_nan=True)


def test_of_a_tile_that_cannot_be_looked_at_no_label_is_judged(
    workspace: Workspace, wrong: int
) -> None:
    session = workspace.session
    session.tiles.usable[wrong] = False
    session.suspects = here(find_suspects(workspace=workspace))

    columns = session.columns()

    assert np.isnan(columns.label_quality[wrong])
    assert not columns.suspect[wrong]
    assert np.isnan(session.columns(np.array([wrong])).label_quality[0])


def test_embeddings_of_another_model_make_them_count_as_none(
    workspace: Workspace, champion: ModelRecord
) -> None:
    here(find_suspects(workspace=workspace))

    embed(workspace, champion, np.ones((workspace.project.tile_count, 4), np.float16))
    (workspace.project.model_folder(champion.id) / "model.keras").write_bytes(b"another")

    assert read_suspects(workspace.project, workspace.packed) is None


def test_a_damaged_file_counts_as_none(workspace: Workspace) -> None:
    here(find_suspects(workspace=workspace))
    path = workspace.project.path / "triage" / "label-errors-001.npz"
    path.write_bytes(path.read_bytes()[:-300])

    assert read_suspects(workspace.project, workspace.packed) is None


def test_a_list_sorted_by_them_looks_for_them_first(workspace: Workspace, wrong: int) -> None:
    tiles = here(find_tiles(workspace=workspace, query=Query(sort=SortKey.LABEL_ISSUE)))

    assert tiles[0] == wrong
    assert JOBS[-1].title == "Looking for label errors"


def test_for_reading_only_nothing_is_kept(workspace: Workspace, wrong: int) -> None:
    workspace.close()
    with open_workspace(workspace.project.path, reader="AB", read_only=True) as opened:
        opened.session.tiles.given[wrong] = 1 - opened.session.tiles.given[wrong]
        found = here(find_suspects(workspace=opened))

        assert found.suspect[wrong]
        assert read_suspects(opened.project, opened.packed) is None


def test_for_reading_only_tiles_must_be_embedded(
    workspace: Workspace, champion: ModelRecord
) -> None:
    embeddings_path(workspace.project, champion.id).unlink()
    workspace.close()
    with (
        open_workspace(workspace.project.path, reader="AB", read_only=True) as opened,
        pytest.raises(NotEmbeddedError, match="not embedded by model 1"),
    ):
        here(find_suspects(workspace=opened))


def one_class(workspace: Workspace) -> None:
    workspace.session.tiles.given[:] = 1


def few_labels(workspace: Workspace) -> None:
    given = workspace.session.tiles.given
    given[np.flatnonzero(given == 0)[2:]] = -1


@pytest.mark.parametrize(
    ("spoil", "words"), [(one_class, "one class only"), (few_labels, "too few for 5 folds")]
)
def test_too_few_labels_are_refused_before_any_work(
    workspace: Workspace, spoil: Callable[[Workspace], None], words: str
) -> None:
    spoil(workspace)

    with pytest.raises(InputError, match=words):
        find_suspects(workspace=workspace)


def test_without_a_model_it_is_said(workspace: Workspace, monkeypatch) -> None:
    monkeypatch.setattr(workspace.project, "models", list)
    with pytest.raises(InputError, match="has no model yet"):
        here(find_suspects(workspace=workspace))
    with pytest.raises(InputError, match="has no model yet"):
        here(choose_next(workspace=workspace, wish=Wish()))


class Networks:
    """Runs trainings and scorings of folds as if: network k gives every tile the score k / 10."""

    def __init__(self) -> None:
        self.trained: list[TrainRequest] = []

    def __call__(self, job: Job, on_update: Callable[[object], None]) -> Finished:
        if isinstance(job.request, TrainRequest):
            self.trained.append(job.request)
            return Finished(TrainResult(metrics={}, used=job.request.train))
        if isinstance(job.request, ScoreRequest):
            count = job.request.tiles.shape[0]
            np.save(job.request.out, np.full(count, len(self.trained) / 10, np.float32))
            return Finished(ScoreResult(count=count, seconds=1, tiles_per_second=count))
        return Finished(here(iter_job(job)))


def iter_job(job: Job):
    return (yield job)


def test_whole_networks_judge_what_they_did_not_learn(workspace: Workspace) -> None:
    networks, groups = Networks(), workspace.session.tiles.groups
    (workspace.project.model_folder("001-test") / "recipe.toml").write_text(TINY)

    found = drive(find_suspects(workspace=workspace, full=Full(epochs=2), folds=3), run=networks)

    assert [request.epochs for request in networks.trained] == [2, 2, 2]
    for number, request in enumerate(networks.trained, start=1):
        assert found.probability[request.validation] == pytest.approx(number / 10)
        assert not set(groups[request.train]) & set(groups[request.validation])
        assert request.recipe.stopping.keep == "last"
        assert request.recipe.plateau.patience is None
        # Where it goes at the next opening, should the program be killed meanwhile.
        assert request.folder.parent.suffix == ".part"
        assert request.folder.parent.parent == workspace.project.path / "triage"
    assert read_suspects(workspace.project, workspace.packed).model == ""


def by_networks(workspace: Workspace, networks: Networks):
    (workspace.project.model_folder("001-test") / "recipe.toml").write_text(TINY)
    return drive(find_suspects(workspace=workspace, full=Full(epochs=2), folds=2), run=networks)


def test_whole_networks_see_verdicts_more_often(workspace: Workspace) -> None:
    networks, tiles = Networks(), workspace.session.tiles
    decided = np.flatnonzero((tiles.splits == Split.TRAIN) & (tiles.given == 1))[:6]
    workspace.session.label(decided, 1)

    by_networks(workspace, networks)

    for request in networks.trained:
        assert set(request.extra) == set(decided) & set(request.train)
    assert {tile for request in networks.trained for tile in request.extra} == set(decided)


def test_folds_of_one_class_are_refused_before_any_network(workspace: Workspace) -> None:
    networks, tiles = Networks(), workspace.session.tiles
    tiles.groups[:] = tiles.given

    with pytest.raises(InputError, match="one class only"):
        by_networks(workspace, networks)

    assert not networks.trained


def test_what_knows_more_verdicts_counts_and_networks_where_both_know_the_same(
    workspace: Workspace,
) -> None:
    project, packed = workspace.project, workspace.packed
    by_networks(workspace, Networks())
    here(find_suspects(workspace=workspace, folds=3))
    assert read_suspects(project, packed).model == ""

    workspace.session.label(np.array([0]), 1)
    here(find_suspects(workspace=workspace, folds=3))

    assert read_suspects(project, packed).model == "001-test"


# -- the next batch


@pytest.fixture(params=list(Strategy))
def strategy(request: pytest.FixtureRequest) -> Iterator[Strategy]:
    """Every strategy."""
    return request.param


def test_a_batch_holds_nothing_decided_and_no_copies(
    workspace: Workspace, strategy: Strategy
) -> None:
    session = workspace.session
    training = np.flatnonzero(session.tiles.splits == Split.TRAIN)
    session.label(training[:5], 1)
    session.skip(training[5:7])
    clusters = np.full(len(session.tiles), -1)
    clusters[training[7:12]] = 0
    session.measures = replace(session.measures, clusters=clusters)

    batch = here(choose_next(workspace=workspace, wish=Wish(strategy=strategy, size=500)))

    offered = set(batch.tiles.tolist())
    assert len(offered) == len(batch.tiles) == len(training) - 7 - 4
    assert offered < set(training.tolist())
    assert len(offered & set(training[7:12].tolist())) == 1


def test_a_batch_has_the_size_that_was_asked_for_and_can_be_had_again(
    workspace: Workspace, strategy: Strategy
) -> None:
    wish = Wish(strategy=strategy, size=6, random_share=0.5)

    first = here(choose_next(workspace=workspace, wish=wish)).tiles
    again = here(choose_next(workspace=workspace, wish=wish)).tiles

    assert len(first) == 6
    assert first.tolist() == again.tolist()


def test_tiles_without_a_label_are_offered_before_the_others(workspace: Workspace) -> None:
    session = workspace.session
    training = np.flatnonzero(session.tiles.splits == Split.TRAIN)
    session.tiles.given[training[-8:]] = -1

    batch = here(choose_next(workspace=workspace, wish=Wish(size=20)))

    assert set(batch.tiles.tolist()) <= set(training[-8:].tolist())


def test_a_search_for_errors_offers_the_wrong_label_first(workspace: Workspace, wrong: int) -> None:
    wish = Wish(strategy=Strategy.CONFIDENT_LEARNING, size=3)

    assert here(choose_next(workspace=workspace, wish=wish)).tiles[0] == wrong


def test_where_nothing_is_left_it_is_said(workspace: Workspace) -> None:
    session = workspace.session
    session.label(np.flatnonzero(session.tiles.splits == Split.TRAIN), 1)

    with pytest.raises(InputError, match="no tile left to offer"):
        choose_next(workspace=workspace, wish=Wish())


def test_the_mix_works_without_any_label(workspace: Workspace) -> None:
    workspace.session.tiles.given[:] = -1

    assert len(here(choose_next(workspace=workspace, wish=Wish(size=10))).tiles) == 10


def test_a_strategy_that_asks_a_model_is_refused_without_labels(workspace: Workspace) -> None:
    workspace.session.tiles.given[:] = -1

    with pytest.raises(InputError, match="one class"):
        choose_next(workspace=workspace, wish=Wish(strategy=Strategy.MARGIN))
