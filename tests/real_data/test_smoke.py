"""The smoke test of a device, with a tiny guide."""

import pytest
import torch

from pairbounds.__main__ import app
from pairbounds.real_data.training import smoke
from tests.real_data.tiny import register_clip


def test_each_part_is_timed_and_nothing_is_written(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    register_clip(tmp_path)
    monkeypatch.setattr(smoke, "GUIDE", "tiny-clip")
    before = set(tmp_path.iterdir())
    rows = smoke.smoke_test("cpu")
    assert [part.split(":")[0] for part, *_ in rows] == ["SimCLR", "CLIP's loss", "guide"]
    assert all(float(seconds) > 0 and float(peak) > 0 and days.endswith(" days") for _, seconds, peak, days in rows)
    code, out, _ = call(app, "demo", "--device", "cpu")
    assert (code, "100 epochs of ImageNet" in out, set(tmp_path.iterdir())) == (0, True, before)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_missing_gpu_is_an_error(refused):
    assert "torch finds none" in refused(app, "demo", "--device", "cuda")
