// What is wrong, over the page: in a shadow root, so that no style of the page touches it, and none of it the page.
const milepostOverlay = () => {
  const folded = "milepost:serve:folded";
  const styles = `
    :host { all: initial; position: fixed; z-index: 2147483647; inset-block-end: 1rem; inset-inline-end: 1rem; max-inline-size: calc(100vw - 2rem); color-scheme: dark; }
    @media print { :host { display: none; } }
    section { box-sizing: border-box; font: 14px/1.5 ui-sans-serif, system-ui, sans-serif; color: #f0f3f6; background: #1b1f24; border: 1px solid #6e7781; border-radius: 8px; box-shadow: 0 8px 24px #0008; overflow: auto; max-block-size: min(60vh, 40rem); inline-size: 36rem; max-inline-size: 100%; }
    section.is-small { inline-size: auto; }
    header { display: flex; gap: .5rem; align-items: center; padding: .375rem .5rem; position: sticky; inset-block-start: 0; background: inherit; }
    button { font: inherit; color: inherit; background: none; border: 1px solid transparent; border-radius: 6px; min-block-size: 32px; min-inline-size: 32px; padding-inline: .5rem; cursor: pointer; }
    button:hover { background: #2f363d; }
    :is(button, a, summary):focus-visible { outline: 2px solid #8cc4ff; outline-offset: 1px; }
    .sum { font-weight: 600; text-align: start; flex: 1; }
    .sum.error { color: #ff9a92; } .sum.warn { color: #f2cc60; }
    .body { padding: 0 1rem .75rem; }
    h2 { font-size: 14px; margin: .5rem 0 .25rem; }
    p { margin: 0; overflow-wrap: anywhere; }
    ul { list-style: none; margin: 0; padding: 0; }
    li { padding-block: .5rem; border-block-start: 1px solid #444c56; }
    .word { font-weight: 600; } li.error .word { color: #ff9a92; } li.warn .word { color: #f2cc60; } li.info .word { color: #8cc4ff; }
    .place { font: 13px/1.5 ui-monospace, monospace; } .place a { display: inline-block; min-block-size: 24px; } .rule, .help { color: #c6cdd5; }
    a { color: #8cc4ff; }
    pre { margin: .25rem 0; padding: .5rem; overflow-x: auto; background: #0d1117; border-radius: 6px; font: 13px/1.5 ui-monospace, monospace; }
    summary { cursor: pointer; min-block-size: 32px; line-height: 32px; }
    .hidden { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
  `;
  const make = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (typeof value === "function") made.addEventListener(key, value);
      else if (value !== null) made.setAttribute(key, value);
    }
    made.append(...children.filter((child) => child !== null));
    return made;
  };
  const counted = (count, word) => (count === 1 ? `1 ${word}` : `${count} ${word}s`);

  let state = { errors: 0, warnings: 0, failure: null, page: [], elsewhere: [] };
  let isGone = false;
  let isSilent = false;
  let dismissed = "";
  let isFolded = false;
  try { isFolded = sessionStorage.getItem(folded) === "yes"; } catch { /* not kept */ }

  const host = make("milepost-overlay", { lang: "en", dir: "ltr" });
  const root = host.attachShadow({ mode: "open" });
  const status = make("div", { class: "hidden", role: "status" });
  const place = make("div");
  root.append(make("style", {}, styles), place, status);

  const problem = ({ severity, rule, message, help, place: at, link, line }) =>
    make("li", { class: severity },
      make("p", {}, make("span", { class: "word" }, severity === "warn" ? "warning" : severity), `: ${message}`),
      line === null ? null : make("pre", { tabindex: "0" }, line),
      at === null ? null : make("p", { class: "place" }, link === null ? at : make("a", { href: link, title: "open in the editor" }, at), rule === null ? "" : make("span", { class: "rule" }, `  ${rule}`)),
      help === null ? null : make("p", { class: "help" }, `help: ${help}`));

  // The same findings, put away once, stay away.
  const key = () => JSON.stringify([state.failure, state.page, isGone]);
  const draw = () => {
    const own = root.activeElement?.dataset.name;
    const { errors, warnings, failure, page, elsewhere } = state;
    const parts = [errors && counted(errors, "error"), warnings && counted(warnings, "warning")].filter(Boolean);
    const others = elsewhere.length ? errors + warnings - page.filter(({ severity }) => severity !== "info").length : 0;
    const isUrgent = failure || isGone || page.length > 0;
    place.replaceChildren();
    if (dismissed === key() || (!isUrgent && !parts.length && !isSilent)) return;
    const isOpen = isUrgent ? !isFolded : open === "yes";
    const sum = isSilent && !isUrgent ? "milepost serve does not answer" : failure ? "This is the last good version" : isGone ? "This page is gone" : parts.join(", ");
    const level = failure || isGone || errors || isSilent ? "error" : "warn";
    const toggle = () => {
      if (isUrgent) isFolded = isOpen;
      else open = isOpen ? "" : "yes";
      try { sessionStorage.setItem(folded, isFolded ? "yes" : "no"); } catch { /* not kept */ }
      draw();
    };
    const dismiss = () => { dismissed = key(); draw(); };
    const body = make("div", { class: "body", id: "body" });
    if (isGone && !failure) body.append(make("p", {}, "No source stands for this page any more. It stays in sight until you leave it, or until its source is back."));
    if (failure) body.append(make("h2", {}, "What is on the disk cannot be shown"), make("ul", {}, problem(failure)));
    if (page.length) body.append(make("h2", {}, "On this page"), make("ul", {}, ...page.map(problem)));
    if (others > 0) {
      const more = others > elsewhere.length ? [make("li", {}, make("p", {}, `and ${others - elsewhere.length} more; the terminal has them all`))] : [];
      body.append(make("details", isUrgent ? {} : { open: "" }, make("summary", {}, `${others} on other pages`), make("ul", {}, ...elsewhere.map(problem), ...more)));
    }
    const hasBody = body.childElementCount > 0;
    const title = hasBody
      ? make("button", { type: "button", class: `sum ${level}`, "data-name": "sum", "aria-expanded": String(isOpen), "aria-controls": isOpen ? "body" : null, click: toggle }, make("span", { "aria-hidden": "true" }, isOpen ? "▾ " : "▸ "), sum)
      : make("p", { class: `sum ${level}` }, sum);
    const close = make("button", { type: "button", "data-name": "close", "aria-label": "dismiss", title: "dismiss", click: dismiss }, "×");
    const box = make("section", { "aria-label": "milepost: what is wrong", class: isOpen && hasBody ? "" : "is-small", tabindex: isOpen && hasBody ? "0" : null },
      make("header", {}, title, close), isOpen && hasBody ? body : null);
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !isOpen || !hasBody) return;
      toggle();
      root.querySelector(".sum").focus();
    });
    place.append(box);
    if (own) root.querySelector(`[data-name=${own}]`)?.focus();
    const words = isUrgent || isSilent ? sum : "";
    if (status.textContent !== words) status.textContent = words;
  };
  let open = "";

  const put = () => {
    if (!host.isConnected) document.documentElement.append(host);
    draw();
  };
  return {
    show: (next) => {
      // Until the new findings are known, the old ones stay.
      state = next.checked ? next : { ...state, failure: next.failure };
      if (next.checked && !next.failure && !next.page.length && !next.errors && !next.warnings) dismissed = "";
      put();
    },
    gone: (now) => { isGone = now; },
    isHeard: (now) => {
      if (isSilent === !now) return;
      isSilent = !now;
      put();
    },
  };
};
