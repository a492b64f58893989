// The way through a site is the same on a server, below a sub-path, from a disk and without scripts.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { desktop, listen, phone } from "../support/browser.js";
import { kinds, many } from "../support/fixtures.js";
import { onboarding } from "../support/site.js";
import { stage } from "../support/stage.js";

const set = stage({
  root: { build: () => onboarding() },
  under: { build: () => onboarding(), under: "/team/guides/" },
  published: { build: () => onboarding("--base-url", "https://docs.example.com/team/guides/"), under: "/team/guides/" },
  kinds: { build: () => kinds() },
  many: { build: () => many(3, 80) },
});

const title = (page) => page.locator("h1").first().innerText();

/** Clicks a link, and waits for the page that it leads to. */
const follow = (page, link) => Promise.all([page.waitForEvent("load"), link.click()]);

/** From the home page into a deep guide and back, by clicking alone. */
async function walk(page, home) {
  await page.goto(home);
  const homeTitle = await title(page);
  await follow(page, page.locator("article").getByRole("link", { name: "Prepare your account for Linux" }).first());
  assert.equal(await title(page), "Prepare your account for Linux");
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".bar")).display), "flex", "the style is there");

  const next = page.locator("a[rel=next]");
  const nextTitle = await next.locator("span").innerText();
  await follow(page, next);
  assert.equal(await title(page), nextTitle);
  await follow(page, page.locator("a[rel=prev]"));
  assert.equal(await title(page), "Prepare your account for Linux");

  const crumbs = page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link");
  const names = await crumbs.allInnerTexts();
  assert.ok(names.length >= 3, "a deep guide has breadcrumbs");
  await follow(page, crumbs.last());
  assert.equal(await page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link").count(), names.length - 1);
  await follow(page, page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link").first());
  assert.equal(await title(page), homeTitle);

  await follow(page, page.locator("article").getByRole("link", { name: "Cannot connect" }).first());
  // A heading of another guide: the page opens at the heading.
  const spot = page.locator("article").getByRole("link", { name: "Know what happens when it runs out" }).first();
  await follow(page, spot);
  assert.match(decodeURI(page.url()), /#know-what-happens-when-it-runs-out$/);
  await page.waitForFunction(() => {
    const top = document.querySelector(":target")?.getBoundingClientRect().top;
    return top >= document.querySelector(".top")?.getBoundingClientRect().bottom && top < innerHeight;
  });
  await follow(page, page.locator("a.brand"));
  assert.equal(await title(page), homeTitle);
  return page.url();
}

describe("a reader clicks through the site", () => {
  it("on a server", async () => {
    const page = await set.browser.newPage(desktop);
    const heard = listen(page);
    await walk(page, set.servers.root.url);
    await page.waitForFunction(() => document.querySelectorAll("input[type=radio]").length === 3); // the scripts ran
    assert.deepEqual(heard.errors, []);
    await page.close();
  });
  it("below a sub-path", async () => {
    const page = await set.browser.newPage(desktop);
    const heard = listen(page);
    const end = await walk(page, set.servers.under.url);
    assert.ok(end.startsWith(set.servers.under.url));
    assert.deepEqual(heard.requests.filter((address) => !address.startsWith(set.servers.under.url)), []);
    assert.deepEqual(heard.errors, []);
    await page.close();
  });
  it("below a sub-path with a base URL, whose addresses lose index.html", async () => {
    const page = await set.browser.newPage(desktop);
    const heard = listen(page);
    await walk(page, set.servers.published.url);
    await page.waitForURL(set.servers.published.url);
    assert.deepEqual(heard.errors, []);
    await page.close();
  });
  it("from a disk, without a server", async () => {
    const page = await set.browser.newPage(desktop);
    const heard = listen(page);
    const home = `${pathToFileURL(set.servers.root.folder)}/index.html`;
    assert.equal(await walk(page, home), home);
    await page.waitForFunction(() => document.querySelectorAll("input[type=radio]").length === 3); // the scripts ran
    await page.getByRole("radio", { name: "Dark" }).check();
    await follow(page, page.locator("article").getByRole("link", { name: "Prepare your account for Linux" }).first());
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark", "the theme is remembered");
    assert.deepEqual(heard.requests.filter((address) => !address.startsWith("file:")), []);
    assert.deepEqual(heard.errors, []);
    await page.close();
  });
  it("with scripts off", async () => {
    const page = await set.browser.newPage({ ...desktop, javaScriptEnabled: false });
    await walk(page, set.servers.root.url);
    await page.close();
  });
  it("on a phone, by the menu, with scripts off", async () => {
    const page = await set.browser.newPage({ ...phone, javaScriptEnabled: false, hasTouch: true });
    await page.goto(set.servers.root.url);
    const side = page.locator(".side");
    assert.equal(await side.isVisible(), false);
    await page.getByRole("button", { name: "Menu" }).tap();
    await Promise.all([page.waitForEvent("load"), side.getByRole("link", { name: "Elastic Compute" }).tap()]);
    assert.equal(await title(page), await page.locator(".side [aria-current=page]").textContent());
    await page.close();
  });
});

describe("the contents of a page, where there is no room beside the text", () => {
  const open = async (options = {}) => {
    const page = await set.browser.newPage({ ...phone, ...options });
    await page.goto(`${set.servers.kinds.url}start/guide/`);
    return page;
  };
  it("stay in reach, say where the reader is, and fold when one is chosen", async () => {
    const page = await open();
    const bar = page.locator(".toc > summary");
    await bar.click();
    await page.locator(".toc").getByRole("link", { name: "Images" }).click();
    await page.waitForFunction(() => document.querySelector(".toc > summary").dataset.here === "Images");
    assert.equal(await page.locator(".toc").getAttribute("open"), null);
    const edges = await page.evaluate(() => ["header", ".toc", "#images"].map((selector) => document.querySelector(selector).getBoundingClientRect()).map(({ top, bottom }) => ({ top, bottom })));
    assert.ok(Math.abs(edges[1].top - edges[0].bottom) < 1, "the bar is right below the header");
    assert.ok(edges[2].top >= edges[1].bottom, "the heading is not below the bar");
    await page.close();
  });
  it("cover the text while they are open, move nothing, and fold when the focus has gone through them", async () => {
    const page = await open();
    const place = () => page.locator("h1").evaluate((heading) => heading.getBoundingClientRect().top);
    const before = await place();
    await page.locator(".toc > summary").focus();
    await page.keyboard.press("Enter");
    assert.ok(await page.locator(".toc").getByRole("link", { name: "Images" }).isVisible());
    assert.equal(await place(), before);
    const count = await page.locator(".toc a").count();
    for (let link = 0; link < count; link += 1) await page.keyboard.press("Tab");
    assert.ok(await page.locator(".toc a").last().evaluate((link) => link === document.activeElement));
    assert.notEqual(await page.locator(".toc").getAttribute("open"), null);
    await page.keyboard.press("Tab");
    assert.equal(await page.locator(".toc").getAttribute("open"), null);
    await page.close();
  });
  it("leave the page where it is when the focus comes to them, as does the header", async () => {
    const page = await open();
    await page.locator("#images").evaluate((heading) => heading.scrollIntoView());
    const before = await page.evaluate(() => scrollY);
    assert.ok(before > 200, "the page is scrolled");
    for (const selector of [".brand", "#page\\:find", ".toc > summary"]) {
      await page.locator(selector).focus();
      assert.equal(await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(scrollY))))), before, selector);
    }
    await page.close();
  });
  it("stand above the text and stay there with scripts off", async () => {
    const page = await open({ javaScriptEnabled: false });
    assert.equal(await page.locator(".toc").evaluate((bar) => getComputedStyle(bar).position), "static");
    await page.close();
  });
});

describe("the home page", () => {
  it("is the first entry of the sidebar, on every page", async () => {
    const page = await set.browser.newPage(desktop);
    await page.goto(set.servers.root.url);
    const first = page.locator(".side a").first();
    assert.equal(await first.getAttribute("aria-current"), "page");
    const name = await first.textContent();
    await page.goto(`${set.servers.root.url}Elastic-Compute/Virtual-Machine/Pricing/Billing-Rules/`);
    assert.equal(await first.textContent(), name);
    await follow(page, first);
    assert.equal(await title(page), name);
    await page.close();
  });
});

describe("an address where nothing is", () => {
  for (const name of ["root", "published"]) {
    for (const address of ["nowhere", "Elastic-Compute/nowhere", "a/b/c/d/nowhere/"]) {
      it(`leads home from ${name}: ${address}`, async () => {
        const page = await set.browser.newPage(desktop);
        const answer = await page.goto(set.servers[name].url + address);
        assert.equal(answer.status(), 404);
        assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".bar")).display), "flex", "the style is there");
        await page.waitForFunction(() => document.querySelectorAll("input[type=radio]").length === 3); // the scripts ran
        for (const link of await page.getByRole("link").all()) {
          const target = await link.evaluate((element) => element.href);
          if (target.startsWith(set.servers[name].origin)) assert.equal((await fetch(target)).status, target.includes("#") ? 404 : 200, target);
        }
        await follow(page, page.getByRole("link", { name: "home page" }));
        assert.equal(page.url(), set.servers[name].url);
        assert.equal(await title(page), "From account to working server");
        await page.close();
      });
    }
  }
});

describe("a former address", () => {
  it("leads on, with the query and the fragment", async () => {
    const page = await set.browser.newPage();
    await page.goto(`${set.servers.kinds.url}old/guide/?from=mail#code`);
    await page.waitForURL("**/start/guide/**");
    assert.equal(page.url(), `${set.servers.kinds.url}start/guide/index.html?from=mail#code`);
    await page.close();
  });
  it("leads on from the disk, with the fragment", async () => {
    const page = await set.browser.newPage();
    const folder = pathToFileURL(set.servers.kinds.folder);
    await page.goto(`${folder}/old/guide/index.html#code`);
    await page.waitForURL("**/start/guide/**");
    assert.equal(page.url(), `${folder}/start/guide/index.html#code`);
    await page.close();
  });
  it("leads on with scripts off", async () => {
    const page = await set.browser.newPage({ javaScriptEnabled: false });
    await page.goto(`${set.servers.kinds.url}old/guide/`);
    await page.waitForURL("**/start/guide/**");
    assert.equal(await title(page), "Everything in one guide");
    await page.close();
  });
});

describe("a page tells where one is", () => {
  it("contents mark the heading that is being read", async () => {
    const page = await set.browser.newPage(desktop);
    await page.goto(`${set.servers.kinds.url}start/second/`);
    const marked = page.locator(".rail [aria-current]");
    for (const id of ["part-three", "part-six", "part-one"]) {
      await page.evaluate((id) => {
        document.documentElement.style.scrollBehavior = "auto";
        document.getElementById(id).scrollIntoView({ block: "start" });
      }, id);
      await page.waitForFunction((id) => document.querySelector(".rail [aria-current]")?.hash === `#${id}`, id);
      assert.equal(await marked.count(), 1);
      assert.equal(await marked.getAttribute("aria-current"), "location");
    }
    // The last heading cannot reach the top of the window, but it is the one that was asked for.
    await page.locator(".rail a").last().click();
    await page.waitForFunction(() => document.querySelector(".rail [aria-current]")?.hash === "#part-eight");
    await page.close();
  });
  it("contents mark the heading of a link from elsewhere", async () => {
    const page = await set.browser.newPage(desktop);
    await page.goto(`${set.servers.kinds.url}start/third/#part-two`);
    await page.waitForFunction(() => document.querySelector(".rail [aria-current]")?.hash === "#part-two");
    await page.close();
  });
  it("the title names the page, its section and the site", async () => {
    const page = await set.browser.newPage(desktop);
    await page.goto(`${set.servers.kinds.url}start/guide/`);
    assert.equal(await page.title(), "Everything in one guide · Start · Kinds of pages");
    await page.close();
  });
  it("the sidebar stays where it was scrolled to", async () => {
    const page = await set.browser.newPage(desktop);
    await page.goto(`${set.servers.many.url}folder-2/page-040/`);
    const side = page.locator(".side");
    const current = side.locator("[aria-current=page]");
    await current.waitFor();
    const seen = async () => {
      const outer = await side.boundingBox();
      const inner = await current.boundingBox();
      return inner.y >= outer.y && inner.y + inner.height <= outer.y + outer.height;
    };
    assert.ok(await seen(), "the current page is in view when one arrives");
    await side.evaluate((element) => { element.scrollTop += 90; });
    const before = await side.evaluate((element) => element.scrollTop);
    await follow(page, side.getByRole("link", { name: "Page 042" }));
    assert.equal(await title(page), "Page 042 of folder 2");
    assert.equal(await side.evaluate((element) => element.scrollTop), before);
    assert.ok(await seen());
    await page.close();
  });
});

describe("with scripts off", () => {
  for (const address of ["start/guide/", "list/", ""]) {
    it(`every word can be read: /${address}`, async () => {
      const words = async (javaScriptEnabled) => {
        const page = await set.browser.newPage({ ...desktop, javaScriptEnabled });
        await page.goto(set.servers.kinds.url + address);
        const text = await page.locator("main").innerText();
        const empty = await page.locator("button:visible, select:visible, input:visible:not([type=checkbox])").count();
        await page.close();
        return { text, empty };
      };
      const [without, scripted] = [await words(false), await words(true)];
      assert.equal(without.text, scripted.text);
      assert.equal(without.empty, 0, "no control stands there that does nothing");
    });
  }
  it("boxes can be ticked", async () => {
    const page = await set.browser.newPage({ ...phone, javaScriptEnabled: false });
    await page.goto(`${set.servers.kinds.url}start/guide/`);
    const box = page.getByRole("checkbox").first();
    await box.check();
    assert.ok(await box.isChecked());
    await page.close();
  });
  it("help that is folded opens, and contents lead to their headings", async () => {
    const page = await set.browser.newPage({ ...phone, javaScriptEnabled: false });
    await page.goto(`${set.servers.kinds.url}start/guide/`);
    await page.getByText("It does not work").click();
    assert.ok(await page.getByText("Switch it off and on again.").isVisible());
    await page.locator("summary", { hasText: "On this page" }).click();
    await page.locator(".toc").getByRole("link", { name: "Images" }).click();
    assert.match(page.url(), /#images$/);
    await page.close();
  });
});
