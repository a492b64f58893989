// A checklist without scripts, on paper, enlarged, from right to left, and in dark and forced colours.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { desktop, phone, settle, sideways } from "../support/browser.js";
import { box, card, contrast, count, guides, pixels, press, reader, rightToLeft, row, sheets, unfold, way } from "../support/checklists.js";
import { stage } from "../support/stage.js";

const set = stage({ guides: { build: () => guides() }, rightToLeft: { build: () => rightToLeft() } });
const at = (address, test, options) => reader(set, "guides", async (given) => {
  await given.page.goto(given.url + address);
  await test(given);
}, options);
const guide = "linux/account/";
const noScript = { javaScriptEnabled: false };
const everyStep = ["register", "personal-check", "company-check", "balance-50", "estimate", "prepay"];

describe("without scripts", () => {
  it("49: every step, both ways and all help can be read, boxes can be ticked, and a line says that ticks are not kept", at(guide, async ({ page }) => {
    for (const step of everyStep) {
      assert.ok(await box(page, `account-prep/${step}`).isVisible(), step);
      await box(page, `account-prep/${step}`).check();
    }
    for (const words of ["Have one already? Mark this step as not needed and go on.", "Nothing can be bought before this.", "Ticking here is your own reminder.", "About 5 minutes."]) assert.ok(await page.getByText(words).first().isVisible(), words);
    await page.locator("article summary", { hasText: "It does not work" }).click();
    assert.ok(await page.getByText("Ask the help desk for a new link.").isVisible(), "help");
    assert.ok(await page.locator("noscript p", { hasText: "Without JavaScript your ticks are not kept." }).first().isVisible(), "the line");
    assert.match(await count(page, "account-prep"), /^3 steps$/);
    assert.equal(await page.locator("main button").count(), 0, "nothing is offered that needs a script");
  }, noScript));
  it("49: the page of all checklists holds every step", at("checklists/", async ({ page }) => {
    for (const summary of await page.locator(".milepost-card > details > summary").all()) await summary.click();
    for (const step of everyStep) assert.ok(await box(page, `account-prep/${step}`).isVisible(), step);
    assert.match(await page.locator("[data-hub] [data-count]").innerText(), /5 checklists with 18 steps/);
  }, noScript));
  for (const address of [guide, "both/"]) {
    it(`50: a way that is chosen hides the other by CSS alone, on ${address}`, at(address, async ({ page }) => {
      await way(page, "account-prep/identity-route/enterprise").check();
      assert.ok(!(await box(page, "account-prep/personal-check").isVisible()));
      assert.ok(await box(page, "account-prep/company-check").isVisible());
      assert.ok(await way(page, "account-prep/identity-route/personal").isVisible());
      assert.ok(await box(page, "account-prep/balance-50").isVisible(), "the other choice is not touched");
      await way(page, "account-prep/identity-route/personal").check();
      assert.ok(await box(page, "account-prep/personal-check").isVisible());
      assert.ok(!(await box(page, "account-prep/company-check").isVisible()));
    }, noScript));
  }
});

describe("the room of a card", () => {
  for (const address of [guide, "checklists/"]) {
    for (const [name, screen] of Object.entries({ "on a desk": desktop, "on a phone": phone })) {
      it(`ends where its content ends ${name}, on ${address}`, at(address, async ({ page }) => {
        await page.locator("main .milepost-tools > button").first().waitFor({ state: "attached" });
        const spare = await page.locator(".milepost-card").evaluateAll((cards) => cards.map((each) => {
          const last = Math.max(...[...each.children].map((child) => child.getBoundingClientRect().bottom));
          return Math.round(each.getBoundingClientRect().bottom - last - parseFloat(getComputedStyle(each).paddingBottom));
        }));
        assert.ok(spare.length > 0);
        assert.deepEqual(spare.filter((pixels) => Math.abs(pixels) > 2), []);
      }, screen));
    }
  }
});

describe("on paper", () => {
  const dark = { colorScheme: "dark" };
  it("51: black on white, boxes and ticks visible, help open, both ways that are not chosen, and no buttons", at(guide, async ({ page }) => {
    await box(page, "account-prep/register").check();
    await press(page, "account-prep/register", "Note");
    await row(page, "account-prep/register").getByLabel("Your note").fill("Ask Ann");
    await settle(page);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor), "rgb(255, 255, 255)");
    const pale = await page.locator("main :is(label, .milepost-name, .milepost-title, legend)").evaluateAll((all) => all.filter((each) => each.checkVisibility() && !each.matches(".hidden")).map((each) => [each.textContent.trim().slice(0, 40), getComputedStyle(each).color]).filter(([, colour]) => Math.max(...colour.match(/\d+/g).slice(0, 3).map(Number)) > 90));
    assert.deepEqual(pale, []);
    for (const step of everyStep) assert.ok(await box(page, `account-prep/${step}`).isVisible(), step);
    assert.ok(await page.getByText("Ask the help desk for a new link.").isVisible());
    assert.deepEqual(await page.locator("main :is(button, select)").evaluateAll((all) => all.filter((each) => each.checkVisibility()).map((each) => each.textContent)), []);
    assert.ok(await row(page, "account-prep/register").getByRole("textbox").isVisible(), "the reader's note is printed");
    // What the printer gets: the ticked box is darker than the empty one, and both have an edge.
    const ink = async (step) => {
      await box(page, `account-prep/${step}`).scrollIntoViewIfNeeded();
      const place = await box(page, `account-prep/${step}`).boundingBox();
      const spots = (await pixels(page, place)).flat();
      return { dark: spots.filter(([red, green, blue]) => red + green + blue < 450).length / spots.length, strongest: Math.max(...spots.map((spot) => contrast(spot, [255, 255, 255]))) };
    };
    const [full, empty] = [await ink("register"), await ink("prepay")];
    assert.ok(empty.strongest >= 3, `an empty box has an edge: ${empty.strongest}`);
    assert.ok(full.dark > empty.dark + 0.05, `the tick shows: ${full.dark} against ${empty.dark}`);
  }, dark));
  it("51: the sheets hold every step and help, none of the buttons, and the chosen way alone once one is chosen", at(guide, async ({ page }) => {
    const words = await sheets(page, set.servers.guides.folder);
    if (words === null) return;
    for (const text of ["Open an account", "Just me", "Pass the personal check", "A company", "Pass the company check", "RMB 50 or more", "it is paid in advance", "Ask the help desk for a new link", "About 5 minutes"]) assert.ok(words.includes(text), text);
    for (const text of ["Not needed:", "Copy as Markdown", "Save a copy", "Reset", "Start:", "Note:"]) assert.ok(!words.includes(text), text);
    await way(page, "account-prep/identity-route/personal").check();
    await settle(page);
    const chosen = await sheets(page, set.servers.guides.folder);
    assert.ok(chosen.includes("Pass the personal check") && !chosen.includes("Pass the company check"));
  }));
  it("51: the page of all checklists prints its steps, folded or not", at("checklists/", async ({ page }) => {
    const words = await sheets(page, set.servers.guides.folder);
    if (words === null) return;
    for (const text of ["Open an account", "Pass the company check", "Fetch the key", "Switch off the screen", "Say \"yes\" & 'no', <b>loudly</b>"]) assert.ok(words.includes(text), text);
  }));
  it("51: and so it does without scripts", at("checklists/", async ({ page }) => {
    const words = await sheets(page, set.servers.guides.folder);
    if (words === null) return;
    for (const text of ["Open an account", "Pass the company check", "Switch off the screen"]) assert.ok(words.includes(text), text);
  }, noScript));
});

/** Boxes that do not stand beside the first line of their label, and words that are cut off. */
const misplaced = (page) =>
  page.evaluate(() => {
    const found = [];
    const unseen = (element) => element.closest(".hidden, textarea") || element.getBoundingClientRect().width <= 1;
    for (const input of document.querySelectorAll("main :is(input[data-step], input[data-choice])")) {
      if (!input.checkVisibility()) continue;
      const label = document.querySelector(`label[for="${CSS.escape(input.id)}"]`);
      const one = input.getBoundingClientRect();
      const line = label.getClientRects()[0];
      const range = document.createRange();
      range.selectNodeContents(label);
      const words = [...range.getClientRects()].filter(({ width }) => width > 0)[0];
      const beside = getComputedStyle(label).direction === "rtl" ? words.right <= one.left + 1 : words.left >= one.right - 1;
      if (!beside || words.top > one.bottom || words.bottom < one.top) found.push(`${input.id}: ${JSON.stringify([one, words ?? line])}`);
      if (one.width < 23.5 || one.height < 23.5) {
        const space = input.closest(".milepost-row, .task").getBoundingClientRect();
        if (space.height < 23.5) found.push(`${input.id} is ${one.width} by ${one.height}`);
      }
    }
    for (const element of document.querySelectorAll("main [class*=milepost]:not(.hidden)")) {
      if (!element.checkVisibility() || unseen(element)) continue;
      const style = getComputedStyle(element);
      if (/hidden|clip/.test(style.overflowX + style.overflowY) && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1)) found.push(`cut: ${element.className}: ${element.textContent.trim().slice(0, 40)}`);
    }
    return found;
  });

/** Words and controls of a row that lie over each other. */
const overlaps = (page) =>
  page.evaluate(() => {
    const found = [];
    const unseen = (element) => element.closest(".hidden") || element.getBoundingClientRect().width <= 1;
    const rectangles = (element) => {
      if (element.matches("input, button:empty, select, progress, textarea")) return [element.getBoundingClientRect()];
      const range = document.createRange();
      return [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()).flatMap((node) => {
        range.selectNodeContents(node);
        return [...range.getClientRects()];
      });
    };
    for (const scope of document.querySelectorAll("main [data-row], main .milepost-card > :is(p, h2), main .milepost-hub > p, main .milepost-done")) {
      const parts = [...scope.querySelectorAll("*")].filter((element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !unseen(element) && !element.parentElement.closest("button, select"));
      const placed = parts.flatMap((element) => rectangles(element).filter(({ width, height }) => width > 1 && height > 1).map((box) => ({ element, box })));
      for (const [position, one] of placed.entries()) {
        for (const other of placed.slice(position + 1)) {
          if (one.element === other.element || one.element.contains(other.element) || other.element.contains(one.element)) continue;
          const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
          // Lines of text are as high as their line, letters are not: a third may be shared.
          const high = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
          if (wide > 1 && high > Math.min(one.box.height, other.box.height) / 3) found.push(`${one.element.className || one.element.localName} “${one.element.textContent.trim().slice(0, 25)}” and ${other.element.className || other.element.localName} “${other.element.textContent.trim().slice(0, 25)}”`);
        }
      }
    }
    return [...new Set(found)].slice(0, 5);
  });

const everything = async (page, address) => {
  await unfold(page);
  if (address !== guide) return;
  await press(page, "account-prep/register", "Note");
  await row(page, "account-prep/estimate").getByRole("button", { name: /^More/ }).click();
  await way(page, "account-prep/billing/payg").check();
  await box(page, "account-prep/register").check();
  await press(page, "account-prep/identity", "Not needed");
  await box(page, "account-prep/balance-50").check();
  await settle(page);
};
const addresses = [guide, "linux/create/", "team/", "both/", "checklists/", "confirm/", "odd/"];

describe("enlarged", () => {
  const screens = {
    "200 % zoom": { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 },
    "320 px": { viewport: { width: 320, height: 640 } },
    "a desk": desktop,
  };
  for (const [name, screen] of Object.entries(screens)) {
    it(`52: at ${name} nothing scrolls sideways, nothing is cut, each box stands beside its label`, reader(set, "guides", async ({ page, url }) => {
      for (const address of addresses) {
        await page.goto(url + address);
        await everything(page, address);
        assert.deepEqual(await sideways(page), [], address);
        assert.deepEqual(await misplaced(page), [], address);
        assert.deepEqual(await overlaps(page), [], address);
      }
    }, screen));
  }
  for (const [name, screen] of Object.entries({ "a desk": desktop, "a phone": { viewport: { width: 360, height: 740 } } })) {
    it(`53: with wide spacing of the text nothing overlaps on ${name}`, reader(set, "guides", async ({ page, url }) => {
      for (const address of addresses) {
        await page.goto(url + address);
        await page.addStyleTag({ content: "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-block-end: 2em !important }" });
        await everything(page, address);
        assert.deepEqual(await overlaps(page), [], address);
        assert.deepEqual(await sideways(page), [], address);
        assert.deepEqual((await misplaced(page)).filter((each) => each.startsWith("cut")), [], address);
      }
    }, screen));
  }
});

describe("from right to left", () => {
  it("54: boxes are on the right, nesting goes left, arrows flip, progress fills from the right", reader(set, "rightToLeft", async ({ page, url }) => {
    for (const address of ["dalil/", "checklists/"]) {
      await page.goto(`${url}${address}`);
      await unfold(page);
      assert.deepEqual(await misplaced(page), [], address);
      assert.deepEqual(await sideways(page), [], address);
      const edge = async (step) => {
        const place = await row(page, `dalil/${step}`).locator("input, .milepost-mark").first().boundingBox();
        return place.x + place.width;
      };
      assert.ok((await edge("hatif")) < (await edge("awraq")), "nesting goes left");
    }
    await page.goto(`${url}dalil/`);
    await box(page, "dalil/hisab").check();
    await settle(page);
    assert.equal(await page.locator(".milepost-continue").evaluate((link) => getComputedStyle(link, "::after").scale), "-1 1");
    const bar = card(page, "dalil").getByRole("progressbar");
    const line = (await pixels(page, await bar.boundingBox()));
    const middle = line[Math.floor(line.length / 2)];
    const [left, right] = [middle[Math.floor(middle.length * 0.12)], middle[Math.floor(middle.length * 0.88)]];
    assert.ok(contrast(left, right) > 1.5, `the left end ${left} differs from the right ${right}`);
    const background = [255, 255, 255];
    assert.ok(contrast(right, background) > contrast(left, background), "the filled end is the right one");
  }));
});

describe("in other colours", () => {
  const colours = {
    light: { colorScheme: "light" },
    dark: { colorScheme: "dark" },
    forced: { forcedColors: "active" },
    "dark forced": { forcedColors: "active", colorScheme: "dark" },
  };
  for (const [name, options] of Object.entries(colours)) {
    it(`55: box, tick, focus ring and progress are visible at 3:1 in ${name} colours`, at(guide, async ({ page }) => {
      await way(page, "account-prep/identity-route/personal").check();
      await settle(page);
      await page.mouse.move(0, 0);
      const around = async (locator, more) => {
        await locator.scrollIntoViewIfNeeded();
        const { x, y, width, height } = await locator.boundingBox();
        return pixels(page, { x: x - more, y: y - more, width: width + 2 * more, height: height + 2 * more });
      };
      const strongest = (spots, colour) => Math.max(...spots.map((spot) => contrast(spot, colour)));
      for (const control of [box(page, "account-prep/register"), box(page, "account-prep/personal-check"), way(page, "account-prep/identity-route/enterprise")]) {
        await page.evaluate(() => document.activeElement.blur());
        const empty = await around(control, 4);
        const background = empty[0][0];
        const middle = empty[Math.floor(empty.length / 2)];
        assert.ok(strongest(middle.slice(0, Math.floor(middle.length / 2)), background) >= 3, `the edge of an empty box: ${strongest(middle, background)}`);
      }
      for (const control of [box(page, "account-prep/register"), box(page, "account-prep/personal-check"), way(page, "account-prep/identity-route/personal")]) {
        await control.focus();
        await page.keyboard.press("Shift+Tab");
        await page.keyboard.press("Tab");
        assert.ok(await control.evaluate((element) => element === document.activeElement));
        const background = (await around(control, 12))[0][0];
        const ring = (await around(control, 6)).map((line) => line.slice(0, 6)).flat();
        assert.ok(strongest(ring, background) >= 3, `the focus ring: ${strongest(ring, background)}`);
      }
      await box(page, "account-prep/register").check();
      await settle(page);
      await page.evaluate(() => document.activeElement.blur());
      await page.mouse.move(0, 0);
      const inside = (await around(box(page, "account-prep/register"), -5)).flat();
      const fill = inside[0];
      assert.ok(strongest(inside, fill) >= 3, `the tick in its box: ${strongest(inside, fill)}`);
      const bar = card(page, "account-prep").getByRole("progressbar");
      const lines = await around(bar, 2);
      const line = lines[Math.floor(lines.length / 2)];
      const ground = lines[0][Math.floor(lines[0].length / 2)];
      assert.ok(contrast(line[Math.floor(line.length * 0.15)], ground) >= 3, `the filled part: ${contrast(line[Math.floor(line.length * 0.15)], ground)}`);
      const edge = lines.map((each) => each[Math.floor(each.length * 0.85)]);
      assert.ok(strongest(edge, ground) >= 3 || contrast(line[Math.floor(line.length * 0.15)], line[Math.floor(line.length * 0.85)]) >= 3, "where it ends");
      // Done is said by more than a colour.
      assert.ok(await row(page, "account-prep/register").getByText("Done", { exact: true }).isVisible());
    }, options));
  }
});

describe("the end of a list", () => {
  const finish = async (page) => {
    await box(page, "leaving/lock").check();
    for (const step of ["secret", "others"]) await box(page, `leaving/${step}`).check();
    await settle(page);
  };
  const panel = (page) => card(page, "leaving").locator(".milepost-done");
  it("67: a panel appears once, names the next guide, and says that nothing was sent", at("confirm/", async ({ page }) => {
    await box(page, "leaving/lock").check();
    await settle(page);
    assert.equal(await panel(page).count(), 0);
    await finish(page);
    assert.equal(await panel(page).count(), 1);
    const words = (await panel(page).innerText()).replace(/\s+/g, " ");
    assert.match(words, /All done/);
    assert.match(words, /nothing was sent to anyone/);
    assert.equal(await page.locator(".milepost-done").count(), 1);
    await page.reload();
    assert.equal(await panel(page).count(), 1);
    assert.ok(!(await panel(page).evaluate((element) => element.classList.contains("is-new"))), "at load it is not news");
    await box(page, "leaving/lock").uncheck();
    await settle(page);
    assert.equal(await panel(page).count(), 0);
  }));
  it("67: the next guide is the one that follows in reading order", at(guide, async ({ page }) => {
    await way(page, "account-prep/identity-route/personal").check();
    await way(page, "account-prep/billing/monthly").check();
    for (const step of ["register", "personal-check", "prepay"]) await box(page, `account-prep/${step}`).check();
    await settle(page);
    await card(page, "account-prep").locator(".milepost-done").getByRole("link", { name: "Create an instance" }).click();
    await page.waitForURL("**/linux/create/**");
  }));
  it("56: with reduced motion nothing moves, and the words appear all the same", at("confirm/", async ({ page }) => {
    await finish(page);
    assert.ok(await panel(page).isVisible());
    assert.deepEqual(await page.evaluate(() => document.getAnimations().map((animation) => animation.animationName ?? animation.transitionProperty)), []);
  }));
  it("56: without it the panel moves when it appears, and not at load", at("confirm/", async ({ page }) => {
    const names = [];
    await page.exposeFunction("started", (name) => { names.push(name); });
    const watch = () => document.addEventListener("animationstart", (event) => window.started(event.animationName));
    await page.evaluate(watch);
    await finish(page);
    await page.waitForFunction(() => document.getAnimations().every((animation) => animation.playState === "finished"));
    assert.ok(names.length > 0);
    names.length = 0;
    await page.addInitScript(watch);
    await page.reload();
    await settle(page);
    assert.deepEqual(names, []);
  }, { reducedMotion: "no-preference" }));
});
