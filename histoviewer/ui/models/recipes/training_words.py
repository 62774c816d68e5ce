"""The words of the keys that say how a network is trained."""

from typing import Final

from histoviewer.ui.models.recipes.wording import Words
from histoviewer.ui.translation import QT_TRANSLATE_NOOP

TRAINING: Final = {
    ("augmentation", "flips"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Flips"),
        tip=QT_TRANSLATE_NOOP(
            "recipes", "Mirror left-right and up-down, each for half of the tiles."
        ),
    ),
    ("augmentation", "quarter_turns"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Quarter turns"),
        tip=QT_TRANSLATE_NOOP(
            "recipes", "Turn by a multiple of 90 degrees; with flips the 8 symmetries of a square."
        ),
    ),
    ("augmentation", "rotation"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Rotation"),
        tip=QT_TRANSLATE_NOOP("recipes", "Turn by up to so many degrees either way."),
        unit=QT_TRANSLATE_NOOP("recipes", "°"),
    ),
    ("augmentation", "zoom"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Zoom"),
        tip=QT_TRANSLATE_NOOP("recipes", "Width and height are each multiplied by 1 - s to 1 + s."),
    ),
    ("augmentation", "shift"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Shift"),
        tip=QT_TRANSLATE_NOOP("recipes", "Move by up to this share of the side, along each axis."),
    ),
    ("augmentation", "shear"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Shear"),
        tip=QT_TRANSLATE_NOOP(
            "recipes", "Rows slide by up to this share of the height against each other."
        ),
    ),
    ("augmentation", "channel_shift"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Channel shift"),
        tip=QT_TRANSLATE_NOOP(
            "recipes", "Each channel is moved on its own by up to this share of the full range."
        ),
    ),
    ("augmentation", "stain_jitter"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Stain jitter"),
        tip=QT_TRANSLATE_NOOP(
            "recipes", "H&E: each stain's optical density is multiplied by 1 - s to 1 + s."
        ),
    ),
    ("augmentation", "stain_shift"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Stain shift"),
        tip=QT_TRANSLATE_NOOP("recipes", "H&E: to each stain's optical density -s to s is added."),
    ),
    ("augmentation", "brightness"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Brightness"),
        tip=QT_TRANSLATE_NOOP(
            "recipes", "All channels are moved by up to this share of the full range."
        ),
    ),
    ("augmentation", "contrast"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Contrast"),
        tip=QT_TRANSLATE_NOOP("recipes", "Each tile's contrast is multiplied by 1 - s to 1 + s."),
    ),
    ("sampling", "kind"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Shown"),
        tip=QT_TRANSLATE_NOOP(
            "recipes",
            "All once; as many positives as negatives; the larger class cut; or the loss weighed.",
        ),
    ),
    ("sampling", "cap"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "At most"),
        tip=QT_TRANSLATE_NOOP(
            "recipes", "Training tiles drawn at random; what waits for retraining is always added."
        ),
        unit=QT_TRANSLATE_NOOP("recipes", "tiles"),
        without=QT_TRANSLATE_NOOP("recipes", "all"),
    ),
    ("sampling", "tiles_per_epoch"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "An epoch shows"),
        tip=QT_TRANSLATE_NOOP("recipes", "At most so many; the next goes on from there."),
        unit=QT_TRANSLATE_NOOP("recipes", "tiles"),
        without=QT_TRANSLATE_NOOP("recipes", "all"),
    ),
    ("optimiser", "kind"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Optimiser"),
        tip=QT_TRANSLATE_NOOP("recipes", "How weights are changed."),
    ),
    ("optimiser", "learning_rate"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Learning rate"),
        tip=QT_TRANSLATE_NOOP("recipes", "The highest of the run."),
    ),
    ("optimiser", "schedule"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Schedule"),
        tip=QT_TRANSLATE_NOOP("recipes", "Constant, or cosine down to zero at the end."),
    ),
    ("optimiser", "warmup"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Warm-up"),
        tip=QT_TRANSLATE_NOOP("recipes", "Share of the run in which the rate climbs from zero."),
    ),
    ("optimiser", "weight_decay"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Weight decay"),
        tip=QT_TRANSLATE_NOOP("recipes", "Decoupled, for adamw."),
    ),
    ("optimiser", "momentum"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Momentum"),
        tip=QT_TRANSLATE_NOOP("recipes", "For sgd."),
    ),
    ("optimiser", "clip_norm"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Clip norm"),
        tip=QT_TRANSLATE_NOOP("recipes", "Upper bound of the gradient's global norm."),
        without=QT_TRANSLATE_NOOP("recipes", "none"),
    ),
    ("averaging", "decay"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Decay"),
        tip=QT_TRANSLATE_NOOP(
            "recipes",
            "Share of the moving average of the weights that is kept at each step; 0 for none.",
        ),
    ),
    ("training", "epochs"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Epochs"),
        tip=QT_TRANSLATE_NOOP("recipes", "At most so many."),
    ),
    ("training", "batch"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Batch"),
        tip=QT_TRANSLATE_NOOP("recipes", "Tiles a step; fewer where there are fewer tiles."),
        unit=QT_TRANSLATE_NOOP("recipes", "tiles"),
    ),
    ("training", "label_smoothing"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Label smoothing"),
        tip=QT_TRANSLATE_NOOP("recipes", "Share by which labels are moved towards 0.5."),
    ),
    ("training", "norm_momentum"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Norm momentum"),
        tip=QT_TRANSLATE_NOOP(
            "recipes", "Of batch normalisation; lower where an epoch has few steps."
        ),
    ),
    ("training", "statistics"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Norm statistics"),
        tip=QT_TRANSLATE_NOOP(
            "recipes",
            "Of which tiles the model that is kept takes mean and deviation: of those it learns "
            "from, or of those without a label, which may be stained otherwise.",
        ),
    ),
    ("training", "precision"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Precision"),
        tip=QT_TRANSLATE_NOOP(
            "recipes",
            "Automatic computes in bfloat16 where the machine does; weights stay in float32.",
        ),
    ),
    ("training", "symmetry"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Symmetry"),
        tip=QT_TRANSLATE_NOOP(
            "recipes",
            "Makes a tile's score the same however it is turned or flipped: by the pattern of the "
            "weights, or by the mean of what the network sees in all eight orientations; or nearly "
            "so, by the mean of two, upright and upside down.",
        ),
    ),
    ("training", "members"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Members"),
        tip=QT_TRANSLATE_NOOP(
            "recipes",
            "So many networks are trained side by side, each from its own random start; the model "
            "is their mean. Training, scoring and memory grow alike.",
        ),
    ),
    ("training", "solver"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Solver"),
        tip=QT_TRANSLATE_NOOP(
            "recipes", "Step by step, or the output layer alone to its end (scikit-learn)."
        ),
    ),
    ("stopping", "monitor"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Monitor"),
        tip=QT_TRANSLATE_NOOP("recipes", "Validation figure that decides."),
    ),
    ("stopping", "patience"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Patience"),
        tip=QT_TRANSLATE_NOOP("recipes", "Epochs without a better one after which the run ends."),
        unit=QT_TRANSLATE_NOOP("recipes", "epochs"),
        without=QT_TRANSLATE_NOOP("recipes", "never"),
    ),
    ("stopping", "min_delta"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Least gain"),
        tip=QT_TRANSLATE_NOOP("recipes", "What is better by no more than this does not count."),
    ),
    ("stopping", "keep"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Keep"),
        tip=QT_TRANSLATE_NOOP("recipes", "Which epoch becomes the model."),
    ),
    ("plateau", "monitor"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Monitor"),
        tip=QT_TRANSLATE_NOOP("recipes", "Validation figure that decides."),
    ),
    ("plateau", "patience"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Patience"),
        tip=QT_TRANSLATE_NOOP(
            "recipes", "Epochs without a better one after which the rate is lowered."
        ),
        unit=QT_TRANSLATE_NOOP("recipes", "epochs"),
        without=QT_TRANSLATE_NOOP("recipes", "never"),
    ),
    ("plateau", "factor"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Factor"),
        tip=QT_TRANSLATE_NOOP("recipes", "Multiplies the learning rate each time."),
    ),
    ("plateau", "min_delta"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Least gain"),
        tip=QT_TRANSLATE_NOOP("recipes", "What is better by no more than this does not count."),
    ),
    ("plateau", "lowest"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Lowest"),
        tip=QT_TRANSLATE_NOOP("recipes", "Share of the rate below which it is not lowered."),
    ),
    ("finetuning", "epochs"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Epochs"),
        tip=QT_TRANSLATE_NOOP(
            "recipes",
            "Of a second, gentler part of the run that trains more of the backbone; 0 for none.",
        ),
    ),
    ("finetuning", "frozen_below"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Frozen below"),
        tip=QT_TRANSLATE_NOOP("recipes", "In place of the backbone's in that part."),
    ),
    ("finetuning", "rate_factor"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Rate factor"),
        tip=QT_TRANSLATE_NOOP("recipes", "Multiplies the learning rate in that part."),
    ),
    ("retraining", "epochs"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Epochs"),
        tip=QT_TRANSLATE_NOOP(
            "recipes", "At most so many when the champion learns from the queue."
        ),
    ),
    ("retraining", "rate_factor"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Rate factor"),
        tip=QT_TRANSLATE_NOOP("recipes", "Multiplies the learning rate then."),
    ),
    ("retraining", "oversample"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Oversample"),
        tip=QT_TRANSLATE_NOOP(
            "recipes", "How often each queued tile stands in the list that an epoch shuffles."
        ),
        unit=QT_TRANSLATE_NOOP("recipes", "times"),
    ),
}
