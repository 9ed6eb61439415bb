// What was typed is never lost: a form with data-draft="name" is kept in this tab until it is
// sent. A draft belongs to the worker who typed it and goes when another signs in.
const MARK = "draft:";

function nameOf(form) {
  return `${MARK}${document.body.dataset.worker ?? ""}:${form.dataset.draft}`;
}

function kept(field) {
  return field.name && !["hidden", "password", "file"].includes(field.type);
}

function save(form) {
  const values = [...form.elements].filter(kept).filter((field) => !/radio|checkbox/.test(field.type) || field.checked);
  sessionStorage.setItem(nameOf(form), JSON.stringify(values.map((field) => [field.name, field.value])));
}

function restore(form) {
  const stored = sessionStorage.getItem(nameOf(form));
  // Once a form, when it comes: what stands in it afterwards is newer than what was kept.
  const first = !form.dataset.drafted;
  form.dataset.drafted = "yes";
  if (!stored || !first) return;
  for (const [name, value] of JSON.parse(stored)) {
    const field = form.elements.namedItem(name);
    if (field?.type === "checkbox") field.checked = true;
    if (!field || field.value === value) continue;
    field.value = value;
    field.closest?.("[data-field]")?.querySelector("[data-mark]")?.replaceChildren("kept from before");
  }
}

function all() {
  document.querySelectorAll("form[data-draft]").forEach(restore);
}

function forget(keep) {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(MARK) && !keep(key)) sessionStorage.removeItem(key);
  }
}

addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.dataset.draft) save(form);
});
addEventListener("submit", (event) => {
  if (event.target.dataset.draft && !event.defaultPrevented) sessionStorage.removeItem(nameOf(event.target));
});
// Who asked, not where it was told: a form that was swapped away is told at its parent.
function sent({ requestConfig, xhr }) {
  const form = requestConfig.elt.closest?.("form[data-draft]");
  if (form && requestConfig.verb === "post" && xhr.status >= 200 && xhr.status < 300) {
    sessionStorage.removeItem(nameOf(form));
  }
}

// Before the answer stands there, or what was kept would be put over it; an answer that only
// leads elsewhere is never swapped in.
document.addEventListener("htmx:beforeSwap", (event) => sent(event.detail));
document.addEventListener("htmx:afterRequest", (event) => sent(event.detail));
document.addEventListener("htmx:afterSettle", all);
if (document.querySelector("[data-forget-drafts]")) forget(() => false);
else if (document.body.dataset.worker) forget((key) => key.startsWith(`${MARK}${document.body.dataset.worker}:`));
all();
