// Every page of the onboarding site is valid HTML, as the Nu HTML checker sees it.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { appendFile } from "node:fs/promises";
import { after, test } from "node:test";
import vnu from "vnu-jar";
import { including } from "../support/fixtures.js";
import { fixture, onboarding, pagesOf, removeSites } from "../support/site.js";

/** What the checker says of a folder or a file: a line for each error. */
function errors(...paths) {
  return new Promise((resolve, reject) => {
    const options = ["-jar", vnu, "--errors-only", "--format", "json", "--skip-non-html", ...paths];
    // The status is 1 when there are errors; the report goes to stderr in any case.
    execFile("java", options, { maxBuffer: 64 << 20 }, (_, __, report) => {
      try {
        resolve(JSON.parse(report).messages.map(({ url, lastLine, message }) => `${url}:${lastLine}: ${message}`));
      } catch {
        reject(new Error(`the checker gave no report: ${report.slice(0, 1000)}`));
      }
    });
  });
}

after(removeSites);

test("the onboarding site is valid HTML", async () => {
  const folder = await onboarding("--base-url", "https://example.com/guides/");
  assert.ok((await pagesOf(folder)).length > 20, "the pages are there");
  assert.deepEqual(await errors(folder), []);
});

test("pages that include guides with checklists and ids of raw HTML are valid HTML", async () => {
  assert.deepEqual(await errors(await including()), []);
  const part = "# Part\n\n<a id=\"keys\"></a> [keys](#keys)\n\n<h2 id=\"desk\">Desk</h2>\n\n<label for=\"name\">Name</label> <input id=\"name\">\n";
  const marker = "<!-- @include part.md -->";
  assert.deepEqual(await errors(await fixture({ "README.md": `<a id="keys"></a>\n\n${marker}\n\n${marker}\n`, "part.md": part })), []);
});

test("the checker finds an error where there is one", async () => {
  const folder = await onboarding("--base-url", "https://example.com/guides/");
  await appendFile(`${folder}/index.html`, "<p>After the end</p>");
  assert.ok((await errors(`${folder}/index.html`)).some((error) => error.includes("Stray start tag")));
});
