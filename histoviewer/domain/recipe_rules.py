"""What must hold between the tables of a recipe: each value is allowed, but not beside another."""

from typing import TYPE_CHECKING, Final, NoReturn

from histoviewer.domain.blocks import (
    WHOLE_BACKBONE,
    ActivationBlock,
    BackboneBlock,
    BrightnessBlock,
    ConvBlock,
    DropoutBlock,
    NormBlock,
    PoolBlock,
    ResidualBlock,
    SeparableBlock,
)
from histoviewer.domain.strict import KeyPath, TableError, key_text

if TYPE_CHECKING:  # the recipe calls the rules
    from histoviewer.domain.recipe import Recipe

# Blocks that know what a feature in eight orientations is.
_SYMMETRIC: Final = (ActivationBlock, ConvBlock, DropoutBlock, NormBlock, PoolBlock, ResidualBlock)
ORIENTATIONS: Final = 8  # of a square: flips and quarter turns
HALF_TURN: Final = 2  # orientations: as it is, and turned by half
# In how many of them what is kept sees a tile, by the symmetries that pool; others see it once.
KEPT_VIEWS: Final = {"pooled": ORIENTATIONS, "half-turn": HALF_TURN}

# Blocks that have nothing to train.
_PLAIN: Final = (ActivationBlock, BrightnessBlock, DropoutBlock, PoolBlock)


def check_rules(recipe: "Recipe", *, file: str) -> None:
    """Raise `TableError` for the first value that does not go with the rest of the recipe."""
    _check_backbone(recipe, file)
    _check_solver(recipe, file)
    _check_halves(recipe, file)
    _check_symmetry(recipe, file)


def _check_backbone(recipe: "Recipe", file: str) -> None:
    for place, block in enumerate(recipe.blocks[1:], start=1):
        if isinstance(block, BackboneBlock):
            _refuse(file, ("blocks", place, "kind"), "backbone", "only as the first block")
    if recipe.blocks and isinstance(recipe.blocks[0], BackboneBlock):
        if recipe.input.channels != "rgb":
            _refuse(file, ("input", "channels"), recipe.input.channels, "'rgb' before a backbone")
        return
    if recipe.input.preprocessing == "backbone":
        _refuse(
            file, ("input", "preprocessing"), "backbone", "only where the first block is a backbone"
        )
    if recipe.finetuning.epochs:
        value = recipe.finetuning.epochs
        _refuse(file, ("finetuning", "epochs"), value, "0 where the first block is no backbone")


def _check_solver(recipe: "Recipe", file: str) -> None:
    if recipe.training.solver != "logistic":
        return
    rest = "nothing to train besides the output layer with the solver 'logistic'"
    for place, block in enumerate(recipe.blocks):
        frozen = isinstance(block, BackboneBlock) and block.frozen_below == WHOLE_BACKBONE
        if not frozen and not isinstance(block, _PLAIN):
            _refuse(file, ("blocks", place, "kind"), block.kind, rest)
    if recipe.head.dense:
        _refuse(file, ("head", "dense"), "a list of layers", rest)
    if recipe.finetuning.epochs:
        _refuse(file, ("finetuning", "epochs"), recipe.finetuning.epochs, rest)
    if recipe.training.symmetry in KEPT_VIEWS:
        allowed = "'none' with the solver 'logistic'"
        _refuse(file, ("training", "symmetry"), recipe.training.symmetry, allowed)


def _check_halves(recipe: "Recipe", file: str) -> None:
    """Refuse to halve feature maps that are none, or where halves would part orientations."""
    step = 2 * ORIENTATIONS if recipe.training.symmetry == "dihedral" else 2
    maps = 1
    for place, block in enumerate(recipe.blocks):
        if isinstance(block, ConvBlock | SeparableBlock | ResidualBlock):
            maps = block.filters
        elif isinstance(block, BrightnessBlock):
            maps = 1
        elif isinstance(block, BackboneBlock):
            maps = step  # some hundreds, a multiple of every step
        elif isinstance(block, NormBlock) and block.per_tile == "half" and maps % step:
            key, allowed = (
                ("blocks", place, "per_tile"),
                f"'none' unless maps are {step} or a multiple",
            )
            _refuse(file, key, "half", allowed)


def _check_symmetry(recipe: "Recipe", file: str) -> None:
    if recipe.training.symmetry != "dihedral":
        return
    with_it = "with the symmetry 'dihedral'"
    for place, block in enumerate(recipe.blocks):
        if not isinstance(block, _SYMMETRIC):
            kinds = "conv, residual, pool, norm, activation or dropout"
            _refuse(file, ("blocks", place, "kind"), block.kind, f"{kinds} {with_it}")
        if isinstance(block, ConvBlock | ResidualBlock):
            _check_orientations(block, ("blocks", place), file)
    if not any(isinstance(block, ConvBlock | ResidualBlock) for block in recipe.blocks):
        _refuse(file, ("training", "symmetry"), "dihedral", "'none' without a convolution")
    if recipe.head.pool == "flatten":
        _refuse(file, ("head", "pool"), "flatten", f"'average' or 'max' {with_it}")


def _check_orientations(block: ConvBlock | ResidualBlock, key: KeyPath, file: str) -> None:
    with_it = "with the symmetry 'dihedral'"
    if block.filters % ORIENTATIONS:
        _refuse(file, (*key, "filters"), block.filters, f"a multiple of 8 {with_it}")
    # Else a kernel looks further to one side than to the other.
    kernels = (block.kernel,) if isinstance(block, ConvBlock) else (block.kernel, 1)
    if block.stride > 1 and any((kernel - block.stride) % 2 for kernel in kernels):
        allowed = f"1, or for a convolution its kernel less a multiple of 2, {with_it}"
        _refuse(file, (*key, "stride"), block.stride, allowed)


def _refuse(file: str, key: KeyPath, value: object, allowed: str) -> NoReturn:
    sentence = f"'{key_text(key)}' cannot be {value!r} here."
    raise TableError(sentence, f"Allowed: {allowed}.", key=key, file=file)
