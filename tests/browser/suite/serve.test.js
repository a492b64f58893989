// The dev server in a browser: pages follow their sources, and what is wrong shows over them.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { desktop, launch, violations } from "../support/browser.js";
import { serving } from "../support/serving.js";

const paragraphs = (from, to) => Array.from({ length: to - from }, (_, number) => `Paragraph ${from + number} of the guide, which is long enough to fill its line.`).join("\n\n");

const guide = (text, heading = "The end") => `# A guide

${paragraphs(0, 30)}

${text}

## ${heading}

${paragraphs(30, 60)}

See [home](README.md).
`;

const list = `# Steps

<!-- @checklist steps -->

- [ ] Open the door <!-- @step open -->
- [ ] Close the door <!-- @step close -->
`;

const files = {
  "milepost.toml": 'title = "Served"\nbase-url = "https://example.com/docs/"\nsite-id = "served"\n',
  "content/README.md": "# Home\n\nSee [the guide](guide.md) and [the steps](steps.md).\n\n![A square](square.svg)\n",
  "content/guide.md": guide("The old sentence."),
  "content/steps.md": list,
  "content/square.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"><rect width="100" height="100" fill="red"/></svg>',
  "templates/style/own.css": ".prose { --own: one; }\n",
};

describe("milepost serve", () => {
  let browser;
  let server;
  let page;
  before(async () => { browser = await launch(); });
  after(async () => { await browser.close(); });
  beforeEach(async () => {
    server = await serving(files);
    page = await browser.newPage({ ...desktop, reducedMotion: "reduce" });
    page.setDefaultTimeout(10000);
  });
  afterEach(async () => {
    await page.close();
    await server.close();
  });

  const overlay = () => page.locator("milepost-overlay");
  const panel = () => page.getByRole("region", { name: "milepost: what is wrong" });
  // It is set once, and gone after a reload.
  const leaveMark = () => page.evaluate(() => { window.stays = true; });
  const hasStayed = () => page.evaluate(() => window.stays === true);
  const open = async (address) => {
    await page.goto(server.url + address);
    await overlay().waitFor({ state: "attached", timeout: 10000 });
    await leaveMark();
  };
  const mark = () => page.evaluate(() => document.querySelector("main h2").getBoundingClientRect().top);

  it("shows a change of a text in its place, and nothing else moves", async () => {
    await open("guide/");
    await page.getByText("The old sentence.").scrollIntoViewIfNeeded();
    const y = await page.evaluate(() => scrollY);
    assert.ok(y > 100);
    await server.write("content/guide.md", guide("The new sentence."));
    await page.getByText("The new sentence.").waitFor();
    assert.equal(await page.getByText("The old sentence.").count(), 0);
    await server.swap("content/guide.md", guide("One more sentence.\n\nAnd a paragraph."));
    await page.getByText("And a paragraph.").waitFor();
    assert.ok(await hasStayed(), "without a reload");
    assert.equal(await page.evaluate(() => scrollY), y);
  });

  it("puts a page in place anew where its headings change, where the reader was", async () => {
    await open("guide/");
    await page.locator("main h2").evaluate((heading) => heading.scrollIntoView({ block: "start" }));
    const top = await mark();
    await server.write("content/guide.md", guide("The old sentence.\n\n## One before", "The end"));
    await page.getByRole("heading", { name: "One before" }).waitFor();
    assert.ok(await hasStayed(), "without a reload");
    const end = page.getByRole("heading", { name: "The end" });
    const now = await end.evaluate((heading) => heading.getBoundingClientRect().top);
    assert.ok(Math.abs(now - top) < 2, `${now} is not ${top}`);
  });

  it("keeps ticks when steps are added", async () => {
    await open("steps/");
    await page.getByRole("checkbox", { name: "Open the door" }).check();
    await server.write("content/steps.md", `${list}- [ ] Lock the door <!-- @step lock -->\n`);
    await page.getByRole("checkbox", { name: "Lock the door" }).waitFor();
    assert.ok(await page.getByRole("checkbox", { name: "Open the door" }).isChecked());
    assert.ok(!(await page.getByRole("checkbox", { name: "Close the door" }).isChecked()));
  });

  it("changes the style without a reload", async () => {
    await open("guide/");
    const own = () => page.evaluate(() => getComputedStyle(document.querySelector(".prose")).getPropertyValue("--own"));
    assert.equal(await own(), "one");
    await server.write("templates/style/own.css", ".prose { --own: two; }\n");
    await page.waitForFunction(() => getComputedStyle(document.querySelector(".prose")).getPropertyValue("--own") === "two");
    assert.ok(await hasStayed());
    await page.waitForFunction(() => document.querySelectorAll("link[rel=stylesheet]").length === 1);
  });

  it("shows an image anew without a reload", async () => {
    await open("");
    const before = await page.getByAltText("A square").getAttribute("src");
    await server.write("content/square.svg", files["content/square.svg"].replace("red", "blue"));
    await page.waitForFunction((before) => document.querySelector("main img").getAttribute("src") !== before, before);
    assert.ok(await hasStayed());
  });

  it("leaves alone a page that a change does not concern", async () => {
    await open("");
    const told = page.waitForResponse((response) => response.url().includes("/@milepost/overlay"));
    await server.write("content/guide.md", guide("Another sentence."));
    await told;
    assert.ok(await hasStayed());
  });

  it("shows what is wrong on a page, with a link to the editor, until it is mended", async () => {
    await open("guide/");
    await server.write("content/guide.md", guide("A [broken link](nowhere.md)."));
    await panel().waitFor();
    assert.ok(await panel().getByText("there is no `nowhere.md`").isVisible());
    const link = panel().getByRole("link", { name: "guide.md:63:" });
    assert.match(await link.getAttribute("href"), /^vscode:\/\/file\/.*\/content\/guide\.md:63:\d+$/);
    await server.write("content/guide.md", guide("A mended link."));
    await panel().waitFor({ state: "detached" });
  });

  for (const [name, options] of [["light", { colorScheme: "light" }], ["dark", { colorScheme: "dark" }], ["forced colours", { forcedColors: "active" }]]) {
    it(`is accessible with its overlay: ${name}`, async () => {
      await page.emulateMedia(options);
      await open("guide/");
      await server.write("content/guide.md", guide("A [broken link](nowhere.md)."));
      await server.write("content/steps.md", `${list}\nA [broken link](nowhere.md).\n`);
      await panel().getByText("on other pages").waitFor();
      assert.deepEqual(await violations(page), []);
      await panel().getByText("on other pages").click();
      assert.deepEqual(await violations(page), []);
      await panel().getByRole("button", { name: "2 errors" }).click();
      assert.deepEqual(await violations(page), []);
    });
  }

  it("folds and dismisses the overlay by the keyboard", async () => {
    await open("guide/");
    await server.write("content/guide.md", guide("A [broken link](nowhere.md)."));
    const sum = panel().getByRole("button", { name: "1 error" });
    await sum.waitFor();
    await sum.focus();
    await page.keyboard.press("Escape");
    assert.equal(await sum.getAttribute("aria-expanded"), "false");
    await page.keyboard.press("Enter");
    assert.equal(await sum.getAttribute("aria-expanded"), "true");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await panel().waitFor({ state: "detached" });
    await server.write("content/guide.md", guide("A [broken link](nowhere.md).\n\nAnd more text."));
    await page.getByText("And more text.").waitFor();
    assert.equal(await panel().count(), 0, "the same findings stay away");
    await server.write("content/guide.md", guide("A [broken link](elsewhere.md)."));
    await panel().waitFor();
  });

  it("shows only a count on a page that has nothing wrong itself", async () => {
    await open("");
    await server.write("content/guide.md", guide("A [broken link](nowhere.md)."));
    const sum = panel().getByRole("button", { name: "1 error" });
    await sum.waitFor();
    assert.equal(await sum.getAttribute("aria-expanded"), "false");
    await sum.click();
    assert.ok(await panel().getByText("there is no `nowhere.md`").isVisible());
  });

  it("shows the last good version under a mistake in a template", async () => {
    await open("guide/");
    await server.write("templates/parts/footer.html", "<footer>{{ nothing.here }}</footer>\n");
    await panel().getByText("This is the last good version").waitFor();
    assert.ok(await page.getByText("The old sentence.").isVisible());
    assert.ok(await panel().getByRole("link", { name: "templates/parts/footer.html:1:" }).isVisible());
    await page.reload();
    await panel().getByText("This is the last good version").waitFor();
    assert.ok(await page.getByText("The old sentence.").isVisible());
    await server.write("templates/parts/footer.html", "<footer>My footer</footer>\n");
    await page.getByText("My footer").waitFor();
    await panel().waitFor({ state: "detached" });
  });

  it("shows the last good version under a mistake in the configuration", async () => {
    await open("guide/");
    await server.write("milepost.toml", "title = \n");
    await panel().getByText("This is the last good version").waitFor();
    assert.ok(await panel().getByRole("link", { name: "milepost.toml:1:" }).isVisible());
    await server.write("milepost.toml", files["milepost.toml"].replace("Served", "Renamed"));
    await page.getByRole("banner").getByText("Renamed").waitFor();
    await panel().waitFor({ state: "detached" });
  });

  it("keeps a page in sight whose source is gone for a while", async () => {
    await open("guide/");
    await server.remove("content/guide.md");
    await panel().getByText("This page is gone").waitFor();
    assert.ok(await page.getByText("The old sentence.").isVisible());
    await server.write("content/guide.md", guide("It is back."));
    await page.getByText("It is back.").waitFor();
    await panel().waitFor({ state: "detached" });
  });

  it("catches up with what changed while nobody looked", async () => {
    await open("guide/");
    await page.evaluate(() => dispatchEvent(new Event("pagehide")));
    await server.write("content/guide.md", guide("Written meanwhile."));
    await page.request.get(`${server.url}guide/`);
    await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
    await page.getByText("Written meanwhile.").waitFor();
  });
});
