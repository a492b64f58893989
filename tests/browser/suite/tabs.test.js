// Tabs, and what else an author can add to a guide: by keyboard, across pages, in print, without scripts.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { desktop, listen, phone, sideways, violations } from "../support/browser.js";
import { png } from "../support/fixtures.js";
import { fixture } from "../support/site.js";
import { stage } from "../support/stage.js";

const files = {
  "README.md": `# Tabs

[The other page](other.md), [in a container](#in-a-container).

## Choose

<!-- @tabs sync=os -->

- **Linux**

  Open a terminal.

  - [ ] a task for Linux

- **Windows** or the like

  Open PowerShell.

  ### In a container

  A sentence that only Windows has.

  \`\`\`powershell title="setup.ps1" {2}
  winget install one
  winget install two # ${"and so on, ".repeat(20)}
  \`\`\`

- **macOS**

  Open Terminal.

## Again

<!-- @tabs sync=os -->
- Linux
  - apt
- Windows
  - winget

## Alone

<!-- @tabs -->
- One
- Two

<!-- @caption The console after the first sign-in -->
![a grey square](grey.png)

\`\`\`js diff
 const a = 1;
-const b = 2;
+const b = 3;
\`\`\`

Inline $x^2$ and

$$\\sum_{i=1}^n ${"i + ".repeat(90)} i$$

\`\`\`mermaid title="Who asks whom"
sequenceDiagram
    You->>Server: Sign in
    Server-->>You: Welcome
\`\`\`

\`\`\`mermaid
flowchart LR
    A[one] --> B[two] --> C[three] --> D[four] --> E[five] --> F[six] --> G[seven] --> H[eight]
\`\`\`

<!-- @include part.md#end -->
`,
  "other.md": "# Other\n\n<!-- @tabs sync=os -->\n- Linux\n  - yum\n- Windows\n  - choco\n\n[A container](README.md#in-a-container)\n",
  "part.md": "# Part\n\n<!-- #region end -->\n\n## Again\n\nA note[^1].\n\n- [ ] an included task\n\n<!-- #endregion -->\n\n[^1]: The note.\n",
  "plain.md": "# Plain\n\nNo tabs.\n",
  "grey.png": png(40, 20),
};

const set = stage({ tabs: { build: () => fixture(files, ["markdown.math = true"]) } });
const home = () => set.servers.tabs.url;
const tab = (page, name, group = 0) => page.getByRole("tablist").nth(group).getByRole("tab", { name });
const chosen = (page) => page.locator("[role=tab][aria-selected=true]").allTextContents();

/** Opens a page in a context of its own, as a reader who is new has it. */
const at = (address, options, act) => async () => {
  const context = await set.browser.newContext({ ...desktop, ...options });
  const page = await context.newPage();
  const heard = listen(page);
  await page.goto(home() + address);
  await act(page, context);
  assert.deepEqual(heard.errors, []);
  await context.close();
};

describe("tabs", () => {
  it("show one at a time, each named by its label", at("", {}, async (page) => {
    assert.deepEqual(await chosen(page), ["Linux", "Linux", "One"]);
    assert.equal(await page.getByRole("tabpanel").count(), 3);
    assert.ok(await page.getByRole("tabpanel", { name: "Linux" }).first().isVisible());
    assert.ok(!(await page.getByText("Open PowerShell.").isVisible()));
    assert.ok(!(await page.locator(".tab-label").first().isVisible()), "the tab says it already");
  }));

  it("are moved through by arrows, Home and End, and Tab goes on to the panel", at("", {}, async (page) => {
    await tab(page, "Linux").focus();
    const keys = [["ArrowRight", "Windows"], ["ArrowRight", "macOS"], ["ArrowRight", "Linux"], ["ArrowLeft", "macOS"], ["Home", "Linux"], ["End", "macOS"]];
    for (const [key, name] of keys) {
      await page.keyboard.press(key);
      assert.equal(await page.evaluate(() => document.activeElement.textContent), name, key);
      assert.equal(await tab(page, name).getAttribute("aria-selected"), "true", key);
    }
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "tabpanel");
    assert.ok(await page.evaluate(() => document.activeElement.textContent.includes("Open Terminal.")));
  }));

  it("of one name change together and stay where they are in the window; others do not", at("", { viewport: { width: 1000, height: 400 } }, async (page) => {
    await tab(page, "Windows", 1).scrollIntoViewIfNeeded();
    const top = () => tab(page, "Windows", 1).evaluate((element) => element.getBoundingClientRect().top);
    const before = await top();
    await tab(page, "Windows", 1).click();
    assert.deepEqual(await chosen(page), ["Windows", "Windows", "One"]);
    assert.ok(Math.abs(await top() - before) <= 1, "what was pressed has not moved");
    await tab(page, "macOS").click();
    assert.deepEqual(await chosen(page), ["macOS", "Windows", "One"], "a group without that label keeps what it has");
  }));

  it("keep the choice on the next page, in storage only", at("", {}, async (page, context) => {
    await tab(page, "Windows").click();
    await page.getByRole("link", { name: "The other page" }).click();
    await page.waitForURL("**/other/**");
    assert.deepEqual(await chosen(page), ["Windows"]);
    await page.reload();
    assert.deepEqual(await chosen(page), ["Windows"]);
    assert.deepEqual(await context.cookies(), []);
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("tabs"))), ["milepost1:tabs:os"]);
  }));

  it("open for a link into them, from another page, from this one, and again", at("other/", {}, async (page) => {
    await page.getByRole("link", { name: "A container" }).click();
    await page.waitForURL("**#in-a-container");
    const heading = page.getByRole("heading", { name: "In a container" });
    await heading.waitFor({ state: "visible" });
    assert.equal(await page.evaluate(() => localStorage.getItem("milepost1:tabs:os")), null, "a link is no choice");
    await tab(page, "Linux").click();
    assert.ok(!(await heading.isVisible()));
    await page.getByRole("main").getByRole("link", { name: "in a container" }).click();
    await heading.waitFor({ state: "visible" });
    const box = await heading.boundingBox();
    assert.ok(box.y >= 0 && box.y < 900, `it is in the window: ${box.y}`);
  }));

  it("open for what a search in the page finds in them", at("", {}, async (page) => {
    const hidden = await page.locator(".tab[hidden]").first().getAttribute("hidden");
    assert.equal(hidden, "until-found");
    const { display, contentVisibility } = await page.locator(".tab[hidden]").first().evaluate((tab) => getComputedStyle(tab));
    assert.deepEqual([display, contentVisibility], ["block", "hidden"], "a search finds what is laid out");
    await page.evaluate(() => document.querySelector(".tab[hidden]").dispatchEvent(new Event("beforematch", { bubbles: true })));
    assert.deepEqual(await chosen(page), ["Windows", "Linux", "One"]);
  }));

  it("work without storage, from disk, and from right to left", async () => {
    const page = await set.browser.newPage(desktop);
    await page.addInitScript(() => {
      Object.defineProperty(window, "localStorage", { get() { throw new DOMException("denied", "SecurityError"); } });
    });
    await page.goto(`${pathToFileURL(set.servers.tabs.folder)}/index.html`);
    await page.evaluate(() => { document.documentElement.dir = "rtl"; });
    await tab(page, "Linux").focus();
    await page.keyboard.press("ArrowLeft");
    assert.deepEqual(await chosen(page), ["Windows", "Windows", "One"]);
    await page.close();
  });

  it("are all there in print, under their labels", at("", {}, async (page) => {
    await page.emulateMedia({ media: "print" });
    for (const text of ["Open a terminal.", "Open PowerShell.", "Open Terminal."]) assert.ok(await page.getByText(text).isVisible(), text);
    assert.ok(await page.locator(".tab-label").first().isVisible());
    assert.ok(!(await page.getByRole("tablist").first().isVisible()));
  }));

  it("are a list without scripts", async () => {
    const page = await set.browser.newPage({ ...desktop, javaScriptEnabled: false });
    await page.goto(home());
    const list = page.getByRole("list").filter({ hasText: "Open a terminal." }).filter({ hasText: "Open PowerShell." }).first();
    assert.ok(await list.isVisible());
    for (const text of ["Open a terminal.", "Open PowerShell.", "Open Terminal."]) assert.ok(await page.getByText(text).isVisible(), text);
    assert.ok(await page.locator(".tab-label").first().isVisible());
    await page.close();
  });

  it("load their script only where they are", at("plain/", {}, async (page) => {
    assert.equal(await page.locator("script[src*='-tabs-']").count(), 0);
    await page.goto(home());
    assert.equal(await page.locator("script[src*='-tabs-']").count(), 1);
  }));

  it("do not move while the page loads", at("", {}, async (page) => {
    const shift = await page.evaluate(() => new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; }).observe({ type: "layout-shift", buffered: true });
      setTimeout(() => resolve(sum), 300);
    }));
    assert.equal(shift, 0);
  }));
});

describe("what else an author can add", () => {
  it("copies the code of a change as it is after it", async () => {
    const context = await set.browser.newContext({ ...desktop, permissions: ["clipboard-read", "clipboard-write"] });
    const page = await context.newPage();
    await page.goto(home());
    await page.locator(".code-box", { hasText: "const a = 1;" }).getByRole("button").click();
    await page.getByRole("status").filter({ hasText: "Copied" }).first().waitFor({ state: "attached" });
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "const a = 1;\nconst b = 3;");
    await context.close();
  });

  it("fits its parts into narrow windows: what is wide scrolls in its box", at("", phone, async (page) => {
    await tab(page, "Windows").click();
    assert.deepEqual(await sideways(page), []);
    for (const box of [".formula", ".diagram > div >> nth=1"]) {
      const [inner, outer] = await page.locator(box).first().evaluate((element) => [element.scrollWidth, element.clientWidth]);
      assert.ok(inner > outer, `${box} is ${inner} px wide in ${outer}`);
    }
  }));

  for (const [name, options, colours] of [["light", desktop, { colorScheme: "light" }], ["dark", phone, { colorScheme: "dark" }], ["forced colours", desktop, { forcedColors: "active" }]]) {
    it(`is accessible: ${name}`, at("", { ...options, ...colours }, async (page) => {
      await page.evaluate(() => document.fonts.ready);
      assert.deepEqual(await violations(page), []);
      await tab(page, "Windows").click();
      assert.deepEqual(await violations(page), []);
    }));
  }
});
