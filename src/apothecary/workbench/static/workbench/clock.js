// The clock runs on the server's time, set when the page came: work stations are often wrong.
const face = document.querySelector("[data-clock]");
if (face) {
  const shift = Date.parse(face.dataset.clock) - Date.now();
  // The pharmacy's offset stands in the stamp, so the browser's own zone does not matter.
  const offset = /([+-])(\d\d):(\d\d)$/.exec(face.dataset.clock);
  const minutes = offset ? (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) : 0;
  const tick = () => {
    const at = new Date(Date.now() + shift + minutes * 60_000);
    const hour = at.getUTCHours();
    const minute = String(at.getUTCMinutes()).padStart(2, "0");
    face.textContent = `${hour % 12 || 12}:${minute} ${hour < 12 ? "AM" : "PM"}`;
  };
  tick();
  setInterval(tick, 1000);
}
