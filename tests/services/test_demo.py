"""What the demo says of its loop."""

from pathlib import Path

import pytest

from histoviewer.services.demo import DemoOutcome


@pytest.mark.parametrize(
    ("verdicts", "retrained", "said"),
    [
        (20, 0.97, ["Trained: validation AUC 0.9500; retrained with 20 verdicts: 0.9700"]),
        (
            0,
            0.97,
            [
                "Nothing was left to judge: no label is in doubt.",
                "Trained: validation AUC 0.9500; retrained with verdicts of earlier runs: 0.9700",
            ],
        ),
        (
            0,
            None,
            [
                "Nothing was left to judge: no label is in doubt.",
                "Trained: validation AUC 0.9500; nothing waited for retraining",
            ],
        ),
    ],
)
def test_steps_that_had_nothing_to_do_are_told(
    verdicts: int, retrained: float | None, said: list[str]
) -> None:
    outcome = DemoOutcome(
        project=Path("demo.histo"),
        submission=Path("submission.csv"),
        first_auc=0.95,
        retrained_auc=retrained,
        verdicts=verdicts,
        rows=60,
    )

    lines = outcome.as_text().splitlines()

    assert lines[:-2] == said
    assert outcome.as_json()["retrained_auc"] == retrained
