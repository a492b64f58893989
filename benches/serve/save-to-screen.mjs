// How long a change takes from the save to the screen, in Chromium: `node benches/serve/save-to-screen.mjs FOLDER PAGE …`,
// pairs of a site's folder and one of its pages (`docs/a/b.md`). MILEPOST names the program, else target/release/milepost.
// The page is given back as it was. Needs the packages of tests/browser.
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const { chromium } = createRequire(path.join(repository, "tests/browser/package.json"))("playwright-core");
const milepost = process.env.MILEPOST ?? path.join(repository, "target/release/milepost");
const rounds = Number(process.env.ROUNDS ?? 20);

const start = (folder) => new Promise((resolve, reject) => {
  const server = spawn(milepost, ["serve", folder, "--port", "0"], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  server.stderr.on("data", (words) => {
    said += words;
    const address = /serving at (\S+)/.exec(said);
    if (address && said.includes("made ")) resolve({ server, url: address[1], pages: /made ([\d,]+)/.exec(said)[1] });
  });
  server.on("exit", () => reject(new Error(said)));
});

// Reports each mark once the frame is out that shows it: a task runs after the frame in which it was found.
const report = () => {
  let last = "";
  const look = () => {
    const mark = /mark-\w+/.exec(document.querySelector("main")?.textContent ?? "")?.[0] ?? "";
    if (mark !== last) {
      last = mark;
      setTimeout(() => window.seen(mark, performance.timeOrigin + performance.now()));
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
};

const kinds = {
  "a paragraph": (text, mark) => `${text}\n\nThis is ${mark}.\n`,
  "a heading": (text, mark) => `${text}\n\n## This is ${mark}\n`,
};

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
console.log("| pages | change | min | median | max |\n|---:|---|---:|---:|---:|");
const [, , ...pairs] = process.argv;
for (let at = 0; at + 1 < pairs.length; at += 2) {
  const [folder, name] = pairs.slice(at, at + 2);
  const file = path.join(folder, name);
  const text = await readFile(file, "utf8");
  const { server, url, pages } = await start(path.join(folder, name.split("/")[0]));
  const page = await browser.newPage();
  const waiting = new Map();
  await page.exposeFunction("seen", (mark, time) => waiting.get(mark)?.(time));
  await page.addInitScript(report);
  await page.goto(url + name.split("/").slice(1).join("/").replace(/\.md$/, "/"));
  await page.locator("milepost-overlay").waitFor({ state: "attached" });
  try {
    for (const [kind, change] of Object.entries(kinds)) {
      const times = [];
      // The first change finds caches cold: it is not counted.
      for (let round = 0; round <= rounds; round += 1) {
        const mark = `mark-${kind.length}x${round}`;
        const shown = new Promise((resolve) => waiting.set(mark, resolve));
        const saved = performance.timeOrigin + performance.now();
        await writeFile(file, change(text, mark));
        const took = (await shown) - saved;
        if (round > 0) times.push(took);
        await new Promise((resolve) => setTimeout(resolve, 400));
      }
      times.sort((a, b) => a - b);
      const [min, median, max] = [times[0], times[Math.floor(times.length / 2)], times.at(-1)].map((time) => `${Math.round(time)} ms`);
      console.log(`| ${pages} | ${kind} | ${min} | ${median} | ${max} |`);
    }
  } finally {
    await writeFile(file, text);
    await page.close();
    server.kill("SIGTERM");
  }
}
await browser.close();
