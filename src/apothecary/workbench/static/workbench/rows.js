// Lists by keyboard: up and down walk the rows, Enter opens one, Home and End jump.
import { typing } from "./keys.js";

function rowsOf(list) {
  return [...list.querySelectorAll("tr[data-open]")];
}

function tabbable() {
  for (const list of document.querySelectorAll("[data-rows]")) {
    const rows = rowsOf(list);
    if (rows.length && !rows.some((row) => row.tabIndex === 0)) rows[0].tabIndex = 0;
  }
}

function go(row) {
  if (!row) return;
  row.closest("[data-rows]").querySelectorAll("tr[tabindex='0']").forEach((each) => (each.tabIndex = -1));
  row.tabIndex = 0;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
}

function step(rows, at, key) {
  if (key === "Home") return rows[0];
  if (key === "End") return rows.at(-1);
  if (at < 0) return key === "ArrowDown" ? rows[0] : undefined;
  return rows[at + (key === "ArrowDown" ? 1 : -1)];
}

function walkFound(event) {
  const box = event.target.closest?.(".seek");
  const links = box ? [...box.querySelectorAll(".found a")] : [];
  if (!links.length || !event.key.startsWith("Arrow")) return false;
  const next = links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  (links[next] ?? box.querySelector("input")).focus();
  return true;
}

// A field with data-walks="#list" leads into that list: down to its first row, Enter opens it.
// A list that answers to something else (its data-asked) is older than what is typed: Enter then
// sends the form.
function walkFromField(event) {
  const field = event.target.closest?.("[data-walks]");
  const list = field && document.querySelector(field.dataset.walks);
  const first = list?.querySelector("tr[data-open]");
  if (!first || !["ArrowDown", "Enter"].includes(event.key)) return false;
  if (event.key === "ArrowDown") go(first);
  else if (list.dataset.asked === field.value.trim()) location.assign(first.dataset.open);
  else return false;
  return true;
}

// Up from the first row goes back to the field that leads into the list.
function walkBack(row, key) {
  const field = key === "ArrowUp" && row && document.querySelector("[data-walks]");
  if (!field || !row.closest(field.dataset.walks)) return false;
  field.focus();
  return true;
}

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey) return;
  if (walkFromField(event)) {
    event.preventDefault();
    return;
  }
  if (walkFound(event)) {
    event.preventDefault();
    return;
  }
  const row = document.activeElement?.closest?.("tr[data-open]");
  if (event.key === "Enter" && row && row === document.activeElement) {
    event.preventDefault();
    location.assign(row.dataset.open);
    return;
  }
  if (!["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key) || typing()) return;
  const list = row?.closest("[data-rows]") ?? document.querySelector("[data-rows]");
  if (!list) return;
  const rows = rowsOf(list);
  const next = step(rows, rows.indexOf(row), event.key);
  if (next) {
    event.preventDefault();
    go(next);
  } else if (walkBack(row, event.key)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const row = event.target.closest?.("tr[data-open]");
  if (row && !event.target.closest("a, button, input, select, label")) location.assign(row.dataset.open);
});
// What is wider than its place is reached and scrolled without a mouse, and says what it is.
function reachable() {
  for (const place of document.querySelectorAll(".scroll-x:not([tabindex])")) {
    if (place.scrollWidth <= place.clientWidth) continue;
    const title = place.closest("section")?.querySelector("h2, h3") ?? place.querySelector("caption");
    place.tabIndex = 0;
    place.setAttribute("role", "region");
    place.setAttribute("aria-label", title?.textContent.trim() || "Table");
  }
}

document.addEventListener("htmx:afterSettle", tabbable);
document.addEventListener("htmx:afterSettle", reachable);
addEventListener("resize", reachable);
tabbable();
reachable();
