// A checklist without a mouse, and as assistive technology has it: order, focus, names, and what is said when.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { desktop, phone, settle } from "../support/browser.js";
import { box, card, count, guides, listenToStatus, press, reader, row, spoken, unfold, until, way } from "../support/checklists.js";
import { focused } from "../support/focus.js";
import { stage } from "../support/stage.js";

const set = stage({ guides: { build: () => guides() } });
const at = (address, test, options) => reader(set, "guides", async (given) => {
  await given.page.goto(given.url + address);
  await test(given);
}, options);
const guide = "linux/account/";

/** Every stop of Tab in the text, in the order of its visit. */
async function walk(page) {
  const visited = [];
  await page.locator("main").focus();
  for (let press = 0; press < 200; press += 1) {
    await page.keyboard.press("Tab");
    const now = await focused(page);
    if (!now?.inMain) break;
    visited.push(now);
  }
  return visited;
}

describe("with a keyboard alone", () => {
  const states = {
    "a fresh guide": [guide, async () => {}],
    "a guide with choices made": [guide, async (page) => {
      await way(page, "account-prep/identity-route/enterprise").check();
      await way(page, "account-prep/billing/payg").check();
      await box(page, "account-prep/register").check();
    }],
    "a guide with everything open": [guide, async (page) => {
      await press(page, "account-prep/register", "Note");
      await row(page, "account-prep/estimate").getByRole("button", { name: /^More/ }).click();
    }],
    "the page of all checklists": ["checklists/", (page) => unfold(page)],
    "a page that embeds a list twice": ["both/", async () => {}],
  };
  for (const [name, [address, prepare]] of Object.entries(states)) {
    for (const [where, screen] of Object.entries({ "on a desk": desktop, "on a phone": phone })) {
      it(`57: Tab visits everything of ${name} in reading order, in sight, with a visible focus, ${where}`, at(address, async ({ page }) => {
        await prepare(page);
        await settle(page);
        const visited = await walk(page);
        assert.deepEqual(visited.filter((stop) => !stop.inWindow || !stop.uncovered || !stop.marked), []);
        const positions = visited.map(({ position }) => position);
        assert.deepEqual(positions, [...positions].sort((a, b) => a - b));
        const usable = await page.evaluate(() => {
          const all = [...document.querySelectorAll("main :is(a[href], button, input, select, textarea, summary, [tabindex='0'])")];
          const seen = all.filter((element) => element.checkVisibility({ visibilityProperty: true }) && element.tabIndex >= 0);
          // A group of radios is one stop: the chosen one, else the first.
          const first = (radio) => seen.find((other) => other.name === radio.name && (other.checked || !seen.some((each) => each.name === radio.name && each.checked)));
          return seen.filter((element) => element.type !== "radio" || element === first(element)).map((element) => element.outerHTML.slice(0, 120)).length;
        });
        assert.equal(visited.length, usable);
      }, screen));
    }
  }
  it("57: Space ticks and takes away, arrows change the route, Enter works the buttons", at(guide, async ({ page }) => {
    await box(page, "account-prep/register").focus();
    await page.keyboard.press("Space");
    await settle(page);
    assert.equal(await count(page, "account-prep"), "1 of 3 done");
    await page.keyboard.press("Space");
    await settle(page);
    assert.equal(await count(page, "account-prep"), "0 of 3 done");
    await way(page, "account-prep/identity-route/personal").focus();
    await page.keyboard.press("Space");
    await settle(page);
    assert.ok(!(await box(page, "account-prep/company-check").isVisible()));
    await page.keyboard.press("ArrowDown");
    await settle(page);
    assert.ok(await way(page, "account-prep/identity-route/enterprise").isChecked());
    assert.ok(await way(page, "account-prep/identity-route/enterprise").evaluate((radio) => radio === document.activeElement));
    assert.ok(!(await box(page, "account-prep/personal-check").isVisible()));
    await page.keyboard.press("ArrowUp");
    await settle(page);
    assert.ok(await way(page, "account-prep/identity-route/personal").isChecked());
    await row(page, "account-prep/payment").getByRole("button", { name: "Not needed: Sort out payment" }).focus();
    await page.keyboard.press("Enter");
    await settle(page);
    assert.equal(await count(page, "account-prep"), "0 of 2 done, 1 not needed");
  }));
  it("57: a tick or a choice changes no context: same page, same place, same focus", at(guide, async ({ page }) => {
    const act = async (control) => {
      await control.scrollIntoViewIfNeeded();
      await control.focus();
      const before = await control.boundingBox();
      await page.keyboard.press("Space");
      await settle(page);
      assert.ok(await control.evaluate((element) => element === document.activeElement));
      return [before, await control.boundingBox()].map(({ y }) => Math.round(y));
    };
    const address = page.url();
    // The content of the way before it goes; the control that was used stays in sight.
    const [, chosen] = await act(way(page, "account-prep/billing/monthly"));
    assert.ok(chosen > 0 && chosen < desktop.viewport.height);
    for (const step of ["register", "prepay", "prepay", "register"]) {
      const [before, after] = await act(box(page, `account-prep/${step}`));
      assert.equal(after, before, step);
    }
    assert.equal(page.url(), address);
  }));
  it("dialogs take the focus, Escape leaves them, and the focus comes back", at(guide, async ({ page }) => {
    await box(page, "account-prep/register").check();
    const button = card(page, "account-prep").getByRole("button", { name: "Reset" });
    await button.focus();
    await page.keyboard.press("Enter");
    await until(() => page.evaluate(() => Boolean(document.activeElement.closest("dialog"))), true);
    await page.keyboard.press("Escape");
    await until(() => page.getByRole("dialog").count(), 0);
    assert.ok(await button.evaluate((element) => element === document.activeElement));
  }));
  it("a drawer says whether it is open, and a note takes the focus", at(guide, async ({ page }) => {
    const more = row(page, "account-prep/estimate").getByRole("button", { name: /^More: Estimate/ });
    assert.equal(await more.getAttribute("aria-expanded"), "false");
    await more.focus();
    await page.keyboard.press("Enter");
    assert.equal(await more.getAttribute("aria-expanded"), "true");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.type("typed at once");
    assert.equal(await row(page, "account-prep/estimate").getByRole("textbox").inputValue(), "typed at once");
  }));
});

describe("what is said", () => {
  const talking = (address, test) => reader(set, "guides", async (given) => {
    await listenToStatus(given.page);
    await given.page.goto(given.url + address);
    await test(given);
  });
  /** Waits for as long as something may still be said: the throttle is 500 ms. */
  const quiet = (page) => page.waitForTimeout(700);
  it("58: a tick by keyboard keeps the focus, and its sentence is said exactly once", talking(guide, async ({ page }) => {
    await box(page, "account-prep/register").focus();
    await page.keyboard.press("Space");
    await quiet(page);
    assert.deepEqual(await spoken(page), ["Open an account done. 1 of 3."]);
    assert.ok(await box(page, "account-prep/register").evaluate((element) => element === document.activeElement));
  }));
  it("58: of several ticks in a hurry the last is said, with the right count", talking("linux/create/", async ({ page }) => {
    await box(page, "create-instance/address").focus();
    await page.keyboard.press("Space");
    await until(() => spoken(page), ["Note the address done. 1 of 3."]);
    for (const step of ["console", "region", "image"]) {
      await box(page, `create-instance/${step}`).focus();
      await page.keyboard.press("Space");
    }
    await quiet(page);
    const said = await spoken(page);
    assert.equal(said.at(-1), "Choose an image and keep its name done. 2 of 3.");
    assert.equal(new Set(said).size, said.length, said.join(" | "));
  }));
  it("58: taking away, “not needed”, a choice and the last step are said as well", talking("confirm/", async ({ page }) => {
    const after = async (act, words) => {
      await act();
      await quiet(page);
      assert.equal((await spoken(page)).at(-1), words);
    };
    await after(() => box(page, "leaving/lock").check(), "Lock the door done. 1 of 2.");
    await after(() => box(page, "leaving/lock").uncheck(), "Lock the door not done. 0 of 2.");
    await after(() => press(page, "leaving/desk", "Not needed"), "Clear the desk not needed. 0 of 1.");
    await after(() => box(page, "leaving/lock").check(), "Lock the door done. 1 of 1. All done.");
    await page.goto(set.servers.guides.url + guide);
    await after(() => way(page, "account-prep/billing/payg").check(), "Pay as you go chosen. 0 of 3.");
  }));
  it("59: a reload with ticks says nothing, and a finished list is silent too", talking("confirm/", async ({ page }) => {
    for (const step of ["lock", "secret", "others"]) await box(page, `leaving/${step}`).check();
    await settle(page);
    assert.equal(await count(page, "leaving"), "2 of 2 done, 1 optional left");
    await page.reload();
    await quiet(page);
    assert.deepEqual(await spoken(page), []);
    assert.ok(await card(page, "leaving").getByText("All done").isVisible());
  }));
  it("59: what another tab does is not said here", talking(guide, async ({ page, context, url }) => {
    const other = await context.newPage();
    await other.goto(url + guide);
    await box(other, "account-prep/register").check();
    await until(() => count(page, "account-prep"), "1 of 3 done");
    await quiet(page);
    assert.deepEqual(await spoken(page), []);
  }));
});

describe("the accessibility tree", () => {
  const tree = async (page) => {
    const devtools = await page.context().newCDPSession(page);
    const { nodes } = await devtools.send("Accessibility.getFullAXTree");
    const found = nodes.filter((node) => !node.ignored).map((node) => ({ role: node.role?.value, name: node.name?.value, description: node.description?.value, value: node.value?.value, ...Object.fromEntries((node.properties ?? []).map(({ name, value }) => [name, value.value])) }));
    return (role, name) => found.filter((node) => node.role === role && (name === undefined || node.name === name));
  };
  it("60: names each box by its step, describes it by time and reason, and names groups and progress", at(guide, async ({ page }) => {
    await box(page, "account-prep/register").check();
    await settle(page);
    const find = await tree(page);
    const boxes = find("checkbox");
    assert.deepEqual([...new Set(boxes.map(({ name }) => name.trim()))], ["Open an account", "Pass the personal check", "Pass the company check", "Bring cash balance plus coupons to RMB 50 or more", "Estimate a day's cost with the Price Calculator", "Have the whole price of the package ready: it is paid in advance"]);
    for (const { name, description, checked } of boxes) {
      if (name !== "Open an account") continue;
      assert.match(description, /^About 5 minutes\. (Skip it|Not needed) if: I already have an account\.$/);
      assert.equal(checked, "true");
    }
    assert.equal(boxes.find(({ name }) => name.startsWith("Estimate")).description, "Optional.");
    assert.equal(find("group", "Prove who you are: choose one").length, 1);
    assert.equal(find("group", "Sort out payment: choose one").length, 1);
    const themes = ["Light", "System", "Dark"];
    assert.deepEqual(find("radio").map(({ name }) => name.trim()).filter((name) => !themes.includes(name)), ["Just me", "A company", "Pay as you go", "Monthly package"]);
    const [progress] = find("progressbar", "Progress");
    assert.equal(Number(progress.valuemax ?? 3), 3);
    assert.equal(Number(progress.value), 1);
    assert.equal(find("button", "Not needed: Open an account")[0].pressed, "false");
    assert.ok(find("region").some(({ name }) => name === "Checklist: Get your account ready (Linux)"));
  }));
  it("60: a parent is no control, and its state is in words", at("linux/create/", async ({ page }) => {
    await box(page, "create-instance/region").check();
    await settle(page);
    const find = await tree(page);
    assert.equal(find("checkbox", "Order the server").length, 0);
    assert.match(await row(page, "create-instance/order").innerText(), /Order the server\s+1 of 3/);
  }));
  it("60: ids and names of controls are unique on every page", at(guide, async ({ page, url }) => {
    for (const address of [guide, "both/", "checklists/", "team/", "odd/", "confirm/", "linux/create/"]) {
      await page.goto(url + address);
      const twice = await page.evaluate(() => [...document.querySelectorAll("[id]")].map(({ id }) => id).filter((id, at, all) => all.indexOf(id) !== at));
      assert.deepEqual(twice, [], address);
      const lost = await page.evaluate(() => [...document.querySelectorAll("[for], [aria-describedby], [aria-labelledby]")].flatMap((element) => ["for", "aria-describedby", "aria-labelledby"].map((name) => element.getAttribute(name)).filter(Boolean)).filter((id) => !document.getElementById(id)));
      assert.deepEqual(lost, [], address);
      const shared = await page.evaluate(() => {
        const groups = new Map();
        for (const radio of document.querySelectorAll("input[data-choice]")) groups.set(radio.name, new Set([...(groups.get(radio.name) ?? []), radio.closest("fieldset")]));
        return [...groups].filter(([, fieldsets]) => fieldsets.size > 1).map(([name]) => name);
      });
      assert.deepEqual(shared, [], address);
    }
  }));
});

describe("a deep link", () => {
  it("62: brings its step into view below the header, marked as the target", at("papers/", async ({ page, url }) => {
    for (const screen of [desktop, phone]) {
      await page.setViewportSize({ ...screen.viewport, height: 400 });
      await page.goto("about:blank");
      await page.goto(`${url}${guide}#account-prep.payment`);
      const element = row(page, "account-prep/payment");
      assert.ok(await element.evaluate((each) => each.matches(":target")));
      const place = await element.boundingBox();
      const top = await page.locator(".top").boundingBox();
      const sticky = await page.locator(".top").evaluate((bar) => ["sticky", "fixed"].includes(getComputedStyle(bar).position));
      assert.ok(place.y >= (sticky ? top.y + top.height : 0), `${place.y} in a window with a bar of ${top.height}`);
      assert.ok(place.y + Math.min(place.height, 40) <= 400);
      const plain = await row(page, "account-prep/identity").evaluate((each) => getComputedStyle(each).boxShadow + getComputedStyle(each).borderColor);
      assert.notEqual(await element.evaluate((each) => getComputedStyle(each).boxShadow + getComputedStyle(each).borderColor), plain, "the mark can be seen");
    }
  }));
  it("62: to a step of a way that is not chosen shows it all the same", at(guide, async ({ page, url }) => {
    await way(page, "account-prep/billing/monthly").check();
    await settle(page);
    await page.goto("about:blank");
    await page.goto(`${url}${guide}#account-prep.balance-50`);
    const step = row(page, "account-prep/balance-50");
    await until(() => step.isVisible(), true);
    const place = await step.boundingBox();
    assert.ok(place.y >= 0 && place.y < desktop.viewport.height);
    await page.goto(`${url}${guide}#account-prep.register`);
    await until(() => step.isVisible(), false);
  }));
  it("62: to a step of another role shows it all the same", at("team/", async ({ page, url }) => {
    await page.getByLabel("Show steps for").selectOption("buyer");
    await settle(page);
    await page.goto("about:blank");
    await page.goto(`${url}team/#team.runbook`);
    await until(() => row(page, "team/runbook").isVisible(), true);
    assert.equal(await count(page, "team"), "0 of 3 done");
  }));
  it("62: into folded steps of the page of all checklists unfolds them", reader(set, "guides", async ({ page, url }) => {
    await page.goto(`${url}checklists/#leaving.screen`);
    await until(() => row(page, "leaving/screen").isVisible(), true);
    const place = await row(page, "leaving/screen").boundingBox();
    assert.ok(place.y >= 0 && place.y < desktop.viewport.height);
  }));
});
