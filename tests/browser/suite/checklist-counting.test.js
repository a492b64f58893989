// What counts: steps that are not needed, optional, chosen, nested, for a role, or needed first.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { settle } from "../support/browser.js";
import { box, card, count, guides, heading, press, reader, row, ticked, total, unfold, until, way } from "../support/checklists.js";
import { fixture } from "../support/site.js";
import { stage } from "../support/stage.js";

const set = stage({
  guides: { build: () => guides() },
  audience: {
    build: () => fixture(
      {
        "README.md": "# Roles\n\nRead [one](buying.md) or [the other](building.md).\n",
        "buying.md": `# Buying\n\nThe lead.\n\n<!-- @checklist buying for=buyer -->\n\n${heading("order", "Order it")}\n`,
        "building.md": `# Building\n\nThe lead.\n\n<!-- @checklist building -->\n\n${heading("plan", "Plan it", "for=engineer")}\n\n${heading("build", "Build it")}\n`,
      },
      ['title = "Roles"', 'site-id = "roles"'],
    ),
  },
});

const at = (address, test, options) => reader(set, "guides", async (given) => {
  await given.page.goto(given.url + address);
  await test(given);
}, options);
const guide = (test) => at("linux/account/", test);
const state = (page, step) => row(page, step).locator(".milepost-state").first().innerText();
const tick = async (page, ...steps) => {
  for (const step of steps) await box(page, step).check();
  await settle(page);
};

const just = "account-prep/identity-route/personal";
const company = "account-prep/identity-route/enterprise";

describe("steps that are not needed", () => {
  it("11: “Not needed” takes a step out of the total, and the button is pressed", guide(async ({ page }) => {
    const button = row(page, "account-prep/register").getByRole("button", { name: "Not needed: Open an account" });
    assert.equal(await button.getAttribute("aria-pressed"), "false");
    await button.click();
    await settle(page);
    assert.equal(await count(page, "account-prep"), "0 of 2 done, 1 not needed");
    assert.equal(await button.getAttribute("aria-pressed"), "true");
    assert.ok(await row(page, "account-prep/register").getByText("Not needed").filter({ visible: true }).count(), "in words");
    await page.reload();
    assert.equal(await count(page, "account-prep"), "0 of 2 done, 1 not needed");
    await button.click();
    await settle(page);
    assert.equal(await count(page, "account-prep"), "0 of 3 done");
  }));
  it("11: the time that is left is without it", guide(async ({ page }) => {
    const time = card(page, "account-prep").locator("[data-time]");
    assert.equal(await time.innerText(), "about 25 minutes left");
    await press(page, "account-prep/identity", "Not needed");
    await settle(page);
    assert.equal(await time.innerText(), "about 15 minutes left");
  }));
  it("12: when every step is not needed “Nothing left to do” shows, and no NaN", guide(async ({ page, url }) => {
    for (const step of ["register", "identity", "payment"]) await press(page, `account-prep/${step}`, "Not needed");
    await settle(page);
    for (const address of [null, "checklists/"]) {
      if (address) await page.goto(url + address);
      assert.equal(await count(page, "account-prep"), "Nothing left to do");
      const bar = card(page, "account-prep").getByRole("progressbar");
      assert.equal(await bar.evaluate((element) => element.value / element.max), 1);
      const text = await page.locator("main").innerText();
      assert.doesNotMatch(text, /NaN|Infinity|undefined|null/);
      assert.equal(await card(page, "account-prep").locator("[data-time]").innerText(), "");
    }
    await page.goto(`${url}linux/create/`);
    assert.ok(!(await page.locator(".milepost-needs").isVisible()), "nothing is needed first");
  }));
  it("a step that is not needed and then ticked is done", guide(async ({ page }) => {
    await press(page, "account-prep/register", "Not needed");
    await tick(page, "account-prep/register");
    assert.equal(await count(page, "account-prep"), "1 of 3 done");
  }));
});

describe("a choice", () => {
  it("13: not made: both ways are visible, the step counts one, the total is 3", guide(async ({ page }) => {
    for (const step of ["personal-check", "company-check", "balance-50", "estimate", "prepay"]) assert.ok(await box(page, `account-prep/${step}`).isVisible(), step);
    assert.equal(await page.locator("input[data-choice]:checked").count(), 0, "none is made beforehand");
    assert.equal(await count(page, "account-prep"), "0 of 3 done");
    assert.equal(await state(page, "account-prep/identity"), "0 of 1");
  }));
  it("13: a tick in a way that is not chosen does not count yet", guide(async ({ page }) => {
    await tick(page, "account-prep/personal-check");
    assert.equal(await count(page, "account-prep"), "0 of 3 done");
  }));
  it("14: “Just me” and its item ticked: the step is done, the company's item does not count", guide(async ({ page }) => {
    await way(page, just).check();
    await tick(page, "account-prep/personal-check");
    assert.equal(await state(page, "account-prep/identity"), "Done");
    assert.equal(await count(page, "account-prep"), "1 of 3 done");
    assert.ok(!(await box(page, "account-prep/company-check").isVisible()));
    assert.ok(await way(page, company).isVisible(), "the other way can still be chosen");
  }));
  it("15: switching opens the step again, and switching back brings the tick back", guide(async ({ page }) => {
    await way(page, just).check();
    await tick(page, "account-prep/personal-check");
    await way(page, company).check();
    await settle(page);
    assert.equal(await state(page, "account-prep/identity"), "0 of 1");
    assert.equal(await count(page, "account-prep"), "0 of 3 done");
    assert.ok(!(await box(page, "account-prep/personal-check").isVisible()));
    await page.reload();
    assert.ok(await way(page, company).isChecked());
    await way(page, just).check();
    await settle(page);
    assert.equal(await count(page, "account-prep"), "1 of 3 done");
    assert.ok(await box(page, "account-prep/personal-check").isChecked());
  }));
  it("16: “Monthly package”: the RMB 50 step neither shows nor counts", guide(async ({ page, url }) => {
    await way(page, "account-prep/billing/monthly").check();
    await tick(page, "account-prep/prepay");
    assert.equal(await state(page, "account-prep/payment"), "Done");
    assert.equal(await count(page, "account-prep"), "1 of 3 done");
    for (const address of [null, "checklists/", "both/", "zh/account/"]) {
      if (address) await page.goto(url + address);
      await unfold(page);
      assert.ok(!(await box(page, "account-prep/balance-50").isVisible()), address ?? "here");
      assert.ok(await box(page, "account-prep/prepay").isChecked(), address ?? "here");
    }
  }));
});

describe("children", () => {
  it("17: an optional one is left out: the step is done, and “1 optional left” shows", guide(async ({ page }) => {
    await way(page, just).check();
    await way(page, "account-prep/billing/payg").check();
    await tick(page, "account-prep/register", "account-prep/personal-check", "account-prep/balance-50");
    assert.equal(await state(page, "account-prep/payment"), "Done");
    assert.equal(await count(page, "account-prep"), "3 of 3 done, 1 optional left");
    await tick(page, "account-prep/estimate");
    assert.equal(await count(page, "account-prep"), "3 of 3 done");
  }));
  it("18: one of three ticked: “1 of 3” shows, and the parent is not done", at("linux/create/", async ({ page }) => {
    await tick(page, "create-instance/region");
    assert.equal(await state(page, "create-instance/order"), "1 of 3");
    assert.equal(await count(page, "create-instance"), "0 of 3 done");
    assert.equal(await page.locator('[data-row="create-instance/order"] > .milepost-row input').count(), 0, "a parent has no box");
    await tick(page, "create-instance/console", "create-instance/image");
    assert.equal(await state(page, "create-instance/order"), "Done");
    assert.equal(await count(page, "create-instance"), "1 of 3 done");
  }));
  it("18: a child that is not needed leaves the parent's total; nested parents add up", at("confirm/", async ({ page }) => {
    await tick(page, "leaving/secret");
    assert.equal(await state(page, "leaving/papers"), "1 of 2");
    assert.equal(await state(page, "leaving/desk"), "1 of 2");
    await press(page, "leaving/others", "Not needed");
    await settle(page);
    assert.equal(await state(page, "leaving/papers"), "Done");
    assert.equal(await state(page, "leaving/desk"), "Done");
    assert.equal(await count(page, "leaving"), "1 of 2 done");
    await tick(page, "leaving/lock");
    assert.equal(await count(page, "leaving"), "2 of 2 done, 1 optional left");
  }));
  it("a card to be confirmed holds every step, and its boxes work", at("confirm/", async ({ page }) => {
    for (const step of ["lock", "secret", "others", "screen"]) assert.ok(await box(page, `leaving/${step}`, 2).isVisible(), step);
    await box(page, "leaving/secret", 2).check();
    await settle(page);
    assert.ok(await box(page, "leaving/secret").isChecked());
  }));
  it("leaves are counted where the author says so", at("odd/", async ({ page }) => {
    await tick(page, "odd-texts/plus", "odd-texts/at");
    assert.equal(await count(page, "odd-texts"), "2 of 6 done");
    await press(page, "odd-texts/equals", "Not needed");
    await settle(page);
    assert.equal(await count(page, "odd-texts"), "2 of 5 done, 1 not needed");
  }));
});

describe("what is to be done first", () => {
  it("19: “Do first” names the list, links to it and tells its state, and the boxes still work", guide(async ({ page, url }) => {
    await tick(page, "account-prep/register");
    await page.goto(`${url}linux/create/`);
    const first = card(page, "create-instance").locator(".milepost-needs");
    assert.match((await first.innerText()).replace(/\s+/g, " "), /^Do first: Get your account ready \(Linux\) 1 of 3$/);
    assert.equal(await page.locator("[data-progress=account-prep]").innerText(), "1 of 3 done");
    await tick(page, "create-instance/connect");
    assert.equal(await count(page, "create-instance"), "1 of 3 done");
    await first.getByRole("link").click();
    await page.waitForURL("**/linux/account/**");
  }));
  it("19: it is silent once the list is done", guide(async ({ page, url }) => {
    await way(page, just).check();
    await way(page, "account-prep/billing/monthly").check();
    await tick(page, "account-prep/register", "account-prep/personal-check", "account-prep/prepay");
    await page.goto(`${url}linux/create/`);
    assert.ok(!(await page.locator(".milepost-needs").isVisible()));
    assert.equal(await page.locator("[data-progress=account-prep]").innerText(), "done");
    assert.equal(await row(page, "create-instance/order").getByText("Do first").count(), 0);
  }));
  it("19: a step says which steps come before it, until they are done", guide(async ({ page, url }) => {
    const before = row(page, "account-prep/identity").locator(".milepost-before");
    assert.equal(await before.innerText(), "Do first: Open an account");
    await tick(page, "account-prep/register");
    assert.ok(!(await before.isVisible()));
    await page.goto(`${url}linux/create/`);
    const other = row(page, "create-instance/order").locator(".milepost-before");
    assert.equal(await other.innerText(), "Do first: Sort out payment");
    await other.getByRole("link").click();
    await page.waitForURL((now) => now.pathname.startsWith("/linux/account/") && now.hash === "#account-prep.payment");
  }));
});

describe("roles", () => {
  const choose = async (page, role) => {
    await page.getByLabel("Show steps for").selectOption(role);
    await settle(page);
  };
  it("20: a role's steps alone show and count; without it all are back with their ticks", at("team/", async ({ page, url }) => {
    assert.deepEqual(await page.getByLabel("Show steps for").locator("option").evaluateAll((options) => options.map(({ value }) => value).sort()), ["", "buyer", "engineer", "writer"]);
    await tick(page, "team/runbook", "team/meet");
    assert.equal(await count(page, "team"), "2 of 4 done");
    await choose(page, "buyer");
    assert.equal(await count(page, "team"), "1 of 3 done");
    for (const [step, shown] of Object.entries({ deposit: true, runbook: false, meet: true, access: true, "fetch-card": true, "fetch-key": false })) {
      assert.equal(await row(page, `team/${step}`).isVisible(), shown, step);
      if (["deposit", "runbook", "meet"].includes(step)) assert.equal(await box(page, `team/${step}`, 2).isVisible(), shown, `${step} in the card`);
    }
    await page.goto(`${url}checklists/`);
    assert.equal(await page.getByLabel("Show steps for").inputValue(), "buyer", "the role holds for the site");
    assert.equal(await count(page, "team"), "1 of 3 done");
    await choose(page, "");
    assert.equal(await count(page, "team"), "2 of 4 done");
    assert.deepEqual(await ticked(page), ["team/runbook:1", "team/meet:1"]);
  }));
  it("20: a way that is for the role is chosen beforehand, and the reader's choice holds over it", at("team/", async ({ page }) => {
    await choose(page, "engineer");
    assert.ok(await way(page, "team/door/key").isChecked());
    await tick(page, "team/fetch-key");
    assert.equal(await count(page, "team"), "1 of 3 done");
    await choose(page, "");
    assert.equal(await page.locator("input[data-choice]:checked").count(), 0);
    assert.equal(await count(page, "team"), "0 of 4 done");
    await way(page, "team/door/card").check();
    await choose(page, "writer");
    assert.equal(await count(page, "team"), "0 of 2 done");
  }));
  it("20: a list that is for another role counts nothing, and is not among all checklists", reader(set, "audience", async ({ page, url }) => {
    await page.goto(`${url}checklists/`);
    assert.equal(await total(page), "0 of 3 done");
    await choose(page, "engineer");
    assert.equal(await total(page), "0 of 2 done");
    assert.ok(!(await card(page, "buying").isVisible()));
    await choose(page, "buyer");
    assert.equal(await total(page), "0 of 2 done");
    assert.equal(await count(page, "building"), "0 of 1 done");
  }));
  it("20: a list for another role is left out of the page of all lists, and is whole on its own page", reader(set, "audience", async ({ page, url }) => {
    await page.goto(`${url}checklists/`);
    await choose(page, "engineer");
    assert.equal(await page.locator("[data-list=buying]").isVisible(), false);
    assert.equal(await page.locator("[data-list=building]").isVisible(), true);
    await page.goto(`${url}buying/`);
    assert.equal(await count(page, "buying"), "0 of 1 done");
  }));
  it("a role that has nothing to do with a list leaves it as it is", at("team/", async ({ page, url }) => {
    await choose(page, "buyer");
    await page.goto(`${url}linux/account/`);
    assert.equal(await count(page, "account-prep"), "0 of 3 done");
  }));
});

describe("the page of all checklists, and the marks in the sidebar", () => {
  it("the total adds up what each card says", at("checklists/", async ({ page }) => {
    await unfold(page);
    await tick(page, "account-prep/register", "create-instance/connect", "odd-texts/at", "leaving/lock", "team/meet");
    await press(page, "team/deposit", "Not needed");
    await way(page, "account-prep/billing/monthly").check();
    await tick(page, "account-prep/prepay");
    const cards = await page.locator(".milepost-card [data-count]").allInnerTexts();
    const sum = cards.map((words) => words.match(/(\d+) of (\d+) done(?:, (\d+) not needed)?/).slice(1).map((number) => Number(number ?? 0))).reduce((all, each) => all.map((number, place) => number + each[place]));
    assert.deepEqual(sum, [6, 17, 1]);
    assert.equal(await total(page), "6 of 17 done, 1 not needed");
    const bar = page.locator("[data-hub]").getByRole("progressbar");
    assert.deepEqual(await bar.evaluate(({ value, max }) => [value, max]), [6, 17]);
  }));
  it("each card leads to its guide", at("checklists/", async ({ page }) => {
    assert.deepEqual(await page.locator(".milepost-title a").allInnerTexts(), ["Get your account ready (Linux)", "Create an instance", "Set up the team", 'Odd "texts" & <signs>', "Before you leave"]);
    await unfold(page);
    await page.getByRole("link", { name: /^How to do it ?: Sort out payment$/ }).click();
    await page.waitForURL((now) => now.pathname.startsWith("/linux/account/") && now.hash === "#account-prep.payment");
  }));
  it("an entry of the sidebar tells how far its list is, once something is kept", at("papers/", async ({ page, url }) => {
    const marks = () => page.locator(".side .milepost-badge").allInnerTexts().then((all) => all.filter(Boolean));
    assert.deepEqual(await marks(), []);
    await page.goto(`${url}confirm/`);
    await tick(page, "leaving/lock");
    await until(marks, ["1 of 2"]);
    await page.goto(`${url}papers/`);
    assert.deepEqual(await marks(), ["1 of 2"]);
    assert.equal((await page.locator('.side a[data-lists="leaving"]').innerText()).replace(/\s+/g, " "), "Before you leave 1 of 2");
    await page.goto(`${url}confirm/`);
    await tick(page, "leaving/secret", "leaving/others");
    await page.goto(`${url}papers/`);
    assert.deepEqual(await marks(), ["done"]);
  }));
  it("an entry of a folder's list tells it as well", guide(async ({ page, url }) => {
    await tick(page, "account-prep/register");
    await page.goto(`${url}zh/`);
    const entry = page.locator('main a[data-lists="account-prep"]');
    assert.equal(await entry.locator(".milepost-badge").innerText(), "1 of 3");
  }));
  it("a mark follows what is ticked in another tab", at("papers/", async ({ page, context, url }) => {
    const other = await context.newPage();
    await other.goto(`${url}confirm/`);
    await box(other, "leaving/lock").check();
    await until(() => page.locator(".side .milepost-badge").allInnerTexts().then((all) => all.filter(Boolean)), ["1 of 2"]);
  }));
  it("a mark of another role's count does not show", at("team/", async ({ page, url }) => {
    const marks = () => page.locator('.side a[data-lists="team"] .milepost-badge').allInnerTexts().then((all) => all.filter(Boolean));
    await tick(page, "team/meet");
    await until(marks, ["1 of 4"]);
    await page.getByLabel("Show steps for").selectOption("buyer");
    await until(marks, ["1 of 3"]);
    await page.goto(`${url}confirm/`);
    assert.deepEqual(await marks(), ["1 of 3"]);
    await page.evaluate(() => localStorage.setItem("milepost1:guides:p", JSON.stringify({ role: "", t: Date.now() + 1 })));
    await page.reload();
    assert.deepEqual(await marks(), []);
  }));
});
