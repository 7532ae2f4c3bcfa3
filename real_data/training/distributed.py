"""One encoder trained by several processes, one for each GPU, as `torchrun` starts them.

Every process has all the weights and a part of each batch. The loss is that of the whole batch, whose embeddings are
gathered, so that an image has as many negatives as if one process had trained on them all; what is drawn at random is
drawn by all alike. So the number of processes changes nothing but the order in which numbers are added, where no layer
looks at a batch of its own: on GPUs batch normalisation takes the moments of the whole batch (`SyncBatchNorm`).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

Rows = TypeVar("Rows")
PATIENCE = timedelta(days=1)  # the others wait while the first one judges an encoder; `torchrun` ends them if it fails


@contextmanager
def processes() -> Iterator[str]:
    """The group of processes that `torchrun` started, or this one alone; the device that is this one's.

    The studies that train encoders begin with it. In a script of one's own it is `with processes() as device:
    train_encoder(..., device=device)`, which `torchrun --nproc-per-node 8` runs; by NCCL on GPUs, else by gloo.
    """
    if "WORLD_SIZE" not in os.environ:
        yield "auto"
        return
    cuda = torch.cuda.is_available()
    device = f"cuda:{os.environ.get('LOCAL_RANK', '0')}" if cuda else "cpu"
    if cuda:
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if cuda else "gloo", timeout=PATIENCE)
    try:
        yield device
        dist.barrier()  # PyTorch 2.5 hangs where a group ends while its thread still holds tensors of the last gather
    finally:
        dist.destroy_process_group()


def alone() -> bool:
    """Return whether this process has the whole batch: `torch.distributed` is not initialised."""
    return not (dist.is_available() and dist.is_initialized())


def count() -> int:
    """Number of processes that train together."""
    return 1 if alone() else dist.get_world_size()


def is_first() -> bool:
    """Return whether this process writes what all have."""
    return alone() or dist.get_rank() == 0


def wait() -> None:
    """Go on when all processes are here."""
    if not alone():
        dist.barrier()


def decided_by_first(*, decision: bool = False) -> bool:
    """Decision of the first process; that of the others does not count."""
    decisions = [decision]
    if not alone():
        dist.broadcast_object_list(decisions)
    return decisions[0]


def own_part(rows: Rows) -> Rows:
    """Rows of a batch that are this process's: as many for each, in the order of their ranks.

    Raises
    ------
    ValueError
        They cannot be shared evenly.
    """
    if alone():
        return rows
    sequence: Any = rows  # or an array
    each, more = divmod(len(sequence), count())
    if more:
        raise ValueError(f"batch={len(sequence)} cannot be shared evenly by {count()} processes")
    part: Rows = sequence[dist.get_rank() * each : (dist.get_rank() + 1) * each]
    return part


def gather_rows(rows: torch.Tensor, views: int) -> torch.Tensor:
    """Rows of the whole batch, (views B, ...), from this process's, (views b, ...): view after view, rank after rank.

    Gradients flow into this process's rows alone. Summed over processes, gradients in shared weights are those of the
    whole batch's loss: `DistributedDataParallel` takes their mean, so multiply the loss by the number of processes.
    """
    if alone():
        return rows
    parts = [torch.empty_like(rows) for _ in range(count())]
    dist.all_gather(parts, rows.detach().contiguous())
    parts[dist.get_rank()] = rows
    by_view = zip(*(part.chunk(views) for part in parts), strict=True)
    return torch.cat([part for view in by_view for part in view])


def each_a_share(weight: torch.Tensor) -> torch.Tensor:
    """A weight that the loss of the whole batch has in every process alike, rows or not: a share of its gradient."""
    return weight if alone() else torch.lerp(weight.detach(), weight, 1 / count())


def spread(network: nn.Module, device: torch.device) -> nn.Module:
    """A network whose gradients are the means over all processes; itself, where there is one."""
    if alone():
        return network
    if device.type == "cuda":
        synchronised: Any = nn.SyncBatchNorm
        network = synchronised.convert_sync_batchnorm(network)  # the same weights, in other layers
        return DistributedDataParallel(network, device_ids=[device])
    return DistributedDataParallel(network)
