"""What all verbs have in common before their own code runs."""

import math
from collections.abc import Iterable
from typing import Any

import typer
from typer.core import TyperCommand


class Verb(TyperCommand):
    """A verb whose options are numbers that can be reckoned with.

    'nan' and 'inf' are numbers to Python, and pass any comparison with a bound as they please.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - click's context
        """Read the words as click does, then refuse what is no finite number.

        Raises:
            BadParameter: An option is 'nan' or infinite; exit code 2.
        """
        rest = super().parse_args(ctx, args)
        for parameter in self.params:
            for value in _values(ctx.params.get(parameter.name or "")):
                if isinstance(value, float) and not math.isfinite(value):
                    name = max(parameter.opts, key=len)
                    message = f"{value} is not a number to reckon with. Give a finite one."
                    raise typer.BadParameter(message, ctx=ctx, param_hint=f"'{name}'")
        return rest


def _values(value: object) -> Iterable[object]:
    return value if isinstance(value, list | tuple) else (value,)
