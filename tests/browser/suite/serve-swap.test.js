// A page whose headings, code, tabs or steps change is put in place anew by the dev server: as if loaded, and with what the reader did.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { desktop, launch, listen } from "../support/browser.js";
import { png } from "../support/fixtures.js";
import { serving } from "../support/serving.js";

const paragraphs = (count) => Array.from({ length: count }, (_, number) => `Paragraph ${number} of the guide, which is long enough to fill its line.`).join("\n\n");

const guide = (more = "") => `# A guide

![A wide console](wide.png)

\`\`\`sh
echo one
\`\`\`

<!-- @tabs -->
- Linux
  - apt
- Windows
  - winget

<details><summary>Aside</summary>

Folded words.

</details>

## Begin

<!-- @checklist steps -->

- [ ] Open the door <!-- @step open -->
- [ ] Close the door <!-- @step close -->

[A link to home](README.md)

${more}

${paragraphs(30)}

## The end

${paragraphs(30)}
`;

const files = {
  "milepost.toml": 'title = "Served"\nsite-id = "served"\n',
  "content/README.md": "# Home\n\nSee [the guide](guide.md) and [the plain one](plain.md).\n",
  "content/guide.md": guide(),
  "content/plain.md": "# Plain\n\nOnly words.\n",
  "content/wide.png": png(2400, 900),
};

describe("a page that is put in place anew", () => {
  let browser;
  let server;
  let page;
  let heard;
  before(async () => { browser = await launch(); });
  after(async () => { await browser.close(); });
  beforeEach(async () => {
    server = await serving(files);
    page = await browser.newPage({ ...desktop, reducedMotion: "reduce" });
    page.setDefaultTimeout(10000);
    heard = listen(page);
  });
  afterEach(async () => {
    await page.close();
    await server.close();
  });

  const open = async (address = "guide/") => {
    await page.goto(server.url + address);
    await page.locator("milepost-overlay").waitFor({ state: "attached" });
    await page.evaluate(() => { window.stays = true; });
  };
  const hasStayed = () => page.evaluate(() => window.stays === true);
  const heading = (name) => page.getByRole("heading", { name });
  /** Adds a section in the middle, and waits for it. */
  const add = async (name) => {
    await server.write("content/guide.md", guide(`## ${name}\n\n\`\`\`sh\necho ${name}\n\`\`\``));
    await heading(name).waitFor();
    assert.ok(await hasStayed(), "without a reload");
  };
  const rail = (name) => page.locator(".rail").getByRole("link", { name });
  const current = (name) => page.locator(".rail [aria-current=location]").getByText(name).waitFor();
  const topOf = (name) => heading(name).evaluate((element) => element.getBoundingClientRect().top);
  const scrollTo = (name) => heading(name).evaluate((element) => element.scrollIntoView({ block: "start" }));

  it("has the new heading in its contents, which lead there and follow the reader", async () => {
    await open();
    await add("In between");
    assert.deepEqual(await page.locator(".rail a").allTextContents(), ["Begin", "In between", "The end"]);
    await scrollTo("The end");
    await current("The end");
    await rail("In between").click();
    await current("In between");
    assert.equal(new URL(page.url()).hash, "#in-between");
    assert.ok(await heading("In between").evaluate((element) => element.matches(":target")));
    assert.equal(await page.locator(".rail [aria-current]").count(), 1);
  });

  it("stands where the reader was, with the target of the address", async () => {
    await open("guide/#the-end");
    await scrollTo("The end");
    const top = await topOf("The end");
    await add("In between");
    assert.ok(Math.abs(await topOf("The end") - top) < 2);
    assert.ok(await heading("The end").evaluate((element) => element.matches(":target")));
    await current("The end");
  });

  it("keeps ticks, what is open, the chosen tab and the place of the keyboard", async () => {
    await open();
    await page.getByRole("checkbox", { name: "Open the door" }).check();
    await page.getByRole("tab", { name: "Windows" }).click();
    await page.getByText("Aside").click();
    await page.getByText("Folded words.").waitFor();
    await page.getByRole("link", { name: "A link to home" }).focus();
    await add("In between");
    assert.ok(await page.getByRole("checkbox", { name: "Open the door" }).isChecked());
    assert.ok(!(await page.getByRole("checkbox", { name: "Close the door" }).isChecked()));
    assert.ok(await page.getByText("Folded words.").isVisible());
    assert.ok(await page.getByText("winget").isVisible());
    assert.equal(await page.getByRole("tablist").count(), 1);
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "A link to home");
  });

  it("does everything once that scripts do, however often it is put in place", async () => {
    await open();
    await page.keyboard.press("/");
    await page.getByRole("dialog", { name: "Search" }).waitFor();
    await page.keyboard.press("Escape");
    for (const name of ["One", "Two", "Three"]) await add(name);
    assert.equal(await page.locator("pre.code").count(), 2);
    assert.equal(await page.locator(".copy").count(), 2);
    assert.equal(await page.locator("#page\\:theme input").count(), 3);
    // A second hearer would close what the first opens.
    await page.keyboard.press("/");
    await page.getByRole("dialog", { name: "Search" }).waitFor();
    await page.getByRole("combobox").fill("three");
    await page.getByRole("option", { name: /Three/ }).first().waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("checkbox", { name: "Close the door" }).check();
    await page.getByText("1 of 2", { exact: false }).first().waitFor();
    await page.mouse.move(300, 300);
    await page.getByRole("button", { name: "Enlarge: A wide console" }).click();
    assert.equal(await page.getByRole("dialog").count(), 1);
    await page.keyboard.press("Escape");
    await page.getByRole("tab", { name: "Windows" }).click();
    assert.ok(await page.getByText("winget").isVisible());
    assert.deepEqual(heard.errors, []);
  });

  it("shows its images at once", async () => {
    await open();
    await page.waitForFunction(() => document.querySelector("main img").complete);
    await page.evaluate(() => {
      new MutationObserver((changes) => {
        if (changes.some(({ addedNodes }) => [...addedNodes].includes(document.body))) window.complete = document.querySelector("main img").complete;
      }).observe(document.documentElement, { childList: true });
    });
    await add("In between");
    assert.equal(await page.evaluate(() => window.complete), true);
  });

  it("shows an image that was changed before as it is now", async () => {
    await open();
    const address = () => page.locator("main img").getAttribute("src");
    await server.write("content/wide.png", png(2400, 800));
    await page.waitForFunction(() => document.querySelector("main img").naturalHeight === 800);
    assert.match(await address(), /\?milepost=/);
    await add("In between");
    assert.match(await address(), /\?milepost=/);
    await page.waitForFunction(() => document.querySelector("main img").naturalHeight === 800);
    assert.ok(await hasStayed());
  });

  it("gets the scripts of what it did not have before", async () => {
    await open("plain/");
    await server.write("content/plain.md", "# Plain\n\n<!-- @tabs -->\n- One\n- Two\n\n<!-- @checklist other -->\n\n- [ ] Lock it <!-- @step lock -->\n");
    await page.getByRole("tab", { name: "Two" }).click();
    await page.getByRole("checkbox", { name: "Lock it" }).check();
    assert.ok(await hasStayed());
    await page.reload();
    assert.ok(await page.getByRole("checkbox", { name: "Lock it" }).isChecked());
  });

  it("is loaded anew where it has scripts of its own, or where those of the theme change", async () => {
    await server.write("content/plain.md", "# Plain\n\n<script>window.own = (window.own ?? 0) + 1;</script>\n\n## One\n");
    await open("plain/");
    await server.write("content/plain.md", "# Plain\n\n<script>window.own = (window.own ?? 0) + 1;</script>\n\n## Two\n");
    await heading("Two").waitFor();
    assert.ok(!(await hasStayed()));
    assert.equal(await page.evaluate(() => window.own), 1);
    await open();
    await server.write("templates/script.js", "document.documentElement.dataset.own = 'yes';\n");
    await page.waitForFunction(() => document.documentElement.dataset.own === "yes");
    assert.ok(!(await hasStayed()));
  });

  it("is loaded anew where a script cannot run twice", async () => {
    await server.write("templates/tabs.js", "const once = 1;\n");
    await open();
    await server.write("content/guide.md", guide("## In between"));
    await heading("In between").waitFor();
    await page.waitForFunction(() => window.stays !== true);
    assert.equal(await page.locator(".rail a").count(), 3);
  });
});
