// axe-core over every kind of page at one width, in light, dark and forced colours.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { violations } from "./browser.js";
import { arabic, broken, chinese, including, kinds, wide } from "./fixtures.js";
import { onboarding } from "./site.js";
import { stage } from "./stage.js";

const pages = {
  "the home page": ["onboarding", ""],
  "a guide of the onboarding site": ["onboarding", "Elastic-Compute/Virtual-Machine/Operation-Guide/Cannot-Connect/"],
  "a guide with a table, code, tasks and alerts": ["kinds", "start/guide/"],
  "a folder's list": ["kinds", "list/"],
  "a page to print": ["onboarding", "print/elastic-compute/"],
  "the page of all checklists": ["onboarding", "checklists/"],
  "a page that includes a checklist": ["including", ""],
  "the page for a missing address": ["kinds", "not/here"],
  "a former address": ["kinds", "old/guide/"],
  "a page with broken links": ["broken", ""],
  "a Chinese guide": ["chinese", encodeURI("入门/创建实例/")],
  "a guide with everything too wide": ["wide", "folder/guide/"],
  "an Arabic guide": ["arabic", "dalil/awwal/"],
};

const colours = {
  light: { colorScheme: "light", forcedColors: "none" },
  dark: { colorScheme: "dark", forcedColors: "none" },
  forced: { colorScheme: "light", forcedColors: "active" },
};

/** The tests for a window; `more` names further states of the guide that holds everything: { name: async (page) => … }. */
export function accessible(screen, more = {}) {
  let page;
  const sites = {
    onboarding: { build: () => onboarding() },
    kinds: { build: () => kinds() },
    broken: { build: () => broken() },
    chinese: { build: () => chinese() },
    arabic: { build: () => arabic() },
    wide: { build: () => wide() },
    including: { build: () => including() },
  };
  const set = stage(sites, async (set) => {
    page = await set.browser.newPage({ ...screen, reducedMotion: "reduce" });
    // A former address stays on the screen as long as its script does not lead on.
    await page.route("**/old/guide/", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replace(/<script.*?<\/script>/g, "") });
    });
  });

  const check = (name, open) => {
    describe(`axe-core finds nothing on ${name}`, () => {
      before(open);
      for (const [scheme, options] of Object.entries(colours)) {
        it(`in ${scheme} colours`, async () => {
          await page.emulateMedia(options);
          assert.deepEqual(await violations(page), []);
        });
      }
    });
  };

  for (const [name, [site, address]] of Object.entries(pages)) check(name, () => page.goto(set.servers[site].url + address));
  for (const [name, open] of Object.entries(more)) {
    check(name, async () => {
      await page.goto(`${set.servers.kinds.url}start/guide/`);
      await open(page);
    });
  }
}
