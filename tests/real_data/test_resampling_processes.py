"""One batch, two processes: the loss and its gradient are those of the whole batch."""

from datetime import timedelta

import numpy as np
import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp

from pairbounds.real_data.resampling import gather_batch, resampled_nt_xent
from tests.limits import PATIENCE

IMAGES, WIDTH, PROCESSES, RULE = 6, 3, 2, "add_new_positive+drop_false_positive+drop_false_negative"
OPTIONS = {"fraction": 0.3, "rule": RULE}


def whole_batch() -> tuple[torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(0)
    return tuple(torch.from_numpy(rng.standard_normal((2 * IMAGES, WIDTH))) for _ in range(2))


def part(rows: torch.Tensor, rank: int) -> torch.Tensor:
    """A process's images: their first views, then their second views."""
    own = torch.arange(IMAGES).chunk(PROCESSES)[rank]
    return rows[torch.cat([own, own + IMAGES])]


def work(rank: int, folder: str) -> None:
    torch.set_num_threads(1)
    store = dist.FileStore(f"{folder}/store", PROCESSES)
    dist.init_process_group("gloo", store=store, rank=rank, world_size=PROCESSES, timeout=timedelta(seconds=PATIENCE))
    x, guide = (part(rows, rank) for rows in whole_batch())
    weight = torch.eye(WIDTH, dtype=x.dtype, requires_grad=True)
    z = x @ weight
    z.retain_grad()
    loss = resampled_nt_xent(*gather_batch(z, guide), **OPTIONS)
    loss.backward()
    try:
        gather_batch(z[: len(z) - 2 * rank], guide)
    except ValueError as error:
        message = str(error)
    torch.save((loss.detach(), z.grad, weight.grad, message), f"{folder}/{rank}")
    dist.barrier()  # PyTorch 2.5 hangs where a group ends while its thread still holds tensors of the last gather
    dist.destroy_process_group()


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("processes")
    mp.spawn(work, (str(folder),), PROCESSES)
    return [torch.load(folder / str(rank), weights_only=True) for rank in range(PROCESSES)]


def test_loss_and_gradient_are_those_of_the_whole_batch(parts):
    x, guide = whole_batch()
    weight = torch.eye(WIDTH, dtype=x.dtype, requires_grad=True)
    z = x @ weight
    z.retain_grad()
    expected = resampled_nt_xent(z, guide, **OPTIONS)
    expected.backward()
    for rank, (loss, gradient, _, _) in enumerate(parts):
        assert loss.item() == pytest.approx(expected.item(), rel=1e-12)
        torch.testing.assert_close(gradient, part(z.grad, rank), rtol=1e-12, atol=1e-14)
    torch.testing.assert_close(sum(of_weight for _, _, of_weight, _ in parts), weight.grad, rtol=1e-12, atol=1e-14)


def test_a_guide_of_ones_own_part_alone_would_be_another_loss(parts):
    own = [resampled_nt_xent(*(part(rows, rank) for rows in whole_batch()), **OPTIONS).item() for rank in (0, 1)]
    assert np.mean(own) != pytest.approx(parts[0][0].item(), rel=1e-3)


def test_parts_of_different_sizes_are_an_error_everywhere(parts):
    for *_, message in parts:
        assert "[[6, 3, 6, 3], [4, 3, 6, 3]]: give each process as many pairs of views" in message


def test_in_one_process_the_batch_is_whole_already():
    z, guide = whole_batch()
    gathered = gather_batch(z, guide)
    assert gathered[0] is z
    assert gathered[1] is guide
