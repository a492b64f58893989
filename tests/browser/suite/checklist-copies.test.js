// Ticks leave the browser only as the reader's own copies: a file, a link, text for an issue, dates for a calendar.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, it } from "node:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { desktop, settle } from "../support/browser.js";
import { box, card, count, download, guides, kept, load, oddTexts, press, reader, row, ticked, total, unfold, until, way } from "../support/checklists.js";
import { including } from "../support/fixtures.js";
import { stage } from "../support/stage.js";

const set = stage({ guides: { build: () => guides() }, including: { build: () => including() } });
const at = (address, test, options) => reader(set, "guides", async (given) => {
  await given.page.goto(given.url + address);
  await test(given);
}, options);
const clipboard = { permissions: ["clipboard-read", "clipboard-write"] };
const pasted = (page) => page.evaluate(() => navigator.clipboard.readText());
const hub = "checklists/";
const question = (page) => page.getByRole("dialog");
const answer = async (page, name) => {
  await question(page).getByRole("button", { name, exact: true }).click();
  await until(() => question(page).count(), 0);
  await settle(page);
};
/** What is kept, without the times and without what is open. */
const state = async (page) => {
  const facts = await kept(page, "guides");
  const told = Object.entries(facts).filter(([key, { s, b, x }]) => key !== "p" && s !== "open" && b !== "" && x !== "");
  return Object.fromEntries(told.map(([key, { s, b, x }]) => [key, s ?? b ?? x]));
};
const fill = async (page, url) => {
  await page.goto(`${url}linux/account/`);
  await box(page, "account-prep/register").check();
  await way(page, "account-prep/billing/payg").check();
  await box(page, "account-prep/balance-50").check();
  await press(page, "account-prep/identity", "Not needed");
  await press(page, "account-prep/register", "Note");
  const note = row(page, "account-prep/register").getByLabel("Your note");
  await note.fill('My "note" & <b>more</b>\nin two lines');
  await note.blur();
  await settle(page);
};
const filled = {
  "s:account-prep/register": "done",
  "c:account-prep/billing": "payg",
  "s:account-prep/balance-50": "done",
  "s:account-prep/identity": "skip",
  "n:account-prep/register": 'My "note" & <b>more</b>\nin two lines',
};
const saved = (more = {}) => ({ format: "milepost-progress", v: 1, site: "guides", steps: {}, choices: {}, notes: {}, ...more });
const link = (url, copy, version = 1) => `${url}checklists/#milepost=${version}.${deflateRawSync(typeof copy === "string" ? copy : JSON.stringify(copy)).toString("base64url")}`;

describe("a note", () => {
  it("is kept with its step and shows as text", reader(set, "guides", async ({ page, url }) => {
    await fill(page, url);
    await page.reload();
    assert.equal(await row(page, "account-prep/register").getByLabel("Your note").inputValue(), filled["n:account-prep/register"]);
    assert.deepEqual(await state(page), filled);
  }));
  it("that is being written is kept when the page is left", at("linux/account/", async ({ page, url }) => {
    await press(page, "account-prep/register", "Note");
    await page.keyboard.type("half a word");
    await page.goto(`${url}papers/`);
    assert.deepEqual(await state(page), { "n:account-prep/register": "half a word" });
  }));
});

describe("a checklist of a guide that another page includes", () => {
  it("is one list on both pages, and in each of its places", reader(set, "including", async ({ page, url }) => {
    await page.goto(url);
    const call = page.locator('input[data-step="laptop/call"]');
    assert.equal(await call.count(), 2, "whole, and once more as a region");
    const ways = page.locator('input[data-choice="laptop/system"][value="windows"]');
    await ways.first().check();
    assert.deepEqual(await ways.evaluateAll((all) => all.map((each) => each.checked)), [true, true]);
    await call.last().check();
    await until(() => call.evaluateAll((all) => all.every((each) => each.checked)), true);
    await page.locator('[data-row="laptop/unpack"] input').first().check();
    await until(() => page.locator('.milepost-card[data-list="laptop"] [data-count]').first().textContent(), "2 of 2 done");
    await page.goto(`${url}laptop/`);
    assert.ok(await page.locator('input[data-step="laptop/call"]').first().isChecked());
    await page.locator('[data-row="laptop/unpack"] input').first().uncheck();
    await page.goto(url);
    assert.ok(!(await page.locator('[data-row="laptop/unpack"] input').first().isChecked()));
    assert.ok(!(await page.locator('[data-row="day/badge"] input').isChecked()), "the page's own list is another");
    await page.goto(`${url}checklists/`);
    assert.equal(await page.locator(".milepost-card").count(), 2, "each list is listed once");
  }));
});

describe("a saved copy", () => {
  it("42: brings everything back after the storage was cleared, notes included", reader(set, "guides", async ({ page, url }) => {
    await fill(page, url);
    await page.goto(url + hub);
    const before = await kept(page, "guides");
    const { name, text } = await download(page, () => page.getByRole("button", { name: "Save a copy" }).click());
    assert.match(name, /^guides.*\.json$/);
    const copy = JSON.parse(text);
    assert.deepEqual([copy.format, copy.v, copy.site], ["milepost-progress", 1, "guides"]);
    assert.deepEqual(Object.keys(copy).filter((key) => key !== "role").sort(), ["choices", "format", "notes", "site", "steps", "v"], "nothing that was worked out");
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    assert.equal(await total(page), "0 of 18 done");
    await load(page, text);
    assert.match(await question(page).innerText(), /5 new, 0 changed/);
    assert.deepEqual(await state(page), {}, "nothing is taken over before the answer");
    await answer(page, "Merge");
    assert.deepEqual(await state(page), filled);
    const after = await kept(page, "guides");
    for (const key of Object.keys(filled)) assert.deepEqual(after[key], before[key], key);
    assert.equal(await total(page), "2 of 17 done, 1 not needed");
  }));
  it("42: Cancel takes nothing over, and neither does Escape", at(hub, async ({ page }) => {
    for (const leave of [() => answer(page, "Cancel"), () => page.keyboard.press("Escape")]) {
      await load(page, JSON.stringify(saved({ steps: { "team/meet": { s: "done", r: 1, t: 5 } } })));
      await question(page).waitFor();
      await leave();
      await until(() => question(page).count(), 0);
      assert.deepEqual(await state(page), {});
    }
  }));
  it("42: Merge takes the newest of each, and a tick when both are as old", at(hub, async ({ page }) => {
    await page.evaluate(() => {
      for (const [id, value] of Object.entries({ "team/meet": { s: "open", t: 10 }, "team/deposit": { s: "done", r: 1, t: 10 }, "team/runbook": { s: "open", t: 10 }, "team/fetch-key": { s: "done", r: 1, t: 10 } })) localStorage.setItem(`milepost1:guides:s:${id}`, JSON.stringify(value));
    });
    await page.reload();
    const steps = { "team/meet": { s: "done", r: 1, t: 9 }, "team/deposit": { s: "open", t: 11 }, "team/runbook": { s: "done", r: 1, t: 10 }, "team/fetch-key": { s: "open", t: 10 } };
    await load(page, JSON.stringify(saved({ steps })));
    await answer(page, "Merge");
    assert.deepEqual(await state(page), { "s:team/runbook": "done", "s:team/fetch-key": "done" });
  }));
  it("42: Replace takes only what was loaded, and Undo brings the former state back", at(hub, async ({ page }) => {
    await unfold(page);
    await box(page, "team/meet").check();
    await box(page, "leaving/lock").check();
    await settle(page);
    await load(page, JSON.stringify(saved({ steps: { "team/deposit": { s: "done", r: 1, t: 5 } }, choices: { "team/door": { b: "key", t: 5 } } })));
    await answer(page, "Replace");
    assert.deepEqual(await state(page), { "s:team/deposit": "done", "c:team/door": "key" });
    await page.getByRole("button", { name: "Undo" }).click();
    await settle(page);
    assert.deepEqual(await state(page), { "s:team/meet": "done", "s:leaving/lock": "done" });
    assert.deepEqual(await ticked(page), ["team/meet:1", "leaving/lock:1"]);
  }));
  it("43: unknown steps are left out, and a summary says how many", at(hub, async ({ page }) => {
    const steps = { "team/meet": { s: "done", r: 1, t: 5 }, "team/gone": { s: "done", r: 1, t: 5 }, "no-list/x": { s: "skip", r: 1, t: 5 }, __proto__x: { s: "done", t: 5 } };
    await load(page, JSON.stringify(saved({ steps, notes: { "no-list/x": { x: "y", t: 5 } } })));
    assert.match(await question(page).innerText(), /1 new, 0 changed, 4 unknown left out/);
    await answer(page, "Merge");
    assert.deepEqual(await state(page), { "s:team/meet": "done" });
    assert.equal(await count(page, "team"), "1 of 4 done");
  }));
  const good = { "team/meet": { s: "done", r: 1, t: 5 } };
  const refused = {
    "no JSON": ["{", /damaged/],
    nothing: ["", /damaged/],
    null: ["null", /damaged/],
    "an array": ["[1]", /damaged/],
    "another format": [JSON.stringify({ ...saved({ steps: good }), format: "other" }), /damaged|not a copy/],
    "a later version": [JSON.stringify({ ...saved({ steps: good }), v: 2 }), /version/],
    "another site's": [JSON.stringify({ ...saved({ steps: good }), site: "elsewhere" }), /another site/],
    "a site that is no text": [JSON.stringify({ ...saved({ steps: good }), site: { a: 1 } }), /another site|damaged/],
    "steps that are no record": [JSON.stringify(saved({ steps: [1, 2] })), /damaged/],
    "a state that does not exist": [JSON.stringify(saved({ steps: { ...good, "team/deposit": { s: "finished", t: 5 } } })), /damaged/],
    "a time that is no number": [JSON.stringify(saved({ steps: { ...good, "team/deposit": { s: "done", t: "now" } } })), /damaged/],
    "a note that is too long": [JSON.stringify(saved({ steps: good, notes: { "team/meet": { x: "x".repeat(2001), t: 5 } } })), /damaged/],
    "a file that is too large": [JSON.stringify(saved({ steps: good, more: "x".repeat(1 << 20) })), /larger|large/],
  };
  it("44: what is malformed, too large or another site's is refused in words, and nothing changes", at(hub, async ({ page }) => {
    for (const [name, [text, why]] of Object.entries(refused)) {
      await load(page, text);
      await question(page).waitFor();
      const words = await question(page).innerText();
      assert.match(words, why, name);
      assert.match(words, /Nothing was changed/, name);
      assert.equal(await question(page).getByRole("button", { name: "Merge" }).count(), 0, name);
      await answer(page, "Close");
      assert.deepEqual(await state(page), {}, name);
    }
  }));
});

describe("a resume link", () => {
  it("45: in another browser asks first, merges, and leaves the address", at("linux/account/", async ({ page, url }) => {
    await fill(page, url);
    await page.goto(url + hub);
    await page.getByRole("button", { name: "Copy a resume link" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    const address = await pasted(page);
    assert.match(address, /#milepost=1\.[\w-]+$/);
    const inside = inflateRawSync(Buffer.from(address.split("=1.")[1], "base64url")).toString();
    assert.doesNotMatch(inside, /note/i, "notes stay here");
    assert.equal(JSON.parse(inside).site, "guides");
    const other = await set.browser.newContext(desktop);
    try {
      const there = await other.newPage();
      await there.goto(address);
      await question(there).waitFor();
      assert.deepEqual(await state(there), {}, "nothing is taken over before the answer");
      await answer(there, "Merge");
      const { "n:account-prep/register": note, ...rest } = filled;
      assert.deepEqual(await state(there), rest, note);
      await until(() => there.evaluate(() => location.hash), "");
      await there.reload();
      assert.equal(await question(there).count(), 0);
      assert.equal(await count(there, "account-prep"), "2 of 2 done, 1 not needed, 1 optional left");
    } finally {
      await other.close();
    }
  }, clipboard));
  it("45: opened on a guide it leads to the page of all checklists; Cancel takes nothing over", reader(set, "guides", async ({ page, url }) => {
    await page.goto(link(`${url}linux/account/`, saved({ steps: { "team/meet": { s: "done", r: 1, t: 5 } } })).replace("checklists/#", "#"));
    await page.waitForURL("**/checklists/**");
    await answer(page, "Cancel");
    assert.deepEqual(await state(page), {});
    await until(() => page.evaluate(() => location.hash), "");
  }));
  it("45: a link that is pasted into an open page asks too", at(hub, async ({ page, url }) => {
    await page.goto(link(url, saved({ steps: { "team/meet": { s: "done", r: 1, t: 5 } } })));
    await answer(page, "Merge");
    assert.deepEqual(await state(page), { "s:team/meet": "done" });
  }));
  it("45: a link that is malformed, too long, of a later version or of another site is refused in words", reader(set, "guides", async ({ page, url }) => {
    const bomb = JSON.stringify(saved({ more: "x".repeat(4 << 20) }));
    const links = {
      "no data": `${url}checklists/#milepost=1.`,
      "no base64": `${url}checklists/#milepost=1.A`,
      "no deflate": `${url}checklists/#milepost=1.AAAAAAAA`,
      "no JSON": link(url, "{"),
      "what swells to megabytes": link(url, bomb),
      "a long one": `${url}checklists/#milepost=1.${"A".repeat(40_000)}`,
      "a later version": link(url, { ...saved(), v: 2 }, 2),
      "another site": link(url, saved({ site: "elsewhere" })),
    };
    for (const [name, address] of Object.entries(links)) {
      await page.goto("about:blank");
      await page.goto(address);
      await question(page).waitFor();
      assert.match(await question(page).innerText(), /cannot be loaded/, name);
      await answer(page, "Close");
      assert.deepEqual(await state(page), {}, name);
      await until(() => page.evaluate(() => location.hash), "", name);
    }
  }));
  it("46: reaches the server without the ticks", reader(set, "guides", async ({ page, url }) => {
    const { asked } = set.servers.guides;
    asked.length = 0;
    const address = link(url, saved({ steps: { "team/meet": { s: "done", r: 1, t: 5 } } }));
    await page.goto(address);
    await answer(page, "Merge");
    await page.locator(".milepost-title a").first().click();
    await page.waitForURL("**/linux/account/**");
    assert.ok(asked.length > 3);
    assert.deepEqual(asked.filter((line) => line.includes(address.split("=1.")[1].slice(0, 12)) || line.includes("milepost=") || !line.startsWith("GET ")), []);
  }));
});

describe("Reset", () => {
  it("47: sets this list alone to 0 after a question that names the numbers, and Undo brings all back", reader(set, "guides", async ({ page, url }) => {
    await page.goto(`${url}confirm/`);
    await box(page, "leaving/lock").check();
    await fill(page, url);
    await card(page, "account-prep").getByRole("button", { name: "Reset" }).click();
    assert.match(await question(page).innerText(), /Reset 2 ticks, 1 “not needed”, 1 choice, 1 note of “Get your account ready \(Linux\)”\?/);
    await answer(page, "Cancel");
    assert.equal(await count(page, "account-prep"), "2 of 2 done, 1 not needed, 1 optional left");
    await card(page, "account-prep").getByRole("button", { name: "Reset" }).click();
    await answer(page, "Reset");
    assert.equal(await count(page, "account-prep"), "0 of 3 done");
    assert.deepEqual(await ticked(page), []);
    assert.deepEqual(await state(page), { "s:leaving/lock": "done" });
    assert.ok(await card(page, "account-prep").locator(".milepost-title").evaluate((title) => title === document.activeElement), "the focus goes to the list's heading");
    await page.getByRole("button", { name: "Undo" }).click();
    await settle(page);
    assert.deepEqual(await state(page), { ...filled, "s:leaving/lock": "done" });
    assert.equal(await count(page, "account-prep"), "2 of 2 done, 1 not needed, 1 optional left");
    assert.equal(await row(page, "account-prep/register").getByLabel("Your note").inputValue(), filled["n:account-prep/register"]);
    await page.reload();
    assert.equal(await count(page, "account-prep"), "2 of 2 done, 1 not needed, 1 optional left");
  }));
  it("47: Undo leaves alone what was ticked again since", at("linux/account/", async ({ page }) => {
    await box(page, "account-prep/register").check();
    await card(page, "account-prep").getByRole("button", { name: "Reset" }).click();
    await answer(page, "Reset");
    await way(page, "account-prep/billing/monthly").check();
    await box(page, "account-prep/prepay").check();
    await page.getByRole("button", { name: "Undo" }).click();
    await settle(page);
    assert.deepEqual(await state(page), { "s:account-prep/register": "done", "c:account-prep/billing": "monthly", "s:account-prep/prepay": "done" });
  }));
  it("47: all lists at once, from their page", at(hub, async ({ page }) => {
    await unfold(page);
    await box(page, "team/meet").check();
    await box(page, "leaving/lock").check();
    await page.getByRole("button", { name: "Reset all" }).click();
    assert.match(await question(page).innerText(), /2 ticks/);
    await answer(page, "Reset");
    assert.equal(await total(page), "0 of 18 done");
    await page.getByRole("button", { name: "Undo" }).click();
    await settle(page);
    assert.equal(await total(page), "2 of 18 done");
  }));
});

describe("for other programs", () => {
  it("48: “Copy as Markdown” gives a list with the right ticks and whole addresses", reader(set, "guides", async ({ page, url }) => {
    await fill(page, url);
    await card(page, "account-prep").getByRole("button", { name: "Copy as Markdown" }).click();
    await card(page, "account-prep").getByRole("button", { name: "Copied" }).waitFor();
    const lines = (await pasted(page)).trimEnd().split("\n");
    const place = (step) => `(${url}linux/account/#account-prep.${step})`;
    assert.match(lines[0], /Get your account ready \(Linux\).*2 of 2 done, 1 not needed/);
    const list = lines.slice(1).filter(Boolean);
    assert.equal(list[0], `- [x] [Open an account]${place("register")}`);
    assert.match(list[1], /^- \[ \] .*Prove who you are.*not needed/);
    assert.equal(list[2], `- [x] [Sort out payment]${place("payment")}`);
    assert.equal(list.find((line) => line.includes("RMB 50")).trim(), `- [x] [Bring cash balance plus coupons to RMB 50 or more]${place("balance-50")}`);
    assert.match(list.find((line) => line.includes("Estimate")), /^\s+- \[ \] /);
    assert.ok(!list.some((line) => line.includes("whole price")), "the other way is not in it");
    assert.ok(list.filter((line) => /^\s+- /.test(line)).length >= 2, "children are indented");
  }, clipboard));
  it("48: without a clipboard the text is shown to be copied", at("linux/account/", async ({ page }) => {
    await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true }));
    await card(page, "account-prep").getByRole("button", { name: "Copy as Markdown" }).click();
    assert.match(await question(page).getByRole("textbox").inputValue(), /- \[ \] \[Open an account\]/);
    await answer(page, "Close");
  }));
  it("dates that count from the first tick go into a calendar", at("linux/create/", async ({ page, url }) => {
    await page.clock.setFixedTime(new Date("2027-03-28T12:00:00Z"));
    await box(page, "create-instance/connect").check();
    await page.clock.setFixedTime(new Date("2027-04-02T12:00:00Z"));
    await settle(page);
    const { name, text } = await download(page, () => page.getByRole("button", { name: "Add to calendar" }).click());
    assert.match(name, /\.ics$/);
    const unfolded = text.replace(/\r\n /g, "");
    assert.ok(text.split("\r\n").every((line) => Buffer.byteLength(line) <= 75));
    assert.match(unfolded, /^BEGIN:VCALENDAR\r\nVERSION:2.0\r\n/);
    assert.match(unfolded, /BEGIN:VTODO\r\n[^]*DUE;VALUE=DATE:20270404\r\n[^]*END:VTODO\r\n/);
    assert.match(unfolded, /SUMMARY:Order the server\r\n/);
    assert.ok(unfolded.includes(`URL:${url}linux/create/#create-instance.order`));
    assert.equal(unfolded.match(/BEGIN:VTODO/g).length, 1);
  }));
  it("what shows that it worked can be copied, and is never run", at("linux/create/", async ({ page }) => {
    const box = page.locator(".milepost-verify");
    assert.ok(await box.getByText("Check it worked").isVisible());
    await box.getByRole("button", { name: "Copy" }).click();
    await page.getByRole("status").filter({ hasText: "Copied" }).waitFor({ state: "attached" });
    assert.equal(await pasted(page), "ssh root@203.0.113.10 uptime");
  }, clipboard));
  it("66: odd texts are texts on their page, on the page of all checklists, in the files and in what is copied", at("odd/", async ({ page, url }) => {
    const shown = (step) => page.locator(`label[for="check:odd-texts:${step}:1"]`).innerText();
    for (const address of ["odd/", hub]) {
      await page.goto(url + address);
      await unfold(page);
      for (const [step, text] of Object.entries(oddTexts)) assert.equal((await shown(step)).trim(), text, address);
      const note = row(page, "odd-texts/script").getByLabel("Your note");
      if (address === "odd/") {
        await press(page, "odd-texts/script", "Note");
        await note.fill("<script>window.hit = 2</script>");
      } else assert.equal(await note.inputValue(), "<script>window.hit = 2</script>");
      assert.equal(await row(page, "odd-texts/script").locator(".milepost-about").first().innerText(), "Not needed if: It's <b>left</b> & right.");
    }
    await box(page, "odd-texts/quotes").check();
    assert.equal(await page.evaluate(() => window.hit), undefined);
    await page.goto(`${url}odd/`);
    await card(page, "odd-texts").getByRole("button", { name: "Copy as Markdown" }).click();
    await card(page, "odd-texts").getByRole("button", { name: "Copied" }).waitFor();
    const text = await pasted(page);
    assert.doesNotMatch(text.replace(/\\[<>]/g, ""), /[<>]/, "signs of HTML are escaped");
    assert.match(text, /- \[x\] \[Say "yes" & 'no', \\<b\\>loudly\\<\/b\\>\]/);
    const { folder } = set.servers.guides;
    const csv = (await readFile(path.join(folder, "checklists/odd-texts.csv"), "utf8")).split("\n");
    for (const step of ["equals", "plus", "minus", "at"]) assert.ok(csv.find((line) => line.includes(`"${step}"`)).includes(`"'${oddTexts[step]}"`), step);
    assert.ok(csv.find((line) => line.includes('"script"')).includes(oddTexts.script.replaceAll('"', '""')));
    const json = JSON.parse(await readFile(path.join(folder, "checklists.json"), "utf8"));
    assert.ok(JSON.stringify(json).includes(JSON.stringify(oddTexts.quotes)));
    const markdown = await readFile(path.join(folder, "checklists/odd-texts.md"), "utf8");
    assert.doesNotMatch(markdown.replace(/\\</g, ""), /<script|<b>/);
  }, clipboard));
});
