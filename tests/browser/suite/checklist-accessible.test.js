// axe-core over pages with checklists, in light, dark and forced colours, fresh, half done and complete.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { desktop, settle, violations } from "../support/browser.js";
import { box, guides, press, row, unfold, way } from "../support/checklists.js";
import { stage } from "../support/stage.js";

let page;
const set = stage({ guides: { build: () => guides() } }, async (set) => {
  page = await set.browser.newPage({ ...desktop, reducedMotion: "reduce" });
});

const colours = {
  light: { colorScheme: "light", forcedColors: "none" },
  dark: { colorScheme: "dark", forcedColors: "none" },
  forced: { colorScheme: "light", forcedColors: "active" },
};

const facts = (steps, choices = {}) => Object.fromEntries([
  ...Object.entries(steps).map(([id, s]) => [`s:${id}`, { s, r: 9, t: 1 }]),
  ...Object.entries(choices).map(([id, b]) => [`c:${id}`, { b, t: 1 }]),
]);
const half = facts({ "account-prep/register": "done", "account-prep/identity": "skip", "create-instance/region": "done", "create-instance/address": "done", "team/meet": "skip", "odd-texts/at": "done", "leaving/secret": "done" }, { "account-prep/billing": "payg" });
const all = facts(
  Object.fromEntries(["account-prep/register", "account-prep/personal-check", "account-prep/balance-50", "create-instance/console", "create-instance/region", "create-instance/image", "create-instance/connect", "create-instance/address", "team/deposit", "team/runbook", "team/meet", "team/fetch-key", "odd-texts/script", "odd-texts/quotes", "odd-texts/equals", "odd-texts/plus", "odd-texts/minus", "odd-texts/at", "leaving/lock", "leaving/secret", "leaving/others"].map((id) => [id, "done"])),
  { "account-prep/identity-route": "personal", "account-prep/billing": "payg", "team/door": "key" },
);
const states = { fresh: {}, "half done": half, complete: all };
const pages = { "a guide": "linux/account/", "a page that embeds a list twice": "both/", "the page of all checklists": "checklists/", "a guide with children, times and a check": "linux/create/", "a list without headings": "odd/" };

const open = async (address, kept) => {
  await page.goto(set.servers.guides.url);
  await page.evaluate((values) => {
    localStorage.clear();
    for (const [key, value] of Object.entries(values)) localStorage.setItem(`milepost1:guides:${key}`, JSON.stringify(value));
  }, kept);
  await page.goto(set.servers.guides.url + address);
  await unfold(page);
};
const check = (name, prepare) => {
  describe(`61: axe-core finds nothing on ${name}`, () => {
    before(prepare);
    for (const [scheme, options] of Object.entries(colours)) {
      it(`in ${scheme} colours`, async () => {
        await page.emulateMedia(options);
        assert.deepEqual(await violations(page), []);
      });
    }
  });
};

for (const [name, address] of Object.entries(pages)) {
  for (const [state, kept] of Object.entries(states)) check(`${name}, ${state}`, () => open(address, kept));
}
check("a guide with notes, drawers, notices and a role", async () => {
  await open("linux/account/", half);
  await press(page, "account-prep/register", "Note");
  await row(page, "account-prep/estimate").getByRole("button", { name: /^More/ }).click();
  await box(page, "account-prep/balance-50").check();
  await way(page, "account-prep/identity-route/personal").check();
  await settle(page);
});
check("a step that has changed", async () => {
  await open("linux/create/", { "s:create-instance/address": { s: "done", r: 1, t: 1 } });
});
check("a list for a role", async () => {
  await open("team/", { p: { role: "buyer", t: 1 } });
});
check("a question", async () => {
  await open("linux/account/", half);
  await page.locator(".milepost-tools").first().getByRole("button", { name: "Reset" }).click();
  await page.getByRole("dialog").waitFor();
});
