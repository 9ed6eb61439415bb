// Enter walks the fields of [data-walk] in the order of the paper; on the last one it goes to
// the commit button, or presses it where data-walk is "submit" (sign-in, a count). A form with method="get"
// asks and writes nothing: there Enter asks, as in every search box. In an uncertain field Enter also
// accepts, and typing changes the source.
const WALKED = "input:not([type=hidden]):not([readonly]):not([disabled]), select:not([disabled]), textarea:not([readonly])";

function mark(field, source) {
  const holder = field.closest("[data-field]");
  const hidden = holder?.querySelector("[data-source]");
  if (hidden) hidden.value = source;
  const shown = holder?.querySelector("[data-mark]");
  if (shown && hidden) {
    shown.textContent = source;
    shown.classList.remove("guessed");
  }
  if (!field.hasAttribute("data-uncertain")) return;
  field.removeAttribute("data-uncertain");
  holder.classList.remove("uncertain");
  holder.querySelector("[data-ask]")?.remove();
}

// What mark() changes on a field, as a function that puts it back: for a scan, whose characters
// are no typing.
export function remember(field) {
  const holder = field.closest("[data-field]");
  if (!holder) return () => {};
  const hidden = holder.querySelector("[data-source]");
  const shown = holder.querySelector("[data-mark]");
  const ask = holder.querySelector("[data-ask]");
  const was = { source: hidden?.value, text: shown && [...shown.childNodes], mark: shown?.className };
  const uncertain = field.hasAttribute("data-uncertain");
  const around = ask?.parentElement;
  return () => {
    if (hidden) hidden.value = was.source;
    if (shown) {
      shown.replaceChildren(...was.text);
      shown.className = was.mark;
    }
    field.toggleAttribute("data-uncertain", uncertain);
    holder.classList.toggle("uncertain", uncertain);
    if (ask && !ask.isConnected) around.prepend(ask);
  };
}

function next(form, field) {
  const fields = [...form.querySelectorAll(WALKED)].filter((each) => each.getClientRects().length);
  const radio = field.type === "radio" ? fields.filter((each) => each.name === field.name).at(-1) : field;
  const commit = form.querySelector("[data-key=F10]");
  const after = fields[fields.indexOf(radio) + 1] ?? commit;
  if (after === commit && form.dataset.walk === "submit") {
    commit?.click();
    return;
  }
  after?.focus();
  after?.select?.();
}

addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.defaultPrevented || event.shiftKey || event.ctrlKey) return;
  const field = event.target;
  const form = field.closest?.("[data-walk]");
  if (!form || !field.matches(WALKED) || field.hasAttribute("data-own-enter")) return;
  // The attribute, for a form without one is sent by htmx and says "get" of itself too.
  if (form.getAttribute("method") === "get") return;
  event.preventDefault();
  if (field.hasAttribute("data-uncertain")) mark(field, "accepted");
  next(form, field);
});

addEventListener("input", (event) => {
  if (event.target.closest?.("[data-field]") && event.isTrusted) mark(event.target, "typed");
});

// The part of the message that a field was read from lights up while the field has the focus.
addEventListener("focusin", (event) => {
  document.querySelectorAll("[data-lit]").forEach((each) => each.removeAttribute("data-lit"));
  const id = event.target.dataset?.lights;
  const part = id && document.getElementById(id);
  if (part) {
    part.setAttribute("data-lit", "");
    part.scrollIntoView({ block: "nearest" });
  }
});
