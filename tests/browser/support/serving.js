// `milepost serve` over a site that the tests write to, as an author does.
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const milepost = path.resolve(here, "..", process.env.MILEPOST ?? "../../target/debug/milepost");

/**
 * Serves a site of the given files (path from its root → text or bytes). Returns { url, root, write, swap, remove, said, close }:
 * `write` writes a file in place, `swap` beside its place and then over it, as many editors do.
 */
export async function serving(files, ...options) {
  const root = await mkdtemp(path.join(tmpdir(), "milepost-serve-"));
  const write = async (name, body) => {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, body);
  };
  const swap = async (name, body) => {
    await write(`${name}.new`, body);
    await rename(path.join(root, `${name}.new`), path.join(root, name));
  };
  const remove = (name) => rm(path.join(root, name), { recursive: true });
  for (const [name, body] of Object.entries(files)) await write(name, body);
  const server = spawn(milepost, ["serve", root, "--port", "0", "--editor", "vscode", ...options], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  const url = await new Promise((resolve, reject) => {
    server.stderr.on("data", (words) => {
      said += words;
      const address = /serving at (\S+)/.exec(said);
      if (address) resolve(address[1]);
    });
    server.on("exit", (status) => reject(new Error(`milepost serve ended with ${status}: ${said}`)));
  });
  const close = async () => {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    await ended;
    await rm(root, { recursive: true, force: true });
  };
  return { url, root, write, swap, remove, close, said: () => said };
}
