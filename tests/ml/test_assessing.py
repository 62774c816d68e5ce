"""Figures of models against scikit-learn, and what the bootstrap says."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import metrics

from histoviewer.domain.assessment import Assessment, Calibration
from histoviewer.domain.operating import OperatingPoints
from histoviewer.errors import InputError
from histoviewer.ml.assessing import assess, compare
from histoviewer.ml.calibration import expected_calibration_error, temperature_scaling
from histoviewer.ml.requests import AssessRequest, CompareRequest
from histoviewer.ml.resampling import Ranked, Units


@st.composite
def cases(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Labels of both classes and scores, many of them equal."""
    n = draw(st.integers(2, 60))
    labels = np.array(draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)), np.int8)
    assume(0 < labels.sum() < n)
    steps = st.integers(0, draw(st.sampled_from([3, 20, 10_000])))
    scores = np.array(draw(st.lists(steps, min_size=n, max_size=n)), np.float32)
    return labels, scores / max(float(scores.max()), 1.0)


def ask(labels, scores, groups=None) -> AssessRequest:
    n = len(labels)
    return AssessRequest(
        model="m",
        rows=np.arange(n),
        labels=labels,
        scores=scores,
        groups=np.full(n, -1, np.int32) if groups is None else groups.astype(np.int32),
    )


def calibration_of(found: Assessment) -> Calibration:
    assert found.calibration is not None
    return found.calibration


def noisy(n: int, *, seed: int = 0, sharp: float = 1.5) -> tuple[np.ndarray, np.ndarray]:
    """Labels and calibrated scores: each label is drawn with its score."""
    rng = np.random.default_rng(seed)
    scores = 1 / (1 + np.exp(-sharp * rng.normal(size=n)))
    return (rng.random(n) < scores).astype(np.int8), scores.astype(np.float32)


@given(cases())
def test_weighted_areas_are_those_of_scikit_learn(case) -> None:
    labels, scores = case
    weights = np.random.default_rng(0).integers(0, 4, (1, len(labels))).astype(float)
    assume((weights[0] @ labels) > 0)
    assume((weights[0] @ (1 - labels)) > 0)
    ranked = Ranked(labels, scores)

    auc = metrics.roc_auc_score(labels, scores, sample_weight=weights[0])
    precision = metrics.average_precision_score(labels, scores, sample_weight=weights[0])

    assert ranked.auc(weights)[0] == pytest.approx(auc)
    assert ranked.average_precision(weights)[0] == pytest.approx(precision)


@given(cases(), st.floats(0, 1, width=32))
def test_a_threshold_counts_as_scikit_learn_does(case, threshold) -> None:
    labels, scores = case
    called = scores >= np.float32(threshold)
    point = OperatingPoints.of(labels, scores).at_threshold(threshold)

    (tn, fp), (fn, tp) = metrics.confusion_matrix(labels, called, labels=[0, 1])
    assert (point.tp, point.fp, point.tn, point.fn) == (tp, fp, tn, fn)
    report = metrics.classification_report(
        labels, called, labels=[0, 1], output_dict=True, zero_division=np.nan
    )
    for ours, theirs in ((point.negative, report["0"]), (point.positive, report["1"])):
        assert ours.recall == pytest.approx(theirs["recall"])
        assert ours.precision == pytest.approx(theirs["precision"], nan_ok=True)
        assert ours.support == theirs["support"]
    assert point.accuracy == pytest.approx(metrics.accuracy_score(labels, called))
    assert point.cleared == pytest.approx(1 - called.mean())


@given(cases(), st.floats(0, 1))
def test_a_wanted_sensitivity_is_reached_by_the_highest_threshold(case, wanted) -> None:
    labels, scores = case
    points = OperatingPoints.of(labels, scores)

    point = points.at_sensitivity(wanted)

    assert point.sensitivity >= wanted - 1e-9
    higher = scores[scores > np.float32(point.threshold)]
    if len(higher):
        next_point = points.at_threshold(float(higher.min()))
        assert next_point.sensitivity < wanted or wanted == 0


@given(cases(), st.floats(0, 1))
def test_a_wanted_specificity_is_reached(case, wanted) -> None:
    labels, scores = case

    assert OperatingPoints.of(labels, scores).at_specificity(wanted).specificity >= wanted - 1e-9


def test_an_assessment_holds_the_figures_of_scikit_learn() -> None:
    labels, scores = noisy(500)
    found = assess(ask(labels, scores))

    assert found.auc.value == metrics.roc_auc_score(labels, scores)
    assert found.auc.low < found.auc.value < found.auc.high
    assert metrics.auc(found.roc.x, found.roc.y) == pytest.approx(found.auc.value)
    assert calibration_of(found).reliability.counts.sum() == 500
    assert (found.resampled, found.units, found.by_group) == ("tile", 500, ())


@settings(max_examples=20)  # each draws the intervals, too
@given(cases())
def test_the_brier_score_is_that_of_scikit_learn_and_of_its_definition(case) -> None:
    labels, scores = case

    found = calibration_of(assess(ask(labels, scores))).brier

    assert found == pytest.approx(metrics.brier_score_loss(labels, scores))
    assert found == pytest.approx(np.mean((scores.astype(np.float64) - labels) ** 2))


def test_intervals_widen_where_tiles_come_in_groups() -> None:
    """The tiles of a group say the same: there are 20 of them, not 400."""
    labels, scores = noisy(20, seed=3)
    labels, scores = np.repeat(labels, 20), np.repeat(scores, 20)
    by_tile = assess(ask(labels, scores)).auc
    by_group = assess(ask(labels, scores, np.repeat(np.arange(20), 20)))

    assert by_group.resampled == "group"
    assert by_group.auc.high - by_group.auc.low > 2 * (by_tile.high - by_tile.low)
    assert [row.n for row in by_group.by_group] == [20] * 20


def test_a_bootstrap_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    truth = assess(ask(*noisy(60_000, seed=99))).auc.value
    intervals = [assess(ask(*noisy(200, seed=seed))).auc for seed in range(40)]

    held = sum(each.low <= truth <= each.high for each in intervals)

    assert 34 <= held <= 40


def test_temperature_finds_by_how_much_a_model_is_too_sure() -> None:
    labels, scores = noisy(4_000)
    logits = np.log(scores) - np.log1p(-scores)
    too_sure = (1 / (1 + np.exp(-2.5 * logits))).astype(np.float32)

    found = temperature_scaling(labels, too_sure, Units.of(np.full(4_000, -1, np.int32)))

    assert found.value == pytest.approx(2.5, rel=0.15)
    assert found.ece < expected_calibration_error(labels, too_sure) / 2
    assert found.ece > 0


def test_calibrated_scores_have_a_small_calibration_error() -> None:
    labels, scores = noisy(20_000)

    assert expected_calibration_error(labels, scores) < 0.02
    assert expected_calibration_error(1 - labels, scores) > 0.3


def compared(labels, first, second, groups=None):
    n = len(labels)
    return compare(
        CompareRequest(
            first_model="a",
            second_model="b",
            labels=labels,
            first=first,
            second=second,
            groups=np.full(n, -1, np.int32) if groups is None else groups,
        )
    )


def test_a_clear_difference_is_told_and_none_is_not() -> None:
    labels, scores = noisy(400)
    worse = np.random.default_rng(1).permutation(scores)

    clear = compared(labels, scores, worse)
    none = compared(labels, scores, scores)

    assert clear.p < 0.01
    assert clear.difference.low > 0
    assert (none.p, none.difference.value) == (1.0, 0.0)


def test_several_trainings_of_a_model_count_by_the_mean_of_their_areas() -> None:
    labels, _ = noisy(300)
    rng = np.random.default_rng(5)
    first, second = (
        (labels + rng.normal(0, noise, (3, 300))).astype(np.float32) for noise in (0.5, 0.8)
    )
    auc = metrics.roc_auc_score
    means = [np.mean([auc(labels, one) for one in side]) for side in (first, second)]

    of_three = compared(labels, first, second)
    of_one = compared(labels, first[0], second[0])

    assert of_three.first_auc == pytest.approx(means[0])
    assert of_three.difference.value == pytest.approx(means[0] - means[1])
    width = of_three.difference.high - of_three.difference.low
    assert width < of_one.difference.high - of_one.difference.low


@pytest.mark.parametrize("count", [6, 12, 24])
def test_groups_that_differ_do_not_pass_for_models_that_do(count: int) -> None:
    """Both models are equally good over all groups there are; in each one of them is better."""
    found = []
    for seed in range(100):
        rng = np.random.default_rng([seed, count])
        groups = np.repeat(np.arange(count, dtype=np.int32), 30)
        labels = (rng.random(len(groups)) < 0.5).astype(np.int8)
        better = rng.normal(0, 1, count)[groups]
        signal = labels * 2.0 - 1.0
        first, second = (
            signal * (0.5 + 0.3 * sign * better) + rng.normal(0, 1, len(groups)) for sign in (1, -1)
        )
        scores = [(1 / (1 + np.exp(-each))).astype(np.float32) for each in (first, second)]
        found.append(compared(labels, *scores, groups).p < 0.05)
    assert sum(found) <= 11  # 5 are expected; more than 11 come about once in a hundred times


def test_a_few_groups_give_no_interval() -> None:
    labels, scores = noisy(400)
    groups = np.repeat(np.arange(4, dtype=np.int32), 100)
    few = compared(labels, scores, scores[::-1].copy(), groups)
    assert np.isnan([few.p, few.difference.low, assess(ask(labels, scores, groups)).auc.low]).all()
    assert (few.resampled, few.units) == ("group", 4)


def test_tiles_of_no_known_group_are_units_of_their_own() -> None:
    groups = np.repeat(np.arange(10, dtype=np.int32), 10)
    groups[:5] = -1
    units = Units.of(groups)
    assert (units.kind, units.count) == ("group", 15)
    assert len(set(units.unit[:5].tolist())) == 5


def test_swapping_two_models_turns_the_difference_round() -> None:
    labels, scores = noisy(200)
    other = noisy(200, seed=5)[1]
    one, two = compared(labels, scores, other), compared(labels, other, scores)

    assert one.difference.value == pytest.approx(-two.difference.value)
    assert one.difference.low == pytest.approx(-two.difference.high)
    assert one.p == two.p


@pytest.mark.parametrize(
    ("labels", "scores", "why"),
    [
        ([], [], "no labelled"),
        ([1, 1], [0.1, 0.2], "All 2 validation tiles are positive"),
        ([0, 1], [0.5, np.nan], "not numbers"),
    ],
)
def test_what_cannot_be_assessed_is_refused(labels, scores, why) -> None:
    with pytest.raises(InputError, match=why):
        assess(ask(np.array(labels, np.int8), np.array(scores, np.float32)))
