"""Fresh views by worker processes, against SimCLR's transforms of single pictures."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torchvision.transforms.v2.functional import pil_to_tensor

from pairbounds.real_data.datasets.dataset import ImageTextDataset
from pairbounds.real_data.pairings.augmentations import simclr
from pairbounds.real_data.training import view_batches
from pairbounds.real_data.training.view_batches import FreshViews, shown_pictures, stored_pictures, view_pool
from tests.real_data.colours import RowEncoder, coloured
from tests.real_data.tiny import error_of

BATCHES = [np.array([4, 1]), np.array([5, 4])]


def simclr_view(dataset: ImageTextDataset, image: int, seed: int) -> torch.Tensor:
    """A view of a whole picture, by torchvision."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return pil_to_tensor(simclr(dataset.size)(dataset.original(image)))


@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")  # from Python 3.12 on: torch forks its workers
@pytest.mark.filterwarnings("ignore:This DataLoader will create")  # more workers than a machine of one core has
@pytest.mark.parametrize("workers", [0, 2])
def test_a_view_follows_from_its_seed_for_any_batch_and_number_of_workers(tmp_path, workers):
    dataset, before, rng = replace(coloured(tmp_path), size=16), torch.random.get_rng_state(), np.random.default_rng(7)
    batches = FreshViews(dataset, guide=RowEncoder(), workers=workers).batches(BATCHES, 2, np.random.default_rng(7))
    for images, batch in zip(BATCHES, batches, strict=True):
        seeds = rng.integers(2**63, size=(2, 2)).ravel().tolist()
        views = [simclr_view(dataset, image, seed) for image, seed in zip(np.tile(images, 2), seeds, strict=True)]
        assert torch.equal(batch.pictures, torch.stack(views))
        assert torch.equal(batch.guide_features, RowEncoder().see(batch.pictures))
    assert torch.equal(before, torch.random.get_rng_state())


def test_the_picture_of_an_image_is_decoded_once_for_all_its_views(tmp_path, monkeypatch):
    decoded, original = [], ImageTextDataset.original
    monkeypatch.setattr(
        ImageTextDataset, "original", lambda *arguments: decoded.append(arguments[1]) or original(*arguments)
    )
    list(FreshViews(coloured(tmp_path)).batches(BATCHES, 2, np.random.default_rng(0)))
    assert decoded == [4, 1, 5, 4]


@pytest.mark.parametrize("workers", [0, 1])
def test_large_data_sets_are_not_copied(tmp_path, monkeypatch, workers):
    dataset = coloured(tmp_path)
    stored = stored_pictures(dataset, tmp_path / "some")
    monkeypatch.setattr(view_batches, "BLOCK", 50)
    blocks = list(shown_pictures(dataset, tmp_path / "some"))
    assert list(map(len, blocks)) == [50, 50, 12]
    assert np.array_equal(torch.cat(blocks), stored)
    monkeypatch.setattr(view_batches, "STORED", stored.nbytes - 1)
    assert torch.equal(torch.cat(list(shown_pictures(dataset, tmp_path / "none", workers))), torch.cat(blocks))
    with pytest.raises(ValueError, match=r"are stored: draw new views in every epoch \(`views=0`\)"):
        view_pool(dataset, 2, 1.0, tmp_path)
    assert not (tmp_path / "none").exists()


@pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")  # from Python 3.12 on: torch forks its workers
@pytest.mark.parametrize("workers", [0, 1])
def test_a_lost_picture_is_one_line(tmp_path, workers):
    dataset = coloured(tmp_path)
    dataset.files[1].write_bytes(dataset.files[1].read_bytes()[:500])
    batches = FreshViews(dataset, workers=workers).batches([np.array([0, 1])], 2, np.random.default_rng(0))
    assert f"cannot read picture {dataset.files[1]}: " in error_of(list, batches)
