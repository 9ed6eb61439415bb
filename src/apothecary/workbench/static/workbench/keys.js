// Keys. An element says its key with data-key ("F10", "Ctrl+Enter", "Escape", "3", "A"); the
// key clicks it. data-focus-key puts the cursor there instead. The strip at the bottom is made
// of what is on the page, so it cannot lie. data-quiet keeps an element out of the strip.
import { mayBegin, whenNotScan } from "./scan.js";

const HOUSE_COMMIT = "F10";

export function typing(at = document.activeElement) {
  if (!at || at.isContentEditable) return Boolean(at?.isContentEditable);
  if (at.matches("textarea, select")) return true;
  return at.matches("input") && !at.matches("[type=radio], [type=checkbox], [type=button], [type=submit]");
}

function named(event) {
  const mods = [event.ctrlKey && "Ctrl", event.altKey && "Alt", event.shiftKey && event.key.length > 1 && "Shift"];
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  return [...mods.filter(Boolean), key].join("+");
}

function usable(element) {
  return element.getClientRects().length > 0 && !element.disabled && !element.closest("[inert]");
}

// The last one on the page wins: what was opened last is what the key is for.
function find(attribute, name) {
  const all = document.querySelectorAll(`[${attribute}="${CSS.escape(name)}"]`);
  return [...all].filter(usable).at(-1);
}

function focusOn(element) {
  element.focus();
  element.select?.();
}

function press(element) {
  const control = element.matches("label") ? element.querySelector("input") : element;
  if (control !== element) control.focus();
  control.click();
}

function act(name) {
  const target = find("data-key", name);
  if (target) return () => press(target);
  const field = find("data-focus-key", name);
  return field ? () => focusOn(field) : null;
}

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const name = named(event);
  const plain = name.length === 1;
  if (name === "Escape" && closeFound()) {
    event.preventDefault();
    return;
  }
  // A field keeps its own letters and its own undo.
  if (typing() && (plain || name === "Ctrl+Z")) return;
  const run = act(name);
  if (!run) {
    if (name === "Escape" && typing()) document.activeElement.blur();
    return;
  }
  event.preventDefault();
  if (plain && !event.repeat && mayBegin(event.key)) whenNotScan(run);
  else if (!event.repeat) run();
});

function closeFound() {
  const found = document.getElementById("found");
  if (!found?.childElementCount) return false;
  found.replaceChildren();
  return true;
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.(".seek")) closeFound();
});

// F11 makes the image larger, as the strip says.
document.addEventListener("click", (event) => {
  const image = event.target.closest?.("[data-enlarge]");
  if (image) image.classList.toggle("large");
});

function strip() {
  const place = document.querySelector("[data-strip]");
  if (!place) return;
  const shown = new Map();
  for (const element of document.querySelectorAll("[data-key]:not([data-quiet]), [data-focus-key][data-says]")) {
    if (usable(element)) shown.set(element.dataset.key ?? element.dataset.focusKey, element);
  }
  const order = [...shown.entries()].sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b));
  place.replaceChildren(...order.map(([key, element]) => item(key, element)));
}

function rank(key) {
  if (key === HOUSE_COMMIT) return 999;
  if (key === "Escape") return 0;
  return /^F\d+$/.test(key) ? Number(key.slice(1)) : 100;
}

function item(key, element) {
  const button = document.createElement("button");
  button.type = "button";
  button.tabIndex = -1;
  if (key === HOUSE_COMMIT) button.className = "commit";
  const cap = document.createElement("kbd");
  cap.className = "key";
  cap.textContent = key === "Escape" ? "Esc" : key;
  button.append(cap, " ", element.dataset.says ?? element.textContent.trim());
  button.addEventListener("click", () => (element.dataset.key ? press(element) : focusOn(element)));
  return button;
}

document.addEventListener("htmx:afterSettle", strip);
strip();
