// Chromium, and what the tests ask of a page.
import { once } from "node:events";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts the system's Chromium. */
export function launch() {
  return chromium.launch({ executablePath, args });
}

/** Starts it with a port at which another program can drive it; returns { browser, port }. */
export async function launchInspected() {
  const port = await freePort();
  return { browser: await chromium.launch({ executablePath, args: [...args, `--remote-debugging-port=${port}`] }), port };
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Starts it as a reader has it: with the profile in a folder, which outlives the browser, and with pages that Back finds as they were. */
export function launchProfile(folder) {
  return chromium.launchPersistentContext(folder, {
    executablePath,
    args,
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
    viewport: { width: 1440, height: 900 },
  });
}

/** The windows that the layout is made for. */
export const desktop = { viewport: { width: 1440, height: 900 } };
export const phone = { viewport: { width: 360, height: 740 } };

/** Waits until the page has drawn what was done, and a new one is on screen: Chromium drops keys that come before. */
export function settle(page) {
  return page.evaluate(() => new Promise((drawn) => { requestAnimationFrame(() => requestAnimationFrame(() => drawn())); }));
}

/** What axe-core holds against the page, as readable lines; empty when there is nothing. */
export async function violations(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const report = await window.axe.run(document, { runOnly: { type: "tag", values: tags }, rules: { "target-size": { enabled: true } }, resultTypes: ["violations"] });
    return report.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} — ${node.failureSummary.replace(/\s+/g, " ")}`));
  });
  return found;
}

/** What reaches past the right or left edge of the window, outside boxes that scroll by themselves. */
export function sideways(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const found = [];
    if (document.scrollingElement.scrollWidth > width) found.push(`the page is ${document.scrollingElement.scrollWidth} px wide in a window of ${width}`);
    const scrolls = (element) => {
      for (let each = element; each && each !== document.body; each = each.parentElement) {
        if (getComputedStyle(each).overflowX !== "visible") return true;
      }
      return false;
    };
    for (const element of document.querySelectorAll("body *")) {
      const box = element.getBoundingClientRect();
      if (!box.width || !box.height || (box.left >= -0.5 && box.right <= width + 0.5)) continue;
      if (element.closest(".skip, .hidden, .side") || scrolls(element)) continue;
      found.push(`<${element.localName} class="${element.getAttribute("class") ?? ""}"> from ${Math.round(box.left)} to ${Math.round(box.right)}: ${element.textContent.trim().slice(0, 60)}`);
    }
    return found.slice(0, 5);
  });
}

/** Collects the complaints of a page's console, its failed scripts, and the addresses that it asks for. */
export function listen(page) {
  const heard = { errors: [], requests: [] };
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) heard.errors.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => heard.errors.push(`${page.url()}: ${error}`));
  page.on("request", (request) => {
    if (!request.url().startsWith("data:")) heard.requests.push(request.url());
  });
  return heard;
}
