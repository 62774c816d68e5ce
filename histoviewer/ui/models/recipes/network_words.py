"""The words of the keys that say what a network is."""

from typing import Final

from histoviewer.ui.models.recipes.wording import Words
from histoviewer.ui.translation import QT_TRANSLATE_NOOP

NETWORK: Final = {
    ("", "title"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Title"),
        tip=QT_TRANSLATE_NOOP("recipes", "One line that lists show."),
    ),
    ("input", "size"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Size"),
        tip=QT_TRANSLATE_NOOP("recipes", "Side that tiles are brought to inside the network."),
        unit=QT_TRANSLATE_NOOP("recipes", "px"),
        without=QT_TRANSLATE_NOOP("recipes", "project's"),
    ),
    ("input", "channels"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Channels"),
        tip=QT_TRANSLATE_NOOP("recipes", "Colour, or one grey channel (ITU-R BT.601 luma)."),
    ),
    ("input", "preprocessing"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Preprocessing"),
        tip=QT_TRANSLATE_NOOP(
            "recipes",
            "Rescale to 0-1, standardise each tile by mean and deviation, raw, or the backbone's.",
        ),
    ),
    ("blocks", "filters"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Filters"),
        tip=QT_TRANSLATE_NOOP("recipes", "Output channels."),
    ),
    ("blocks", "kernel"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Kernel"),
        tip=QT_TRANSLATE_NOOP("recipes", "Side of the kernel."),
        unit=QT_TRANSLATE_NOOP("recipes", "px"),
    ),
    ("blocks", "stride"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Stride"),
        tip=QT_TRANSLATE_NOOP("recipes", "Step; larger than 1 makes the maps smaller."),
        unit=QT_TRANSLATE_NOOP("recipes", "px"),
        without=QT_TRANSLATE_NOOP("recipes", "the size"),
    ),
    ("blocks", "padding"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Padding"),
        tip=QT_TRANSLATE_NOOP(
            "recipes", "'same' keeps the size of the maps, 'valid' uses whole windows only."
        ),
    ),
    ("blocks", "activation"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Activation"),
        tip=QT_TRANSLATE_NOOP("recipes", "What follows the convolution."),
    ),
    ("blocks", "norm"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Normalisation"),
        tip=QT_TRANSLATE_NOOP("recipes", "Batch normalisation before or after the activation."),
    ),
    ("blocks", "bias"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Bias"),
        tip=QT_TRANSLATE_NOOP(
            "recipes", "Whether there is a bias; normalisation makes it superfluous."
        ),
    ),
    ("blocks", "repeat"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Repeat"),
        tip=QT_TRANSLATE_NOOP(
            "recipes", "How often the block stands in a row; only the first has the stride."
        ),
    ),
    ("blocks", "size"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Size"),
        tip=QT_TRANSLATE_NOOP("recipes", "Side of the squares that are pooled."),
        unit=QT_TRANSLATE_NOOP("recipes", "px"),
    ),
    ("blocks", "mode"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Mode"),
        tip=QT_TRANSLATE_NOOP("recipes", "The largest value of each square, or its mean."),
    ),
    ("blocks", "rate"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Rate"),
        tip=QT_TRANSLATE_NOOP("recipes", "Share that is dropped."),
    ),
    ("blocks", "per_tile"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "By tile"),
        tip=QT_TRANSLATE_NOOP(
            "recipes",
            "Half: the first half of the maps is normalised by each tile's own mean and deviation, "
            "since staining differs between slides.",
        ),
    ),
    ("blocks", "maps"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Whole maps"),
        tip=QT_TRANSLATE_NOOP("recipes", "Drop whole feature maps in place of single values."),
    ),
    ("blocks", "name"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Network"),
        tip=QT_TRANSLATE_NOOP("recipes", "A network of keras.applications, without its top."),
    ),
    ("blocks", "weights"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Weights"),
        tip=QT_TRANSLATE_NOOP("recipes", "Start from ImageNet's weights, or at random."),
    ),
    ("blocks", "frozen_below"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Frozen below"),
        tip=QT_TRANSLATE_NOOP(
            "recipes",
            "Layers before the one of this name are not trained; 'head' freezes all, empty none.",
        ),
    ),
    ("head", "pool"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Pooling"),
        tip=QT_TRANSLATE_NOOP(
            "recipes", "How the maps become a vector: the mean or maximum of each, or every cell."
        ),
    ),
    ("head", "dropout"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Dropout"),
        tip=QT_TRANSLATE_NOOP("recipes", "Share that is dropped before the first dense layer."),
    ),
    ("dense", "units"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Units"),
        tip=QT_TRANSLATE_NOOP("recipes", "Numbers that the layer gives."),
    ),
    ("dense", "activation"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Activation"),
        tip=QT_TRANSLATE_NOOP("recipes", "What follows the layer."),
    ),
    ("dense", "norm"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Normalisation"),
        tip=QT_TRANSLATE_NOOP("recipes", "Batch normalisation before or after the activation."),
    ),
    ("dense", "bias"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Bias"),
        tip=QT_TRANSLATE_NOOP(
            "recipes", "Whether there is a bias; normalisation makes it superfluous."
        ),
    ),
    ("dense", "dropout"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "Dropout"),
        tip=QT_TRANSLATE_NOOP("recipes", "Share that is dropped after the layer."),
    ),
    ("dense", "l2"): Words(
        title=QT_TRANSLATE_NOOP("recipes", "L2"),
        tip=QT_TRANSLATE_NOOP("recipes", "Penalty of large weights."),
    ),
}
