// Live counts and connection states. Events come from data-events (server-sent):
//   event: counts   data: {"stages": {"fill": 18}, "parties": {"payer": "up"}}
//   event: changed  data: {"topics": ["queue", "fill-123"]}  → "changed:queue" on the body
// Without a stream the same counts are asked for at data-counts every ten seconds.
const EVERY = 10_000;
const UNAUTHORIZED = 401;
const LOCKED = 423;
let poll = 0;

// Whether a number on the page was another one before.
function count(slug, number) {
  let differs = false;
  for (const place of document.querySelectorAll(`[data-stage="${CSS.escape(slug)}"]`)) {
    if (place.dataset.count === String(number)) continue;
    differs = true;
    const more = number > Number(place.dataset.count);
    place.dataset.count = number;
    place.textContent = number;
    place.classList.remove("fresh");
    if (more) requestAnimationFrame(() => place.classList.add("fresh"));
  }
  return differs;
}

function party(name, state) {
  for (const place of document.querySelectorAll(`[data-party="${CSS.escape(name)}"]`)) {
    place.dataset.state = state;
    place.querySelector("[data-party-says]").textContent = state === "up" ? "" : ` ${state}`;
  }
}

function show({ stages = {}, parties = {} }) {
  Object.entries(parties).forEach(([name, state]) => party(name, state));
  return Object.entries(stages).filter(([slug, number]) => count(slug, number)).length > 0;
}

function changed({ topics = [] }) {
  for (const topic of topics) document.body.dispatchEvent(new CustomEvent(`changed:${topic}`));
}

// A station left alone is locked by the server; whatever page stands open goes to the door.
function turnedAway(status) {
  if (status !== LOCKED && status !== UNAUTHORIZED) return false;
  location.assign(status === LOCKED ? "/lock" : "/signin");
  return true;
}

async function ask() {
  try {
    const answer = await fetch(document.body.dataset.counts, { headers: { Accept: "application/json" } });
    if (turnedAway(answer.status) || !answer.ok) return;
    show(await answer.json());
    changed({ topics: ["queue"] });
    offline(false);
  } catch {
    offline(true); // the network is gone: the frame says so, and asking goes on
  }
}

function offline(is) {
  document.body.toggleAttribute("data-offline", is);
}

function listen(address) {
  const stream = new EventSource(address, { withCredentials: true });
  // What happened between the page and its stream was told to nobody: the first counts show it.
  let first = true;
  stream.addEventListener("counts", (event) => {
    const differs = show(JSON.parse(event.data));
    if (first && differs) changed({ topics: ["queue"] });
    first = false;
  });
  stream.addEventListener("changed", (event) => changed(JSON.parse(event.data)));
  stream.onopen = () => {
    first = true;
    clearInterval(poll);
    poll = 0;
    offline(false);
  };
  stream.onerror = () => {
    if (!poll) poll = setInterval(ask, EVERY);
    // A refused stream is closed for good: then asking alone remains.
    if (stream.readyState === EventSource.CLOSED) ask();
  };
}

if (document.body.dataset.events) listen(document.body.dataset.events);
