// The server locks a station at which nobody is, and knows only of what is asked of it. Reading
// and typing ask nothing: while a hand is at the keys or the mouse, the page says so, at most
// once a minute. What the page asks for by itself does not count there.
const EVERY = 60_000;
const address = document.body.dataset.present;
let said = Date.now();

function here(event) {
  if (!event.isTrusted || Date.now() - said < EVERY) return;
  said = Date.now();
  // Unreachable is no matter: the next key says it again, and live.js shows that it is down.
  fetch(address, { headers: { "HX-Request": "true" } }).catch(() => (said = 0));
}

if (address) {
  for (const kind of ["keydown", "pointerdown", "pointermove", "wheel"]) addEventListener(kind, here, { passive: true });
}
