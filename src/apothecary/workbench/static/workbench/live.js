// Live counts and connection states. Events come from data-events (server-sent):
//   event: counts   data: {"stages": {"fill": 18}, "parties": {"payer": "up"}}
//   event: changed  data: {"topics": ["queue", "fill-123"]}  → "changed:queue" on the body
// Without a stream the same counts are asked for at data-counts every ten seconds.
const EVERY = 10_000;
let poll = 0;

function count(slug, number) {
  for (const place of document.querySelectorAll(`[data-stage="${CSS.escape(slug)}"]`)) {
    if (place.dataset.count === String(number)) continue;
    const more = number > Number(place.dataset.count);
    place.dataset.count = number;
    place.textContent = number;
    place.classList.remove("fresh");
    if (more) requestAnimationFrame(() => place.classList.add("fresh"));
  }
}

function party(name, state) {
  for (const place of document.querySelectorAll(`[data-party="${CSS.escape(name)}"]`)) {
    place.dataset.state = state;
    place.querySelector("[data-party-says]").textContent = state === "up" ? "" : ` ${state}`;
  }
}

function show({ stages = {}, parties = {} }) {
  Object.entries(stages).forEach(([slug, number]) => count(slug, number));
  Object.entries(parties).forEach(([name, state]) => party(name, state));
}

function changed({ topics = [] }) {
  for (const topic of topics) document.body.dispatchEvent(new CustomEvent(`changed:${topic}`));
}

async function ask() {
  try {
    const answer = await fetch(document.body.dataset.counts, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
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
  stream.addEventListener("counts", (event) => show(JSON.parse(event.data)));
  stream.addEventListener("changed", (event) => changed(JSON.parse(event.data)));
  stream.onopen = () => {
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
