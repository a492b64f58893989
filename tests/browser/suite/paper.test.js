// What a reader takes along: a section as one page to print, and the whole site as an archive that opens from disk.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { desktop, listen, phone, sideways, violations } from "../support/browser.js";
import { onboarding } from "../support/site.js";
import { stage } from "../support/stage.js";

const run = promisify(execFile);
const folders = [];
const temporary = async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "milepost-archive-"));
  folders.push(folder);
  return folder;
};
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

const set = stage({ site: { build: () => onboarding(), under: "/guides/" } });
const guide = "Elastic-Compute/Virtual-Machine/Getting-Start-Linux/Account-Preparation-Linux/index.html";

/** What is wrong with the ids of a page, and with the links to them. */
const idFaults = (page) =>
  page.evaluate(() => {
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
    const inside = [...document.querySelectorAll("a[href^='#']")].map((link) => decodeURIComponent(link.hash.slice(1)));
    const names = [...document.querySelectorAll("[for], [aria-labelledby], [aria-describedby]")];
    const named = names.flatMap((element) => ["for", "aria-labelledby", "aria-describedby"].flatMap((name) => element.getAttribute(name)?.split(/\s+/) ?? []));
    return { twice, dead: [...inside, ...named].filter((id) => !ids.includes(id)) };
  });

describe("a section as one page", () => {
  for (const address of ["print/", "print/elastic-compute/"]) {
    it(`${address} has every id once, and what names one finds it`, async () => {
      const page = await set.browser.newPage(desktop);
      await page.goto(set.servers.site.url + address);
      assert.deepEqual(await idFaults(page), { twice: [], dead: [] });
      await page.close();
    });
  }

  it("is reached from a guide, and its links stay on it", async () => {
    const page = await set.browser.newPage(desktop);
    await page.goto(set.servers.site.url + guide);
    await page.getByRole("link", { name: "Print this section" }).click();
    await page.waitForURL("**/print/elastic-compute/**");
    const contents = page.getByRole("navigation", { name: "Guides on this page" }).getByRole("link");
    assert.equal(await contents.count(), await page.locator(".sheet").count());
    await contents.filter({ hasText: "Prepare your account for Linux" }).click();
    const reached = await page.evaluate(() => document.querySelector(":target h1").textContent);
    assert.equal(reached, "Prepare your account for Linux");
    await page.locator(":target").getByRole("link", { name: "Choose a Linux configuration" }).first().click();
    assert.match(await page.evaluate(() => document.querySelector(":target h1").textContent), /Choose a Linux configuration/);
    assert.match(page.url(), /print\/elastic-compute\//);
    await page.close();
  });

  for (const [window, options] of [["a desk", desktop], ["a phone", phone]]) {
    it(`can be read on ${window} before it is printed`, async () => {
      const page = await set.browser.newPage(options);
      await page.goto(`${set.servers.site.url}print/elastic-compute/`);
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(await sideways(page), []);
      await page.close();
    });
  }

  it("is kept out of search engines, which are told of the section", async () => {
    const page = await set.browser.newPage(desktop);
    await page.goto(`${set.servers.site.url}print/elastic-compute/`);
    assert.equal(await page.locator("meta[name=robots]").getAttribute("content"), "noindex");
    await page.close();
  });

  it("prints every guide on a sheet of its own, without what is for the screen", async () => {
    const page = await set.browser.newPage(desktop);
    await page.goto(`${set.servers.site.url}print/elastic-compute/`);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    for (const selector of ["header", ".crumbs", ".copy", ".print", ".made"]) {
      assert.equal(await page.locator(selector).filter({ visible: true }).count(), 0, `${selector} is not for paper`);
    }
    const sheets = await page.locator(".sheet").evaluateAll((all) => all.map((each) => getComputedStyle(each).breakBefore));
    assert.ok(sheets.length > 10 && sheets.every((rule) => rule === "page"), sheets.join(" "));
    const colours = await page.evaluate(() => [getComputedStyle(document.documentElement).backgroundColor, getComputedStyle(document.querySelector(".sheet p")).color]);
    assert.deepEqual(colours, ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]);
    const boxes = page.locator(".sheet .task > label > input");
    assert.ok((await boxes.count()) > 20 && (await boxes.first().isVisible()), "boxes to tick with a pen");
    const pdf = await page.pdf({ format: "A4" });
    assert.ok(pdf.subarray(0, 4).toString() === "%PDF" && pdf.length > 50_000);
    await page.close();
  });

  it("is on the way nowhere where it is not asked for", async () => {
    const page = await set.browser.newPage(desktop);
    await page.goto(set.servers.site.url);
    assert.equal(await page.getByRole("link", { name: "Print this section" }).count(), 0, "the home page is in no section");
    assert.equal(await page.getByRole("link", { name: "Print all pages" }).count(), 1);
    await page.close();
  });
});

describe("the archive", () => {
  it("opens from disk with its styles, its scripts and its ticks", async () => {
    const folder = await temporary();
    await onboarding("--offline-zip", path.join(folder, "site.zip"));
    await run("python3", ["-m", "zipfile", "-e", path.join(folder, "site.zip"), folder]);
    const home = pathToFileURL(path.join(folder, "site", "index.html")).href;
    const context = await set.browser.newContext(desktop);
    const page = await context.newPage();
    const heard = listen(page);
    await page.goto(home);
    await page.getByRole("link", { name: "Prepare your account for Linux" }).first().click();
    await page.waitForURL("**/Account-Preparation-Linux/index.html");
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".top")).position), "sticky", "it is styled");
    const box = page.locator("main .task > input").first();
    await box.check();
    await page.reload();
    assert.ok(await box.isChecked(), "a tick is kept for the copy on the disk");
    await page.goto(new URL("print/elastic-compute/index.html", home).href);
    assert.deepEqual(await idFaults(page), { twice: [], dead: [] });
    assert.deepEqual(heard.errors, []);
    assert.ok(heard.requests.every((address) => address.startsWith("file:")), heard.requests.join("\n"));
    await context.close();
  });
});
