"""Reports in a real browser: Chromium without a window, and without a network."""

import pytest

from pairbounds.commands.report import report
from pairbounds.figures.report.chromium import print_pdf, require_chromium
from tests.figures.report import made
from tests.figures.report.hostile import SCRIPT

pytestmark = pytest.mark.browser
WIDTHS = (360, 400, 900, 1400)
CONTRAST = 4.5  # that WCAG asks of text, at level AA

# Whether text can be read: the contrast of each element that has text of its own, with the ground it lies on.
CONTRASTS = """() => {
  const parsed = (color) => color.match(/[\\d.]+/g).map(Number);
  const linear = (v) => v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => [r, g, b].map(linear)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let part = element; part; part = part.parentElement) {
      const [r, g, b, a = 1] = parsed(getComputedStyle(part).backgroundColor);
      if (a > 0) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || element.closest("svg, script, .skip") || !element.getClientRects().length) continue;
    const [one, other] = [parsed(getComputedStyle(element).color), ground(element)].map(light);
    found.push((Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05));
  }
  return Math.min(...found);
}"""


# Whether a narrow window shows all cells of tables, and cuts none.
CELLS_FIT = """() => innerWidth > 540 || [...document.querySelectorAll(".sortable td")].every(
  (cell) => cell.getBoundingClientRect().right <= innerWidth && cell.scrollWidth <= cell.clientWidth + 1)"""


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright  # of the extra `browser`

    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=require_chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    runs = folder / "runs"
    runs.mkdir()
    for make in (made.checks, made.studies, made.audited, made.strangers):
        make(runs)
    report([runs], folder / "report.html", title=SCRIPT)
    return folder / "report.html"


@pytest.fixture
def opened(chromium, path):
    """A function that opens the page; what the console said, and what was asked of a network, must be nothing."""
    said, asked, pages = [], [], []

    def _opened(width=900, **settings):
        page = chromium.new_page(viewport={"width": width, "height": 800}, **settings)
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        pages.append(page)
        return page

    yield _opened
    for page in pages:
        page.close()
    assert said == []
    assert all(url == path.as_uri() or url.startswith("data:") for url in asked)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_it_fits_its_window_and_can_be_read(opened, width, scheme):
    page = opened(width, color_scheme=scheme)
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(CONTRASTS) >= CONTRAST
    assert page.evaluate("[...document.images].every((image) => image.complete && image.naturalWidth > 0)")
    assert page.evaluate(CELLS_FIT)
    dark = page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(21, 24, 27)"
    assert dark == (scheme == "dark")


def test_no_text_is_obeyed(opened):
    assert opened().title() == SCRIPT


def test_a_table_is_sorted_by_the_keyboard(opened):
    page = opened()
    table = page.locator("table.sortable:visible:has(th.number)").first
    heading = table.locator("th.number").first
    column = heading.evaluate("(th) => th.cellIndex")
    heading.locator("button").focus()
    for order in ("ascending", "descending"):
        page.keyboard.press("Enter")
        assert heading.get_attribute("aria-sort") == order
        cells = table.locator(f"tbody tr td:nth-child({column + 1})")
        texts = cells.evaluate_all("(cells) => cells.map((cell) => cell.dataset.value)")
        values = [float(text) for text in texts if text]
        assert values == sorted(values, reverse=order == "descending")
        assert texts[len(values) :] == [""] * (len(texts) - len(values))  # what has no value comes last
    assert table.locator("th[aria-sort='ascending'], th[aria-sort='descending']").count() == 1


def test_it_prints(opened, path, tmp_path):
    page = opened(900)
    page.emulate_media(media="print")
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    assert not page.locator("nav").is_visible()
    assert page.locator(".provenance > :not(summary):visible").count() == 0
    assert page.locator("h1").is_visible()
    print_pdf(path, tmp_path / "report.pdf")
    content = (tmp_path / "report.pdf").read_bytes()
    assert content.startswith(b"%PDF")
    assert content.endswith(b"%/Creator (pairbounds)\n")


def test_the_skip_link_is_the_first_that_the_keyboard_reaches(opened):
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
