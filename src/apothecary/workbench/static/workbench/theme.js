// Loaded before the first paint, so that a dark room is not lit up by a white page.
(() => {
  const stored = localStorage.getItem("apothecary-theme");
  if (stored) document.documentElement.dataset.theme = stored;
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-toggle]")) return;
    const dark = document.documentElement.dataset.theme
      ? document.documentElement.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    const chosen = dark ? "light" : "dark";
    document.documentElement.dataset.theme = chosen;
    localStorage.setItem("apothecary-theme", chosen);
  });
})();
