// What scripts add to a page that is whole without them. Each part stands alone.
(() => {
  const root = document.documentElement;
  const words = window.milepostWords;
  const { enlarge } = document.currentScript.dataset;

  // Storage that may be switched off or full.
  const read = (store, key) => {
    try { return window[store].getItem(key); } catch { return null; }
  };
  const write = (store, key, value) => {
    try { value === null ? window[store].removeItem(key) : window[store].setItem(key, value); } catch { /* not kept */ }
  };

  const element = (name, attributes = {}) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  // The address without index.html, once the page is served.
  if (/^https?:$/.test(location.protocol) && location.pathname.endsWith("/index.html") && document.querySelector("link[rel=canonical]")) {
    history.replaceState(history.state, "", location.pathname.slice(0, -"index.html".length) + location.search + location.hash);
  }

  // Light, dark or the system's colours.
  const themeKey = "milepost1:theme";
  const slot = document.getElementById("page:theme");
  if (slot) {
    slot.setAttribute("role", "radiogroup");
    slot.setAttribute("aria-label", words.theme);
    const inputs = ["light", "system", "dark"].map((value) =>
      element("input", { type: "radio", name: "milepost-theme", value, "aria-label": words[value], title: words[value], autocomplete: "off" }));
    const show = () => {
      const kept = read("localStorage", themeKey);
      const theme = kept === "light" || kept === "dark" ? kept : "system";
      if (theme === "system") delete root.dataset.theme;
      else root.dataset.theme = theme;
      for (const input of inputs) input.checked = input.value === theme;
    };
    slot.append(...inputs);
    // A phone has it in the menu, so that the site's name has its room.
    const bar = slot.parentElement;
    const menu = document.querySelector("#page\\:menu nav");
    const phone = matchMedia("(max-width: 30rem)");
    const settle = () => (menu && phone.matches ? menu : bar).append(slot);
    settle();
    phone.addEventListener("change", settle);
    show();
    slot.addEventListener("change", (event) => {
      const theme = event.target.value;
      write("localStorage", themeKey, theme === "system" ? null : theme);
      if (theme === "system") delete root.dataset.theme;
      else root.dataset.theme = theme;
    });
    addEventListener("storage", (event) => { if (event.key === themeKey) show(); });
    addEventListener("pageshow", (event) => { if (event.persisted) show(); });
  }

  // Search is loaded when somebody asks for it.
  const find = document.getElementById("page:find");
  if (find) {
    const dialog = document.getElementById("page:search");
    let script;
    // It opens at once, so that no key is lost on the way.
    const open = () => {
      if (dialog.open) return dialog.close();
      dialog.showModal();
      dialog.querySelector("input").select();
      if (window.milepostSearch) return milepostSearch.begin();
      if (script) return;
      script = element("script", { src: find.dataset.script });
      script.onerror = () => {
        script = null;
        const status = dialog.querySelector("[role=status]");
        status.textContent = status.dataset.failed;
      };
      document.head.append(script);
    };
    find.addEventListener("click", open);
    addEventListener("keydown", (event) => {
      const asks = event.ctrlKey || event.metaKey ? event.key === "k" : event.key === "/" && !event.target.closest("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])");
      if (!asks || event.altKey || document.querySelector("dialog[open]:not(.finder)")) return;
      event.preventDefault();
      open();
    });
  }

  // The sidebar stays where it was, with the current page in view.
  const side = document.getElementById("page:menu");
  if (side) {
    const sideKey = "milepost1:sidebar";
    const place = () => {
      const current = side.querySelector("[aria-current=page]");
      if (!current || !side.clientHeight) return;
      const outer = side.getBoundingClientRect();
      const inner = current.getBoundingClientRect();
      if (inner.top < outer.top || inner.bottom > outer.bottom) side.scrollTop += inner.top - outer.top - outer.height / 3;
    };
    side.scrollTop = Number(read("sessionStorage", sideKey)) || 0;
    place();
    side.addEventListener("toggle", (event) => { if (event.newState === "open") place(); });
    addEventListener("pagehide", () => write("sessionStorage", sideKey, String(side.scrollTop)));
    // A window that grows past the phone layout has no use for the open panel.
    matchMedia("(min-width: 64rem)").addEventListener("change", () => side.hidePopover());
  }

  // "On this page" follows the reader: the current heading is the last one above a line a third down the window.
  const toc = document.querySelector(".toc");
  const links = new Map();
  for (const link of document.querySelectorAll(".rail a")) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) links.set(heading, link);
  }
  if (links.size) {
    const above = new Set();
    const mark = (heading) => {
      if (toc) toc.firstElementChild.dataset.here = links.get(heading)?.textContent ?? "";
      for (const [each, link] of links) {
        if (each !== heading) link.removeAttribute("aria-current");
        else if (!link.hasAttribute("aria-current")) {
          link.setAttribute("aria-current", "location");
          const rail = link.closest(".rail");
          rail.scrollTop = link.offsetTop - rail.clientHeight / 2;
        }
      }
    };
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) isIntersecting ? above.add(target) : above.delete(target);
      mark([...links.keys()].filter((heading) => above.has(heading)).pop());
    }, { rootMargin: "9999999px 0px -66% 0px" });
    for (const heading of links.keys()) observer.observe(heading);
    // A heading too near the end to reach the line is still the one that was asked for.
    addEventListener("hashchange", () => setTimeout(() => {
      const heading = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (links.has(heading)) mark(heading);
    }, 100));
  }

  // The bar of contents folds when the reader goes elsewhere.
  if (toc) {
    const fold = ({ type, target }) => { toc.open &&= (type === "click" ? toc.firstElementChild : toc).contains(target); };
    addEventListener("click", fold);
    addEventListener("focusin", fold);
  }

  // A copy button for each block of code.
  const status = element("div", { class: "hidden", role: "status" });
  document.body.append(status);
  const copy = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    // Plain http has no clipboard: copy a selection instead.
    const area = element("textarea", { class: "hidden" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("not copied");
  };
  for (const pre of document.querySelectorAll("pre.code")) {
    const box = element("div", { class: "code-box" });
    const button = element("button", { class: "copy", type: "button", "aria-label": words.copy, title: words.copy });
    pre.replaceWith(box);
    box.append(pre, button);
    let timer;
    button.addEventListener("click", async () => {
      try {
        // Of a change, what is left after it.
        const code = pre.cloneNode(true);
        for (const gone of code.querySelectorAll("del.line")) gone.remove();
        await copy(code.textContent.replace(/\n$/, ""));
        button.classList.add("done");
        status.textContent = words.copied;
      } catch {
        status.textContent = words.not_copied;
      }
      clearTimeout(timer);
      timer = setTimeout(() => { button.classList.remove("done"); status.textContent = ""; }, 2000);
    });
  }

  // Tables and code in HTML that are wider than the text: their boxes scroll, and the keyboard reaches them.
  for (const box of document.querySelectorAll(".prose :is(table, pre)")) {
    if (box.scrollWidth > box.clientWidth && !box.closest("[tabindex='0']")) box.tabIndex = 0;
  }

  // What enlarges images is of no use before the reader stirs.
  const signs = ["pointermove", "pointerdown", "keydown", "focusin", "scroll"];
  const stir = () => {
    for (const sign of signs) removeEventListener(sign, stir);
    document.head.append(element("script", { src: enlarge }));
  };
  if (enlarge) for (const sign of signs) addEventListener(sign, stir, { passive: true });

  // Print shows what is folded.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll(".prose details:not([open])")];
    for (const details of folded) details.open = true;
  });
  addEventListener("afterprint", () => { for (const details of folded) details.open = false; });
})();
