// Telling a scanner from a hand. A scanner types a whole code in a burst; a busy browser may
// stretch any single gap, so no single gap decides: the average over the whole burst does.

export const DEFAULTS = {
  averageGap: 35, // ms; a scanner stays below it
  handGap: 60, // ms; the fastest typist stays above it
  loneGap: 150, // ms after a first key that make it a hand's; a shorter one may be a hiccup
  prefixedGap: 90, // ms; allowed when the code starts with a known prefix
  shortest: 6, // characters; a shorter code needs a prefix
  pause: 350, // ms without a key: what was held is over
  silence: 120, // ms without a key after a final GS: the code has ended
  single: 50, // ms without a second key: a lone digit was meant as a key
  prefixes: [], // sent by the scanner before the code, cut off
  suffixes: ["Enter", "Tab"], // and GS, when nothing follows it
};

// ISO/IEC 15424 symbology identifier, e.g. ]d2 for GS1 DataMatrix. It stays on the code.
const AIM = /^\][A-Za-z][0-9a-zA-Z]/;

export class Burst {
  constructor(settings = {}) {
    this.settings = { ...DEFAULTS, ...settings };
    this.clear();
  }

  clear() {
    this.strokes = [];
  }

  get length() {
    return this.strokes.length;
  }

  // Add one character with the time the key was struck (event.timeStamp, not the time of
  // handling: it is right even when the page was busy) and whatever the caller wants kept.
  add(char, at, kept) {
    const last = this.strokes.at(-1);
    if (last && at - last.at > this.settings.pause) this.clear();
    this.strokes.push({ char, at, kept });
  }

  // Average gap in ms of the strokes from `from` on.
  average(from = 0) {
    const part = this.strokes.slice(from);
    if (part.length < 2) return Infinity;
    return (part.at(-1).at - part[0].at) / (part.length - 1);
  }

  text(from = 0) {
    return this.strokes.slice(from).map((stroke) => stroke.char).join("");
  }

  // Where the scan starts inside what was struck: hand-typed letters may stand before it.
  // A gap splits only if what stands before it was itself typed by a hand: a code that lost its
  // first characters to a hiccup would be another code.
  start() {
    const whole = this.text();
    for (const prefix of [...this.settings.prefixes, "]"]) {
      const at = whole.indexOf(prefix);
      if (at >= 0 && (prefix !== "]" || AIM.test(whole.slice(at)))) return at;
    }
    let best = 0;
    for (let i = 1; i < this.strokes.length; i += 1) {
      const gap = this.strokes[i].at - this.strokes[i - 1].at;
      const before = this.strokes.slice(best, i);
      const slow =
        before.length === 1
          ? gap > this.settings.loneGap
          : (before.at(-1).at - before[0].at) / (before.length - 1) > this.settings.handGap;
      if (gap > this.settings.averageGap * 2 && slow) best = i;
    }
    return best;
  }

  // The code, its first stroke and its prefix, or null when a hand typed it.
  scan() {
    const from = this.start();
    const raw = this.text(from);
    const prefix = this.settings.prefixes.find((each) => raw.startsWith(each));
    const known = prefix !== undefined || AIM.test(raw);
    const limit = known ? this.settings.prefixedGap : this.settings.averageGap;
    const code = (prefix ? raw.slice(prefix.length) : raw).replace(/\x1d+$/, "");
    if (code.length < (known ? 3 : this.settings.shortest)) return null;
    if (this.average(from) > limit) return null;
    return { code, first: this.strokes[from] };
  }

  // GS inside a code separates its fields; as the last character it may be the end.
  get ended() {
    return this.strokes.at(-1)?.char === "\x1d";
  }

  // As many characters as a code has, or a prefix that says that it is one.
  get long() {
    const from = this.start();
    const part = this.text(from);
    return part.length >= this.settings.shortest || AIM.test(part);
  }

  // A burst that may still become a scan: keys of one letter wait for it.
  get fast() {
    return this.strokes.length > 1 && this.average(this.start()) <= this.settings.averageGap;
  }
}
