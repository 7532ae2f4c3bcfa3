"use strict";
// Sorting: a click or Enter on a heading sorts its table; a second one reverses the order. Missing values are last.
function valueOf(row, column) {
  const cell = row.cells[column];
  if ("value" in cell.dataset) return Number(cell.dataset.value);
  return cell.textContent.trim() || null;
}

function compared(first, second) {
  if (typeof first === "number" && typeof second === "number") return first === second ? 0 : first < second ? -1 : 1;
  return String(first).localeCompare(String(second), "en", { numeric: true });
}

function sortBy(heading) {
  const table = heading.closest("table");
  const ascending = heading.getAttribute("aria-sort") !== "ascending";
  for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
  heading.setAttribute("aria-sort", ascending ? "ascending" : "descending");
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [valueOf(row, heading.cellIndex), row]);
  rows.sort(([first], [second]) => {
    if (first === null || second === null) return (first === null) - (second === null);
    return ascending ? compared(first, second) : compared(second, first);
  });
  body.append(...rows.map(([, row]) => row));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("table.sortable th button");
  if (button) sortBy(button.closest("th"));
});

// A link to folded content unfolds it.
function unfold() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
  if (target) target.scrollIntoView();
}
window.addEventListener("hashchange", unfold);
unfold();
