// What a file of tests plays on: one browser, and a server for each of its sites; gone when the file is through.
import { after, before } from "node:test";
import { launch } from "./browser.js";
import { serve } from "./server.js";
import { removeSites } from "./site.js";

/**
 * `sites` maps names to { build, ...options of the server }. Returns { browser, servers }, which are filled
 * before the first test; `ready` is called with them then.
 */
export function stage(sites, ready = async () => {}) {
  const set = { browser: null, servers: {} };
  before(async () => {
    set.browser = await launch();
    for (const [name, { build, ...options }] of Object.entries(sites)) {
      const folder = await build();
      set.servers[name] = { folder, ...(await serve(folder, options)) };
    }
    await ready(set);
  });
  after(async () => {
    await set.browser?.close();
    await Promise.all(Object.values(set.servers).map((server) => server.close()));
    await removeSites();
  });
  return set;
}
