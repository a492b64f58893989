// Images that are shown smaller than they are: enlarged by a click or by the keyboard, and closed again.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { desktop, listen, phone, violations } from "../support/browser.js";
import { focused } from "../support/focus.js";
import { png } from "../support/fixtures.js";
import { fixture } from "../support/site.js";
import { stage } from "../support/stage.js";

const pictures = () =>
  fixture(
    {
      "README.md": [
        "# Pictures",
        "![A wide console](wide.png)",
        "![A tiny icon](icon.png)",
        "[![A linked console](wide.png)](other.md)",
        "![](wide.png)",
        '<figure><img src="tall.png" alt="A tall form" width="200"><figcaption>The form, filled in.</figcaption></figure>',
      ].join("\n\n"),
      "other.md": "# Other\n\n![A tiny icon](icon.png)\n",
      "wide.png": png(2400, 900),
      "tall.png": png(900, 3000),
      "icon.png": png(24, 24),
    },
    ['title = "Pictures"'],
  );

const set = stage({ pictures: { build: pictures } });
const wide = (page) => page.getByRole("button", { name: "Enlarge: A wide console" });
const dialog = (page) => page.getByRole("dialog");
const press = async (page, image = wide(page)) => {
  await image.click();
  await dialog(page).waitFor();
};

async function open(options = desktop, address = "") {
  const page = await set.browser.newPage(options);
  await page.goto(set.servers.pictures.url + address);
  // The script is loaded when the reader stirs.
  await page.mouse.move(200, 300);
  if (!address) await wide(page).waitFor();
  return page;
}

describe("an image that is shown smaller than it is", () => {
  it("is a button; an icon, a decoration and an image inside a link are not", async () => {
    const page = await open();
    const buttons = await page.locator(".prose img[role=button]").evaluateAll((all) => all.map((each) => each.getAttribute("aria-label")));
    assert.deepEqual(buttons, ["Enlarge: A wide console", "Enlarge: A tall form"]);
    assert.deepEqual(await violations(page), []);
    await page.close();
  });

  it("keeps its place: nothing moves when it becomes a button", async () => {
    const boxes = async (javaScriptEnabled) => {
      const context = await set.browser.newContext({ ...desktop, javaScriptEnabled });
      const page = await context.newPage();
      await page.goto(set.servers.pictures.url);
      await page.mouse.move(200, 300);
      if (javaScriptEnabled) await wide(page).waitFor();
      const found = [];
      for (const image of await page.locator(".prose img").all()) found.push(await image.boundingBox());
      await context.close();
      return found;
    };
    assert.deepEqual(await boxes(true), await boxes(false));
  });

  for (const key of ["Enter", " "]) {
    it(`opens with ${key === " " ? "Space" : key}, closes with Escape, and the focus comes back`, async () => {
      const page = await open();
      for (let step = 0; step < 40 && !(await wide(page).evaluate((image) => image === document.activeElement)); step += 1) await page.keyboard.press("Tab");
      const reached = await focused(page);
      assert.ok(reached.inWindow && reached.marked, JSON.stringify(reached));
      const before = await page.evaluate(() => scrollY);
      await page.keyboard.press(key);
      await dialog(page).waitFor();
      assert.equal(await page.evaluate(() => scrollY), before, "the page does not scroll under it");
      await page.keyboard.press("Escape");
      assert.equal(await dialog(page).count(), 0);
      assert.ok(await wide(page).evaluate((image) => image === document.activeElement));
      await page.close();
    });
  }

  it("is larger in the dialog, with its words, and goes to its full size", async () => {
    const page = await open();
    const heard = listen(page);
    const small = (await wide(page).boundingBox()).width;
    await press(page);
    const large = dialog(page).getByRole("img", { name: "A wide console" });
    assert.ok((await large.boundingBox()).width > small * 1.5);
    assert.ok(await dialog(page).getByText("A wide console").isVisible(), "the alternative text can be read");
    const size = dialog(page).getByRole("button", { name: "Full size" });
    assert.equal(await size.getAttribute("aria-pressed"), "false");
    await size.click();
    assert.equal(Math.round((await large.boundingBox()).width), 2400);
    assert.equal(await size.getAttribute("aria-pressed"), "true");
    assert.deepEqual(await violations(page), []);
    // The view scrolls, and the keyboard moves it.
    const view = dialog(page).getByRole("group", { name: "A wide console" });
    await view.focus();
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => document.querySelector(".enlarged-view").scrollLeft > 0);
    await dialog(page).getByRole("button", { name: "Close" }).click();
    assert.equal(await dialog(page).count(), 0);
    assert.deepEqual(heard.errors, []);
    await page.close();
  });

  it("shows the caption of its figure, and closes by a click beside it", async () => {
    const page = await open();
    await press(page, page.getByRole("button", { name: "Enlarge: A tall form" }));
    assert.ok(await dialog(page).getByText("The form, filled in.").isVisible());
    await page.mouse.click(4, 4);
    assert.equal(await dialog(page).count(), 0);
    await page.close();
  });

  it("opens at its full size on a phone, where fitting it would gain nothing", async () => {
    const page = await open(phone);
    await press(page);
    const large = dialog(page).getByRole("img", { name: "A wide console" });
    await page.waitForFunction(() => document.querySelector(".enlarged-view.is-full"));
    assert.equal(Math.round((await large.boundingBox()).width), 2400);
    assert.ok(await dialog(page).getByRole("button", { name: "Close" }).isVisible());
    assert.deepEqual(await violations(page), []);
    await page.close();
  });

  it("stays inside the window in light and dark", async () => {
    for (const colorScheme of ["light", "dark"]) {
      const page = await open({ ...desktop, colorScheme });
      await press(page);
      const box = await dialog(page).boundingBox();
      assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= 1440 && box.y + box.height <= 900, JSON.stringify(box));
      assert.deepEqual(await violations(page), []);
      await page.close();
    }
  });
});

describe("the script that enlarges", () => {
  it("is loaded only where there is a large image, and not before the reader stirs", async () => {
    const has = (page) => page.locator("script[src*=enlarge]").count();
    const home = await set.browser.newPage(desktop);
    await home.goto(set.servers.pictures.url, { waitUntil: "networkidle" });
    assert.equal(await has(home), 0);
    await home.keyboard.press("Tab");
    await wide(home).waitFor();
    assert.equal(await has(home), 1);
    await home.close();
    const other = await open(desktop, "other/");
    await other.keyboard.press("Tab");
    assert.equal(await has(other), 0);
    await other.close();
  });

  it("leaves a page without scripts an image", async () => {
    const context = await set.browser.newContext({ ...desktop, javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(set.servers.pictures.url);
    assert.ok(await page.getByRole("img", { name: "A wide console" }).first().isVisible());
    assert.equal(await page.locator("[role=button]").count(), 0);
    await context.close();
  });
});
