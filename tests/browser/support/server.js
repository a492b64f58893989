// A small static server on a free loopback port; it behaves as the usual hosts do.
import { readFile, stat } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { gzipSync } from "node:zlib";

const types = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".md": "text/markdown; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".txt": "text/plain; charset=utf-8",
  ".xml": "application/xml",
};

/**
 * Serves a folder. `under` is the sub-path, such as "/guides/"; images come `imageDelay` milliseconds late,
 * and with `compressed` the rest is sent as gzip, with leave to be kept.
 * Returns { url, origin, asked, close }; url ends with a slash, asked is the log: a line for each request.
 */
export async function serve(folder, { under = "/", imageDelay = 0, compressed = false } = {}) {
  const answer = async (address) => {
    const pathname = decodeURIComponent(address.pathname);
    if (!pathname.startsWith(under)) return { status: 404, body: "not under this path", type: ".txt" };
    let file = path.join(folder, pathname.slice(under.length));
    const found = await stat(file).catch(() => null);
    if (found?.isDirectory()) {
      if (!pathname.endsWith("/")) return { status: 301, location: `${address.pathname}/${address.search}` };
      file = path.join(file, "index.html");
    }
    const body = await readFile(file).catch(() => null);
    if (body) return { status: 200, body, type: path.extname(file) };
    return { status: 404, body: await readFile(path.join(folder, "404.html")).catch(() => "nothing here"), type: ".html" };
  };
  const asked = [];
  const server = http.createServer(async (request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.referer ?? "-"}`);
    const { status, body = "", type = ".txt", location } = await answer(new URL(request.url, "http://host"));
    if ([".svg", ".png"].includes(type) && imageDelay) await new Promise((done) => setTimeout(done, imageDelay));
    const headers = { "content-type": types[type] ?? "application/octet-stream", ...(location && { location }) };
    if (compressed) Object.assign(headers, { "content-encoding": "gzip", "cache-control": "max-age=31536000" });
    response.writeHead(status, headers);
    if (request.method === "HEAD") response.end();
    else response.end(compressed ? gzipSync(body) : body);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const close = () => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(closed));
  };
  return { origin, url: origin + under, asked, close };
}
