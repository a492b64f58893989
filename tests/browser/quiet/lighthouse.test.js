// Lighthouse gives at least 98 of 100 in all four categories, on a guide, the page of all checklists and the home page.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import lighthouse, { desktopConfig } from "lighthouse";
import { launchInspected } from "../support/browser.js";
import { serve } from "../support/server.js";
import { onboarding, removeSites } from "../support/site.js";

const least = 0.98;
const pages = { "the home page": "", "a guide": "Elastic-Compute/Virtual-Machine/Getting-Start-Linux/Create-Linux-Instance/", "the page of all checklists": "checklists/" };

let inspected;
let server;

before(async () => {
  inspected = await launchInspected();
  // A published site has an address, as `hreflang` needs one in full.
  server = await serve(await onboarding("--base-url", "https://example.com/guides/"), { compressed: true });
});

after(async () => {
  await inspected?.browser.close();
  await server?.close();
  await removeSites();
});

/** The scores of a page by category, and what kept each from 1. */
async function scores(address, config) {
  const { lhr } = await lighthouse(address, { port: inspected.port, output: "json", logLevel: "error" }, config);
  return Object.values(lhr.categories).map(({ id, score, auditRefs }) => {
    const lacking = auditRefs.filter(({ id, weight }) => weight > 0 && lhr.audits[id].score !== null && lhr.audits[id].score < 1);
    return { id, score, lacking: lacking.map(({ id }) => `${id} ${lhr.audits[id].score} (${lhr.audits[id].displayValue ?? lhr.audits[id].title})`) };
  });
}

describe("Lighthouse", () => {
  for (const [form, config] of [["a phone", undefined], ["a desktop", desktopConfig]]) {
    for (const [name, address] of Object.entries(pages)) {
      test(`${name} on ${form}`, async () => {
        // The performance is timed: a machine that has other work gets four more tries, the other categories would not change.
        let found;
        for (let tries = 5; tries > 0; tries -= 1) {
          found = await scores(server.url + address, config);
          assert.equal(found.length, 4, "all four categories are there");
          if (found.every(({ score }) => score >= least)) return;
        }
        assert.fail(JSON.stringify(found.filter(({ score }) => score < least), null, 2));
      });
    }
  }
});
