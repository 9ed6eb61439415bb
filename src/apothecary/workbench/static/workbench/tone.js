// A tone for what must not be missed: two falling low notes for a wrong product, one short for
// a refusal. It sounds when an element with data-tone comes onto the page.
const NOTES = { stop: [[220, 0, 0.22], [165, 0.24, 0.42]], refuse: [[330, 0, 0.12]] };
let audio = null;
const sounded = new WeakSet();

function sound(kind) {
  // A browser stays silent until a key was struck on the page; the words are there anyway.
  if (!navigator.userActivation?.hasBeenActive) return;
  audio ??= new AudioContext();
  for (const [pitch, from, to] of NOTES[kind] ?? []) {
    const note = audio.createOscillator();
    const volume = audio.createGain();
    note.type = "square";
    note.frequency.value = pitch;
    volume.gain.value = 0.12;
    note.connect(volume).connect(audio.destination);
    note.start(audio.currentTime + from);
    note.stop(audio.currentTime + to);
  }
}

function listen() {
  for (const element of document.querySelectorAll("[data-tone]")) {
    if (sounded.has(element)) continue;
    sounded.add(element);
    sound(element.dataset.tone);
    element.scrollIntoView({ block: "nearest" });
  }
}

document.addEventListener("htmx:afterSettle", listen);
listen();
