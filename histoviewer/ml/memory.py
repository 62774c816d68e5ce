"""How much memory there is to train in, and what batch fits into it.

A process that runs out of a processor's memory is killed by the system before it can say anything:
there, asking first is the only way. A GPU's library raises an error, from which `training` goes on.
"""

import contextlib
from pathlib import Path
from typing import Final

import psutil

from histoviewer.domain.network import NetworkFacts
from histoviewer.ml import backend
from histoviewer.ml.batches import Plan, halved

# Measured steps took up to 1.24 times what is estimated; other programs take memory, too.
_RESERVE: Final = 1.4

# Where Linux keeps the limit of a container, and what it has taken of it (cgroup version 2).
_CGROUP: Final = Path("/sys/fs/cgroup")


def fitted(plan: Plan, facts: NetworkFacts, *, free: int | None) -> Plan:
    """Return the plan with its batch halved until a training step fits, down to one tile.

    Whether one tile fits shows when it is tried.

    Args:
        plan: What the recipe asks for.
        facts: Says what a step takes.
        free: Bytes that could be had, see `free_memory`; None where nobody tells.
    """
    while free is not None and plan.batch > plan.parts and takes(plan, facts) > free:
        plan = halved(plan)
    return plan


def takes(plan: Plan, facts: NetworkFacts) -> int:
    """Return the bytes that must be free on each device for a step of a plan."""
    return needed(facts, plan.batch // plan.parts)


def needed(facts: NetworkFacts, batch: int) -> int:
    """Return the bytes that must be free for a training step of some tiles, with a reserve."""
    return round(_RESERVE * facts.step_bytes(batch))


def free_memory() -> int | None:
    """Return the bytes that could be had now where models are computed; None where nobody tells."""
    if backend.accelerator() is None:
        return free_main_memory()
    free = backend.free_accelerator_memory()
    if free is None and backend.may_share_main_memory():
        return free_main_memory() + backend.kept_by_torch()
    return free


def free_main_memory(cgroup: Path = _CGROUP) -> int:
    """Return the bytes of main memory that could be had, in a container of what it may take."""
    free = int(psutil.virtual_memory().available)
    with contextlib.suppress(OSError, ValueError):  # no container, or one without a limit: 'max'
        limit = int((cgroup / "memory.max").read_text(encoding="ascii"))
        used = int((cgroup / "memory.current").read_text(encoding="ascii"))
        free = min(free, max(0, limit - used + _file_cache(cgroup)))
    return free


def _file_cache(cgroup: Path) -> int:
    """Return the bytes of a container that the system gives back when somebody needs them."""
    lines = (cgroup / "memory.stat").read_text(encoding="ascii").splitlines()
    counts = dict(line.split() for line in lines)
    return int(counts.get("active_file", 0)) + int(counts.get("inactive_file", 0))
