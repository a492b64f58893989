// What a page offers beyond its text: theme, copy buttons, tasks, print; and what it does not do.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { desktop, listen, phone } from "../support/browser.js";
import { broken, kinds, shellCode } from "../support/fixtures.js";
import { onboarding } from "../support/site.js";
import { stage } from "../support/stage.js";

const set = stage({ kinds: { build: () => kinds() }, broken: { build: () => broken() }, onboarding: { build: () => onboarding() } });

const guide = () => `${set.servers.kinds.url}start/guide/`;
const background = (page) => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
const luminance = (colour) => colour.match(/[\d.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3;

describe("the theme", () => {
  it("follows the system until one is chosen", async () => {
    const page = await set.browser.newPage({ ...desktop, colorScheme: "dark" });
    await page.goto(guide());
    assert.ok(luminance(await background(page)) < 60);
    await page.emulateMedia({ colorScheme: "light" });
    assert.ok(luminance(await background(page)) > 200);
    assert.ok(await page.getByRole("radio", { name: "System" }).isChecked());
    await page.close();
  });
  for (const [theme, system] of [["Dark", "light"], ["Light", "dark"]]) {
    it(`${theme} is kept on the next pages, whatever the system says`, async () => {
      const page = await set.browser.newPage({ ...desktop, colorScheme: system });
      await page.goto(guide());
      await page.getByRole("radio", { name: theme }).check();
      const chosen = await background(page);
      assert.equal(luminance(chosen) < 60, theme === "Dark");
      await page.locator("a[rel=next]").click();
      await page.waitForURL("**/start/second/**");
      assert.equal(await background(page), chosen);
      assert.ok(await page.getByRole("radio", { name: theme }).isChecked());
      await page.goto(`${set.servers.kinds.url}not/here`);
      assert.equal(await background(page), chosen, "on the 404 page too");
      await page.goto(guide());
      await page.getByRole("radio", { name: "System" }).check();
      await page.reload();
      assert.equal(luminance(await background(page)) < 60, system === "dark");
      await page.close();
    });
  }
  it("is there before the first paint", async () => {
    const page = await set.browser.newPage({ ...desktop, colorScheme: "light" });
    await page.goto(guide());
    await page.getByRole("radio", { name: "Dark" }).check();
    await page.addInitScript(() => {
      new MutationObserver((_, observer) => {
        if (!document.body) return;
        window.themeWithBody = document.documentElement.dataset.theme;
        window.bodyAt = performance.now();
        observer.disconnect();
      }).observe(document, { childList: true, subtree: true });
      new PerformanceObserver((list) => { window.paintAt ??= list.getEntries()[0].startTime; }).observe({ type: "paint", buffered: true });
    });
    await page.reload();
    await page.waitForFunction(() => window.paintAt !== undefined);
    const { themeWithBody, bodyAt, paintAt } = await page.evaluate(() => ({ themeWithBody: window.themeWithBody, bodyAt: window.bodyAt, paintAt: window.paintAt }));
    assert.equal(themeWithBody, "dark");
    assert.ok(bodyAt <= paintAt, `the theme was set by ${bodyAt} ms, painted at ${paintAt} ms`);
    await page.close();
  });
  it("is chosen in the menu on a phone, where the bar has no room for it", async () => {
    const page = await set.browser.newPage({ ...phone, colorScheme: "light" });
    await page.goto(guide());
    assert.equal(await page.getByRole("radio", { name: "Dark" }).count(), 0, "it is folded away");
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("radio", { name: "Dark" }).check();
    assert.ok(luminance(await background(page)) < 60);
    await page.setViewportSize(desktop.viewport);
    await page.locator(".bar").getByRole("radio", { name: "Dark" }).waitFor();
    await page.close();
  });
  it("changes in other windows at once", async () => {
    const context = await set.browser.newContext(desktop);
    const [one, two] = [await context.newPage(), await context.newPage()];
    await one.goto(guide());
    await two.goto(guide());
    await one.getByRole("radio", { name: "Dark" }).check();
    await two.waitForFunction(() => document.documentElement.dataset.theme === "dark");
    await context.close();
  });
  it("does without storage", async () => {
    const page = await set.browser.newPage(desktop);
    await page.addInitScript(() => {
      for (const store of ["localStorage", "sessionStorage"]) Object.defineProperty(window, store, { get() { throw new DOMException("denied", "SecurityError"); } });
    });
    const heard = listen(page);
    await page.goto(guide());
    await page.getByRole("radio", { name: "Dark" }).check();
    assert.ok(luminance(await background(page)) < 60);
    assert.deepEqual(heard.errors, []);
    await page.close();
  });
});

describe("the copy button", () => {
  it("copies the code and says so", async () => {
    const context = await set.browser.newContext({ ...desktop, permissions: ["clipboard-read", "clipboard-write"] });
    const page = await context.newPage();
    await page.goto(guide());
    assert.equal(await page.getByRole("button", { name: "Copy" }).count(), await page.locator("pre.code").count());
    await page.getByRole("button", { name: "Copy" }).first().click();
    await page.getByRole("status").filter({ hasText: "Copied" }).waitFor({ state: "attached" });
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), shellCode.trimEnd());
    await page.waitForFunction(() => document.querySelector("[role=status]").textContent === "");
    await context.close();
  });
  it("copies without the clipboard of a secure page", async () => {
    const context = await set.browser.newContext({ ...desktop, permissions: ["clipboard-read", "clipboard-write"] });
    const page = await context.newPage();
    await page.addInitScript(() => Object.defineProperty(window.Navigator.prototype, "clipboard", { value: undefined, configurable: true, writable: true }));
    await page.goto(guide());
    const kept = page.evaluate(() => new Promise((resolve) => document.addEventListener("copy", () => resolve(getSelection().toString() || document.activeElement.value), { once: true })));
    await page.getByRole("button", { name: "Copy" }).first().click();
    assert.equal(await kept, shellCode.trimEnd());
    await page.getByRole("status").filter({ hasText: "Copied" }).waitFor({ state: "attached" });
    await context.close();
  });
  it("is in sight on a touch screen", async () => {
    const page = await set.browser.newPage({ ...phone, hasTouch: true, isMobile: true });
    await page.goto(guide());
    assert.equal(await page.getByRole("button", { name: "Copy" }).first().evaluate((button) => getComputedStyle(button).opacity), "1");
    await page.close();
  });
});

describe("tasks", () => {
  it("each box is named by its text, and none is disabled", async () => {
    const page = await set.browser.newPage(desktop);
    await page.goto(guide());
    for (const name of ["Open the console and read the second guide", "Already done", "Run ssh root@203.0.113.10"]) {
      const box = page.getByRole("checkbox", { name, exact: true });
      assert.equal(await box.count(), 1, name);
      assert.ok(await box.isEnabled(), name);
    }
    assert.ok(await page.getByRole("checkbox", { name: "Already done" }).isChecked());
    await page.close();
  });
  it("a tap on the words ticks the box", async () => {
    const page = await set.browser.newPage({ ...phone, hasTouch: true });
    await page.goto(guide());
    await page.getByText("Already done").tap();
    assert.ok(!(await page.getByRole("checkbox", { name: "Already done" }).isChecked()));
    await page.close();
  });
  it("a link in a task leads on and ticks nothing", async () => {
    const page = await set.browser.newPage(desktop);
    await page.goto(guide());
    await page.locator(".task").getByRole("link").first().click();
    await page.waitForURL("**/start/second/**");
    await page.goBack();
    assert.ok(!(await page.getByRole("checkbox").first().isChecked()));
    await page.close();
  });
});

describe("alerts", () => {
  it("each names its kind in words", async () => {
    const page = await set.browser.newPage(desktop);
    await page.goto(guide());
    assert.deepEqual(await page.locator(".markdown-alert-title").allInnerTexts(), ["Note", "Tip", "Important", "Warning", "Caution"]);
    await page.close();
  });
});

describe("a link without a target", () => {
  it("is struck by more than colour, and says what is wrong", async () => {
    const page = await set.browser.newPage(desktop);
    await page.goto(set.servers.broken.url);
    const link = page.locator(".broken-link", { hasText: "missing page" });
    assert.match(await link.evaluate((element) => getComputedStyle(element).textDecorationStyle), /wavy/);
    assert.match(await link.getAttribute("title"), /nowhere\.md/);
    assert.equal(await link.getAttribute("href"), null);
    assert.ok(await page.locator(".broken-image", { hasText: "A picture that is not there" }).isVisible());
    await page.close();
  });
});

describe("on paper", () => {
  it("a guide is black on white, without navigation", async () => {
    const page = await set.browser.newPage({ ...desktop, colorScheme: "dark" });
    await page.goto(guide());
    await page.getByRole("radio", { name: "Dark" }).check();
    await page.emulateMedia({ media: "print" });
    assert.equal(await background(page), "rgb(255, 255, 255)");
    const text = page.locator("article p, article li, article td, article h1, article h2");
    const colours = new Set(await text.evaluateAll((elements) => elements.filter((element) => !element.closest(".markdown-alert-title, blockquote, .footnotes")).map((element) => getComputedStyle(element).color)));
    assert.deepEqual([...colours], ["rgb(0, 0, 0)"]);
    for (const selector of [".top", ".side", ".rail", ".toc", ".pager", ".skip", ".copy >> nth=0", ".anchor >> nth=0"]) assert.equal(await page.locator(selector).isVisible(), false, selector);
    assert.ok((await page.locator("article").boundingBox()).width > 1000, "the text takes the whole width");
    await page.close();
  });
  it("folded help is open, and outside links show their address", async () => {
    const page = await set.browser.newPage(desktop);
    await page.goto(guide());
    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    assert.ok(await page.getByText("Switch it off and on again.").isVisible());
    const after = await page.getByRole("link", { name: "outside link" }).evaluate((link) => getComputedStyle(link, "::after").content);
    assert.match(after, /https:\/\/example\.com\//);
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    assert.equal(await page.locator("article details").getAttribute("open"), null);
    await page.close();
  });
  it("nothing is cut off at the edge of the sheet", async () => {
    const page = await set.browser.newPage({ viewport: { width: 700, height: 990 } });
    await page.goto(`${set.servers.onboarding.url}Elastic-Compute/Virtual-Machine/Operation-Guide/Cannot-Connect/`);
    await page.emulateMedia({ media: "print" });
    assert.ok(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth));
    const sheet = await page.pdf({ format: "A4" });
    assert.ok(sheet.length > 10_000);
    await page.close();
  });
});
