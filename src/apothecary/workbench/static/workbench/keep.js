// A partial swap keeps focus, selection and scroll, and never takes a field away from under
// someone's hands: a list that refreshes by itself waits while its own field is being typed in.
import { typing } from "./keys.js";

let before = null;

function scrolls() {
  return [...document.querySelectorAll("[data-keep-scroll][id]")].map((each) => [each.id, each.scrollTop, each.scrollLeft]);
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const from = event.detail.elt;
  const own = event.detail.requestConfig.triggeringEvent?.type ?? "";
  if (own.startsWith("changed:") && typing() && from.contains(document.activeElement)) event.preventDefault();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  // A refusal fills the notice line, however the element that asked wanted its own answer.
  if (event.detail.target.id === "problems") event.detail.swapOverride = "innerHTML";
  const at = document.activeElement;
  // No key and no click asked for it: a scan came while the cursor stood in a field of its own.
  const scanned = !event.detail.requestConfig.triggeringEvent && typing();
  before = { id: at?.id, scanned, scrolls: scrolls(), range: at?.selectionStart ?? null, end: at?.selectionEnd ?? null };
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (!before) return;
  for (const [id, top, left] of before.scrolls) document.getElementById(id)?.scrollTo(left, top);
  const lost = (document.activeElement === document.body || before.scanned) && before.id;
  const again = lost && document.getElementById(before.id);
  if (again) {
    again.focus({ preventScroll: true });
    if (before.range !== null && again.setSelectionRange) again.setSelectionRange(before.range, before.end);
  }
  // A swapped-in piece may ask for the cursor, but not while something is being typed.
  const asks = event.detail.elt.querySelector?.("[autofocus]");
  if (asks && !typing()) asks.focus();
  before = null;
});

function notice(says) {
  const place = document.getElementById("problems");
  if (!place) return;
  const box = document.createElement("section");
  box.className = "problems";
  const title = document.createElement("h2");
  title.textContent = says;
  box.append(title);
  place.replaceChildren(box);
}

document.addEventListener("htmx:sendError", () => notice("The server does not answer. Nothing was changed; what you typed is kept."));
document.addEventListener("htmx:timeout", () => notice("The server takes too long. Look whether it was done before trying again."));
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status >= 500) notice("Something broke on the server. Nothing of this step was kept.");
});
// A refusal belongs to the step before it: the next success clears it.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status < 300 && event.detail.target.id !== "problems") {
    document.getElementById("problems")?.replaceChildren();
  }
});
