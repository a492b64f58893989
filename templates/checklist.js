// Keeps the reader's ticks in the browser. The page is whole without it: this adds saving, counts and tools.
(() => {
  const manifest = document.getElementById("milepost:checklists");
  if (!manifest) return;
  const { site: named, root, hub: hubAddress, next: nextPage, lists } = JSON.parse(manifest.textContent);
  const site = named || new URL(root || ".", location.href).pathname;
  const hub = document.querySelector("[data-hub]");
  const maximumBytes = 1 << 20;
  const longestLink = 24000;

  const make = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (typeof value === "function") made.addEventListener(key, value);
      else made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  };
  const styled = (name, kind, ...children) => make(name, { class: `milepost-${kind}` }, ...children);
  const button = (label, click, more) => make("button", { type: "button", class: "milepost-button", click, ...more }, label);
  const words = window.milepostWords;
  const fill = (name, values) => words[name].replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
  const rules = new Intl.PluralRules(words.language);
  const counted = (name, count) => {
    const form = `${name}_${rules.select(count)}`;
    return fill(form in words ? form : `${name}_other`, { count });
  };
  const find = (selector, inside = document) => [...inside.querySelectorAll(selector)];
  const write = (element, text) => { if (element && element.textContent !== text) element.textContent = text; };
  const absolute = (href) => new URL(href, location.href).href;

  // The lists, steps and choices of this page by their keys. Former keys lead to the present ones.
  const steps = new Map();
  const choices = new Map();
  const branches = new Map();
  const former = new Map();
  const roles = new Set();
  const within = (list, id) => (id.includes("/") ? id : `${list.id}/${id}`);
  const meet = (node) => { for (const role of node.for ?? []) roles.add(role); };
  const index = (list, nodes, up, unit) => {
    for (const node of nodes) {
      const id = node.choice ?? node.id;
      Object.assign(node, { list, up, key: `${list.id}/${id}`, unit: unit ?? node });
      list.all.push(node);
      (node.choice ? choices : steps).set(node.key, node);
      meet(node);
      for (const was of list.was ?? []) former.set(`${was}/${id}`, node.key);
      for (const old of node.aka ?? []) former.set(within(list, old), node.key);
      index(list, node.steps ?? [], node, node.unit);
      for (const branch of node.branches ?? []) {
        branches.set(`${node.key}/${branch.id}`, branch);
        meet(branch);
        index(list, branch.steps ?? [], up, node.unit);
      }
    }
  };
  for (const list of lists) {
    list.all = [];
    if (hub) meet(list);
    index(list, list.steps);
  }

  // One key for each fact, so that tabs never overwrite each other's. What the store refuses waits in memory.
  const prefix = `milepost1:${site}:`;
  const waiting = new Map();
  const facts = new Map();
  let store = null;
  let lasting = false;
  for (const name of ["sessionStorage", "localStorage"]) {
    try {
      const candidate = window[name];
      if (!candidate.length) {
        candidate.setItem(prefix, "");
        candidate.removeItem(prefix);
      }
      store = candidate;
      lasting = name === "localStorage";
    } catch { /* switched off */ }
  }
  const keys = () => [...new Set([...waiting.keys(), ...Object.keys(store ?? {}).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length))])];
  const newer = Object.keys(store ?? {}).some((key) => key.startsWith(`milepost2:${site}:`));

  const raw = (key) => waiting.get(key) ?? store?.getItem(prefix + key) ?? null;
  const shapes = {
    s: ({ s }) => ["done", "skip", "open"].includes(s),
    c: ({ b }) => typeof b === "string",
    n: ({ x }) => typeof x === "string" && x.length <= 2000,
    p: ({ role = "" }) => typeof role === "string",
    v: ({ d, n }) => d >= 0 && n >= 0,
  };
  const valid = (key, value) => Boolean(value) && (Number.isFinite(value.t) || key[0] === "v") && shapes[key[0]](value);
  const parse = (key, text) => {
    try {
      const value = JSON.parse(text);
      return valid(key, value) ? value : undefined;
    } catch { return undefined; }
  };
  const fact = (key) => {
    if (!facts.has(key)) facts.set(key, parse(key, raw(key)));
    return facts.get(key);
  };
  const flush = () => {
    if (!store || newer) return;
    try {
      for (const [key, text] of waiting) {
        store.setItem(prefix + key, text);
        waiting.delete(key);
      }
      withdraw("full");
    } catch {
      notify(hosts[0], "full", words.full, button(words.save_copy, saveCopy));
    }
  };
  const save = (key, value) => {
    facts.set(key, value);
    waiting.set(key, JSON.stringify(value));
    flush();
  };
  // Un-ticking is kept as a fact of its own, with a later time, so that it wins over an older copy.
  const put = (key, content) => save(key, { ...content, t: Math.max(Date.now(), (parse(key, raw(key))?.t ?? 0) + 1) });
  const nothing = (key) => ({ s: { s: "open" }, c: { b: "" }, n: { x: "" } })[key[0]];
  const factOf = (node) => fact(`${node.choice ? "c" : "s"}:${node.key}`);
  const empty = (value) => !value || value.s === "open" || value.b === "" || value.x === "";
  const ticked = (list) => list.all.filter((node) => factOf(node)?.s === "done");
  const held = (some) => some.flatMap(({ all }) => all.flatMap(({ key, choice }) => (choice ? `c:${key}` : [`s:${key}`, `n:${key}`]))).filter((key) => !empty(fact(key)));
  const setRole = (role) => put("p", { ...fact("p"), role });
  // The former key stays, because an older page in another tab may still use it.
  const adopt = () => {
    for (const [old, key] of former) {
      for (const kind of "scn") {
        const text = raw(`${kind}:${key}`) === null && raw(`${kind}:${old}`);
        if (text && parse(kind, text)) waiting.set(`${kind}:${key}`, text);
      }
    }
    flush();
  };
  const reload = () => {
    facts.clear();
    adopt();
    schedule();
  };

  const excluded = (node, role) => Boolean(node.for && role && !node.for.includes(role));
  const gone = { state: "out", done: 0, total: 0, skipped: 0, spare: 0, left: 0 };
  const one = { ...gone, state: "done", done: 1, total: 1 };
  const combine = (parts) => {
    const sum = (among, key) => among.reduce((total, part) => total + part[key], 0);
    const active = parts.filter(({ state }) => state !== "out");
    const required = active.filter(({ optional }) => !optional);
    const base = required.length ? required : active;
    const due = base.filter(({ state }) => state !== "skip");
    const done = due.filter(({ state }) => state === "done").length;
    const spare = active.filter((part) => !base.includes(part));
    return {
      parts,
      state: !due.length ? (base.length ? "skip" : "out") : done === due.length ? "done" : "open",
      done: sum(due, "done"),
      total: sum(due, "total"),
      left: sum(due, "left"),
      skipped: sum(active, "skipped"),
      spare: sum(active, "spare") + sum(spare, "total") - sum(spare, "done"),
      units: { done, total: due.length, skipped: active.filter(({ state }) => state === "skip").length },
    };
  };
  const count = (list, look) => {
    const results = new Map();
    const group = (nodes = []) => combine(nodes.flatMap((node) => (node.choice ? decide(node) : judge(node))));

    const decide = (choice) => {
      const open = choice.branches.filter((branch) => !excluded(branch, look.role));
      const kept = look.choice(choice.key)?.b;
      const chosen = open.find(({ id }) => id === kept) ?? open.find((branch) => look.role && branch.for?.includes(look.role));
      const inside = open.map((branch) => group(branch.steps));
      results.set(choice, { chosen: chosen?.id });
      if (!open.length) return [];
      if (!chosen) return [{ ...gone, step: choice.up, state: "open", total: 1, left: Math.max(...inside.map(({ left }) => left)) }];
      const { parts, state } = inside[open.indexOf(chosen)];
      return state === "out" ? [one] : parts;
    };

    const judge = (step) => {
      const known = look.step(step.key);
      let part = gone;
      if (!excluded(step, look.role)) {
        if (step.steps?.length) part = group(step.steps);
        else if (known?.s === "done" && (known.r ?? 1) >= (step.rev ?? 1)) part = one;
        else part = { ...one, state: "open", done: 0, changed: known?.s === "done" && known };
        if (known?.s === "skip" && part.state !== "out") part = { ...gone, state: "skip", skipped: part.total + part.skipped };
      }
      part = { ...part, step, optional: step.optional, left: part.state === "open" ? step.time || part.left : 0 };
      results.set(step, part);
      return part;
    };

    const all = look.hub && excluded(list, look.role) ? { ...gone, parts: [] } : group(list.steps);
    return { ...all, ...(list.leaves ? {} : all.units), results };
  };

  const wordsOf = ({ state, done, total, skipped, spare }) => {
    if (!total) return state === "out" ? words.nothing_for_role : words.nothing_left;
    return [fill("done_of", { done, total }), skipped && fill("and_not_needed", { count: skipped }), done === total && spare && fill("and_optional", { count: spare })].filter(Boolean).join("");
  };
  const timeOf = (minutes) => {
    const hours = Math.floor(minutes / 60);
    const rest = minutes % 60;
    if (!minutes) return "";
    const parts = { hours: counted("hours", hours), minutes: counted("minutes", rest) };
    return fill("time_left", { time: !hours ? parts.minutes : rest ? fill("hours_and_minutes", parts) : parts.hours });
  };
  const finished = ({ state }) => state === "done" || state === "skip";

  const totals = new Map();
  const resultOf = (node) => totals.get(node.list.id).results.get(node) ?? gone;
  let scheduled = false;
  let first = true;
  let message = null;
  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    if (document.hidden) setTimeout(draw);
    else requestAnimationFrame(draw);
  };

  const live = make("div", { class: "hidden", role: "status" });
  document.body.append(live);
  let spoken = 0;
  let speaking;
  const say = (text) => {
    clearTimeout(speaking);
    speaking = setTimeout(() => { live.textContent = text; spoken = Date.now(); }, Math.max(0, spoken + 500 - Date.now()));
  };

  const own = (element, selector) => {
    const found = element.querySelector(selector);
    return found?.closest("[data-row]") === element ? found : null;
  };
  // A target that a choice or a role hides is shown for as long as it is the target.
  let target = null;
  const rows = [];
  for (const element of find("[data-row]")) {
    const step = steps.get(element.dataset.row);
    if (!step) continue;
    const kind = element.closest(".milepost-card")?.dataset.kind;
    const box = own(element, "[data-step]");
    const name = box ? own(element, "label") : own(element, ".milepost-name");
    if (name) rows.push({ element, step, box, name, mark: own(element, ".milepost-mark"), copy: kind === "own" });
  }
  const radios = find("input[data-choice]").filter(({ dataset }) => choices.has(dataset.choice));
  const wrappers = find("[data-branch]").filter(({ dataset }) => branches.has(dataset.branch));
  for (const input of find("main :is([type=checkbox], [type=radio])")) input.autocomplete = "off";

  const toggle = (control, part, open) => {
    part.hidden = !open;
    control.setAttribute("aria-expanded", open);
  };
  const openNote = (row, open) => {
    const { step } = row;
    if (!row.note) {
      row.area = make("textarea", { maxlength: 2000, rows: 3, "aria-label": fill("your_note_step", step), input: () => noteLater(step, row.area), change: keepNote });
      row.area.value = fact(`n:${step.key}`)?.x ?? "";
      row.tail.append(row.note = styled("label", "note", words.your_note, row.area));
    }
    toggle(row.noting, row.note, open);
    return open ? row.area : null;
  };
  const controls = (row, place) => {
    row.skip = button(words.not_needed, () => skip(row), { "aria-label": fill("not_needed_step", row.step), "aria-pressed": false });
    row.noting = button(words.note, () => openNote(row, !row.note || row.note.hidden)?.focus(), { "aria-label": fill("note_step", row.step), "aria-expanded": false });
    place.append(row.skip, row.noting);
  };
  const openDrawer = (row, open) => {
    if (!row.drawer) {
      row.tail.prepend(row.drawer = styled("span", "drawer"));
      controls(row, row.drawer);
      row.drawn = null;
      drawRow(row);
    }
    toggle(row.more, row.drawer, open);
  };
  for (const row of rows) {
    if (row.copy) continue;
    const { element, step } = row;
    const direct = step.unit === step || step.skip;
    const actions = styled("span", "actions");
    row.tail = styled("span", "tail");
    if (direct) {
      element.classList.add("milepost-direct");
      controls(row, actions);
    } else {
      row.more = button("", () => openDrawer(row, !row.drawer || row.drawer.hidden), { class: "milepost-more", "aria-label": fill("more_step", step), "aria-expanded": false });
      actions.append(row.more);
    }
    (own(element, ".milepost-how") ?? own(element, ".milepost-about") ?? (row.name.closest(".milepost-row") || row.name)).after(" ", actions, row.tail);
  }

  const unmet = (step) => (step.after ?? []).map((id) => steps.get(within(step.list, id))).filter((other) => other && resultOf(other).state === "open");

  const dayOf = (time) => new Date(time).toLocaleDateString(words.language === "en" ? "en-GB" : words.language, { day: "numeric", month: "long" });
  const drawRow = (row) => {
    const { element, step, box, mark, copy } = row;
    const result = resultOf(step);
    const done = result.state === "done";
    if (box) box.checked = done;
    const before = copy ? [] : unmet(step);
    const note = copy ? "" : fact(`n:${step.key}`)?.x ?? "";
    const drawn = JSON.stringify([result.state, result.done, result.total, result.changed, before.map(({ key }) => key), note, target === element]);
    if (row.drawn === drawn) return;
    row.drawn = drawn;
    element.hidden = result.state === "out" && element !== target;
    element.classList.toggle("is-done", done);
    element.classList.toggle("is-skipped", result.state === "skip");
    if (mark) mark.dataset.state = result.state === "open" && result.done ? "some" : result.state;
    const word = { done: words.done, skip: words.not_needed, open: mark ? fill("of", result) : "" }[result.state];
    if (word && !row.word) row.name.after(" ", row.word = styled("span", "state"));
    write(row.word, word);
    row.skip?.setAttribute("aria-pressed", result.state === "skip");

    if (before.length || row.before) {
      if (!row.before) {
        const about = own(element, ".milepost-about") ?? styled("span", "about");
        if (!about.parentNode) (row.name.closest(".milepost-row") ?? row.word ?? row.name).after(" ", about);
        about.append(" ", row.before = styled("span", "before"));
      }
      row.before.replaceChildren(...before.flatMap(({ title, href }, at) => [at ? words.separator : `${words.do_first} `, make("a", { href }, title)]));
      row.before.hidden = !before.length;
    }
    if (copy) return;
    row.changed?.remove();
    if (result.changed) {
      row.changed = styled("span", "changed", fill(step.why ? "changed_why" : "changed", { why: step.why, date: dayOf(result.changed.t) }), " ",
        button(words.still_done, () => { tick(step, true); box.focus(); }, { "aria-label": fill("still_done_step", step) }));
      row.tail.before(row.changed);
    }
    if (note && !row.note) {
      if (row.more) openDrawer(row, true);
      openNote(row, true);
    }
    if (row.area && document.activeElement !== row.area && row.area.value !== note) row.area.value = note;
  };

  const nextStep = (list) => {
    const flat = (parts) => parts.flatMap((part) => (list.leaves && part.parts ? flat(part.parts) : part.state === "open" && !part.optional && part.step ? part.step : []));
    const open = flat(totals.get(list.id).parts);
    const last = ticked(list).sort((one, other) => factOf(one).t - factOf(other).t).pop();
    const from = list.all.indexOf(list.leaves ? last : last?.unit);
    return open.find((step) => list.all.indexOf(step) >= from) ?? open[0];
  };

  const hosts = find(".milepost-card").map((element) => ({ element, list: lists.find(({ id }) => id === element.dataset.list), kind: element.dataset.kind })).filter(({ list }) => list);
  if (hub) hosts.unshift({ element: hub, kind: "total" });
  for (const host of hosts) {
    [host.line] = find(".milepost-progress", host.element);
    [host.progress, host.count, host.time] = find("progress, [data-count], [data-time]", host.line);
    [host.title = host.element] = [...find(".milepost-title", host.element), ...find("h1")];
    host.title.tabIndex = -1;
  }
  const needs = find("[data-needs]");
  const badges = find("[data-progress]");
  const entries = find("a[data-lists]").map((link) => ({ link, ids: link.dataset.lists.split(" "), hashes: (link.dataset.hashes ?? "").split(" ") }));

  const notices = new Map();
  const withdraw = (kind) => {
    notices.get(kind)?.remove();
    notices.delete(kind);
  };
  const notify = (host, kind, text, ...buttons) => {
    if (!host || notices.has(kind)) return null;
    const notice = styled("p", "notice", `${text} `, ...buttons);
    if (kind) notices.set(kind, notice);
    host.line.after(notice);
    if (!first) say(text);
    return notice;
  };

  const drawTotal = (host, total, next) => {
    const { element, progress } = host;
    const complete = finished(total);
    progress.max = total.total || 1;
    progress.value = total.total ? total.done : Number(complete);
    write(host.count, wordsOf(total));
    write(host.time, complete ? "" : timeOf(total.left));
    element.classList.toggle("is-done", complete);
    if (host.kind === "hub") element.hidden = total.state === "out";
    if (next) {
      host.next ??= host.line.appendChild(styled("a", "continue"));
      write(host.next, fill(next.list.all.every((node) => empty(factOf(node))) ? "start" : "continue", next));
      if (host.next.getAttribute("href") !== next.href) host.next.href = next.href;
    }
    if (host.next) host.next.hidden = !next;
    if (complete && !host.panel && host.kind !== "hub") {
      host.panel = styled("div", "done", host.verdict = styled("div", "done-title"));
      if (host.kind === "own" && nextPage) host.panel.append(make("p", {}, `${words.next_page} `, make("a", { href: nextPage.href }, nextPage.title)));
      host.panel.append(make("p", {}, words.own_reminder));
      if (!first) host.panel.classList.add("is-new");
      host.line.after(host.panel);
    } else if (!complete) {
      host.panel?.remove();
      host.panel = null;
    }
    if (host.panel) write(host.verdict, total.state === "done" ? words.all_done : words.nothing_left);
  };

  const summaries = (role) => {
    for (const list of lists) {
      const { state, done, total } = totals.get(list.id);
      const key = `v:${list.id}`;
      const value = { d: done, n: total, h: list.hash, r: role };
      if (state !== "out" && raw(key) !== JSON.stringify(value) && (fact(key) || list.all.some(factOf))) save(key, value);
    }
  };
  const drawEntry = (entry, role) => {
    let done = 0;
    let total = 0;
    const known = entry.ids.every((id, at) => {
      const { d, n, h, r } = fact(`v:${id}`) ?? {};
      done += d;
      total += n;
      return h === entry.hashes[at] && r === role;
    });
    const text = !known ? "" : done === total ? words.badge_done : fill("of", { done, total });
    if (text && !entry.badge) entry.link.append(" ", entry.badge = styled("small", "badge"));
    write(entry.badge, text);
  };

  const draw = () => {
    scheduled = false;
    const role = fact("p")?.role ?? "";
    const look = { hub, role, step: (key) => fact(`s:${key}`), choice: (key) => fact(`c:${key}`) };
    for (const list of lists) totals.set(list.id, count(list, look));
    for (const row of rows) drawRow(row);
    for (const radio of radios) {
      radio.checked = resultOf(choices.get(radio.dataset.choice)).chosen === radio.value;
    }
    for (const wrapper of wrappers) {
      wrapper.hidden = excluded(branches.get(wrapper.dataset.branch), role) && !wrapper.contains(target);
      wrapper.classList.toggle("milepost-shown", wrapper.contains(target));
    }
    for (const host of hosts) if (host.list) drawTotal(host, totals.get(host.list.id), nextStep(host.list));
    if (hub) {
      const last = fact("p")?.last ?? "";
      const recent = lists.find(({ all: nodes }) => nodes.some(({ key }) => key === last));
      drawTotal(hosts[0], combine([...totals.values()]), [recent, ...lists].filter(Boolean).map(nextStep).find(Boolean));
    }
    for (const element of needs) {
      const total = totals.get(element.dataset.needs);
      if (!total) continue;
      element.hidden = finished(total) || total.state === "out";
      write(element.querySelector("[data-count]"), fill("of", total));
    }
    for (const element of badges) {
      const total = totals.get(element.dataset.progress);
      if (total) write(element, finished(total) ? words.badge_done : total.total ? fill("done_of", total) : "");
    }
    for (const select of selects) select.value = role;
    summaries(role);
    for (const entry of entries) drawEntry(entry, role);
    if (message) {
      const total = totals.get(message.list.id);
      say([message.text, total.total ? fill("of", total) : words.nothing_left, finished(total) && total.done && words.all_done].filter(Boolean).map((said) => said + words.stop).join(" "));
      message = null;
    }
    first = false;
  };

  const offerCopy = () => {
    if (fact("p")?.asked || !lasting || keys().filter((key) => key.startsWith("s:") && parse(key, raw(key))?.s === "done").length < 3) return;
    const dismiss = () => {
      put("p", { ...fact("p"), asked: true });
      withdraw("offer");
    };
    notify(hosts[0], "offer", words.may_forget,
      button(words.save_copy, () => { saveCopy(); dismiss(); }), button(words.no_thanks, dismiss));
  };
  const change = (list, text) => {
    message = { list, text };
    schedule();
  };
  const tick = (step, done) => {
    put(`s:${step.key}`, { s: done ? "done" : "open", r: step.rev ?? 1 });
    put("p", { ...fact("p"), last: step.key });
    change(step.list, fill(done ? "step_done" : "step_not_done", step));
    if (done) offerCopy();
  };
  const skip = ({ step }) => {
    const skipped = fact(`s:${step.key}`)?.s !== "skip";
    put(`s:${step.key}`, { s: skipped ? "skip" : "open", r: step.rev ?? 1 });
    change(step.list, fill(skipped ? "step_not_needed" : "step_needed", step));
  };
  // Choosing folds steps: the button stays where it is.
  const topOf = (input) => input.getBoundingClientRect().top;
  let top;
  document.addEventListener("pointerdown", ({ target }) => { top = topOf(target.closest("label")?.control ?? target); });
  document.addEventListener("change", ({ target: input }) => {
    const step = steps.get(input.dataset?.step);
    const choice = choices.get(input.dataset?.choice);
    if (step) tick(step, input.checked);
    else if (choice && input.type === "radio") {
      put(`c:${choice.key}`, { b: input.value });
      if (top) scrollBy({ top: topOf(input) - top, behavior: "instant" });
      top = 0;
      change(choice.list, fill("chosen", branches.get(`${choice.key}/${input.value}`)));
    }
  });

  let noted;
  let noting;
  const keepNote = () => {
    clearTimeout(noting);
    if (!noted) return;
    const { step, area } = noted;
    noted = undefined;
    if ((fact(`n:${step.key}`)?.x ?? "") === area.value) return;
    put(`n:${step.key}`, { x: area.value.slice(0, 2000) });
    schedule();
  };
  const noteLater = (step, area) => {
    noted = { step, area };
    clearTimeout(noting);
    noting = setTimeout(keepNote, 400);
  };

  const ask = (title, body, answers) => new Promise((resolve) => {
    const close = () => {
      dialog.remove();
      resolve(dialog.returnValue);
    };
    const dialog = make("dialog", { class: "milepost-dialog", "aria-labelledby": "milepost:dialog", close },
      make("h2", { id: "milepost:dialog" }, title), ...body.map((part) => (typeof part === "string" ? make("p", {}, part) : part)),
      styled("p", "tools", ...answers.map((answer) => button(answer, () => dialog.close(answer)))));
    document.body.append(dialog);
    dialog.showModal();
  });
  const copyText = async (control, text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = make("textarea", { readonly: "", rows: 6, "aria-label": words.text, autofocus: "", focus: () => area.select() }, text);
      await ask(words.copy_this, [area], [words.close]);
      return;
    }
    if (control.textContent === words.copied) return;
    const label = control.textContent;
    control.textContent = words.copied;
    say(words.copied);
    setTimeout(() => { control.textContent = label; }, 2000);
  };
  const download = (name, type, text) => {
    const address = URL.createObjectURL(new Blob([text], { type }));
    make("a", { href: address, download: name }).click();
    setTimeout(URL.revokeObjectURL, 60000, address);
  };

  // Undo puts back what has not changed again.
  const rewrite = (changes, host, text) => {
    const before = new Map();
    for (const [key, value] of changes) {
      before.set(key, fact(key));
      if (value.t) save(key, value);
      else put(key, value);
    }
    const after = new Map([...before.keys()].map((key) => [key, fact(key).t]));
    const undo = button(words.undo, () => {
      for (const [key, value] of before) if (fact(key)?.t === after.get(key)) put(key, value ?? nothing(key));
      notice?.remove();
      host.title.focus();
      say(words.undone);
      schedule();
    });
    const notice = notify(host, "", text, undo);
    notice?.classList.add("is-new");
    setTimeout(() => notice?.classList.remove("is-new"), 10000);
    host.title.focus();
    schedule();
  };
  const reset = async (host, some, name) => {
    const all = held(some);
    const kinds = { done: "ticks", skip: "skips", c: "choices", n: "notes" };
    const parts = Object.keys(kinds).flatMap((kind) => {
      const number = all.filter((key) => (fact(key).s ?? key[0]) === kind).length;
      return number ? counted(kinds[kind], number) : [];
    }).join(words.separator);
    if (!parts) return void (await ask(fill("reset_nothing", { name }), [], [words.close]));
    if ((await ask(fill("reset_ask", { parts, name }), [words.can_undo], [words.reset, words.cancel])) !== words.reset) return;
    rewrite(all.map((key) => [key, nothing(key)]), host, fill("reset_done", { parts }));
  };

  const escape = (text) => text.replace(/[\\`*_~[\]<>|#]/g, "\\$&");
  const markdown = (list) => {
    const lines = (nodes, indent) => nodes.flatMap((node) => {
      const result = resultOf(node);
      if (node.choice) {
        const branch = node.branches.find(({ id }) => id === result.chosen);
        if (!branch) return [`${indent}- [ ] ${fill("choose", { title: escape(node.title) })}`];
        return [`${indent}- ${escape(branch.title ?? branch.id)}`, ...lines(branch.steps ?? [], `${indent}  `)];
      }
      if (result.state === "out") return [];
      const link = `[${escape(node.title)}](${absolute(node.href)})`;
      const line = result.state === "skip" ? `[ ] ~~${link}~~ ${words.not_needed_mark}` : `[${result.state === "done" ? "x" : " "}] ${link}`;
      return [`${indent}- ${line}`, ...(result.state === "skip" ? [] : lines(node.steps ?? [], `${indent}  `))];
    });
    return `[${escape(list.title)}](${absolute(list.href)}): ${wordsOf(totals.get(list.id))}\n\n${lines(list.steps, "").join("\n")}\n`;
  };

  const relative = /^\+(\d+)d$/;
  const calendar = (list) => {
    const start = Math.min(Date.now(), ...ticked(list).map((node) => factOf(node).t));
    const stamp = `${new Date().toISOString().replace(/[-:]|\..*/g, "")}Z`;
    const plain = (text) => text.replace(/[\\;,]/g, "\\$&").replace(/\s+/g, " ");
    const todos = list.all.flatMap((step) => {
      if (!step.due || resultOf(step).state !== "open") return [];
      const days = relative.exec(step.due);
      const date = new Date(start);
      if (days) date.setDate(date.getDate() + Number(days[1]));
      const due = (days ? date.toLocaleDateString("sv") : step.due).replaceAll("-", "");
      return ["BEGIN:VTODO", `UID:${step.key}@${site}`, `DTSTAMP:${stamp}`, `DUE;VALUE=DATE:${due}`, `SUMMARY:${plain(step.title)}`, `URL:${absolute(step.href)}`, "END:VTODO"];
    });
    return ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Milepost//Checklists//EN", ...todos, "END:VCALENDAR", ""]
      .map((line) => line.replace(/[^ -~]/.test(line) ? /.{18}(?=.)/gu : /.{74}(?=.)/g, "$&\r\n ")).join("\r\n");
  };

  const groups = { s: "steps", c: "choices", n: "notes" };
  const progress = (kinds) => {
    const copy = { format: "milepost-progress", v: 1, site };
    for (const kind of kinds) {
      copy[groups[kind]] = {};
      for (const key of keys().filter((each) => each.startsWith(`${kind}:`)).sort()) {
        const value = parse(key, raw(key));
        if (value) copy[groups[kind]][key.slice(2)] = value;
      }
    }
    const role = fact("p")?.role;
    return JSON.stringify(role ? { ...copy, role } : copy);
  };
  const saveCopy = () => {
    keepNote();
    download(`${site.replace(/[^\w.-]+/g, "-").replace(/^-+|-+$/g, "") || "milepost"}-progress.json`, "application/json", progress("scn"));
  };
  const readCopy = (text) => {
    const broken = words.damaged;
    let copy;
    try { copy = JSON.parse(text); } catch { return broken; }
    if (copy?.format !== "milepost-progress") return broken;
    if (copy.v !== 1) return words.other_version;
    if (copy.site !== site) return fill("other_site", { site: String(copy.site).slice(0, 80) });
    const changes = new Map();
    let unknown = 0;
    for (const [kind, name] of Object.entries(groups)) {
      for (const [id, value] of Object.entries(copy[name] ?? {})) {
        if (!valid(kind, value)) return broken;
        const present = (kind === "c" ? choices : steps).has(id) ? id : former.get(id);
        const { s, r, b, x, t } = value;
        if (present) changes.set(`${kind}:${present}`, { s, r, b, x, t });
        else unknown += 1;
      }
    }
    return { changes, unknown, role: roles.has(copy.role) ? copy.role : "" };
  };
  const same = (value, other) => [..."srbx"].every((key) => value[key] === other[key]);
  const load = async (text) => {
    const copy = readCopy(text);
    if (typeof copy === "string") return refuse(copy);
    const { changes, unknown, role } = copy;
    const fresh = [...changes].filter(([key]) => !fact(key)).length;
    const changed = [...changes].filter(([key, value]) => fact(key) && !same(fact(key), value)).length;
    const numbers = fill("load_numbers", { fresh, changed });
    const answer = await ask(words.load_ask, [fill("load_unknown", { numbers, unknown }), words.load_how], [words.merge, words.replace, words.cancel]);
    if (answer === words.merge) {
      const newest = [...changes].filter(([key, value]) => {
        const old = fact(key);
        return !old || value.t > old.t || (value.t === old.t && value.s === "done" && old.s !== "done");
      });
      if (role && !fact("p")?.role) setRole(role);
      rewrite(newest, hosts[0], fill("merged", { numbers }));
    } else if (answer === words.replace) {
      const all = new Map(held(lists).map((key) => [key, nothing(key)]));
      for (const [key, { t, ...content }] of changes) all.set(key, content);
      if (role) setRole(role);
      rewrite(all, hosts[0], fill("replaced", { numbers }));
    }
    return answer;
  };
  const refuse = (why) => ask(words.cannot_load, [why, words.nothing_changed], [words.close]);
  const loadFile = () => {
    const change = async () => {
      const [file] = input.files;
      if (file.size > maximumBytes) refuse(words.too_large);
      else load(await file.text());
    };
    const input = make("input", { type: "file", accept: ".json", change });
    input.click();
  };

  const through = async (bytes, stream) => {
    const parts = [];
    let size = 0;
    const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value);
      size += part.value.length;
      if (size > maximumBytes) throw new Error("too large");
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  };
  const copyLink = async ({ currentTarget: control }) => {
    const bytes = await through(new TextEncoder().encode(progress("sc")), new CompressionStream("deflate-raw"));
    if (bytes.length > longestLink) ask(words.too_long, [words.use_copy], [words.close]);
    else copyText(control, `${absolute(hubAddress)}#milepost=1.${btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`);
  };
  const openLink = async () => {
    const found = /^#milepost=\d+\.([\w-]*)/.exec(location.hash);
    if (!found) return;
    if (!hub && hubAddress) return void location.replace(absolute(hubAddress) + location.hash);
    let text = "";
    try {
      const bytes = Uint8Array.from(atob(found[1].replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
      text = new TextDecoder().decode(await through(bytes, new DecompressionStream("deflate-raw")));
    } catch { /* refused below */ }
    await load(text);
    history.replaceState(history.state, "", location.pathname + location.search);
  };

  const selects = [];
  const roleSelect = (host) => {
    if (!roles.size) return;
    const current = fact("p")?.role;
    if (current) roles.add(current);
    const select = make("select", { autocomplete: "off", change: () => { setRole(select.value); schedule(); } },
      make("option", { value: "" }, words.everyone), ...[...roles].map((role) => make("option", { value: role }, role)));
    selects.push(select);
    host.line.before(styled("p", "role", make("label", {}, `${words.show_for} `, select)));
  };
  for (const host of hosts) {
    const { element, list, kind } = host;
    if (kind === "own" || kind === "total") roleSelect(host);
    if (kind === "total") {
      (find("[data-tools]")[0] ?? element).append(button(words.save_copy, saveCopy), button(words.load_copy, loadFile), button(words.copy_link, copyLink),
        button(words.reset_all, () => reset(host, lists, words.all_checklists)));
      continue;
    }
    const tools = [button(words.reset, () => reset(host, [list], fill("quoted", list))), button(words.copy_markdown, ({ currentTarget }) => copyText(currentTarget, markdown(list)))];
    if (kind !== "hub") tools.push(button(words.save_copy, saveCopy));
    if (list.all.some(({ due }) => due)) tools.push(button(words.add_calendar, () => download(`${list.id.replace(/\W+/g, "-")}.ics`, "text/calendar", calendar(list))));
    if (kind !== "hub" && hubAddress) tools.push(make("a", { href: hubAddress }, words.more_on_hub));
    (kind === "hub" ? element.querySelector("details") : element).append(styled("p", "tools", ...tools));
  }

  if (newer) notify(hosts[0], "newer", words.newer);
  else if (!lasting) notify(hosts[0], "memory", store ? words.lasts_tab : words.lasts_page, button(words.save_copy, saveCopy), button(words.copy_link, copyLink));
  else if (location.protocol === "file:" && CSS.supports("-moz-appearance", "none")) notify(hosts[0], "file", words.from_disk);
  if (hub && !named) notify(hosts[0], "site", words.kept_here);

  const aim = () => {
    let id = "";
    try { id = decodeURIComponent(location.hash.slice(1)); } catch { /* no target */ }
    const element = document.getElementById(id);
    const next = rows.some((row) => row.element === element) ? element : null;
    if (next === target) return;
    const unseen = next?.getClientRects().length === 0;
    target = next;
    draw();
    if (unseen) target.scrollIntoView();
  };
  adopt();
  draw();
  aim();
  openLink();
  addEventListener("hashchange", () => { aim(); openLink(); });
  addEventListener("storage", ({ key, storageArea }) => {
    if (storageArea !== store) return;
    if (key === null) reload();
    else if (key.startsWith(prefix)) {
      facts.delete(key.slice(prefix.length));
      schedule();
    }
  });
  addEventListener("pageshow", ({ persisted }) => { if (persisted) reload(); });
  addEventListener("pagehide", keepNote);
  document.addEventListener("visibilitychange", () => { if (document.hidden) keepNote(); else reload(); });
})();
