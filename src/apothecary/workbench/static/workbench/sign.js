// The signature pad: pen strokes as an SVG path in a hidden field, "600x180 M12,30 L13,31".
// One letter and two whole numbers a point: small, exact, and drawn again without this script.
function start(pad) {
  const canvas = pad.querySelector("canvas");
  const field = pad.querySelector("[data-sign-value]");
  const pen = canvas.getContext("2d");
  const scale = devicePixelRatio || 1;
  let path = "";
  let last = null;

  function clear() {
    canvas.width = canvas.clientWidth * scale;
    canvas.height = canvas.clientHeight * scale;
    pen.scale(scale, scale);
    pen.lineWidth = 2;
    pen.lineCap = "round";
    pen.strokeStyle = getComputedStyle(canvas).color;
    path = "";
    field.value = "";
  }
  function point(event) {
    const edge = canvas.getBoundingClientRect();
    return [Math.round(event.clientX - edge.left), Math.round(event.clientY - edge.top)];
  }
  function down(event) {
    canvas.setPointerCapture(event.pointerId);
    last = point(event);
    path += ` M${last}`;
  }
  function move(event) {
    if (!last) return;
    for (const each of event.getCoalescedEvents?.() ?? [event]) line(point(each));
  }
  function line(to) {
    if (to[0] === last[0] && to[1] === last[1]) return;
    pen.beginPath();
    pen.moveTo(...last);
    pen.lineTo(...to);
    pen.stroke();
    path += ` L${to}`;
    last = to;
  }
  function up() {
    if (!last) return;
    last = null;
    field.value = `${canvas.clientWidth}x${canvas.clientHeight}${path}`;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  canvas.addEventListener("pointerdown", down);
  canvas.addEventListener("pointermove", move);
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  pad.querySelector("[data-sign-clear]").addEventListener("click", clear);
  clear();
}

function all() {
  for (const pad of document.querySelectorAll("[data-sign]:not([data-ready])")) {
    pad.dataset.ready = "";
    start(pad);
  }
}

document.addEventListener("htmx:afterSettle", all);
all();
