// Puts another page in the place of this one without a reload: its body, and the scripts of the theme run anew for it.
const milepostSwap = () => {
  // Scripts of the theme, whose names change with their bytes.
  const ofTheme = /\/assets\/milepost-[^/]+\.js$/;
  const isFirst = document.scripts[0] === document.currentScript;
  let isRunning = false;
  let isLost = false;

  // What scripts hear beyond the elements of the page ends with the page: this runs before them.
  const { addEventListener: hear } = EventTarget.prototype;
  let life = new AbortController();
  EventTarget.prototype.addEventListener = function (kind, listener, options) {
    const target = this ?? window;
    if (target instanceof Element) return hear.call(target, kind, listener, options);
    // These do not come a second time.
    if (isRunning && [window, document].includes(target) && /^(load|DOMContentLoaded)$/.test(kind)) isLost = true;
    const wishes = typeof options === "object" ? options : { capture: Boolean(options) };
    return hear.call(target, kind, listener, { ...wishes, signal: wishes?.signal ?? life.signal });
  };

  // Elements by what they are to a reader: the first, the second and so on of a name.
  const named = (html, selector, nameOf) => {
    const met = new Map();
    const found = new Map();
    for (const element of html.querySelectorAll(selector)) {
      const name = nameOf(element);
      met.set(name, (met.get(name) ?? 0) + 1);
      found.set(`${met.get(name)} ${name}`, element);
    }
    return found;
  };
  const foldsOf = (html) => named(html, "details", (element) => element.querySelector("summary")?.textContent);
  const tabsOf = (group) => [...group.querySelectorAll(":scope > [role=tablist] > [role=tab]")];
  const groupsOf = () => named(document, ".tabs", (group) => tabsOf(group).map((tab) => tab.textContent).join("\n"));

  // What the reader has opened and chosen, and where the keyboard is; the result brings that back.
  const remember = (old) => {
    const sent = foldsOf(old);
    const opened = [...foldsOf(document)].filter(([name, { open }]) => sent.has(name) && sent.get(name).open !== open);
    const chosen = [...groupsOf()].map(([name, group]) => [name, tabsOf(group).findIndex((tab) => tab.ariaSelected === "true")]);
    const active = document.activeElement ?? document.body;
    const alike = () => named(document, active.localName, (element) => element.id || element.ariaLabel || element.getAttribute("href") || element.textContent);
    const [focused] = [...alike()].find(([, element]) => element === active) ?? [];
    return () => {
      const [folds, groups] = [foldsOf(document), groupsOf()];
      for (const [name, { open }] of opened) if (folds.has(name)) folds.get(name).open = open;
      for (const [name, position] of chosen) {
        const tab = groups.has(name) && tabsOf(groups.get(name))[position];
        if (tab?.ariaSelected === "false") tab.click();
      }
      alike().get(focused)?.focus({ preventScroll: true });
    };
  };

  const texts = new Map();
  const textOf = ({ src }) => {
    if (!texts.has(src)) texts.set(src, fetch(src).then((response) => (response.ok ? response.text() : Promise.reject(response))));
    return texts.get(src);
  };
  const run = (script, text) => {
    const made = document.createElement("script");
    for (const { name, value } of script.attributes) if (name !== "src") made.setAttribute(name, value);
    // Inline, so that nothing is painted before it has run.
    Object.defineProperty(made, "src", { value: script.src });
    made.textContent = `${text}\n//# sourceURL=${script.src}`;
    document.head.append(made);
    made.remove();
  };

  const scriptsOf = (html) => [...html.scripts].filter(({ type }) => !type.endsWith("json"));
  const headOf = (html) => [html.documentElement.cloneNode(), ...html.head.children].map((element) => element.outerHTML).join("\n");

  const swap = async (old, now) => {
    const [olds, nows] = [old, now].map(scriptsOf);
    const isKnown = (script) => ofTheme.test(script.src) && !script.type && script.closest("head");
    if (!isFirst || ![...olds, ...nows].every(isKnown) || now.querySelector("meta[http-equiv]")) return false;
    const [were, are] = [olds, nows].map((scripts) => scripts.filter(({ defer }) => defer));
    const has = (scripts, { src }) => scripts.some((each) => each.src === src);
    // A page may gain a script or lose one; another version of one is for a reload.
    if (!were.every((each) => has(are, each)) && !are.every((each) => has(were, each))) return false;
    for (const script of [...were, ...are]) script.remove();
    if (headOf(old) !== headOf(now)) return false;
    const words = await Promise.all(are.map(textOf));

    const bringBack = remember(old);
    // Scripts keep what they keep when a page is left.
    result.isLeaving = true;
    dispatchEvent(new PageTransitionEvent("pagehide"));
    result.isLeaving = false;
    life.abort();
    life = new AbortController();
    delete window.milepostSearch;
    document.body.replaceWith(document.adoptNode(now.body));
    const fail = () => { isLost = true; };
    hear.call(window, "error", fail);
    isRunning = true;
    are.forEach((script, index) => run(script, words[index]));
    isRunning = false;
    removeEventListener("error", fail);
    // What the address points at is another element now.
    if (location.hash) location.replace(location.hash);
    bringBack();
    return !isLost;
  };

  // The texts are there before they are needed.
  const prepare = (html) => {
    for (const script of scriptsOf(html).filter(({ src, defer }) => defer && ofTheme.test(src))) textOf(script).catch(() => texts.delete(script.src));
  };
  const result = { swap, prepare, isLeaving: false };
  return result;
};
