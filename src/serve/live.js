// Keeps a page as its sources are: the server says that something has changed, and the page looks what that means for it.
(() => {
  const script = document.currentScript;
  const own = new URL(".", script.src).href;
  const overlay = milepostOverlay();
  const kept = "milepost:serve";
  const mark = "script[data-generation]";
  // What scripts of the theme give a life of its own, or what something else points at: with a change to these the whole body is put in place anew.
  const lively = "[id], [data-step], a[name], audio, button, canvas, details, embed, form, iframe, img, input, link, object, picture, pre, script, style, svg, table, video, .tabs";
  let shown = Number(script.dataset.generation);
  let before = null;

  // 1. The place in the window, over a reload.

  const place = () => {
    const headings = [...document.querySelectorAll("main [id]")].filter((element) => element.getClientRects().length);
    const anchor = headings.filter((element) => element.getBoundingClientRect().top <= innerHeight / 3).pop();
    return { page: location.pathname, y: scrollY, id: anchor?.id, top: anchor?.getBoundingClientRect().top };
  };
  const aim = ({ y, id, top }) => {
    scrollTo({ top: y, behavior: "instant" });
    const anchor = id && document.getElementById(id);
    if (anchor) scrollBy({ top: anchor.getBoundingClientRect().top - top, behavior: "instant" });
  };
  const reload = () => {
    try { sessionStorage.setItem(kept, JSON.stringify(place())); } catch { /* the page begins at its top */ }
    history.scrollRestoration = "manual";
    location.reload();
  };
  const restore = () => {
    let where = null;
    try {
      where = JSON.parse(sessionStorage.getItem(kept));
      sessionStorage.removeItem(kept);
    } catch { /* nothing was kept */ }
    if (where?.page !== location.pathname) return;
    // Once the scripts of the page have run, and once its images are there.
    document.addEventListener("DOMContentLoaded", () => aim(where));
    addEventListener("load", () => {
      aim(where);
      history.scrollRestoration = "auto";
    });
  };

  // 2. The page as the server has it now.

  const ask = async () => {
    const response = await fetch(location.pathname + location.search, { cache: "no-store" });
    const html = new DOMParser().parseFromString(await response.text(), "text/html");
    const ours = html.querySelector(mark);
    const generation = Number(ours?.dataset.generation);
    ours?.remove();
    return { status: response.status, generation, html };
  };

  // 3. From the old page to the new one: what is to be done, or null where that cannot be done in its place.

  const alike = (one, other) => one.nodeName === other.nodeName && one.cloneNode().isEqualNode(other.cloneNode());
  const isPlain = (node) => node.nodeType === Node.TEXT_NODE || (node.nodeType === Node.ELEMENT_NODE && !node.matches(lively) && !node.querySelector(lively));

  // `live` is what scripts may have changed: only what is still as it was sent is replaced.
  const patch = (live, old, now, todo) => {
    if (old.isEqualNode(now)) return true;
    if (live.isEqualNode(old) && isPlain(old) && isPlain(now)) return todo.push(() => live.replaceWith(document.importNode(now, true))) > 0;
    if (!alike(old, now) || live.nodeName !== old.nodeName || live.childNodes.length !== old.childNodes.length) return false;
    const [olds, nows, lives] = [old, now, live].map((node) => [...node.childNodes]);
    let start = 0;
    while (start < olds.length && start < nows.length && olds[start].isEqualNode(nows[start])) start += 1;
    let end = 0;
    while (end < olds.length - start && end < nows.length - start && olds.at(-1 - end).isEqualNode(nows.at(-1 - end))) end += 1;
    const [oldPart, nowPart, livePart] = [olds, nows, lives].map((nodes) => nodes.slice(start, nodes.length - end));
    if (oldPart.length === nowPart.length) return oldPart.every((node, index) => patch(livePart[index], node, nowPart[index], todo));
    if (!oldPart.every((node, index) => isPlain(node) && livePart[index].isEqualNode(node)) || !nowPart.every(isPlain)) return false;
    const after = lives[start + livePart.length] ?? null;
    todo.push(() => {
      for (const node of livePart) node.remove();
      for (const node of nowPart) live.insertBefore(document.importNode(node, true), after);
    });
    return true;
  };

  const swapStyle = (link, href) => {
    const next = link.cloneNode();
    next.href = href;
    // The old one holds until the new one is there, so that no page is seen without.
    next.addEventListener("load", () => link.remove());
    next.addEventListener("error", () => link.remove());
    link.after(next);
  };

  const compareHeads = (old, now) => {
    const todo = [];
    const styles = (html) => [...html.querySelectorAll("head link[rel=stylesheet]")];
    const [olds, nows] = [styles(old), styles(now)];
    if (olds.length !== nows.length) return null;
    for (const [index, link] of olds.entries()) {
      const [from, to] = [link.getAttribute("href"), nows[index].getAttribute("href")];
      if (from === to) continue;
      const live = styles(document).find((each) => each.getAttribute("href") === from);
      if (!live) return null;
      todo.push(() => {
        swapStyle(live, to);
      });
      link.setAttribute("href", to);
    }
    if (old.title !== now.title) todo.push(() => { document.title = now.title; });
    // What a page says of itself to others shows nowhere on it.
    for (const html of [old, now]) for (const said of html.querySelectorAll("head :is(title, meta[property], meta[name=description], script[type='application/ld+json'])")) said.remove();
    return todo;
  };

  const compare = (old, now) => {
    const todo = compareHeads(old, now);
    const [live, from, to] = [document, old, now].map((html) => html.querySelector("main"));
    if (!todo || !live !== !from || !from !== !to) return null;
    if (from) {
      if (!patch(live, from, to, todo)) return null;
      from.remove();
      to.remove();
    }
    return old.documentElement.isEqualNode(now.documentElement) ? todo : null;
  };

  // Files that the page shows under a name that stays the same; null where only a reload will do.
  const refresh = (changed, generation) => {
    const todo = [];
    const named = (element) => {
      const address = element.src || element.href || element.data;
      if (typeof address !== "string" || !address) return false;
      return changed.has(address.split(/[?#]/)[0]);
    };
    const anew = (address) => `${address.split(/[?#]/)[0]}?milepost=${generation}`;
    for (const element of document.querySelectorAll("script[src], iframe, embed, object, video, audio, source, img, link[rel=stylesheet]")) {
      const inSet = [...changed].some((address) => element.srcset?.includes(new URL(address).pathname.split("/").pop()));
      if (!named(element) && !inSet) continue;
      if (element.localName === "link") todo.push(() => swapStyle(element, anew(element.href)));
      else if (element.localName === "img" && !element.srcset) todo.push(() => { element.src = anew(element.src); });
      else return null;
    }
    return todo;
  };

  // The addresses of all files that have changed since the page was loaded: a body that is put in place anew names them as they were.
  const renewed = new Set();
  const copies = (after) => [before.html, after.html].map((html) => html.cloneNode(true));

  // The body as a whole; false where only a reload will do.
  const replace = async (after) => {
    const [old, now] = copies(after);
    const todo = compareHeads(old, now);
    const where = place();
    if (!todo || !(await page.swap(old, now))) return false;
    aim(where);
    const more = refresh(renewed, after.generation);
    for (const each of [...todo, ...(more ?? [])]) each();
    return more !== null;
  };

  const update = async (files) => {
    const after = await ask();
    if (after.status >= 500) return;
    // Its source may be back in a moment: a page that is gone stays in sight.
    overlay.gone(before?.status === 200 && after.status === 404);
    if (before?.status === 200 && after.status === 404) {
      shown = after.generation;
      return;
    }
    const isSame = before && before.status === after.status && files;
    const changed = new Set((files ?? []).map((file) => new URL(file, location.href).href));
    for (const address of changed) renewed.add(address);
    const todo = isSame && compare(...copies(after));
    const more = todo && refresh(changed, after.generation);
    if (more) for (const each of [...todo, ...more]) each();
    else if (!isSame || todo || !(await replace(after))) return reload();
    page.prepare(after.html);
    before = after;
    shown = after.generation;
  };

  // 4. What the server says, one after the other.

  let queue = [];
  let isBusy = false;
  const work = async () => {
    if (isBusy) return;
    isBusy = true;
    try {
      while (queue.length) {
        const events = queue;
        queue = [];
        const last = events.at(-1);
        const files = events.some((event) => !event.files) ? null : events.flatMap((event) => event.files);
        if (last.generation !== shown && last.generation > 0) await update(files);
        const response = await fetch(`${own}overlay?page=${encodeURIComponent(location.pathname)}`, { cache: "no-store" });
        overlay.show(await response.json());
      }
    } catch {
      // The server is gone for now; its next event finds the page as it is.
    } finally {
      isBusy = false;
    }
  };

  let source = null;
  const connect = () => {
    if (source || document.hidden) return;
    source = new EventSource(`${own}live`);
    source.onmessage = ({ data }) => {
      overlay.isHeard(true);
      queue.push(JSON.parse(data));
      work();
    };
    source.onerror = () => {
      overlay.isHeard(false);
      if (source?.readyState !== EventSource.CLOSED) return;
      source = null;
      setTimeout(connect, 1000);
    };
  };
  // A browser has six connections for a server: a page that nobody sees needs none.
  const disconnect = () => {
    source?.close();
    source = null;
  };

  restore();
  document.addEventListener("visibilitychange", () => (document.hidden ? disconnect() : connect()));
  addEventListener("pagehide", () => { if (!page.isLeaving) disconnect(); });
  addEventListener("pageshow", ({ persisted }) => { if (persisted) connect(); });
  // From here on, what is heard ends with the page.
  const page = milepostSwap();
  ask().then((sent) => {
    if (sent.generation === shown) before = sent;
    page.prepare(sent.html);
    connect();
  }, connect);
})();
