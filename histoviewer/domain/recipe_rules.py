"""What must hold between the tables of a recipe: each value is allowed, but not beside another."""

from typing import TYPE_CHECKING, Final, NoReturn

from histoviewer.domain.blocks import (
    WHOLE_BACKBONE,
    ActivationBlock,
    BackboneBlock,
    Block,
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
_TURNED: Final = "with the symmetry 'dihedral'"
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
    _check_members(recipe, file)


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
    if recipe.sampling.kind == "balanced":
        allowed = "'all', 'cut' or 'weights' with the solver 'logistic'"
        _refuse(file, ("sampling", "kind"), recipe.sampling.kind, allowed)
    if recipe.training.symmetry in KEPT_VIEWS:
        allowed = "'none' with the solver 'logistic'"
        _refuse(file, ("training", "symmetry"), recipe.training.symmetry, allowed)
    if recipe.training.adapts:
        allowed = "'training' with the solver 'logistic'"
        _refuse(file, ("training", "statistics"), recipe.training.statistics, allowed)


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
    for place, block in enumerate(recipe.blocks):
        key: KeyPath = ("blocks", place)
        if not isinstance(block, _SYMMETRIC):
            kinds = "conv, residual, pool, norm, activation or dropout"
            _refuse(file, (*key, "kind"), block.kind, f"{kinds} {_TURNED}")
        if isinstance(block, ConvBlock | ResidualBlock) and block.filters % ORIENTATIONS:
            _refuse(file, (*key, "filters"), block.filters, f"a multiple of 8 {_TURNED}")
        _check_windows(block, key, file)
    if not any(isinstance(block, ConvBlock | ResidualBlock) for block in recipe.blocks):
        _refuse(file, ("training", "symmetry"), "dihedral", "'none' without a convolution")
    if recipe.head.pool == "flatten":
        _refuse(file, ("head", "pool"), "flatten", f"'average' or 'max' {_TURNED}")


def _check_windows(block: Block, key: KeyPath, file: str) -> None:
    """Refuse kernels and pools that look further to one side of the maps than to the other."""
    match block:
        case ResidualBlock(stride=stride) if stride > 1:  # its shortcut skips the last cells
            _refuse(file, (*key, "stride"), stride, f"1 {_TURNED}")
        case ResidualBlock(kernel=kernel) if _is_lopsided(kernel, 1, "same"):
            _refuse(file, (*key, "kernel"), kernel, f"an odd number {_TURNED}")
        case ConvBlock(kernel=kernel, stride=1) if _is_lopsided(kernel, 1, block.padding):
            allowed = f"an odd number, or any with the padding 'valid', {_TURNED}"
            _refuse(file, (*key, "kernel"), kernel, allowed)
        case ConvBlock(kernel=side, stride=stride) if _is_lopsided(side, stride, block.padding):
            _refuse(file, (*key, "stride"), stride, _steps("kernel", block.padding))
        case ConvBlock(kernel=side, repeat=n) if n > 1 and _is_lopsided(side, 1, block.padding):
            allowed = f"1 for an even kernel {_TURNED}"  # the others are done in steps of one
            _refuse(file, (*key, "repeat"), n, allowed)
        case PoolBlock(size=side, stride=int(stride)) if _is_lopsided(side, stride, block.padding):
            _refuse(file, (*key, "stride"), stride, _steps("size", block.padding))


def _is_lopsided(side: int, stride: int, padding: str) -> bool:
    """Return whether a window sees more at one edge, on maps whose side the stride divides.

    Padding is as wide as the window is wider than the stride; where that is odd, there is more of
    it to the right. A window that is narrower, and any without padding, leaves out what is left
    over there.
    """
    if padding == "valid":
        return side % stride > 0
    return side < stride or (side - stride) % 2 > 0


def _check_members(recipe: "Recipe", file: str) -> None:
    """Refuse members that have not each its own part of what the output layer takes."""
    key, members = ("training", "members"), recipe.training.members
    if members == 1:
        return
    if all(isinstance(block, _PLAIN) for block in recipe.blocks):
        _refuse(file, key, members, "1 where no block has weights: all would be the same")
    if recipe.backbone is not None:
        _refuse(file, key, members, "1 with a backbone")
    if recipe.head.dense:
        _refuse(file, key, members, "1 with dense layers in the head")
    if recipe.head.pool == "flatten":
        _refuse(file, ("head", "pool"), "flatten", "'average' or 'max' with several members")


def _steps(name: str, padding: str) -> str:
    wanted = f"a divisor of the {name}" if padding == "valid" else f"the {name} less an even number"
    return f"{wanted}, {_TURNED}"


def _refuse(file: str, key: KeyPath, value: object, allowed: str) -> NoReturn:
    sentence = f"'{key_text(key)}' cannot be {value!r} here."
    raise TableError(sentence, f"Allowed: {allowed}.", key=key, file=file)
