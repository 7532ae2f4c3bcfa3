"""The size at which a figure is drawn, and how its words are fitted to it."""

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
from matplotlib.figure import Figure as Picture
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from pairbounds.figures.style import SIZE, style

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
    """The size and font size of a drawing; by default as it was designed.

    Attributes
    ----------
    width, height : in inches; without a height, one that suits the width
    font_size : of labels, in points, other texts being in proportion; by default `PAPER`
    """

    width: float | None = None
    height: float | None = None
    font_size: float | None = None

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
        Its words leave no room to the panels.
    """
    with style(font_size=layout.font_size or (SIZE if layout == DESIGNED else PAPER)):
        picture, caption = draw()
        try:
            if layout != DESIGNED:
                _apply(layout, picture)
            yield picture, caption
        finally:
            plt.close(picture)


def panels_of(picture: Picture) -> list[Axes]:
    """The panels of a figure, without colour bars and pictures."""
    shown = [one for axes in picture.axes for one in (*axes.collections, *axes.images)]
    bars = {one.colorbar.ax for one in shown if one.colorbar is not None}
    return [axes for axes in picture.axes if axes.axison and axes not in bars]


def _apply(layout: Layout, picture: Picture) -> None:
    """Give a figure its size, and more height for legends beneath it unless that is given."""
    width, height = picture.get_size_inches()
    wide = layout.width or width
    high = height * max(wide / width, SHRINK)
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
            raise LayoutError(
                f"its words leave no room to the panels at {wide:.2f} in: give it more (--width double, --height), or "
                "a smaller --font-size"
            ) from warning


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
