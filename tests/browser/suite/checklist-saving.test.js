// A reader's ticks stay: after a reload and a restart, on other pages and in other tabs, and when the browser keeps nothing.
import assert from "node:assert/strict";
import { rm, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "node:test";
import { desktop, launchProfile, listen, settle } from "../support/browser.js";
import { box, card, count, download, edition, editions, guides, heading, kept, neighbours, press, reader, row, ticked, total, until, way } from "../support/checklists.js";
import { stage } from "../support/stage.js";

const published = {};
const set = stage({
  guides: { build: () => guides() },
  editions: {
    build: async () => {
      const two = [heading("one", "Do one thing"), heading("two", "Do another thing")];
      Object.assign(published, await editions(edition(two), edition([two[0], heading("between", "Do something between"), two[1]])));
      return published.folder;
    },
  },
  named: { build: () => neighbours(['site-id = "one"'], ['site-id = "two"']) },
  unnamed: { build: () => neighbours([], []) },
});

const account = "linux/account/";
const register = "account-prep/register";
const personal = "account-prep/personal-check";
const guide = (test, options) => reader(set, "guides", async (given) => {
  await given.page.goto(given.url + account);
  await test(given);
}, options);

describe("a tick", () => {
  it("1: on a fresh profile “0 of 3 done” shows and no box is ticked", guide(async ({ page }) => {
    assert.equal(await count(page, "account-prep"), "0 of 3 done");
    assert.deepEqual(await ticked(page), []);
    assert.deepEqual(await page.evaluate(() => ({ ...localStorage })), {}, "a mere visit keeps nothing");
  }));
  it("2: is there after a reload, and counts", guide(async ({ page }) => {
    await box(page, register).check();
    await page.reload();
    assert.deepEqual(await ticked(page), [`${register}:2`, `${register}:1`]);
    assert.equal(await count(page, "account-prep"), "1 of 3 done");
    assert.equal(await card(page, "account-prep").locator("[data-time]").innerText(), "about 20 minutes left");
  }));
  it("3: is there when the browser is started again with the same profile", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "milepost-profile-"));
    try {
      for (const expected of [[], [`${register}:2`, `${register}:1`]]) {
        const profile = await launchProfile(folder);
        const page = await profile.newPage();
        await page.goto(set.servers.guides.url + account);
        assert.deepEqual(await ticked(page), expected);
        await box(page, register).check();
        await settle(page);
        await profile.close();
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
  it("4: on the Linux page is there on the Windows page, which shares the list", guide(async ({ page, url }) => {
    await box(page, register).check();
    await page.goto(`${url}windows/account/`);
    assert.deepEqual(await ticked(page), [`${register}:2`, `${register}:1`]);
    assert.equal(await count(page, "account-prep"), "1 of 3 done");
  }));
  it("5: in one of two copies on a page is in the other too, and counts once", reader(set, "guides", async ({ page, url }) => {
    await page.goto(`${url}both/`);
    for (const copy of [1, 2]) {
      await box(page, register, copy).click();
      await settle(page);
      const done = copy === 1;
      assert.equal(await box(page, register, 1).isChecked(), done);
      assert.equal(await box(page, register, 2).isChecked(), done);
      for (const number of [0, 1]) assert.equal(await count(page, "account-prep", number), `${Number(done)} of 3 done`);
    }
    await way(page, "account-prep/identity-route/enterprise", 2).check();
    await settle(page);
    assert.ok(await way(page, "account-prep/identity-route/enterprise", 1).isChecked(), "a choice as well");
    assert.ok(!(await box(page, personal, 1).isVisible()));
  }));
  it("6: in the English guide is there in the Chinese one", guide(async ({ page, url }) => {
    await box(page, register).check();
    await page.goto(`${url}zh/account/`);
    assert.equal(await page.locator("html").getAttribute("lang"), "zh");
    assert.ok(await page.getByRole("checkbox", { name: "注册账户" }).first().isChecked());
    assert.equal(await page.locator("input[data-step]:checked").count(), 2);
  }));
  it("7: counts on the page of all checklists as on its own page, and in the total", guide(async ({ page, url }) => {
    await box(page, register).check();
    await page.goto(`${url}linux/create/`);
    await box(page, "create-instance/connect").check();
    const shown = {};
    for (const [address, list] of [[account, "account-prep"], ["linux/create/", "create-instance"], ["team/", "team"], ["odd/", "odd-texts"], ["confirm/", "leaving"]]) {
      await page.goto(url + address);
      shown[list] = await count(page, list);
    }
    assert.equal(shown["account-prep"], "1 of 3 done");
    assert.equal(shown["create-instance"], "1 of 3 done");
    await page.goto(`${url}checklists/`);
    for (const [list, words] of Object.entries(shown)) assert.equal(await count(page, list), words, list);
    assert.equal(await total(page), "2 of 18 done");
  }));
  it("8: that was taken away stays away, kept as a fact that is newer than the tick", guide(async ({ page }) => {
    await box(page, register).check();
    await settle(page);
    const { t } = (await kept(page, "guides"))[`s:${register}`];
    await box(page, register).uncheck();
    await page.reload();
    assert.deepEqual(await ticked(page), []);
    assert.equal(await count(page, "account-prep"), "0 of 3 done");
    const now = (await kept(page, "guides"))[`s:${register}`];
    assert.equal(now.s, "open");
    assert.ok(now.t > t);
  }));
  it("9: is right after Back, from the history and from the back/forward cache", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "milepost-profile-"));
    const profile = await launchProfile(folder);
    try {
      const page = await profile.newPage();
      await page.goto(set.servers.guides.url + account);
      await page.evaluate(() => {
        window.cached = false;
        addEventListener("pageshow", (event) => { window.cached = event.persisted; });
      });
      await box(page, register).check();
      await page.goto(`${set.servers.guides.url}windows/account/`);
      await way(page, "account-prep/identity-route/personal").check();
      await box(page, personal).check();
      await settle(page);
      // A page out of the cache does not load again, which goBack() would wait for.
      await page.goBack({ waitUntil: "commit" });
      await until(() => count(page, "account-prep"), "2 of 3 done");
      assert.ok(await box(page, register).isChecked());
      assert.ok(await box(page, personal).isChecked());
      assert.ok(await page.evaluate(() => window.cached), "the page came out of the cache");
    } finally {
      await profile.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
  for (const [name, shown] of Object.entries({
    "comes out of the cache": () => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })),
    "comes to the front": () => document.dispatchEvent(new Event("visibilitychange")),
  })) {
    it(`9: is read again when the page ${name}`, guide(async ({ page }) => {
      // A page hears nothing of what is kept while it is frozen, as of what it keeps itself.
      await page.evaluate((key) => localStorage.setItem(`milepost1:guides:s:${key}`, JSON.stringify({ s: "done", r: 1, t: 1 })), register);
      await settle(page);
      assert.equal(await count(page, "account-prep"), "0 of 3 done");
      await page.evaluate(shown);
      await until(() => count(page, "account-prep"), "1 of 3 done");
    }));
  }
  it("10: is what is kept, not what a form restores: every control switches that off", guide(async ({ page, url }) => {
    for (const address of [account, "both/", "checklists/"]) {
      await page.goto(url + address);
      const missing = await page.locator("main input").evaluateAll((inputs) => inputs.filter((input) => input.autocomplete !== "off").map((input) => input.id));
      assert.deepEqual(missing, [], address);
    }
  }));
  it("is kept under a key of its own, in the form that the manual promises", guide(async ({ page }) => {
    const before = Date.now();
    await box(page, register).check();
    await way(page, "account-prep/billing/payg").check();
    await press(page, "account-prep/balance-50", "Not needed");
    await settle(page);
    const facts = await kept(page, "guides");
    const times = Object.values(facts).map(({ t }) => t);
    assert.ok(times.every((time) => time >= before && time <= Date.now()), JSON.stringify(facts));
    for (const fact of Object.values(facts)) delete fact.t;
    assert.deepEqual(facts[`s:${register}`], { s: "done", r: 1 });
    assert.deepEqual(facts["c:account-prep/billing"], { b: "payg" });
    assert.equal(facts["s:account-prep/balance-50"].s, "skip");
    assert.equal(facts.p.last, register);
  }));
  it("on a label ticks, and on a link in it leads on and ticks nothing", guide(async ({ page }) => {
    await row(page, register).locator("label").click();
    assert.ok(await box(page, register).isChecked());
    await row(page, personal).getByRole("link").click();
    await page.waitForURL("**/papers/**");
    await page.goBack();
    assert.equal(await count(page, "account-prep"), "1 of 3 done");
  }));
  it("68: on the next visit “Continue” leads to the next open step, from its page and from the page of all checklists", guide(async ({ page, url }) => {
    await box(page, register).check();
    await way(page, "account-prep/identity-route/personal").check();
    await box(page, personal).check();
    for (const address of [account, "checklists/"]) {
      await page.goto(url + address);
      const scope = address === account ? card(page, "account-prep") : page.locator("[data-hub]");
      const link = scope.getByRole("link", { name: "Continue: Sort out payment" });
      assert.equal(await page.evaluate(() => scrollY), 0, "nothing scrolls by itself");
      await link.click();
      await page.waitForURL((now) => now.hash === "#account-prep.payment" && now.pathname.startsWith("/linux/account/"));
      assert.ok(await row(page, "account-prep/payment").evaluate((element) => element.matches(":target") && element.getBoundingClientRect().top < innerHeight));
    }
  }));
  it("68: the step after the last one that was ticked is the next, and a list that was not begun is started", guide(async ({ page }) => {
    assert.equal(await card(page, "account-prep").locator(".milepost-continue").innerText(), "Start: Open an account");
    await way(page, "account-prep/identity-route/personal").check();
    await box(page, personal).check();
    await settle(page);
    assert.equal(await card(page, "account-prep").locator(".milepost-continue").innerText(), "Continue: Sort out payment");
    await way(page, "account-prep/billing/payg").check();
    await box(page, "account-prep/balance-50").check();
    await settle(page);
    assert.equal(await card(page, "account-prep").locator(".milepost-continue").innerText(), "Continue: Open an account");
  }));
});

describe("several tabs", () => {
  const two = async (context, first, address) => {
    const second = await context.newPage();
    await second.goto(address);
    return [first, second];
  };
  it("31: a tick shows in the other tab within a second", guide(async ({ page, context, url }) => {
    const [a, b] = await two(context, page, url + account);
    await box(a, register).check();
    await b.waitForFunction(() => document.querySelectorAll("input[data-step]:checked").length === 2, null, { timeout: 1000 });
    assert.equal(await count(b, "account-prep"), "1 of 3 done");
    await way(b, "account-prep/billing/monthly").check();
    await a.waitForFunction(() => document.querySelector("input[value=monthly]").checked, null, { timeout: 1000 });
  }));
  it("32: ticks in two tabs that were open before both survive", guide(async ({ page, context, url }) => {
    const [a, b] = await two(context, page, url + account);
    await way(a, "account-prep/billing/monthly").check();
    // Neither tab learns of the other: what each keeps must not depend on it.
    for (const tab of [a, b]) await tab.evaluate(() => addEventListener("storage", (event) => event.stopImmediatePropagation(), true));
    await box(a, register).check();
    await box(b, "account-prep/prepay").check();
    for (const tab of [a, b]) {
      await tab.reload();
      assert.deepEqual(new Set(await ticked(tab)), new Set([`${register}:1`, `${register}:2`, "account-prep/prepay:1"]));
    }
  }));
  it("33: a tick in a tab with an older build of the page loses nothing that was ticked in the newer", reader(set, "editions", async ({ page: older, context, url }) => {
    await published.publish(0);
    await older.goto(`${url}guide/`);
    await published.publish(1);
    const newer = await context.newPage();
    await newer.goto(`${url}guide/`);
    await box(newer, "tour/between").check();
    await box(newer, "tour/one").check();
    await box(older, "tour/two").check();
    await newer.reload();
    assert.equal(await count(newer, "tour"), "3 of 3 done");
    await until(() => count(older, "tour"), "2 of 2 done");
  }));
  it("34: when another tab clears the storage this one shows 0, without an error", guide(async ({ page, context, url }) => {
    const [a, b] = await two(context, page, url + account);
    await box(a, register).check();
    await b.evaluate(() => localStorage.clear());
    await until(() => count(a, "account-prep"), "0 of 3 done");
    assert.deepEqual(await ticked(a), []);
    await box(a, register).check();
    await settle(a);
    assert.equal(await count(a, "account-prep"), "1 of 3 done");
  }));
});

describe("other things in the same store", () => {
  for (const site of ["named", "unnamed"]) {
    it(`35: two sites under one origin with equal lists, ${site}, keep their ticks apart`, reader(set, site, async ({ page, url }) => {
      await page.goto(`${url}site/guide/`);
      await box(page, "tour/one").check();
      await page.goto(`${url}other/guide/`);
      assert.deepEqual(await ticked(page), []);
      await box(page, "tour/two").check();
      await page.goto(`${url}site/guide/`);
      assert.deepEqual(await ticked(page), ["tour/one:2", "tour/one:1"]);
      if (site === "unnamed") {
        await page.goto(`${url}site/checklists/`);
        assert.ok(await page.getByText("for this address of the site").isVisible(), "the page of all checklists says so");
      }
    }));
  }
  it("36: foreign keys and broken values under our prefix do no harm, and stay as they are", guide(async ({ page }) => {
    await box(page, register).check();
    const junk = {
      "milepost1:guides:s:account-prep/company-check": "{broken",
      "milepost1:guides:s:account-prep/personal-check": '{"s":"DONE","t":"yesterday"}',
      "milepost1:guides:s:account-prep/prepay": "null",
      "milepost1:guides:s:account-prep/balance-50": '[{"s":"done","t":1}]',
      "milepost1:guides:c:account-prep/billing": '{"b":{"toString":1},"t":1}',
      "milepost1:guides:c:account-prep/identity-route": '{"b":"no-such-way","t":1}',
      "milepost1:guides:n:account-prep/register": JSON.stringify({ x: "x".repeat(2001), t: 1 }),
      "milepost1:guides:p": '{"role":7,"t":1}',
      "milepost1:guides:v:create-instance": "}",
      "milepost1:guides:s:__proto__/constructor": '{"s":"done","t":1}',
      "milepost1:guides:": "x",
      "milepost1:guides:s:": "x",
      "milepost1:theme": "dark",
      "milepost1:guides-two:s:account-prep/prepay": '{"s":"done","t":1}',
      foreign: "{",
    };
    await page.evaluate((values) => Object.entries(values).forEach(([key, value]) => localStorage.setItem(key, value)), junk);
    await page.reload();
    assert.deepEqual(await ticked(page), [`${register}:2`, `${register}:1`]);
    assert.equal(await count(page, "account-prep"), "1 of 3 done");
    assert.equal(await page.locator("input[type=radio][data-choice]:checked").count(), 0);
    await box(page, personal).check();
    await settle(page);
    const after = await page.evaluate(() => ({ ...localStorage }));
    delete junk["milepost1:guides:s:account-prep/personal-check"];
    delete junk["milepost1:guides:p"];
    for (const [key, value] of Object.entries(junk)) assert.equal(after[key], value, key);
    await page.reload();
    assert.ok(await box(page, personal).isChecked(), "a broken value is replaced by a tick");
  }));
  it("a newer version's ticks make the page read-only, and it says so", guide(async ({ page }) => {
    await page.evaluate(() => localStorage.setItem("milepost2:guides:s:account-prep/register", "x"));
    await page.reload();
    assert.ok(await page.locator(".milepost-notice", { hasText: "newer version" }).isVisible());
    await box(page, register).check();
    await settle(page);
    assert.equal(await count(page, "account-prep"), "1 of 3 done");
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), ["milepost2:guides:s:account-prep/register"]);
  }));
});

describe("without a store", () => {
  const denied = () => {
    for (const store of ["localStorage", "sessionStorage"]) Object.defineProperty(window, store, { get() { throw new DOMException("denied", "SecurityError"); } });
  };
  const absent = () => {
    for (const store of ["localStorage", "sessionStorage"]) Object.defineProperty(window, store, { get: () => null });
  };
  for (const [number, name, script] of [[37, "blocked", denied], [38, "null", absent]]) {
    it(`${number}: storage ${name}: boxes tick and count, and a notice says that nothing will be kept`, reader(set, "guides", async ({ page, context, url }) => {
      await context.grantPermissions(["clipboard-read", "clipboard-write"]);
      await page.addInitScript(script);
      await page.goto(url + account);
      const notice = page.locator(".milepost-notice");
      assert.match(await notice.innerText(), /until you close this page/);
      await box(page, register).check();
      await way(page, "account-prep/billing/monthly").check();
      await settle(page);
      assert.equal(await count(page, "account-prep"), "1 of 3 done");
      assert.ok(!(await box(page, "account-prep/balance-50").isVisible()));
      const { text } = await download(page, () => notice.getByRole("button", { name: "Save a copy" }).click());
      assert.equal(JSON.parse(text).steps[register].s, "done");
      await notice.getByRole("button", { name: "Copy a resume link" }).click();
      await page.getByText("Copied", { exact: true }).first().waitFor();
      assert.match(await page.evaluate(() => navigator.clipboard.readText()), /\/checklists\/(index\.html)?#milepost=1\./);
      await page.reload();
      assert.equal(await count(page, "account-prep"), "0 of 3 done");
    }));
  }
  it("37: only localStorage blocked: ticks follow in the tab, and the notice says so", reader(set, "guides", async ({ page, context, url }) => {
    await page.addInitScript(() => Object.defineProperty(window, "localStorage", { get() { throw new DOMException("denied", "SecurityError"); } }));
    await page.goto(url + account);
    assert.match(await page.locator(".milepost-notice").innerText(), /until you close this tab/);
    await box(page, register).check();
    await page.goto(`${url}windows/account/`);
    assert.equal(await count(page, "account-prep"), "1 of 3 done");
    const other = await context.newPage();
    await other.goto(url + account);
    assert.equal(await count(other, "account-prep"), "0 of 3 done");
  }));
  it("39: a full store: the tick shows, a notice offers a copy, nothing kept is damaged, and the next change keeps all", guide(async ({ page }) => {
    await box(page, register).check();
    await settle(page);
    const before = await kept(page, "guides");
    await page.evaluate(() => {
      for (let size = 1 << 22; size >= 1; size = Math.floor(size / 2)) {
        for (let number = 0; ; number += 1) {
          try { localStorage.setItem(`filler${size}-${number}`, "x".repeat(size)); } catch { break; }
        }
      }
    });
    await way(page, "account-prep/billing/monthly").check();
    await box(page, "account-prep/prepay").check();
    await settle(page);
    assert.equal(await count(page, "account-prep"), "2 of 3 done");
    const notice = page.locator(".milepost-notice", { hasText: "full" });
    assert.ok(await notice.isVisible());
    const { text } = await download(page, () => notice.getByRole("button", { name: "Save a copy" }).click());
    assert.deepEqual(Object.keys(JSON.parse(text).steps).sort(), ["account-prep/prepay", register]);
    const full = await kept(page, "guides");
    for (const key of [`s:${register}`, "p"]) assert.deepEqual(full[key], before[key], key);
    await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("filler")).forEach((key) => localStorage.removeItem(key)));
    await way(page, "account-prep/identity-route/personal").check();
    await settle(page);
    assert.equal(await notice.count(), 0);
    await page.reload();
    assert.equal(await count(page, "account-prep"), "2 of 3 done");
    assert.ok(await way(page, "account-prep/identity-route/personal").isChecked());
  }));
  it("39: a page that opens with a full store shows what was kept", guide(async ({ page }) => {
    await box(page, register).check();
    await page.evaluate(() => {
      for (let size = 1 << 22; size >= 1; size = Math.floor(size / 2)) {
        for (let number = 0; ; number += 1) {
          try { localStorage.setItem(`filler${size}-${number}`, "x".repeat(size)); } catch { break; }
        }
      }
    });
    await page.reload();
    assert.equal(await count(page, "account-prep"), "1 of 3 done");
    await box(page, register).uncheck();
    await settle(page);
    assert.equal(await count(page, "account-prep"), "0 of 3 done");
  }));
  it("40: in a private window ticks follow from page to page until it closes", async () => {
    for (const expected of ["0 of 3 done", "0 of 3 done"]) {
      // Playwright's contexts are private windows.
      const context = await set.browser.newContext(desktop);
      const page = await context.newPage();
      const heard = listen(page);
      await page.goto(set.servers.guides.url + account);
      assert.equal(await count(page, "account-prep"), expected);
      await box(page, register).check();
      await page.goto(`${set.servers.guides.url}windows/account/`);
      assert.equal(await count(page, "account-prep"), "1 of 3 done");
      assert.deepEqual(heard.errors, []);
      await context.close();
    }
  });
  it("41: pages opened from disk work each for itself", reader(set, "guides", async ({ page }) => {
    const address = new URL(`file://${set.servers.guides.folder}/linux/account/index.html`).href;
    await page.goto(address);
    await box(page, register).check();
    await page.reload();
    assert.equal(await count(page, "account-prep"), "1 of 3 done");
    assert.equal(await page.locator(".milepost-notice").count(), 0, "Chromium keeps the ticks of all pages together");
  }));
  it("after the third tick a copy is offered, once", guide(async ({ page, url }) => {
    const notice = page.locator(".milepost-notice", { hasText: "A copy brings them back" });
    await way(page, "account-prep/billing/payg").check();
    for (const step of ["register", "balance-50"]) await box(page, `account-prep/${step}`).check();
    await settle(page);
    assert.equal(await notice.count(), 0);
    await box(page, "account-prep/estimate").check();
    await notice.getByRole("button", { name: "No, thanks" }).click();
    assert.equal(await notice.count(), 0);
    await page.goto(`${url}linux/create/`);
    await box(page, "create-instance/connect").check();
    await settle(page);
    assert.equal(await notice.count(), 0);
  }));
});
