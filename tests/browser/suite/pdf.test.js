// What comes out of the printer: a guide and a section as PDF, by the text and the links that these hold.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { desktop } from "../support/browser.js";
import { fixture, onboarding } from "../support/site.js";
import { stage } from "../support/stage.js";

const run = promisify(execFile);
let folder;
before(async () => { folder = await mkdtemp(path.join(tmpdir(), "milepost-pdf-")); });
after(() => rm(folder, { recursive: true, force: true }));

const addresses = `# Addresses

One <https://example.com/once>, bare https://example.com/bare?a=1&b=2, www.example.com/short,
[https://example.com/same](https://example.com/same) and [a name](https://example.com/named).
`;
const set = stage({ site: { build: () => onboarding() }, addresses: { build: () => fixture({ "README.md": addresses }) } });
const guide = "Elastic-Compute/Virtual-Machine/Getting-Start-Linux/Account-Preparation-Linux/";

/** Prints a page on A4: the text of each sheet of paper, the outer addresses that it leads to, and the places inside. */
async function printed(address, measure = () => null) {
  const page = await set.browser.newPage(desktop);
  await page.goto(address);
  const told = await page.evaluate(measure);
  const pdf = await page.pdf({ format: "A4", tagged: true, outline: true });
  await page.close();
  const file = path.join(folder, "page.pdf");
  await writeFile(file, pdf);
  const { stdout } = await run("pdftotext", [file, "-"], { maxBuffer: 64 << 20 });
  const objects = pdf.toString("latin1");
  const all = (pattern) => [...objects.matchAll(pattern)].map(([, found]) => found);
  return {
    told,
    sheets: stdout.split("\f").slice(0, -1),
    outer: all(/\/URI \(([^)]*)\)/g),
    places: all(/\/Subtype \/Link(?:(?!endobj)[^])*?\/Dest \/([^\s/[\]<>]+)/g),
    known: new Set(all(/\/([^\s/[\]<>]+) \[\d+ 0 R \/XYZ/g)),
    hasOutline: objects.includes("/Type /Outlines") || /\/Outlines \d+ 0 R/.test(objects),
    isTagged: objects.includes("/StructTreeRoot"),
  };
}

/** Paper breaks addresses wherever a line ends. */
const joined = (sheets) => sheets.join("").replace(/\s+/g, "");
const externals = () => [...document.querySelectorAll(".prose a[href^=http]")].map((link) => link.getAttribute("href"));

describe("a guide on paper", () => {
  let paper;
  before(async () => { paper = await printed(set.servers.site.url + guide, externals); });

  it("takes a few sheets, none of them empty, and has an outline and tags", () => {
    assert.ok(paper.sheets.length > 1 && paper.sheets.length < 12, `${paper.sheets.length} sheets`);
    assert.ok(paper.sheets.every((text) => text.trim()), "every sheet holds text");
    assert.ok(paper.hasOutline && paper.isTagged);
  });
  it("tells the address of every link that leads away, which can still be followed on a screen", () => {
    const text = joined(paper.sheets);
    assert.ok(paper.told.length > 2, "the guide leads away");
    for (const address of paper.told) {
      assert.ok(text.includes(`(${address})`), address);
      assert.ok(paper.outer.includes(address), `${address} can be followed`);
    }
  });
  it("holds nothing of what leads through the site", () => {
    const text = paper.sheets.join("");
    for (const words of ["Skip to", "On this page", "Search", "Menu", "Print this section", "Edit this page", "Reset"]) assert.ok(!text.includes(words), words);
    assert.ok(text.includes("Prepare your account for Linux"));
  });
});

describe("a section on paper", () => {
  let paper;
  before(async () => {
    paper = await printed(`${set.servers.site.url}print/elastic-compute/`, () => ({
      guides: [...document.querySelectorAll(".sheet")].map((sheet) => sheet.querySelector("h1").textContent.trim()),
      inside: document.querySelectorAll(".sheet a[href^='#']:not(.anchor, .footnote-back), .sheet-front a[href^='#']").length,
    }));
  });

  it("begins each guide on a sheet of its own, after the contents", () => {
    const { guides } = paper.told;
    assert.ok(guides.length > 10);
    const { length } = paper.sheets;
    assert.ok(length > guides.length && length < guides.length * 6, `${length} sheets for ${guides.length} guides`);
    const starts = guides.map((title) => paper.sheets.findIndex((text, at) => at > 0 && text.replace(/\s+/g, " ").trimStart().startsWith(title)));
    assert.ok(starts.every((at) => at > 0), `${starts}`);
    assert.equal(new Set(starts).size, guides.length);
  });
  it("leads inside by places that are on it", () => {
    assert.ok(paper.told.inside > 50 && paper.places.length >= paper.told.inside / 2, `${paper.places.length} of ${paper.told.inside}`);
    assert.deepEqual(paper.places.filter((place) => !paper.known.has(place)), []);
    // What stands on the sheets is not asked for elsewhere.
    assert.deepEqual(paper.outer.filter((address) => address.includes("/print/")), []);
  });
  it("holds nothing of what leads through the site", () => {
    const text = paper.sheets.join("");
    for (const words of ["Skip to", "On this page", "Menu", "Print this section"]) assert.ok(!text.includes(words), words);
  });
});

describe("an address that is its own words", () => {
  it("is printed once", async () => {
    const paper = await printed(set.servers.addresses.url, externals);
    const text = joined(paper.sheets);
    const times = (words) => text.split(words).length - 1;
    for (const words of ["example.com/once", "example.com/bare?a=1&b=2", "www.example.com/short", "example.com/same"]) assert.equal(times(words), 1, `${words} in ${text}`);
    assert.equal(times("aname(https://example.com/named)"), 1, text);
    assert.equal(new Set(paper.outer).size, 5, paper.outer.join(" "));
  });
});
