// How well search finds: builds each tree of queries.tsv, asks each query as a reader would, and says at which rank the right page
// came and how many bytes it took. Run it from the repository: node benches/search/quality.js [milepost], with MILEPOST_CORPORA
// naming the folder of the other trees. It needs nothing but Node.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { gzipSync } from "node:zlib";

const here = path.dirname(fileURLToPath(import.meta.url));
const repository = path.resolve(here, "../..");
const milepost = path.resolve(process.argv[2] ?? path.join(repository, "target/release/milepost"));
const made = mkdtempSync(path.join(tmpdir(), "milepost-quality-"));

/** The search of a built site, without a browser; `loaded` holds the files that it asked for. */
function searchOf(site) {
  const loaded = new Map();
  const element = () => ({ addEventListener() {}, children: [], dataset: { index: "assets/milepost-search/en/", root: "" }, querySelectorAll: () => [element(), element()], nextElementSibling: { dataset: {} } });
  const context = vm.createContext({ location: { protocol: "file:" }, Intl, console, setTimeout, clearTimeout });
  const append = (script) => {
    const file = path.join(site, script.src);
    if (!existsSync(file)) return script.onerror();
    const text = readFileSync(file, "utf8");
    loaded.set(script.src, text);
    vm.runInContext(text, context);
    return script.onload();
  };
  context.window = context;
  context.document = { getElementById: element, documentElement: { lang: "en" }, createElement: element, head: { append } };
  vm.runInContext(readFileSync(path.join(repository, "templates/search.js"), "utf8"), context);
  return { find: context.milepostSearch.find, textOf: context.milepostSearch.textOf, loaded };
}

const lines = readFileSync(path.join(here, "queries.tsv"), "utf8").split("\n").filter((line) => line && !line.startsWith("#"));
const sites = new Map();
let sum = 0;
let asked = 0;
for (const line of lines) {
  const [tree, query, ...wanted] = line.split("\t");
  const source = ["content", "docs"].includes(tree) ? path.join(repository, tree === "content" ? "" : tree) : path.join(process.env.MILEPOST_CORPORA ?? "", tree);
  if (!existsSync(source)) continue;
  if (!sites.has(tree)) {
    const site = path.join(made, tree);
    try {
      execFileSync(milepost, ["build", source, "-o", site, "--keep-going", "--quiet"], { stdio: "pipe" });
    } catch (error) {
      if (error.status !== 1) throw error;
    }
    sites.set(tree, site);
  }
  // Each query begins with nothing loaded.
  const { find, textOf, loaded } = searchOf(sites.get(tree));
  const started = performance.now();
  const { pages } = await find(query);
  const took = performance.now() - started;
  const before = loaded.size;
  const titles = [];
  for (const page of pages.slice(0, 8)) titles.push((await textOf(page.page))[1]);
  const addresses = wanted.map((file) => file.replace(/(^|\/)(README|index)\.md$/, "$1index.html").replace(/\.md$/, "/index.html"));
  let rank = 0;
  for (const [position, page] of pages.slice(0, 50).entries()) {
    if (addresses.includes(decodeURIComponent((await textOf(page.page))[1]))) {
      rank = position + 1;
      break;
    }
  }
  const bytes = (from, to) => [...loaded.values()].slice(from, to).reduce((total, text) => total + gzipSync(text).length, 0);
  const shown = before + new Set(titles).size;
  asked += 1;
  sum += rank ? 1 / rank : 0;
  console.log(`${String(rank || "-").padStart(3)}  ${String(pages.length).padStart(5)} pages  ${(bytes(0, before) / 1024).toFixed(1).padStart(6)} KB index  ${(bytes(before, shown) / 1024).toFixed(1).padStart(6)} KB texts  ${took.toFixed(0).padStart(4)} ms  ${tree}: ${query}`);
  if (process.env.VERBOSE && rank !== 1) console.log(titles.map(decodeURIComponent).map((title) => `        ${title}`).join("\n"));
}
console.log(`${asked} queries, mean reciprocal rank ${(sum / asked).toFixed(3)}`);
rmSync(made, { recursive: true });
