// Runs before the first paint: chooses the colours, and leads on from a page's former address.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("milepost1:theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // Storage is switched off: the system's colours stay.
  }
  if (root.dataset.redirect) {
    const target = new URL(root.dataset.redirect, location);
    target.search ||= location.search;
    target.hash = location.hash || target.hash;
    location.replace(target);
  }
})();
