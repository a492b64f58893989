// Search: loaded when a reader asks for it. It asks for pieces of the index as scripts, which work from a disk too.
(() => {
  const dialog = document.getElementById("page:search");
  const { index: folder, root } = dialog.dataset;
  const language = document.documentElement.lang || "en";

  // 1. The index, piece by piece

  const received = new Map();
  const asked = new Map();
  const served = /^https?:$/.test(location.protocol);
  let version = "";

  const load = (name) => {
    if (!asked.has(name)) {
      asked.set(name, new Promise((done, failed) => {
        const script = document.createElement("script");
        // The entry is asked for anew every ten minutes; what it names, whenever it has changed.
        const mark = name === "index" ? Math.floor(Date.now() / 6e5) : version;
        script.src = `${folder}${name}.js${served ? `?${mark}` : ""}`;
        script.onload = () => done(received.get(name));
        script.onerror = () => {
          asked.delete(name);
          failed(new Error(script.src));
        };
        document.head.append(script);
      }));
    }
    return asked.get(name);
  };

  const numbers = (text) => {
    const found = [];
    let number = 0;
    let shift = 0;
    for (const letter of text) {
      const digit = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".indexOf(letter);
      number |= (digit & 31) << shift;
      if (digit > 31) shift += 5;
      else {
        found.push(number);
        number = shift = 0;
      }
    }
    return found;
  };

  let entry;
  const begin = async () => {
    entry = await load("index");
    version = entry.version;
    if (typeof entry.texts === "string") {
      let sum = 0;
      entry.texts = numbers(entry.texts).map((distance) => (sum += distance));
    }
  };

  /** The last place in a sorted list whose value is not after the sought one. */
  const lastUpTo = (list, sought) => {
    let low = 0;
    let high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle] <= sought) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  };

  const part = async (number) => {
    const name = `part-${number}`;
    const lines = await load(name);
    if (typeof lines !== "string") return lines;
    const parsed = lines.split("\n").map((line) => line.split(" "));
    received.set(name, parsed);
    asked.set(name, Promise.resolve(parsed));
    return parsed;
  };

  /** The words that begin like this one, of three parts at most, and the part that holds the whole word. */
  const beginningWith = async (start, whole) => {
    const first = lastUpTo(entry.parts, start);
    const wanted = new Set([lastUpTo(entry.parts, whole), first]);
    for (let next = first + 1; next < first + 3 && entry.parts[next]?.startsWith(start); next += 1) wanted.add(next);
    const parts = await Promise.all([...wanted].map(part));
    return parts.flat().filter(([word]) => word.startsWith(start));
  };

  // 2. Words, cut as the index cuts them (src/write/search/words.rs)

  const ideograph = "\\u3041-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{323af}";
  const runs = new RegExp(`[${ideograph}]+|(?:(?![${ideograph}])[\\p{Alphabetic}\\p{N}\\p{M}])+`, "gu");
  const isIdeographic = new RegExp(`^[${ideograph}]`, "u");

  const fold = (run) =>
    (/^[\0-\x7f]*$/.test(run) ? run : run.normalize("NFKD").replace(/\p{M}/gu, "")).toLowerCase().replace(/[^\p{Alphabetic}\p{N}]/gu, "");

  // Porter's stemmer (1980): the words of a reader and of an author may differ in their endings.
  const shape = (text) => text.replace(/(^|[aeiou])y/g, "$1b");
  const measure = (text) => (shape(text).match(/[aeiouy]+[^aeiouy]+/g) ?? []).length;
  const hasVowel = (text) => /[aeiouy]/.test(shape(text));
  const isShort = (text) => /[^aeiouy][aeiouy][^aeiouywx]$/.test(shape(text));
  const endings = [
    { ational: "ate", tional: "tion", enci: "ence", anci: "ance", izer: "ize", abli: "able", alli: "al", entli: "ent", eli: "e", ousli: "ous", ization: "ize",
      ation: "ate", ator: "ate", alism: "al", iveness: "ive", fulness: "ful", ousness: "ous", aliti: "al", iviti: "ive", biliti: "ble" },
    { icate: "ic", ative: "", alize: "al", iciti: "ic", ical: "ic", ful: "", ness: "" },
  ].map((table) => [new RegExp(`(${Object.keys(table).sort((a, b) => b.length - a.length).join("|")})$`), table]);
  const last = /(ement|ance|ence|able|ible|ment|ant|ent|ism|ate|iti|ous|ive|ize|al|er|ic|ou)$|(?<=[st])ion$/;

  const stem = (word) => {
    if (!/^en\b/i.test(language) || word.length < 3 || /[^a-z]/.test(word)) return word;
    let text = word.replace(/(ss|i)es$/, "$1").replace(/([^s])s$/, "$1");
    const past = text.match(/^(.*?)(eed|ed|ing)$/);
    if (past?.[2] === "eed") {
      if (measure(past[1])) text = text.slice(0, -1);
    } else if (past && hasVowel(past[1])) {
      text = past[1];
      if (/(at|bl|iz)$/.test(text) || (measure(text) === 1 && isShort(text))) text += "e";
      else if (/([^aeioulsz])\1$/.test(text)) text = text.slice(0, -1);
    }
    if (/y$/.test(text) && hasVowel(text.slice(0, -1))) text = `${text.slice(0, -1)}i`;
    for (const [ending, table] of endings) {
      const found = text.match(ending);
      if (found && measure(text.slice(0, found.index))) text = text.slice(0, found.index) + table[found[0]];
    }
    const found = text.match(last);
    if (found && measure(text.slice(0, found.index)) > 1) text = text.slice(0, found.index);
    if (/e$/.test(text)) {
      const rest = text.slice(0, -1);
      if (measure(rest) > 1 || (measure(rest) === 1 && !isShort(rest))) text = rest;
    }
    return /ll$/.test(text) && measure(text) > 1 ? text.slice(0, -1) : text;
  };

  /** How many letters have to be changed, added, left out or swapped; more than `most` is as good as any. */
  const distance = (a, b, most) => {
    if (Math.abs(a.length - b.length) > most) return most + 1;
    let [before, row] = [[], Array.from({ length: b.length + 1 }, (_, index) => index)];
    for (let i = 1; i <= a.length; i += 1) {
      const next = [i];
      for (let j = 1; j <= b.length; j += 1) {
        const same = a[i - 1] === b[j - 1];
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (same ? 0 : 1));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
      }
      if (Math.min(...next) > most) return most + 1;
      [before, row] = [row, next];
    }
    return row[b.length];
  };

  /** The words of the index that a slip of the pen may have meant. */
  const respelled = async (word, isTyped) => {
    const most = word.length > 7 ? 2 : word.length > 3 ? 1 : 0;
    if (!most) return [];
    let nearest = most;
    let found = [];
    for (const known of (await load("words")).split(" ")) {
      // A word that is still being typed may be the beginning of one.
      const forms = isTyped && known.length > word.length ? [known, known.slice(0, word.length), known.slice(0, word.length + 1)] : [known];
      const away = Math.min(...forms.map((form) => distance(word, form, nearest)));
      if (away < nearest) found = [];
      if (away <= nearest) {
        nearest = away;
        found.push(known);
      }
    }
    const lists = await Promise.all(found.slice(0, 6).map(async (known) => (await beginningWith(known, known)).find(([each]) => each === known)));
    return Object.assign(lists.filter(Boolean).map(([known, places]) => [known, places, 0.5]), { isGuess: true });
  };

  /** The words of the index that stand for a word of the query: [word, places, how much it counts]. */
  const meant = async ({ text, isTyped }) => {
    if (isIdeographic.test(text)) {
      const found = await beginningWith(text, text);
      return found.map(([word, places]) => [word, places, word === text ? 1 : 0.6]);
    }
    const root = stem(text);
    const start = root.length > 1 ? root.replace(/[iey]$/, "") : text;
    const found = await beginningWith(text.startsWith(start) ? start : text, text);
    const same = found.flatMap(([word, places]) => (word === text ? [[word, places, 1]] : stem(word) === root ? [[word, places, 0.85]] : []));
    if (same.length && !isTyped) return same;
    const longer = found.filter(([word]) => word !== text && word.startsWith(text) && stem(word) !== root);
    const all = [...same, ...longer.map(([word, places]) => [word, places, 0.7 * Math.sqrt(text.length / word.length)])];
    return all.length ? all : respelled(text, isTyped);
  };

  /** The words of a query: { text, isNeeded, isTyped }; the last one may not be complete yet. */
  const cut = (query) => {
    const found = [];
    for (const { 0: run, index } of query.matchAll(runs)) {
      const isTyped = index + run.length === query.length;
      if (!isIdeographic.test(run)) {
        found.push({ text: fold(run), isNeeded: true, isTyped });
        continue;
      }
      const letters = [...run];
      if (letters.length === 1) found.push({ text: run, isNeeded: true, isTyped });
      // Pairs inside a word are needed; those across two words need not stand side by side in a text.
      const ends = new Set();
      if (Intl.Segmenter) {
        let end = 0;
        for (const { segment } of new Intl.Segmenter(language, { granularity: "word" }).segment(run)) ends.add((end += [...segment].length));
      }
      for (let at = 0; at + 1 < letters.length; at += 1) {
        found.push({ text: letters[at] + letters[at + 1], isNeeded: ends.size > 0 && !ends.has(at + 1), isTyped: false });
      }
    }
    return found.filter(({ text }) => text);
  };

  // 3. Which pages, in which order

  /** Where a word stands: a map from pages to maps from sections to [how much it counts there, whether it is in the heading]. */
  const standing = (found) => {
    const pages = new Map();
    let count = 0;
    let isPartial = false;
    for (const [, places, factor] of found) {
      let rest = numbers(places.replace("*", ""));
      if (places[0] === "*") {
        isPartial = true;
        count += rest[0];
        rest = rest.slice(1);
      }
      let page = -1;
      for (let at = 0; at < rest.length; at += 2) {
        page += rest[at];
        const section = rest[at + 1] >> 4;
        const weight = rest[at + 1] & 15;
        const sections = pages.get(page) ?? new Map();
        pages.set(page, sections);
        if (weight * factor > (sections.get(section)?.[0] ?? 0)) sections.set(section, [weight * factor, weight > 6]);
      }
    }
    return { pages, isPartial, rarity: Math.log(1 + entry.pages / Math.max(pages.size, count, 1)) };
  };

  /** The pages that a query finds, best first: { pages: [{ page, sections }], terms }. */
  const find = async (query) => {
    await begin();
    const sought = cut(query);
    const found = await Promise.all(sought.map(meant));
    const terms = new Set(found.flat().map(([word]) => word));
    const stands = found.map(standing);
    const total = stands.reduce((sum, { rarity }) => sum + rarity, 0);
    const scores = new Map();
    stands.forEach(({ pages, rarity }, word) => {
      for (const [page, sections] of pages) {
        const score = scores.get(page) ?? { page, words: new Set(), value: 0, share: 0, sections: new Map() };
        scores.set(page, score);
        const most = Math.max(...[...sections.values()].map(([weight]) => weight));
        score.words.add(word);
        score.share += rarity;
        score.value += rarity * (most + Math.min(2, sections.size * 0.2));
        for (const [section, [weight, isHead]] of sections) {
          const own = score.sections.get(section) ?? { section, value: 0, words: 0, head: 0 };
          own.value += rarity * weight;
          own.words += 1;
          if (isHead) own.head += rarity;
          score.sections.set(section, own);
        }
      }
    });
    const needed = sought.flatMap(({ isNeeded }, word) => (isNeeded && !found[word].isGuess && stands[word].pages.size && !stands[word].isPartial ? [word] : []));
    const all = [...scores.values()];
    const whole = all.filter((score) => needed.every((word) => score.words.has(word)));
    const kept = whole.length ? whole : all;
    for (const score of kept) {
      const sections = [...score.sections.values()].sort((a, b) => b.words - a.words || b.value - a.value || a.section - b.section);
      // A title or heading that holds the whole query is what the reader is after.
      const head = Math.max(...sections.map(({ section, head: share }) => (share / total) ** 2 * (section ? 4 : 8)));
      score.value = (score.value + sections[0].value / 2 + head * total) * (score.share / total) ** 2;
      score.sections = sections;
    }
    kept.sort((a, b) => b.value - a.value || a.page - b.page);
    return { pages: kept, terms };
  };

  /** A page's texts: [title, address, way, [[heading, id, text], …]]. */
  const textOf = async (page) => {
    const number = lastUpTo(entry.texts, page);
    return (await load(`text-${number}`))[page - entry.texts[number]];
  };

  // 4. What a reader sees of a result

  const element = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  /** Where the found words stand in a text: [start, end, word]. */
  const marksIn = (text, terms) => {
    const marks = [];
    for (const { 0: run, index } of text.matchAll(runs)) {
      if (!isIdeographic.test(run)) {
        const word = fold(run);
        if (terms.has(word)) marks.push([index, index + run.length, word]);
        continue;
      }
      let at = index;
      const letters = [...run];
      letters.forEach((letter, position) => {
        const pair = letter + (letters[position + 1] ?? "");
        if (terms.has(pair)) {
          const before = marks.at(-1);
          if (before && before[1] >= at && before[0] >= index) before[1] = at + pair.length;
          else marks.push([at, at + pair.length, pair]);
        }
        at += letter.length;
      });
    }
    return marks;
  };

  const marked = (text, terms, from = 0, to = text.length, marks = marksIn(text, terms)) => {
    const pieces = [];
    let written = from;
    for (const [start, end] of marks) {
      if (start < written || end > to) continue;
      pieces.push(text.slice(written, start), element("mark", {}, text.slice(start, end)));
      written = end;
    }
    pieces.push(text.slice(written, to));
    return pieces.filter((piece) => piece !== "");
  };

  /** The piece of a text in which most of the words stand. */
  const excerpt = (whole, terms) => {
    const text = whole.slice(0, 50_000);
    const marks = marksIn(text, terms);
    const long = isIdeographic.test(text[marks[0]?.[0] ?? 0] ?? "") ? 80 : 160;
    let best = 0;
    let most = 0;
    marks.forEach(([start], first) => {
      const inside = new Set();
      for (let next = first; next < marks.length && marks[next][1] < start + long - 40; next += 1) inside.add(marks[next][2]);
      if (inside.size > most) [most, best] = [inside.size, start];
    });
    let from = Math.max(0, best - 40);
    // Words stay whole, where there are spaces.
    if (from > 0) {
      const space = text.indexOf(" ", from);
      if (space > 0 && space < best) from = space + 1;
    }
    let to = Math.min(text.length, from + long);
    if (to < text.length) {
      const space = text.lastIndexOf(" ", to);
      if (space > to - 30) to = space;
    }
    return [from > 0 ? "… " : "", ...marked(text, terms, from, to, marks), to < whole.length ? " …" : ""];
  };

  const span = (name, ...children) => element("span", { class: name }, ...children);

  /** The options of a page: the page, and the sections that match best. */
  const options = async ({ page, sections }, terms) => {
    const known = await textOf(page);
    // The site may have been published anew in between.
    if (!known) return [];
    const [title, address, way, texts] = known;
    const top = sections[0];
    const within = sections.filter(({ section, words: count, value }) => section > 0 && texts[section] && count === top.words && value >= top.value / 2).slice(0, 3);
    const href = root + address;
    const own = sections.find(({ section }) => section === 0);
    const first = element("a", { class: "found", href }, span("found-title", ...marked(title, terms)));
    if (way.length) first.append(span("found-way", way.join(" › ")));
    if (texts[0][2] && (own?.words === top.words || !within.length)) first.append(span("found-text", ...excerpt(texts[0][2], terms)));
    return [first, ...within.map(({ section }) => {
      const [heading, id, text] = texts[section];
      const option = element("a", { class: "found found-section", href: `${href}#${encodeURIComponent(id)}` }, span("found-title", ...marked(heading, terms)));
      if (text) option.append(span("found-text", ...excerpt(text, terms)));
      return option;
    })];
  };

  // 5. The dialog: a combobox with a list, as in the ARIA Authoring Practices Guide

  const [input, close] = dialog.querySelectorAll("input, button");
  const list = document.getElementById("page:found");
  const status = list.nextElementSibling;
  const words = status.dataset;

  /** How many pages are shown at first, and how many more when a reader comes to the end. */
  const many = 8;
  let shown = { pages: [], terms: new Set(), count: 0 };
  let turn = 0;
  let active = -1;
  let isSearching = false;
  let isAwaited = false;
  let growing = null;

  const choose = (position) => {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = list.children.length ? Math.max(0, Math.min(position, list.children.length - 1)) : -1;
    const option = list.children[active];
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };

  const follow = (keys = {}) => {
    list.children[active]?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey: keys.ctrlKey, metaKey: keys.metaKey }));
  };

  /** The options of the next pages that were found. */
  const next = async () => {
    const pages = shown.pages.slice(shown.count, shown.count + many);
    shown.count += pages.length;
    return (await Promise.all(pages.map((page) => options(page, shown.terms)))).flat();
  };

  const append = (made) => {
    for (const option of made) {
      for (const [name, value] of Object.entries({ role: "option", id: `page:found:${list.children.length}`, "aria-selected": "false", tabindex: "-1" })) option.setAttribute(name, value);
      list.append(option);
    }
  };

  const more = () => {
    const mine = turn;
    growing ??= next().then((made) => { if (mine === turn) append(made); }).catch(() => {}).finally(() => { growing = null; });
    return growing;
  };

  const say = (text) => { status.textContent = text; };

  const empty = () => {
    choose(-1);
    list.replaceChildren();
    list.hidden = true;
    active = -1;
    input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-expanded", "false");
  };

  const search = async () => {
    const mine = ++turn;
    const query = input.value.trim();
    const slow = setTimeout(() => { if (mine === turn) say(words.waiting); }, 400);
    try {
      const found = query ? await find(query) : { pages: [], terms: new Set() };
      if (mine !== turn) return;
      shown = { ...found, count: 0 };
      const made = await next();
      if (mine !== turn) return;
      empty();
      const { length } = found.pages;
      if (length) {
        append(made);
        list.hidden = false;
        list.scrollTop = 0;
        input.setAttribute("aria-expanded", "true");
        choose(0);
      }
      const word = length ? words.found : words.none;
      say(query ? word.replace("{count}", length).replace("{query}", query) : "");
    } catch {
      if (mine !== turn) return;
      empty();
      say(words.failed);
    } finally {
      clearTimeout(slow);
    }
    isSearching = false;
    // Enter came before what it is for.
    if (isAwaited) follow();
    isAwaited = false;
  };

  let timer;
  const later = () => {
    isSearching = true;
    isAwaited = false;
    clearTimeout(timer);
    timer = setTimeout(search, 60);
  };
  // What an input method composes is no query yet.
  input.addEventListener("input", (event) => { if (!event.isComposing) later(); });
  input.addEventListener("compositionend", later);

  input.addEventListener("keydown", async (event) => {
    if (event.isComposing || event.altKey || event.shiftKey) return;
    const { length } = list.children;
    const to = { ArrowDown: active + 1, ArrowUp: active > 0 ? active - 1 : length - 1, Home: 0, End: length - 1 }[event.key];
    const opens = { Enter: true }[event.key];
    if (opens) {
      event.preventDefault();
      if (isSearching) isAwaited = true;
      else follow(event);
    } else if (to !== undefined && length) {
      event.preventDefault();
      // Past the last one there may be more; else the list begins again.
      if (to === length) await more();
      choose(to < list.children.length ? to : 0);
    }
  });

  list.addEventListener("scroll", () => { if (list.scrollTop + list.clientHeight > list.scrollHeight - 200) more(); });
  list.addEventListener("click", (event) => { if (event.target.closest("a") && !event.ctrlKey && !event.metaKey) dialog.close(); });
  list.addEventListener("pointermove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && option !== list.children[active]) choose([...list.children].indexOf(option));
  });
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  window.milepostSearch = Object.assign((name, content) => received.set(name, content), {
    find, textOf,
    begin: () => begin().catch(() => say(words.failed)),
  });
  milepostSearch.begin();
  if (input.value) later();
})();
