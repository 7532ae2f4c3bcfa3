"""The size at which a figure is drawn, which of its panels, and whether its words have room there."""

import math
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.figure import Figure as Picture
from matplotlib.gridspec import GridSpec
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from pairbounds.figures.style import SIZE, sized, style

INCH = 25.4  # millimetres
WIDTHS = {"single": 3.25, "double": 6.75}  # inches: a column, and the page, of a paper of two columns
PAGE = 9.0  # inches: the height of its text
SIZES = (SIZE, 8.0, 7.0)  # points that are tried where none are given
NARROWEST, LOWEST = 1.9, 0.55  # a panel that stands beside others, inches; the height of one in a stack over its width
LEAST = 0.75  # inches of a side of a panel within its words
SHRINK = 0.8  # of a height, at most, where the width shrinks: the words keep their size
HANDLE = 5.0  # what stands before and after a word in a legend, in letters
WIDE, COVERED = 0.45, 0.2  # the shares of its panel, of its width and of all, that a legend takes at most
LINE = 1.7  # the height of a line of a legend, in letters
APART, TOUCH = 1.0, 1.5  # points that words stand apart in a line; by which boxes, higher than letters, may overlap
RIGHT_ANGLE = 90
FORMULA, SPACE = re.compile(r"\$[^$]*\$"), "\0"  # what is not broken into lines, and what stands for a space in it
NO_ROOM = "its words leave no room to the panels"
MOST = 100.0  # inches, or points


@dataclass(frozen=True)
class Layout:
    """The size, font size and panel of a drawing; by default as it was designed.

    Attributes
    ----------
    width, height : in inches; without a height, one that suits the width
    font_size : of labels, in points, other texts being in proportion; by default the largest of `SIZES` with room
    panel : the number of a panel, from 1, or its name, or a part of it that no other has: only that is drawn
    """

    width: float | None = None
    height: float | None = None
    font_size: float | None = None
    panel: str | None = None

    def __post_init__(self) -> None:
        for name, unit in (("width", "inches"), ("height", "inches"), ("font_size", "points")):
            value = getattr(self, name)
            if value is not None and not 0 < value <= MOST:
                raise ValueError(f"{name.replace('_', ' ')} of {value:g} {unit} is not in (0, {MOST:g}]")


DESIGNED = Layout()


class LayoutError(ValueError):
    """A figure cannot be drawn so."""


def inches(length: str) -> float:
    """A length of the command line: millimetres, or inches with `in`, or the name of one of `WIDTHS`.

    Examples
    --------
    >>> from pairbounds.figures.layout import inches
    >>> inches("single"), inches("3.5in"), round(inches("89"), 2)
    (3.25, 3.5, 3.5)
    """
    if length in WIDTHS:
        return WIDTHS[length]
    found = re.fullmatch(r"(\d+\.?\d*)(mm|in)?", length)
    if found is None:
        raise ValueError(f"length {length!r} is none of {', '.join(WIDTHS)}, 85, 85mm and 3.5in")
    return float(found[1]) / (1 if found[2] == "in" else INCH)


@contextmanager
def laid_out(draw: Callable[[], tuple[Picture, str]], layout: Layout) -> Iterator[tuple[Picture, str]]:
    """Draw at another size, perhaps, within the style of all figures.

    Panels that would be too narrow side by side are put one below the other.

    Raises
    ------
    LayoutError
        There is no such panel; or words would be cut or meet, and which.
    """
    fault: str | None = None
    for size in _sizes(layout):
        with style(font_size=size):
            picture, caption = draw()
            try:
                fault = None if layout == DESIGNED else _apply(layout, picture)
                if fault is None:
                    yield picture, caption
                    return
            finally:
                plt.close(picture)
    raise LayoutError(fault)


def panel_name(picture: Picture, panel: Axes) -> str:
    """The name of a panel: its title, or the label of its axis."""
    return " ".join((panel.get_title(loc="left") or panel.get_title() or _label(picture, panel, "x")).split())


def panels_of(picture: Picture) -> list[Axes]:
    """The panels of a figure, without colour bars and pictures."""
    bars = {bar.ax for bar in _bars(picture)}
    return [axes for axes in picture.axes if axes.axison and axes not in bars]


def find_panel(picture: Picture, wanted: str) -> int:
    """The place of a panel among all, from its number or name.

    Raises
    ------
    LayoutError
        None or several panels are called so.
    """
    names = [panel_name(picture, panel) for panel in panels_of(picture)]
    if wanted.isdecimal() and 1 <= int(wanted) <= len(names):
        return int(wanted) - 1
    found = [place for place, name in enumerate(names) if wanted.lower() == name.lower()]
    found = found or [place for place, name in enumerate(names) if wanted.lower() in name.lower()]
    if len(found) != 1:
        listed = ", ".join(f"{place} ({name})" for place, name in enumerate(names, 1))
        raise LayoutError(
            f"panel {wanted!r} is {'several' if found else 'none'} of its panels: {listed or 'it has none'}"
        )
    return found[0]


def first_overlap(picture: Picture) -> str | None:
    """The first words of a figure that are cut or meet others, if there are any."""
    picture.draw_without_rendering()
    for panel in panels_of(picture):
        if min(panel.bbox.width, panel.bbox.height) < LEAST * picture.dpi:
            return NO_ROOM
    words = [(text, _box(text)) for text in _shown(picture)]
    frame = picture.bbox
    for text, box in words:
        if not (frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1):
            return f"{_said(text)} is cut"
    for (text, box), (other, its) in combinations(words, 2):
        if box.overlaps(its) and not _side_by_side(text, other):
            return f"{_said(text)} meets {_said(other)}"
    return None


def _sizes(layout: Layout) -> Sequence[float]:
    if layout.font_size is not None:
        return (layout.font_size,)
    return (SIZE,) if layout == DESIGNED else SIZES


def _apply(layout: Layout, picture: Picture) -> str | None:
    """Give a figure its panels and its size; what is wrong with it then."""
    panels, (width, height) = panels_of(picture), picture.get_size_inches()
    columns, rows = _extent(panels)
    chosen = panels if layout.panel is None else [panels[find_panel(picture, layout.panel)]]
    wide = layout.width or (width if layout.panel is None else width / columns)
    stacked = len(panels) > 1 and (layout.panel is not None or wide / columns < NARROWEST)
    if stacked:
        _stack(picture, chosen)
        each = min(wide * min(height / rows / (width / columns), 1.0), PAGE / len(chosen))
        if layout.height is None and each < LOWEST * wide:
            return f"its {len(chosen)} panels, one below the other, are higher than a page: {_remedy(len(chosen))}"
        height = each * len(chosen)
    else:
        height *= max(wide / width, SHRINK)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # of a layout that leaves nothing to the axes
        try:
            fault = _fit(picture, wide, layout.height or height, fixed=layout.height is not None or not stacked)
        except UserWarning:
            fault = NO_ROOM
    return fault if fault is None else f"{fault} at {wide:.2f} in: {_remedy(len(chosen))}"


def _fit(picture: Picture, width: float, height: float, *, fixed: bool) -> str | None:
    """Give a figure its size, more for legends beneath it unless the height is fixed; then what is crowded.

    A figure is laid out anew, which takes most of the time, where something has changed.
    """
    picture.set_size_inches(width, height)
    picture.draw_without_rendering()
    beneath = _reflow(picture, width)
    if beneath:
        if not fixed:
            picture.set_size_inches(width, height + beneath)
        picture.draw_without_rendering()
    if _wrap(picture):
        picture.draw_without_rendering()
    _thin(picture)
    return first_overlap(picture)


def _remedy(panels: int) -> str:
    alone = f"draw one panel (--panel 1 to {panels}), " if panels > 1 else ""
    return f"{alone}give it more room (--width double, --height), or a smaller --font-size"


def _extent(panels: Sequence[Axes]) -> tuple[int, int]:
    """The largest number of panels side by side, and of those one above another."""
    places = [spec for panel in panels if (spec := panel.get_subplotspec()) is not None]
    grids = [spec.get_gridspec() for spec in places]
    nested = [(grid.ncols, grid.nrows) for grid in grids]
    outer = [top.get_gridspec().nrows for spec in places if (top := spec.get_topmost_subplotspec()) is not None]
    return max((columns for columns, _ in nested), default=1), max((*(rows for _, rows in nested), *outer), default=1)


def _stack(picture: Picture, chosen: Sequence[Axes]) -> None:
    """Keep these panels alone, one below the other, each with what it shared with others."""
    panels, bars = panels_of(picture), _bars(picture)
    labels = {panel: (_label(picture, panel, "x"), _label(picture, panel, "y")) for panel in chosen}
    legends = [panel for panel in panels if panel.get_legend() is not None]
    for bar in bars:
        bar.remove()
    for panel in panels:
        if panel not in chosen:
            panel.remove()
    grid = GridSpec(len(chosen), 1, figure=picture)
    for place, panel in enumerate(chosen):
        panel.set_subplotspec(grid[place])
        panel.tick_params(labelbottom=True, labelleft=True)
        panel.set(xlabel=labels[panel][0], ylabel=labels[panel][1])
        _bar(picture, panel, bars)
    picture.supxlabel("")
    picture.supylabel("")
    if legends and not set(legends) & set(chosen) and chosen[0].get_legend_handles_labels()[0]:
        chosen[0].legend(fontsize=sized(7))


def _label(picture: Picture, panel: Axes, axis: str) -> str:
    """The label of a panel's axis, or else that of a panel to its left or below it, or else of the whole figure."""
    own, of_all = ("get_xlabel", picture.get_supxlabel()) if axis == "x" else ("get_ylabel", picture.get_supylabel())
    beside = [other for other in panels_of(picture) if _aligned(panel, other, axis)]
    numbered = len(panel.get_xticks() if axis == "x" else panel.get_yticks()) > 0
    labels = [getattr(other, own)() for other in (panel, *(beside if numbered else ()))]
    return str(next((label for label in labels if label), of_all if numbered else ""))


def _aligned(panel: Axes, other: Axes, axis: str) -> bool:
    """Test that another panel stands below one in its column, for x, or to its left in its row, for y."""
    ours, theirs = panel.get_subplotspec(), other.get_subplotspec()
    if ours is None or theirs is None or ours.get_gridspec() is not theirs.get_gridspec():
        return False
    if axis == "x":
        return ours.colspan == theirs.colspan and ours.rowspan.start < theirs.rowspan.start
    return ours.rowspan == theirs.rowspan and theirs.colspan.start < ours.colspan.start


def _bars(picture: Picture) -> list[Colorbar]:
    shown = [one for axes in picture.axes for one in (*axes.collections, *axes.images)]
    return [bar for one in shown if (bar := one.colorbar) is not None]


def _bar(picture: Picture, panel: Axes, bars: Sequence[Colorbar]) -> None:
    """Give a panel a colour bar of its own, as the one of its colours was."""
    for one in (*panel.collections, *panel.images):
        for bar in bars:
            if one.get_array() is not None and one.cmap == bar.cmap:
                label = bar.ax.get_ylabel()
                picture.colorbar(one, ax=panel, ticks=bar.locator, format=bar.formatter, label=label)
                return


def _reflow(picture: Picture, width: float) -> float:
    """Put legends that would cover their panel beneath all, in as many columns as there is room for; their height."""
    legends = [(axes, legend) for axes in panels_of(picture) if (legend := axes.get_legend()) is not None]
    covering = [legend for axes, legend in legends if _covers(legend.get_window_extent(), axes.bbox)]
    known: dict[str, Any] = {}  # with their markers, which what a legend draws may lack
    for panel in panels_of(picture):
        known |= {label: handle for handle, label in zip(*panel.get_legend_handles_labels(), strict=True)}
    height = 0.0
    for legend in (*picture.legends, *covering):
        words = [text.get_text() for text in legend.get_texts()]
        handles = [known.get(word, drawn) for word, drawn in zip(words, legend.legend_handles, strict=True)]
        size = float(legend.get_texts()[0].get_fontsize())
        longest = max(text.get_window_extent().width / picture.dpi for text in legend.get_texts()) + HANDLE * size / 72
        columns = max(1, min(int(width / longest), len(words)))
        legend.remove()
        title = legend.get_title().get_text()
        looks: Any = {
            "loc": "outside lower center",
            "ncols": columns,
            "fontsize": size,
            "markerscale": legend.markerscale,
        }
        picture.legend(handles=handles, labels=words, title=title, **looks)
        height += LINE * size / 72 * math.ceil(len(words) / columns)
    return height


def _covers(legend: Bbox, panel: Bbox) -> bool:
    """Test that a legend leaves too little of its panel to what is drawn."""
    return legend.width > WIDE * panel.width or legend.width * legend.height > COVERED * panel.width * panel.height


def _thin(picture: Picture) -> None:
    """Leave out numbers along axes that meet one before: others are left to read it by. Names are all kept."""
    for panel in panels_of(picture):
        for axis in (panel.xaxis, panel.yaxis):
            shown: list[Bbox] = []
            labels = [tick.label1 for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks())]
            for label in labels if axis.get_scale() != "linear" or all(map(_is_number, labels)) else []:
                if any(_box(label).overlaps(one) for one in shown):
                    label.set_visible(False)
                elif label.get_text():
                    shown.append(_box(label))


def _wrap(picture: Picture) -> bool:
    """Break titles and labels of axes that are longer than their panel into lines; whether there were any."""
    broken = False
    for panel in panels_of(picture):
        titles = {panel.get_title(loc="left"), panel.get_title()}
        texts = [one for one in panel.get_children() if isinstance(one, Text) and one.get_text() in titles]
        across = [(text, panel.bbox.width) for text in (*texts, panel.xaxis.label)]
        for text, room in (*across, (panel.yaxis.label, panel.bbox.height)):
            box, words = text.get_window_extent(), text.get_text()
            lines = math.ceil(max(box.width, box.height) / room)
            if lines > 1 and "\n" not in words:
                text.set_text(_in_lines(words, lines))
                broken = True
    return broken


def _in_lines(text: str, lines: int) -> str:
    """A text in so many lines of about one length, whole formulae in each."""
    words = [word.replace(SPACE, " ") for word in FORMULA.sub(lambda one: one[0].replace(" ", SPACE), text).split(" ")]
    most, found = len(text) / lines, [""]
    for word in words:
        if found[-1] and len(found[-1]) + len(word) / 2 > most:
            found.append(word)
        else:
            found[-1] = f"{found[-1]} {word}".strip()
    return "\n".join(found)


def _is_number(label: Text) -> bool:
    """Test that a label is a number as matplotlib writes it, or nothing."""
    return re.fullmatch(r"[-\N{MINUS SIGN}]?\d*\.?\d*", label.get_text()) is not None


def _shown(picture: Picture) -> list[Text]:
    """The texts that are drawn: not those of ticks outside of an axis."""
    outside: set[Text] = set()
    for axes in picture.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            room = 1e-9 * (high - low)
            for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                if not (axes.axison and low - room <= tick.get_loc() <= high + room):
                    outside |= {tick.label1, tick.label2}
    texts = [one for one in picture.findobj(Text) if isinstance(one, Text) and one not in outside]
    return [text for text in texts if text.get_visible() and text.get_text().strip()]


def _box(text: Text) -> Bbox:
    assert text.figure is not None
    point, box = text.figure.dpi / 72, text.get_window_extent()
    along, across = APART / 2 * point, -TOUCH * point
    return box.padded(along, across) if box.width >= box.height else box.padded(across, along)


def _side_by_side(text: Text, other: Text) -> bool:
    """Test that two texts are turned alike, not by a right angle: their boxes meet and they do not."""
    return text.get_rotation() == other.get_rotation() and text.get_rotation() % RIGHT_ANGLE != 0


def _said(text: Text) -> str:
    return repr(" ".join(text.get_text().split()))
