// A scan is taken wherever the focus is, and never lands in a field as typed text.
// It is offered as the event "apothecary:scan" (detail.code); unless that is prevented it is
// posted: to the innermost element with data-scan-url around the focus, else to the only or
// last one on the page, else to the body's data-scan, which answers with where to go.
import { Burst } from "./burst.js";
import { remember } from "./fields.js";

let settings = {};
try {
  settings = JSON.parse(localStorage.getItem("apothecary-scanner") ?? "{}");
} catch {
  settings = {}; // unreadable settings of one browser must not stop its scanner
}
const burst = new Burst(settings);
let silence = 0;
let waiting = 0;
let deferred = [];
let restored = null;

// Whether a scan may begin with this character. Every code we know begins with a letter, a
// digit or an AIM prefix; other keys ("/") need not wait.
export function mayBegin(char) {
  const { prefixes } = burst.settings;
  return /^[0-9A-Za-z\]]$/.test(char) || prefixes.some((prefix) => prefix.startsWith(char));
}

// Keys of one character (digits of the stages, letters of choices) wait until it is sure that
// they are not the first of a scan. keys.js hands them over here.
export function whenNotScan(act) {
  deferred.push(act);
  clearTimeout(waiting);
  waiting = setTimeout(struck, burst.settings.single);
}

function snapshot() {
  const at = document.activeElement;
  if (at instanceof HTMLSelectElement) return { at, index: at.selectedIndex, marks: remember(at) };
  if (at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement) {
    let range = [null, null];
    try {
      range = [at.selectionStart, at.selectionEnd];
    } catch {
      range = [null, null]; // date and number fields have no selection to keep
    }
    return { at, value: at.value, range, marks: remember(at) };
  }
  return { at };
}

// The field as it was before the scan: its value, the cursor, where the value is from, and
// the question on it.
function restore({ at, value, range, index, marks }) {
  if (index !== undefined && at.selectedIndex !== index) {
    at.selectedIndex = index;
    for (const kind of ["input", "change"]) at.dispatchEvent(new Event(kind, { bubbles: true }));
  }
  if (value !== undefined && at.value !== value) {
    at.value = value;
    if (range[0] !== null) at.setSelectionRange(...range);
    at.dispatchEvent(new Event("input", { bubbles: true }));
    restored = { at, value, until: Date.now() + 2 * burst.settings.pause };
  }
  marks?.();
}

// What the field would ask of the server about the characters of a scan is not asked.
document.addEventListener("htmx:beforeRequest", (event) => {
  const { at, value, until } = restored ?? {};
  if (event.detail.elt === at && at.value === value && Date.now() < until) event.preventDefault();
});

function place() {
  const near = document.activeElement?.closest("[data-scan-url]");
  return near ?? [...document.querySelectorAll("[data-scan-url]")].filter(visible).at(-1);
}

function visible(element) {
  return element.getClientRects().length > 0;
}

export function submit(code) {
  const event = new CustomEvent("apothecary:scan", { bubbles: true, cancelable: true, detail: { code } });
  const target = place();
  if (!(target ?? document.body).dispatchEvent(event)) return;
  if (target) {
    htmx.ajax("POST", target.dataset.scanUrl, {
      source: target,
      target: target.dataset.scanTarget ?? target,
      swap: target.dataset.scanSwap ?? "outerHTML",
      values: { code },
    });
  } else if (document.body.dataset.scan) {
    htmx.ajax("POST", document.body.dataset.scan, { target: "#problems", swap: "innerHTML", values: { code } });
  }
}

function finish(event) {
  clearTimeout(silence);
  const found = burst.scan();
  burst.clear();
  if (!found) return false;
  forget();
  event?.preventDefault();
  event?.stopImmediatePropagation();
  restore(found.first.kept);
  submit(found.code);
  return true;
}

function forget() {
  clearTimeout(waiting);
  deferred = [];
}

function release() {
  const acts = deferred;
  forget();
  for (const act of acts) act();
}

// Keys struck one after the other by a hand are keys. Only a burst may yet be a scan: two keys
// rolled by a quick hand are too few for one, and are given back when nothing follows them.
function struck() {
  if (!burst.fast) release();
  else waiting = setTimeout(() => (burst.long ? forget() : release()), burst.settings.pause);
}

// A code that ends in GS and nothing else is over when the scanner falls silent. Silence alone
// never ends a code: a code cut short by a hiccup would be a wrong code.
function silent() {
  if (burst.ended) finish();
}

function character(event) {
  // Wedges type the GS separator as Ctrl+] (its control code) or as the raw character.
  if (event.ctrlKey && (event.key === "]" || event.code === "BracketRight")) return "\x1d";
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  return event.key.length === 1 ? event.key : null;
}

addEventListener(
  "keydown",
  (event) => {
    if (event.isComposing || event.repeat) return;
    if (burst.settings.suffixes.includes(event.key) && event.key.length > 1) {
      if (!finish(event)) burst.clear();
      return;
    }
    const char = character(event);
    if (char === null) return;
    burst.add(char, event.timeStamp, snapshot());
    if (char === "\x1d") event.preventDefault();
    // A space inside a scan must not press the button that has the focus.
    if (char === " " && burst.fast && document.activeElement?.matches("button, a, summary")) {
      event.preventDefault();
    }
    clearTimeout(silence);
    silence = setTimeout(silent, burst.settings.silence);
  },
  true,
);
