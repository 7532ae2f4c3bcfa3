"""A batch that is spread over processes, brought together: the views and the guide."""

import torch
import torch.distributed as dist


def gather_batch(z: torch.Tensor, guide: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The embeddings and the guide of the whole batch, from what each process holds of it.

    Parameters
    ----------
    z : (2b, d), guide : (2b, g)
        This process's part: first views, then second views.

    Returns
    -------
    z : (2B, d), guide : (2B, g)
        First views of all processes in the order of their ranks, then second views. The arguments, where
        `torch.distributed` is not initialised.

    Raises
    ------
    ValueError
        An odd number of rows, or parts of different shapes.

    Notes
    -----
    Gradients flow into this process's rows alone, so that the gradient of a loss in z is that of the whole batch's
    loss, with nothing sent backward. Summed over processes, gradients in shared parameters are those of the whole
    batch: `DistributedDataParallel` takes their mean instead, so multiply the loss by the number of processes.
    """
    if alone():
        return z, guide
    shape = torch.tensor([*z.shape, *guide.shape], device=z.device)
    shapes = torch.stack(_from_all(shape))
    if (shapes != shape).any() or len(z) % 2:
        raise ValueError(
            f"parts of z and guide have shapes {shapes.tolist()}: give each process as many pairs of views"
        )
    return gather_rows(z, 2), gather_rows(guide, 2)


def gather_rows(rows: torch.Tensor, views: int) -> torch.Tensor:
    """Rows of the whole batch, (views B, ...), in the order of `gather_batch`; gradients flow into one's own alone.

    Parameters
    ----------
    rows : (views b, ...), as many in each process
        This process's part: the first view of each of its images, then the second of each, if there are two.
    """
    if alone():
        return rows
    parts = _from_all(rows.detach().contiguous())
    parts[dist.get_rank()] = rows
    by_view = zip(*(part.chunk(views) for part in parts), strict=True)
    return torch.cat([part for view in by_view for part in view])


def alone() -> bool:
    """Return whether this process has the whole batch: `torch.distributed` is not initialised."""
    return not (dist.is_available() and dist.is_initialized())


def _from_all(rows: torch.Tensor) -> list[torch.Tensor]:
    parts = [torch.empty_like(rows) for _ in range(dist.get_world_size())]
    dist.all_gather(parts, rows)
    return parts
