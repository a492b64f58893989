// The whole onboarding site: every link leads somewhere, nothing is asked of others, and pages stay light.
import assert from "node:assert/strict";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { before, describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { desktop, listen } from "../support/browser.js";
import { broken, kinds, many } from "../support/fixtures.js";
import { fixture, onboarding, pagesOf } from "../support/site.js";
import { stage } from "../support/stage.js";

const set = stage({
  "the onboarding site": { build: () => onboarding() },
  "a site of every kind of page": { build: () => kinds() },
  "a site with broken links": { build: () => broken() },
  many: { build: () => many(1, 300) },
  long: { build: () => fixture({ "README.md": "# Home\n\n[Long](long.md)\n", "long.md": longGuide }, ['title = "Long"']) },
});

const longGuide = `# Long\n\n${Array.from({ length: 100 }, (_, at) => `## Section ${at}\n\n${"word ".repeat(100)}\n`).join("\n")}`;

/** Opens every page of a site and notes what a reader, and a machine, could complain about. */
async function crawl(server) {
  const context = await set.browser.newContext(desktop);
  await context.route(/^https?:\/\/(?!127\.0\.0\.1)/, (route) => route.abort());
  const page = await context.newPage();
  const heard = listen(page);
  const found = { pages: {}, errors: heard.errors, requests: heard.requests, cookies: [], origin: server.origin };
  for (const file of await pagesOf(server.folder)) {
    await page.goto(server.url + encodeURI(file));
    if (page.url() !== server.url + encodeURI(file)) continue; // a former address, which leads on
    found.pages[file] = await page.evaluate(() => ({
      url: location.href.replace(/#.*/, ""),
      ids: [...document.querySelectorAll("[id]")].map((element) => element.id),
      links: [...document.querySelectorAll("a[href], area[href], link[href]")].map((element) => element.href),
      sources: [...document.querySelectorAll("[src]")].map((element) => element.src),
      currents: document.querySelectorAll("[aria-current=page]").length,
      hasSidebar: Boolean(document.getElementById("menu")),
      headings: document.querySelectorAll("h1").length,
      title: document.title,
    }));
  }
  found.cookies = await context.cookies();
  await context.close();
  return found;
}

for (const name of ["the onboarding site", "a site of every kind of page"]) {
  describe(`on ${name}`, () => {
    let site;
    before(async () => { site = await crawl(set.servers[name]); });

    it("every link and every image answers, and every fragment is there", async () => {
      const ids = new Map(Object.values(site.pages).map((page) => [page.url, new Set(page.ids)]));
      const answers = new Map();
      const wrong = [];
      let count = 0;
      for (const [file, page] of Object.entries(site.pages)) {
        for (const link of [...page.links, ...page.sources]) {
          const url = new URL(link);
          if (url.origin !== site.origin) continue;
          const fragment = decodeURIComponent(url.hash.slice(1));
          url.hash = "";
          if (!answers.has(url.href)) answers.set(url.href, await fetch(url, { method: "HEAD" }));
          const answer = answers.get(url.href);
          count += 1;
          if (answer.status !== 200) wrong.push(`${file}: ${link} answers ${answer.status}`);
          else if (answer.redirected) wrong.push(`${file}: ${link} takes a detour`);
          const known = ids.get(url.href) ?? ids.get(url.href.replace(/\/$/, "/index.html"));
          if (fragment && known && !known.has(fragment)) wrong.push(`${file}: ${link} has no such place`);
        }
      }
      assert.deepEqual(wrong, []);
      assert.ok(count > 100, `${count} links were followed`);
    });
    it("no id stands twice on a page", () => {
      for (const [file, { ids }] of Object.entries(site.pages)) assert.deepEqual(ids.filter((id, at) => ids.indexOf(id) !== at), [], file);
    });
    it("no page asks anybody else for anything", () => {
      assert.ok(site.requests.length > 0);
      assert.deepEqual(site.requests.filter((address) => !address.startsWith(site.origin)), []);
    });
    it("no page sets a cookie", () => assert.deepEqual(site.cookies, []));
    it("no page writes to the console", () => assert.deepEqual(site.errors, []));
    it("each page names itself once in its navigation", () => {
      const wrong = Object.entries(site.pages).filter(([, page]) => page.hasSidebar && page.currents !== 1);
      assert.deepEqual(wrong.map(([file, page]) => `${file}: ${page.currents}`), []);
    });
    it("each page has one main heading and a title of its own", () => {
      const pages = Object.entries(site.pages);
      // A page to be printed holds several guides, each with its own.
      const single = pages.filter(([file]) => !/(^|\/)print\//.test(file));
      assert.deepEqual(single.filter(([, page]) => page.headings !== 1).map(([file]) => file), []);
      assert.equal(new Set(pages.map(([, page]) => page.title)).size, pages.length);
    });
  });
}

describe("a page with broken links", () => {
  it("leads nowhere wrong, and its console is silent", async () => {
    const site = await crawl(set.servers["a site with broken links"]);
    assert.deepEqual(site.errors, []);
    const wrong = [];
    for (const page of Object.values(site.pages)) {
      for (const link of page.links) if (link.startsWith(site.origin) && (await fetch(link)).status !== 200) wrong.push(link);
    }
    assert.deepEqual(wrong, []);
  });
});

describe("the first load of a guide", () => {
  it("weighs at most 60 KB without images, and 15 KB of script", async () => {
    const page = await set.browser.newPage(desktop);
    const bodies = [];
    page.on("response", (response) => bodies.push((async () => ({ type: response.request().resourceType(), size: gzipSync(await response.body()).length }))()));
    await page.goto(`${set.servers["the onboarding site"].url}Elastic-Compute/Virtual-Machine/Operation-Guide/Cannot-Connect/`, { waitUntil: "networkidle" });
    const loads = (await Promise.all(bodies)).filter((each) => each.type !== "image");
    const total = loads.reduce((sum, each) => sum + each.size, 0);
    const script = loads.filter((each) => each.type === "script").reduce((sum, each) => sum + each.size, 0);
    assert.ok(loads.length >= 4, "page, style and two scripts");
    assert.ok(total <= 60 * 1024, `${total} bytes compressed`);
    assert.ok(script <= 15 * 1024, `${script} bytes of script compressed`);
    await page.close();
  });
});

describe("the HTML of a page does not grow with the site", () => {
  const size = async (folder, file) => (await stat(path.join(folder, file))).size;

  it("50 pages or 500", async () => {
    const small = await many(5, 10);
    const large = await many(5, (folder) => (folder === 1 ? 10 : 122 + (folder % 2)));
    assert.equal((await pagesOf(large)).length > 500, true);
    for (const file of ["folder-1/page-005/index.html", "index.html"]) {
      assert.equal(await size(large, file), await size(small, file), file);
    }
  });
  it("a folder of 300 pages or of 900: at most 100 are shown beside one", async () => {
    const [some, more] = [set.servers.many.folder, await many(1, 900)];
    const [before, after] = [await size(some, "folder-1/page-150/index.html"), await size(more, "folder-1/page-150/index.html")];
    assert.equal(after, before);
    const html = await readFile(path.join(some, "folder-1/page-150/index.html"), "utf8");
    const aside = html.slice(html.indexOf('id="page:menu"'), html.indexOf("<main"));
    assert.ok(aside.match(/<li>/g).length <= 110, `${aside.match(/<li>/g).length} entries`);
    assert.match(aside, /aria-current="page"/);
  });
  it("a folder of 300 pages has a list of all, and each is reached from its neighbour's sidebar", async () => {
    const page = await set.browser.newPage(desktop);
    await page.goto(`${set.servers.many.url}folder-1/`);
    assert.equal(await page.locator(".cards a").count(), 300);
    for (const at of ["001", "100", "101", "300"]) {
      await page.goto(`${set.servers.many.url}folder-1/page-${at}/`);
      assert.equal(await page.locator(".side [aria-current=page]").count(), 1, at);
      assert.match(await page.locator(".side [aria-current=page]").innerText(), new RegExp(`Page ${at}`));
    }
    await page.close();
  });
  it("a guide of 10,000 words carries little more than its words", async () => {
    const html = await size(set.servers.long.folder, "long/index.html");
    assert.ok(html < longGuide.length * 1.7 + 6000, `${html} bytes for ${longGuide.length} of Markdown`);
    const page = await set.browser.newPage(desktop);
    await page.goto(`${set.servers.long.url}long/#section-90`);
    await page.waitForFunction(() => document.querySelector(".rail [aria-current]")?.hash === "#section-90");
    await page.close();
  });
});
