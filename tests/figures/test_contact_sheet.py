"""What a reader sees of the figures who prints them in grey, or is blind to red and green."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb

from pairbounds.figures.contact_sheet import SEEN, app, grey, red_green_blind
from pairbounds.infrastructure.palette import AUGMENTATION, BOUND, CAPTION, MEASURED

ONE_LIGHTNESS = np.array([[[0.82, 0.31, 0.33], [0.25, 0.52, 0.30]]])  # a red and a green


def apart(first, second):
    return float(np.abs(first - second).max())


def test_grey_has_no_colour_and_keeps_what_has_none():
    seen = grey(ONE_LIGHTNESS)
    assert np.ptp(seen, axis=-1).max() < 0.01
    ramp = np.linspace(0, 1, 11)[None, :, None] * np.ones(3)
    np.testing.assert_allclose(grey(ramp), ramp, atol=0.01)


def test_red_and_green_are_nearer_to_one_another_without_cones_for_them():
    red, green = red_green_blind(ONE_LIGHTNESS)[0]
    assert apart(red, green) < 0.6 * apart(*ONE_LIGHTNESS[0])


def test_what_is_bounded_and_measured_stays_apart_by_every_eye():
    for first, second in ((BOUND, MEASURED), (CAPTION, BOUND), (AUGMENTATION, BOUND)):
        pixels = np.array([[to_rgb(color) for color in (first, second)]])
        assert apart(*red_green_blind(pixels)[0]) > 0.2


def test_three_pages_are_written(call, tmp_path):
    folder = tmp_path / "figures"
    folder.mkdir()
    plt.imsave(folder / "phase.png", np.repeat(ONE_LIGHTNESS, 20, axis=0))
    code, out, err = call(app, "--pictures", folder, "--out", tmp_path / "sheet")
    assert code == 0, err
    assert out.split() == [str(tmp_path / "sheet" / f"{seen}.png") for seen in SEEN]
    pages = [plt.imread(path) for path in out.split()]
    assert len({page.tobytes() for page in pages}) == len(SEEN)


def test_a_folder_without_figures_is_one_line(call, tmp_path):
    code, _, err = call(app, "--pictures", tmp_path, "--out", tmp_path / "sheet")
    assert (code, err.count("\n")) == (2, 1)
    assert "`make figures` draws them" in err
