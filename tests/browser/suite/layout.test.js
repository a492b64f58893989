// Nothing reaches past the edge of the window, and nothing moves while a page loads.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { desktop, phone, sideways } from "../support/browser.js";
import { arabic, broken, chinese, including, kinds, wide } from "../support/fixtures.js";
import { onboarding } from "../support/site.js";
import { stage } from "../support/stage.js";

const set = stage({
  onboarding: { build: () => onboarding(), imageDelay: 120 },
  kinds: { build: () => kinds(), imageDelay: 120 },
  wide: { build: () => wide() },
  broken: { build: () => broken() },
  chinese: { build: () => chinese() },
  arabic: { build: () => arabic() },
  including: { build: () => including() },
});

const pages = [
  ["onboarding", ""],
  ["onboarding", "Elastic-Compute/Virtual-Machine/Operation-Guide/Cannot-Connect/"],
  ["onboarding", "checklists/"],
  ["onboarding", "print/elastic-compute/"],
  ["including", ""],
  ["kinds", "start/guide/"],
  ["kinds", "list/"],
  ["kinds", "not/here"],
  ["wide", "folder/guide/"],
  ["wide", "folder/"],
  ["wide", `folder/${"deep-folder-name/".repeat(5)}page/`],
  ["broken", ""],
  ["chinese", encodeURI("入门/创建实例/")],
  ["arabic", "dalil/awwal/"],
];

// Zoom at 200 % halves the window that the page sees.
const windows = { "320 px": 320, "360 px": 360, "768 px": 768, "1440 px": 1440, "1440 px at 200 % zoom": 720 };

describe("no page scrolls sideways", () => {
  for (const [site, address] of pages) {
    it(`${site}/${decodeURI(address)}`, async () => {
      const page = await set.browser.newPage();
      await page.goto(set.servers[site].url + address);
      for (const [name, width] of Object.entries(windows)) {
        await page.setViewportSize({ width, height: 800 });
        assert.deepEqual(await sideways(page), [], `at ${name}`);
      }
      await page.setViewportSize({ width: 768, height: 800 });
      await page.addStyleTag({ content: "html { font-size: 200% }" });
      assert.deepEqual(await sideways(page), [], "with letters of twice the size");
      await page.close();
    });
  }
});

describe("nothing moves while a page loads", () => {
  for (const [name, options] of Object.entries({ "on a desk": desktop, "on a phone": phone })) {
    for (const [site, address] of [["kinds", "start/guide/"], ["onboarding", "Elastic-Compute/Virtual-Machine/Operation-Guide/Cannot-Connect/"], ["onboarding", ""]]) {
      it(`${name}: ${site}/${address}`, async () => {
        const page = await set.browser.newPage(options);
        await page.addInitScript(() => {
          window.shifts = [];
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) window.shifts.push({ value: entry.value, moved: entry.sources.map(({ node }) => node?.nodeName) });
          }).observe({ type: "layout-shift", buffered: true });
        });
        await page.goto(set.servers[site].url + address, { waitUntil: "load" });
        for (const image of await page.locator("article img").all()) await image.scrollIntoViewIfNeeded();
        await page.waitForFunction(() => [...document.images].every((image) => image.complete));
        await page.waitForTimeout(200);
        assert.deepEqual(await page.evaluate(() => window.shifts), []);
        await page.close();
      });
    }
  }
  it("every image of a guide has its size in the page", async () => {
    const page = await set.browser.newPage(desktop);
    await page.goto(`${set.servers.kinds.url}start/guide/`);
    const without = await page.locator("article img:not([width][height])").evaluateAll((images) => images.map((image) => image.outerHTML));
    assert.deepEqual(without, []);
    await page.close();
  });
});

describe("a right-to-left page is mirrored", () => {
  it("its sidebar stands where lines begin", async () => {
    const page = await set.browser.newPage(desktop);
    await page.goto(`${set.servers.arabic.url}dalil/awwal/`);
    assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
    assert.equal(await page.locator("html").getAttribute("lang"), "ar");
    const side = await page.locator(".side").boundingBox();
    const text = await page.locator("article").boundingBox();
    assert.ok(side.x >= text.x + text.width, "the sidebar is to the right of the text");
    assert.equal(await page.locator("pre.code").first().evaluate((code) => getComputedStyle(code).direction), "ltr");
    await page.close();
  });
});

describe("a long line scrolls inside its own box, which the keyboard reaches", () => {
  for (const selector of ["pre.code", ".table"]) {
    it(selector, async () => {
      const page = await set.browser.newPage(phone);
      await page.goto(`${set.servers.wide.url}folder/guide/`);
      const box = page.locator(`article > ${selector === "pre.code" ? ".code-box > pre.code" : ".table"}`).first();
      await box.focus();
      assert.ok(await box.evaluate((element) => element.scrollWidth > element.clientWidth), "the line is longer than its box");
      await page.keyboard.press("ArrowRight");
      await page.waitForFunction((selector) => document.querySelector(selector).scrollLeft > 0, `article ${selector}`);
      await page.close();
    });
  }
});
