// Lists that are tabs: without this script they stand one below the other, each under its label.
(() => {
  const kept = (name) => `milepost1:tabs:${name}`;
  const read = (name) => {
    try { return localStorage.getItem(kept(name)); } catch { return null; }
  };
  const write = (name, label) => {
    try { localStorage.setItem(kept(name), label); } catch { /* not kept */ }
  };

  const groups = [...document.querySelectorAll(".tabs")].map((root, number) => {
    const panels = [...root.querySelectorAll(":scope > .tab")];
    const bar = document.createElement("div");
    bar.setAttribute("role", "tablist");
    const tabs = panels.map((panel, position) => {
      const tab = document.createElement("button");
      const id = `tab:${number + 1}:${position + 1}`;
      tab.type = "button";
      tab.id = id;
      tab.textContent = panel.querySelector(":scope > .tab-label")?.textContent.trim() ?? String(position + 1);
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", `${id}:panel`);
      panel.id = `${id}:panel`;
      return tab;
    });
    bar.append(...tabs);
    root.prepend(bar);
    root.removeAttribute("role");
    root.classList.add("is-on");
    return { name: root.dataset.sync, bar, tabs, panels };
  });

  const show = ({ tabs, panels }, position) => {
    for (const [each, tab] of tabs.entries()) {
      const chosen = each === position;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      // Where browsers can, what is hidden is still found by a search in the page: it has a box, which must be nothing to anyone else.
      const states = chosen
        ? { role: "tabpanel", "aria-labelledby": tab.id, tabindex: "0", hidden: null }
        : { role: null, "aria-labelledby": null, tabindex: null, hidden: "until-found" };
      for (const [name, value] of Object.entries(states)) {
        if (value === null) panels[each].removeAttribute(name);
        else panels[each].setAttribute(name, value);
      }
    }
  };

  const showAll = (name, label) => {
    for (const group of groups) {
      const position = group.name === name ? group.tabs.findIndex((tab) => tab.textContent === label) : -1;
      if (position >= 0) show(group, position);
    }
  };

  // A reader's choice holds for all tabs of the same name, and what was chosen stays where it is in the window.
  const choose = (group, position) => {
    const before = group.bar.getBoundingClientRect().top;
    show(group, position);
    if (group.name) {
      const label = group.tabs[position].textContent;
      write(group.name, label);
      showAll(group.name, label);
    }
    scrollBy({ top: group.bar.getBoundingClientRect().top - before, behavior: "instant" });
  };

  const reveal = (element) => {
    for (const group of groups) {
      const position = group.panels.findIndex((panel) => panel.contains(element));
      if (position >= 0 && group.panels[position].hasAttribute("hidden")) show(group, position);
    }
  };

  const revealTarget = (hash) => {
    let target;
    try { target = document.getElementById(decodeURIComponent(hash.slice(1))); } catch { /* none */ }
    if (!target?.closest(".tab[hidden]")) return;
    reveal(target);
    target.scrollIntoView();
  };

  for (const group of groups) {
    show(group, 0);
    group.bar.addEventListener("click", (event) => {
      const position = group.tabs.indexOf(event.target);
      if (position >= 0) choose(group, position);
    });
    group.bar.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const count = group.tabs.length;
      const here = group.tabs.indexOf(event.target);
      const after = (here + 1) % count;
      const before = (here + count - 1) % count;
      const isMirrored = getComputedStyle(group.bar).direction === "rtl";
      const leads = { Home: 0, End: count - 1, ArrowRight: isMirrored ? before : after, ArrowLeft: isMirrored ? after : before };
      const position = here < 0 ? undefined : leads[event.key];
      if (position === undefined) return;
      event.preventDefault();
      choose(group, position);
      group.tabs[position].focus();
    });
    for (const panel of group.panels) panel.addEventListener("beforematch", (event) => reveal(event.target));
  }
  for (const name of new Set(groups.map((group) => group.name).filter(Boolean))) {
    const label = read(name);
    if (label) showAll(name, label);
  }
  revealTarget(location.hash);
  addEventListener("hashchange", () => revealTarget(location.hash));
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href*='#']");
    if (link && link.pathname === location.pathname && link.hash === location.hash) revealTarget(link.hash);
  });
})();
