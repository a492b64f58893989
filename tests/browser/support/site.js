// Builds sites with the milepost under test: the repository's own content, and small ones written by the tests.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = path.dirname(fileURLToPath(import.meta.url));
const repository = path.resolve(here, "../../..");
const milepost = path.resolve(here, "..", process.env.MILEPOST ?? "../../target/debug/milepost");

const made = [];

async function temporary() {
  const folder = await mkdtemp(path.join(tmpdir(), "milepost-browser-"));
  made.push(folder);
  return folder;
}

/** Removes every folder that this process made. */
export async function removeSites() {
  await Promise.all(made.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
}

async function run(source, options) {
  const output = path.join(await temporary(), "site");
  try {
    await promisify(execFile)(milepost, ["build", source, "-o", output, "--quiet", ...options]);
  } catch (error) {
    const expected = error.code === 1 && options.includes("--keep-going");
    if (!expected) throw new Error(`${milepost} build failed: ${error.stderr || error.message}`);
  }
  return output;
}

/** The repository's content/, built; returns the folder of the output. */
export async function onboarding(...options) {
  return run(repository, options);
}

/**
 * A site of the given files (path in content/ → text or bytes), built with this repository's templates.
 * `settings` are lines of milepost.toml.
 */
export async function fixture(files, settings = [], ...options) {
  const root = await temporary();
  const templates = path.join(repository, "templates").replaceAll("\\", "/");
  await writeFile(path.join(root, "milepost.toml"), [`templates = "${templates}"`, ...settings, ""].join("\n"));
  for (const [name, body] of Object.entries(files)) {
    const file = path.join(root, "content", name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, body);
  }
  return run(root, options);
}

/** The addresses of a site's HTML files, relative to its root, sorted. */
export async function pagesOf(folder) {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith(".html")).map((name) => name.replaceAll("\\", "/")).sort();
}
