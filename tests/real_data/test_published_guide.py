"""The guide as the published code has it, beside the one that it should be."""

import numpy as np
import pytest
import torch
from torch.nn.functional import normalize
from torchvision.transforms.v2.functional import pil_to_tensor

from pairbounds.real_data.encoders.open_clip import OpenClip
from pairbounds.real_data.resampling import AddNewPositive, DropFalseNegative, resampled_nt_xent
from pairbounds.real_data.resampling.rules import cosine_similarities, two_views
from pairbounds.real_data.training.guides import PublishedGuide
from tests.real_data import tiny


def test_clip_is_shown_pictures_between_0_and_1_and_rounded(source, tmp_path):
    tiny.register_clip(tmp_path)
    clip = OpenClip("tiny-clip", "random", device="cpu")
    guide, view = PublishedGuide(clip, 32), source.dataset.image(0).resize((32, 32))
    pixels = pil_to_tensor(view).float() / 255
    torch.testing.assert_close(guide.prepare(view), pixels, atol=1e-6, rtol=0)
    with torch.no_grad():
        expected = clip.model.encode_image(pixels[None]).half().float().numpy()
    np.testing.assert_allclose(guide.embed(guide.prepare(view)[None]), expected, atol=1e-3)
    assert np.abs(guide.embed(guide.prepare(view)[None]) - clip.embed(clip.prepare(view)[None])).max() > 1e-2
    assert guide.key != clip.key
    rows = guide.encode_images(source.dataset, None)
    assert rows.shape == (len(source.dataset), 16)


@pytest.mark.parametrize("rule", [AddNewPositive, DropFalseNegative])
def test_published_rules_compare_half_in_half_and_ours_do_not(rule):
    rng = torch.Generator().manual_seed(0)
    # Nearly alike: half precision cannot tell one neighbour from another.
    guide = (1 + 0.02 * torch.randn(64, 16, generator=rng)).half()
    z = torch.randn(64, 8, generator=rng, dtype=torch.float64)
    unit = normalize(guide, dim=1)
    half = cosine_similarities(guide, as_it_is=True)
    assert half.dtype == torch.float16
    assert torch.equal(half, unit @ unit.T)
    found = [resampled_nt_xent(z, one, rule=rule(published=True)).item() for one in (guide, guide.float())]
    assert found[0] != found[1]
    ours = [resampled_nt_xent(z, one, rule=rule()).item() for one in (guide, guide.float())]
    assert ours[0] == ours[1]
    changed = rule(published=True)(two_views(64, torch.float64, z.device), half)
    assert changed.positives.dtype == torch.float64
