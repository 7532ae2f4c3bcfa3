"""Every figure, drawn once from small tables: words, colours and layout; and single captions."""

import json
import re
from itertools import combinations

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from coloraide import Color
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from pairbounds import PairGraph, check_bounds, label_energy, spectrum
from pairbounds.__main__ import app
from pairbounds.commands.figures import FIGURES
from pairbounds.figures.settings import read, with_settings
from pairbounds.figures.style import THEOREMS, style
from pairbounds.infrastructure.files import sidecar
from pairbounds.infrastructure.pictures import AUGMENTATION, BOUND, CAPTION, MEASURED
from pairbounds.infrastructure.tables import write_table
from pairbounds.sweeps import run_study
from pairbounds.sweeps.studies import studies_of
from tests.quick import draw_quickly
from tests.rooms import ROOT

RESULTS = ROOT / "results"
MOST_ENTRIES = 7  # of a legend

# Settings that no study has by default, and what the captions say of them.
PLANTED = {"k": 5, "penalty": 0.61, "wide": 9, "optimizer": "adamw"}
SMALL = {"multihop": {"order": 4}}  # more settings of a first look
SAID = {
    "captions_help": ("k = 5",),
    "multihop": ("of one world, k = 5",),
    "near_optimal": ("k = 5 or, with a penalty μ = 0.61, 9",),
    "training": (", k = 5, adamw",),
}


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Tables with few seeds and draws, and with unusual settings: the published ones, or those of a first look."""
    folder = tmp_path_factory.mktemp("tables")
    paths = {path.stem: path for path in RESULTS.rglob("*.parquet")}
    needed = {name for figure in FIGURES.values() for name in figure.tables}
    found = {name: pd.read_parquet(paths[name]) for name in needed & {*paths}}
    for study in studies_of(sorted(needed - {*paths})):
        found |= run_study(study.name, study.settings(**study.small | SMALL.get(study.name, {})), 1, 1)
    for name, table in found.items():
        for unit in {"seed", "draw"} & {*table}:
            table = table[table[unit].isin(sorted(table[unit].unique())[:3])]
        table.to_parquet(folder / f"{name}.parquet")
        sidecar(folder / f"{name}.parquet").write_text(json.dumps({"configuration": PLANTED}))
    return folder


@pytest.fixture
def quick(monkeypatch):
    draw_quickly(monkeypatch)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_legible_and_a_theorem_has_one_colour(name, tables):
    figure = FIGURES[name]
    with style():
        picture, caption = figure.draw({key: read(path) for key, path in figure.sources(tables).items()})
    assert all(words in caption for words in SAID.get(name, ()))
    picture.canvas.draw()
    pixels = np.asarray(picture.canvas.buffer_rgba())[..., :3]
    assert 0.02 < np.mean(pixels.min(axis=2) < 230) < 0.6  # neither empty nor smeared
    extents = [(text, text.get_window_extent()) for text in words_around(picture)]
    for (first, extent), (second, other) in combinations(extents, 2):
        assert not extent.overlaps(other), (first, second)
    legends = [*picture.legends, *(axes.get_legend() for axes in picture.axes if axes.get_legend())]
    assert all(len(legend.get_texts()) <= MOST_ENTRIES for legend in legends)
    texts = [text for axes in picture.axes for text in axes.texts if text.get_fontweight() == "bold"]
    named = [(text.get_text(), text.get_color()) for text in texts]
    for legend in legends:
        entries = zip(legend.get_texts(), legend.legend_handles, strict=True)
        named += [(text.get_text(), color_of(handle)) for text, handle in entries]
    for words, color in named:
        for number in re.findall(r"theorem (\d+)", words):
            assert to_hex(color).upper() == THEOREMS[int(number)].color
    plt.close(picture)


def words_around(picture):
    """Titles, labels, tick labels and legends of a picture, without texts placed by hand."""
    for axes in picture.axes:
        titles = [child for child in axes.get_children() if isinstance(child, Text) and child not in axes.texts]
        around = [*titles, axes.xaxis.label, axes.yaxis.label]
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            around += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
        yield from (text for text in around if text.get_visible() and text.get_text())
    yield from picture.legends


def color_of(handle):
    color = handle.get_facecolor() if isinstance(handle, Rectangle) else handle.get_color()
    return color if isinstance(color, str) else np.squeeze(color)


def test_where_the_optimum_is_one_of_many_the_figure_shows_the_range(tmp_path, quick):
    """Three components, two of one class: the optimum of width 1 or 2 may keep any of them."""
    graph = PairGraph(np.diag([1, 2, 2]), [0, 0, 1])
    triplets = spectrum(graph, 3)
    energy = pd.DataFrame({"singular_value": triplets.singular_values, "label_energy": label_energy(graph, triplets)})
    bounds = pd.concat([check_bounds(graph, k, triplets=triplets).assign(k=k) for k in (1, 2, 3)])
    for name, table in {"emoji_bounds": bounds, "emoji_energy": energy}.items():
        both = [table.assign(labels=labels) for labels in ("category", "subcategory")]
        pd.concat(both).to_parquet(tmp_path / f"{name}.parquet")
    FIGURES["real_images"].render(tmp_path, tmp_path)
    caption = (tmp_path / "real_images.txt").read_text()
    assert "(category, k = 1 to 2: 0.00 to 1.00; subcategory, k = 1 to 2: " in caption


def test_the_same_table_gives_the_same_picture_and_figures_and_settings_stay(tables, tmp_path, quick):
    own_figure = plt.figure()
    before = plt.get_fignums(), dict(mpl.rcParams), mpl.get_backend()
    for name in ("first", "second"):
        FIGURES["captions_help"].render(tables, tmp_path / name)
    for suffix in ("png", "pdf", "txt"):
        first, second = ((tmp_path / name / f"captions_help.{suffix}").read_bytes() for name in ("first", "second"))
        assert first == second
    assert (plt.get_fignums(), dict(mpl.rcParams), mpl.get_backend()) == before
    plt.close(own_figure)


def test_a_caption_names_a_setting_only_if_the_sidecar_has_it(tmp_path):
    path, of_sweep = tmp_path / "new.parquet", '{"configuration": {"settings": {"k": 6}}}'
    pd.DataFrame({"x": [1]}).to_parquet(path)
    assert with_settings(read(path), ", k = {k}") == ""
    for content, text in (("{", ""), ('{"configuration": {"noise": 2}}', ""), (of_sweep, ", k = 6")):
        sidecar(path).write_text(content)
        assert with_settings(read(path), ", k = {k}") == text


@pytest.mark.parametrize(
    ("steps", "study", "message"),
    [
        ([0], "multihop", r"training reads training: table .*mine\.parquet is of the study multihop$"),
        ([], "training", r"needs rows: table .*mine\.parquet has none"),
    ],
)
def test_a_table_of_another_study_or_without_rows_raises(tmp_path, steps, study, message):
    write_table(pd.DataFrame({"step": steps}), tmp_path / "mine.parquet", {"study": study})
    with pytest.raises(ValueError, match=message):
        FIGURES["training"].render(tmp_path, tmp_path / "drawn", files=[tmp_path / "mine.parquet"])


def test_figures_and_studies_name_one_another(call):
    for name, figure in FIGURES.items():
        for table in figure.tables:
            assert studies_of([table]), (name, table)
    code, out, _ = call(app, "draw")
    assert (code, "studies" in out) == (0, True)
    assert all(name in out for name in FIGURES)


TOGETHER = ((4, 15, 16, 17), (7, 17), (7, 18), (42, 43))  # theorems of one panel
THEOREM_PAIRS = [(THEOREMS[a].color, THEOREMS[b].color) for group in TOGETHER for a, b in combinations(group, 2)]


def test_each_theorem_has_a_colour_that_no_other_has_nor_what_is_measured():
    assert len({look.color for look in THEOREMS.values()} | {MEASURED}) == len(THEOREMS) + 1


@pytest.mark.parametrize("pair", [(BOUND, MEASURED), (CAPTION, BOUND), (AUGMENTATION, BOUND), *THEOREM_PAIRS])
def test_colours_that_are_compared_stay_apart_to_red_green_blindness(pair):
    first, second = (  # Machado et al. 2009
        np.array(Color(colour).filter("deutan", method="machado").convert("srgb").clip().coords()) for colour in pair
    )
    assert np.abs(first - second).max() > 0.2
