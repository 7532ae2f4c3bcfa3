"""The size at which a figure is drawn, which of its panels, and how its words are fitted to it."""

import math
import re
import textwrap
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
PAPER = 7.0  # points of labels where a size is given and no font size
SHRINK = 0.8  # of a height, at most, where the width shrinks: the words keep their size
HANDLE = 5.0  # what stands before and after a word in a legend, in letters
WIDE, COVERED = 0.45, 0.2  # the shares of its panel, of its width and of all, that a legend takes at most
LINE = 1.7  # the height of a line of a legend, in letters
FORMULA, SPACE = re.compile(r"\$[^$]*\$"), "\N{NO-BREAK SPACE}"  # what is not broken into lines
MOST = 100.0  # inches, or points


@dataclass(frozen=True)
class Layout:
    """The size, font size and panel of a drawing; by default as it was designed.

    Attributes
    ----------
    width, height : in inches; without a height, one that suits the width
    font_size : of labels, in points, other texts being in proportion; by default `PAPER`
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

    Raises
    ------
    LayoutError
        There is no such panel, or its words leave no room to the panels.
    """
    with style(font_size=layout.font_size or (SIZE if layout == DESIGNED else PAPER)):
        picture, caption = draw()
        try:
            if layout != DESIGNED:
                _apply(layout, picture)
            yield picture, caption
        finally:
            plt.close(picture)


def panel_name(picture: Picture, panel: Axes) -> str:
    """The name of a panel: its title, or the label of its axis."""
    return " ".join((panel.get_title(loc="left") or panel.get_title() or _label(picture, panel, "x")).split())


def panels_of(picture: Picture) -> list[Axes]:
    """The panels of a figure, without colour bars and pictures."""
    bars = {bar.ax for bar in _bars(picture)}
    return [axes for axes in picture.axes if axes.axison and axes not in bars]


def find_panel(picture: Picture, wanted: str) -> Axes:
    """The panel of a number or name.

    Raises
    ------
    LayoutError
        None or several panels are called so.
    """
    panels = panels_of(picture)
    names = [panel_name(picture, panel) for panel in panels]
    if wanted.isdecimal() and 1 <= int(wanted) <= len(names):
        return panels[int(wanted) - 1]
    found = [panel for panel, name in zip(panels, names, strict=True) if wanted.lower() == name.lower()]
    found = found or [panel for panel, name in zip(panels, names, strict=True) if wanted.lower() in name.lower()]
    if len(found) != 1:
        listed = ", ".join(f"{place} ({name})" for place, name in enumerate(names, 1))
        raise LayoutError(
            f"panel {wanted!r} is {'several' if found else 'none'} of its panels: {listed or 'it has none'}"
        )
    return found[0]


def _apply(layout: Layout, picture: Picture) -> None:
    """Give a figure its panel and its size, and more height for legends beneath it unless that is given."""
    panels, (width, height) = panels_of(picture), picture.get_size_inches()
    wide = layout.width or width
    if layout.panel is None:
        high = height * max(wide / width, SHRINK)
    else:
        chosen = find_panel(picture, layout.panel)
        place = chosen.get_position()
        wide = layout.width or width / len({panel.get_position().x0 for panel in panels})
        high = wide * min(place.height * height / (place.width * width), 1.0)
        _keep(picture, chosen)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # of a layout that leaves nothing to the axes
        try:
            picture.set_size_inches(wide, layout.height or high)
            picture.draw_without_rendering()
            beneath = _reflow(picture, wide)
            picture.set_size_inches(wide, layout.height or high + beneath)
            picture.draw_without_rendering()
            _wrap(picture)
            picture.draw_without_rendering()
            _thin(picture)
        except UserWarning as warning:
            alone = f"draw one panel (--panel 1 to {len(panels)}), " if layout.panel is None else ""
            raise LayoutError(
                f"its words leave no room to the panels at {wide:.2f} in: {alone}give it more room (--width double, "
                "--height), or a smaller --font-size"
            ) from warning


def _keep(picture: Picture, panel: Axes) -> None:
    """Keep one panel, with the labels, legend and colours that it shared with others."""
    panels, bars = panels_of(picture), _bars(picture)
    xlabel, ylabel = (_label(picture, panel, axis) for axis in "xy")
    legends = [one for one in panels if one.get_legend() is not None]
    looks = [(bar.cmap, {"ticks": bar.locator, "format": bar.formatter, "label": bar.ax.get_ylabel()}) for bar in bars]
    for bar in bars:
        bar.remove()
    for other in panels:
        if other is not panel:
            other.remove()
    panel.set_subplotspec(GridSpec(1, 1, figure=picture)[0])
    panel.tick_params(labelbottom=True, labelleft=True)
    panel.set(xlabel=xlabel, ylabel=ylabel)
    picture.supxlabel("")
    picture.supylabel("")
    for shown in (*panel.collections, *panel.images):
        look: Any = next((look for cmap, look in looks if shown.get_array() is not None and shown.cmap == cmap), None)
        if look:
            picture.colorbar(shown, ax=panel, **look)
            break
    if legends and panel not in legends and panel.get_legend_handles_labels()[0]:
        panel.legend(fontsize=sized(7))


def _label(picture: Picture, panel: Axes, axis: str) -> str:
    """The label of a panel's axis, or else that of a panel below it or to its left, or else of the whole figure."""
    get = Axes.get_xlabel if axis == "x" else Axes.get_ylabel
    ticks = panel.get_xticks() if axis == "x" else panel.get_yticks()
    if get(panel) or len(ticks) == 0:
        return get(panel)
    beside = [get(other) for other in panels_of(picture) if _aligned(panel, other, axis)]
    return next(filter(None, beside), picture.get_supxlabel() if axis == "x" else picture.get_supylabel())


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


def _reflow(picture: Picture, width: float) -> float:
    """Put legends that would cover their panel beneath all, in as many columns as there is room for; their height."""
    legends = [(axes.bbox, legend) for axes in panels_of(picture) if (legend := axes.get_legend()) is not None]
    beneath = [*picture.legends, *(one for panel, one in legends if _covers(one.get_window_extent(), panel))]
    if not beneath:
        return 0.0
    drawn = [zip(legend.get_texts(), legend.legend_handles, strict=True) for legend in beneath]
    found: dict[str, Any] = {text.get_text(): handle for each in drawn for text, handle in each}
    texts = [text for legend in beneath for text in legend.get_texts()]
    size = float(texts[0].get_fontsize())
    longest = max(text.get_window_extent().width / picture.dpi for text in texts) + HANDLE * size / 72
    for panel in panels_of(picture):  # with their markers, which what a legend draws may lack
        handles = zip(*panel.get_legend_handles_labels(), strict=True)
        found |= {label: handle for handle, label in handles if label in found}
    for legend in beneath:
        legend.remove()
    columns = max(1, min(int(width / longest), len(found)))
    looks: Any = {"ncols": columns, "fontsize": size, "markerscale": beneath[0].markerscale}
    picture.legend(handles=[*found.values()], labels=[*found], loc="outside lower center", **looks)
    return LINE * size / 72 * math.ceil(len(found) / columns)


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
                if any(label.get_window_extent().overlaps(one) for one in shown):
                    label.set_visible(False)
                elif label.get_text():
                    shown.append(label.get_window_extent())


def _wrap(picture: Picture) -> None:
    """Break titles and labels of axes that are longer than their panel into lines of about one length."""
    for panel in panels_of(picture):
        titles = {panel.get_title(loc="left"), panel.get_title()}
        texts = [one for one in panel.get_children() if isinstance(one, Text) and one.get_text() in titles]
        across = [(text, panel.bbox.width) for text in (*texts, panel.xaxis.label)]
        for text, room in (*across, (panel.yaxis.label, panel.bbox.height)):
            box, words = text.get_window_extent(), text.get_text()
            lines = math.ceil(max(box.width, box.height) / room)
            if lines > 1 and "\n" not in words:
                whole = FORMULA.sub(lambda one: one[0].replace(" ", SPACE), words)
                broken = textwrap.wrap(whole, int(1.1 * len(words) / lines) + 1, break_long_words=False)
                text.set_text("\n".join(broken).replace(SPACE, " "))


def _is_number(label: Text) -> bool:
    """Test that a label is a number as matplotlib writes it, or nothing."""
    return re.fullmatch(r"[-\N{MINUS SIGN}]?\d*\.?\d*", label.get_text()) is not None
