// A guide can be read, ticked and left without a mouse.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { desktop, phone } from "../support/browser.js";
import { arabic, kinds } from "../support/fixtures.js";
import { focused } from "../support/focus.js";
import { stage } from "../support/stage.js";

const set = stage({ kinds: { build: () => kinds() }, arabic: { build: () => arabic() } });

const open = async (options, address = "start/guide/", site = "kinds") => {
  const page = await set.browser.newPage({ reducedMotion: "reduce", ...options });
  await page.goto(set.servers[site].url + address);
  return page;
};

describe("Tab", () => {
  for (const [name, screen] of Object.entries({ "on a desk": desktop, "on a phone": phone })) {
    it(`visits everything in the order of the page, in sight, with a visible focus ${name}`, async () => {
      const page = await open(screen);
      const visited = [];
      for (let press = 0; press < 120; press += 1) {
        await page.keyboard.press("Tab");
        const now = await focused(page);
        if (!now || now.position === visited[0]?.position) break;
        visited.push(now);
      }
      assert.deepEqual(visited.filter((each) => !each.inWindow || !each.uncovered || !each.marked), []);
      const positions = visited.map((each) => each.position);
      assert.deepEqual(positions, [...positions].sort((a, b) => a - b));
      // Everything that can be used was visited: a group of radios counts once.
      const usable = await page.evaluate(() => {
        const all = [...document.querySelectorAll("a[href], button, input, summary, [tabindex='0']")];
        const seen = all.filter((element) => element.checkVisibility({ visibilityProperty: true }) && element.tabIndex >= 0);
        return seen.filter((element) => element.type !== "radio" || element.checked).length;
      });
      assert.equal(visited.length, usable);
      await page.close();
    });
  }
  it("comes to the skip link first, and Enter leads into the text", async () => {
    const page = await open(desktop);
    await page.keyboard.press("Tab");
    const skip = page.getByRole("link", { name: "Skip to content" });
    assert.ok(await skip.evaluate((element) => element === document.activeElement));
    const box = await skip.boundingBox();
    assert.ok(box.y >= 0 && box.x >= 0, "the skip link is in the window");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "page:main");
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => document.getElementById("page:main").contains(document.activeElement)));
    await page.close();
  });
});

describe("keys", () => {
  it("Space ticks a task, and again takes the tick away", async () => {
    const page = await open(desktop);
    const box = page.getByRole("checkbox").first();
    await box.focus();
    await page.keyboard.press("Space");
    assert.ok(await box.isChecked());
    await page.keyboard.press("Space");
    assert.ok(!(await box.isChecked()));
    await page.close();
  });
  it("Enter follows a link", async () => {
    const page = await open(desktop);
    await page.locator("a[rel=next]").focus();
    await Promise.all([page.waitForURL("**/start/second/**"), page.keyboard.press("Enter")]);
    await page.close();
  });
  it("Enter opens folded help", async () => {
    const page = await open(desktop);
    await page.locator("article summary").focus();
    await page.keyboard.press("Enter");
    assert.ok(await page.getByText("Switch it off and on again.").isVisible());
    await page.close();
  });
  it("arrows choose the theme", async () => {
    const page = await open(desktop);
    await page.getByRole("radio", { name: "System" }).focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
    await page.keyboard.press("ArrowLeft");
    assert.equal(await page.locator("html").getAttribute("data-theme"), null);
    await page.close();
  });
  it("a code block can be copied", async () => {
    const page = await open(desktop);
    await page.locator("pre.code").first().focus();
    await page.keyboard.press("Tab");
    const now = await focused(page);
    assert.match(now.name, /^button\.copy/);
    assert.equal(await page.evaluate(() => getComputedStyle(document.activeElement).opacity), "1");
    await page.close();
  });
});

describe("the menu on a phone", () => {
  for (const key of ["Enter", "Space"]) {
    it(`opens with ${key} and closes with Escape, and the focus comes back`, async () => {
      const page = await open(phone);
      const button = page.getByRole("button", { name: "Menu" });
      const menu = page.locator(".side");
      await button.focus();
      await page.keyboard.press(key);
      assert.ok(await menu.isVisible());
      await page.keyboard.press("Tab");
      assert.ok(await menu.evaluate((element) => element.contains(document.activeElement)), "Tab goes into the menu");
      await page.keyboard.press("Escape");
      assert.ok(!(await menu.isVisible()));
      assert.ok(await button.evaluate((element) => element === document.activeElement), "the button has the focus again");
      await page.keyboard.press(key);
      assert.ok(await menu.isVisible());
      await page.keyboard.press(key);
      assert.ok(!(await menu.isVisible()), `${key} on the button closes it`);
      await page.close();
    });
  }
  it("says whether it is open", async () => {
    const page = await open(phone);
    const devtools = await page.context().newCDPSession(page);
    const expanded = async () => {
      const { nodes } = await devtools.send("Accessibility.getFullAXTree");
      const button = nodes.find((node) => node.role?.value === "button" && node.name?.value === "Menu");
      return button.properties.find((property) => property.name === "expanded")?.value.value;
    };
    assert.equal(await expanded(), false);
    await page.getByRole("button", { name: "Menu" }).click();
    assert.equal(await expanded(), true);
    await page.close();
  });
  it("shows the current page, and a link in it leads on", async () => {
    const page = await open({ ...phone, hasTouch: true });
    await page.getByRole("button", { name: "Menu" }).tap();
    const menu = page.locator(".side");
    assert.ok(await menu.locator("[aria-current=page]").isVisible());
    await menu.getByRole("link", { name: "The second guide" }).tap();
    await page.waitForURL("**/start/second/**");
    assert.ok(!(await menu.isVisible()), "the next page begins with the menu closed");
    await page.close();
  });
  it("closes with a tap beside it", async () => {
    const page = await open({ viewport: { width: 768, height: 900 }, hasTouch: true });
    await page.getByRole("button", { name: "Menu" }).tap();
    await page.touchscreen.tap(700, 500);
    assert.ok(!(await page.locator(".side").isVisible()));
    await page.close();
  });
  it("comes from the other side in a right-to-left page", async () => {
    const page = await open({ viewport: { width: 768, height: 900 } }, "dalil/awwal/", "arabic");
    await page.locator("button.menu").click();
    const menu = await page.locator(".side").boundingBox();
    const bar = await page.locator(".top").boundingBox();
    assert.ok(menu.x > 0);
    assert.equal(menu.x + menu.width, bar.x + bar.width);
    await page.close();
  });
});
