// A click on a number puts it into the clipboard. Without a secure origin the browser has no
// clipboard of its own to write to: the number is selected and copied the old way.
async function copy(text) {
  if (navigator.clipboard && isSecureContext) return navigator.clipboard.writeText(text);
  const held = document.createElement("textarea");
  held.value = text;
  document.body.append(held);
  held.select();
  document.execCommand("copy");
  held.remove();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const says = button.parentElement.querySelector("[data-copied]");
  try {
    await copy(button.dataset.copy);
    if (says) says.textContent = "copied";
  } catch {
    if (says) says.textContent = "not copied: type it";
  }
});

// Esc closes the words for the patient, and not the page behind them.
addEventListener(
  "keydown",
  (event) => {
    const open = event.key === "Escape" && document.querySelector("[popover]:popover-open");
    if (!open) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    open.hidePopover();
  },
  { capture: true },
);
