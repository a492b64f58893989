// Search: opened, typed into and followed by keyboard, at any address, in English and Chinese, and not there without scripts.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { desktop, listen, phone, settle, sideways, violations } from "../support/browser.js";
import { fixture } from "../support/site.js";
import { stage } from "../support/stage.js";

const many = Object.fromEntries(Array.from({ length: 30 }, (_, number) => [
  `many/${String(number).padStart(2, "0")}.md`, `# Quokka ${number}\n\nA quokka lives here.\n`,
]));

const files = {
  "README.md": "# Welcome\n\nWhat to do on the first day.\n",
  "servers/README.md": "# Servers\n\nAll about servers.\n",
  "servers/connect.md": `# Connect to your server

There are two ways in.

## Make a key pair

Run \`ssh-keygen\` on your laptop. Configuring it takes a minute.

## If something *goes* wrong

Ask for help with <b>port 22</b> & the "firewall".
`,
  "servers/stop.md": "# Stop a server\n\nStopping it keeps the disk. Deletion does not: read about connections first.\n",
  "zh/create.md": "---\nlanguage: zh\n---\n# 创建云主机\n\n先选择配置。\n\n## 登录方式\n\n可以使用密码或密钥对登录云主机。\n",
  "draft.md": "---\ndraft: true\n---\n# Secret plans\n\nNothing to see.\n",
  ...many,
};

const set = stage({ site: { build: () => fixture(files, ["base-url = \"https://example.com/deep/down/\""]), under: "/deep/down/" } });

const open = async (address = "servers/stop/", options = desktop) => {
  const page = await set.browser.newPage({ reducedMotion: "reduce", ...options });
  page.heard = listen(page);
  await page.goto(address.includes(":") ? address : set.servers.site.url + address);
  if (options.javaScriptEnabled !== false) await settle(page);
  return page;
};

const input = (page) => page.locator(".finder").getByRole("combobox", { name: /^(Search|搜索)$/ });
const status = (page) => page.locator(".finder-status");

/** Opens the dialog, types, and waits for what it says. */
const ask = async (page, query, answer = /found/) => {
  if (!(await page.locator("dialog.finder").isVisible())) await page.keyboard.press("/");
  await input(page).waitFor();
  await input(page).fill(query);
  await status(page).getByText(answer).waitFor();
};

/** The options as [title, whether it is chosen]. */
const titles = (page) => page.getByRole("option").evaluateAll((all) => all.map((option) => option.querySelector(".found-title").textContent));
const chosen = (page) => page.evaluate(() => {
  const active = document.getElementById(document.activeElement.getAttribute("aria-activedescendant"));
  const all = [...document.querySelectorAll("[aria-selected=true]")];
  return all.length === 1 && all[0] === active ? [...active.parentNode.children].indexOf(active) : `${all.length} are selected`;
});

describe("the dialog", () => {
  it("takes what is typed before its script has come", async () => {
    const page = await open();
    let come;
    const held = new Promise((done) => { come = done; });
    await page.route("**/milepost-search-*.js", async (route) => {
      await held;
      await route.continue();
    });
    await page.keyboard.press("/");
    await page.keyboard.type("deletion");
    assert.equal(await input(page).inputValue(), "deletion");
    come();
    await status(page).getByText(/found/).waitFor();
    assert.deepEqual(await titles(page), ["Stop a server"]);
  });

  it("says so when its script does not come, and asks for it again", async () => {
    const page = await open();
    await page.route("**/milepost-search-*.js", (route) => route.abort(), { times: 1 });
    await page.keyboard.press("/");
    await input(page).waitFor();
    await status(page).getByText(/could not/i).waitFor();
    await page.keyboard.press("Escape");
    await input(page).waitFor({ state: "hidden" });
    await ask(page, "deletion");
    assert.deepEqual(await titles(page), ["Stop a server"]);
  });

  for (const [name, act] of Object.entries({
    "/": (page) => page.keyboard.press("/"),
    "Ctrl-K": (page) => page.keyboard.press("Control+k"),
    "the button": (page) => page.getByRole("button", { name: "Search" }).click(),
  })) {
    it(`opens by ${name}, with the focus in its field, and Escape closes it`, async () => {
      const page = await open();
      const before = page.heard.requests.length;
      assert.ok(!page.heard.requests.some((address) => address.includes("search")), "nothing of search is loaded before");
      await act(page);
      await input(page).waitFor();
      assert.ok(await input(page).evaluate((element) => element === document.activeElement));
      assert.ok(page.heard.requests.length > before);
      await page.keyboard.press("Escape");
      await input(page).waitFor({ state: "hidden" });
      await page.keyboard.press("Control+k");
      await input(page).waitFor();
      assert.deepEqual(page.heard.errors, []);
      await page.close();
    });
  }
  it("leaves / alone where somebody writes", async () => {
    const page = await open();
    await page.evaluate(() => document.querySelector("main").append(document.createElement("textarea")));
    await page.locator("textarea").focus();
    await page.keyboard.press("/");
    assert.equal(await page.locator("textarea").inputValue(), "/");
    await page.close();
  });
  it("gives the focus back to its button", async () => {
    const page = await open();
    await page.getByRole("button", { name: "Search" }).click();
    await input(page).waitFor();
    await page.getByRole("button", { name: "Close" }).click();
    await input(page).waitFor({ state: "hidden" });
    assert.equal(await page.evaluate(() => document.activeElement.className), "find");
    await page.close();
  });
  it("fills the window of a phone and is a panel on a desk", async () => {
    for (const [options, fills] of [[phone, true], [desktop, false]]) {
      const page = await open("servers/stop/", options);
      await ask(page, "server");
      const box = await page.locator("dialog.finder").boundingBox();
      const { width, height } = await page.evaluate(() => ({ width: document.documentElement.clientWidth, height: innerHeight }));
      assert.equal(box.x <= 0 && box.y <= 0 && box.width >= width - 15 && box.height >= height, fills);
      assert.deepEqual(await sideways(page), []);
      await page.close();
    }
  });
});

describe("results", () => {
  it("come while typing, with title, way, section and a marked excerpt", async () => {
    const page = await open();
    await page.keyboard.press("/");
    await input(page).waitFor();
    await page.keyboard.type("keyg");
    await page.getByRole("option").first().waitFor();
    const [first, section] = await page.getByRole("option").all();
    assert.equal(await first.locator(".found-title").textContent(), "Connect to your server");
    assert.equal(await first.locator(".found-way").textContent(), "Servers");
    assert.equal(await section.locator(".found-title").textContent(), "Make a key pair");
    assert.equal(await section.locator("mark").textContent(), "keygen");
    assert.match(await section.locator(".found-text").textContent(), /Run ssh-keygen on your laptop/);
    assert.equal(await status(page).textContent(), "Pages found: 1");
    assert.equal(await status(page).getAttribute("role"), "status");
    assert.equal(await input(page).getAttribute("aria-expanded"), "true");
    await page.close();
  });
  it("show text as text", async () => {
    const page = await open();
    await ask(page, "firewall");
    assert.equal(await page.getByRole("option").last().locator(".found-text").textContent(), "Ask for help with port 22 & the \"firewall\".");
    await ask(page, "<img src=x>", /Nothing found for “<img src=x>”/);
    assert.equal(await page.locator(".finder img").count(), 0);
    await page.close();
  });
  it("are found by other endings, by beginnings, and with a slip of the pen", async () => {
    const page = await open();
    for (const [query, first] of [["configures", "Connect to your server"], ["stopped disks", "Stop a server"], ["fire", "Connect to your server"], ["conect sevrer", "Connect to your server"], ["deleting", "Stop a server"]]) {
      await ask(page, query);
      await page.waitForFunction((wanted) => document.querySelector(".found-title")?.textContent === wanted, first);
    }
    await page.close();
  });
  it("do not have drafts, and say when there are none", async () => {
    const page = await open();
    await ask(page, "secret", /Nothing found for “secret”/);
    assert.equal(await page.getByRole("option").count(), 0);
    assert.equal(await input(page).getAttribute("aria-expanded"), "false");
    assert.equal(await page.getByRole("listbox").count(), 0);
    await page.close();
  });
});

describe("the keyboard", () => {
  it("walks the results with arrows, Home and End", async () => {
    const page = await open();
    await ask(page, "server");
    const last = (await titles(page)).length - 1;
    assert.ok(last >= 2);
    assert.equal(await chosen(page), 0);
    for (const [key, now] of [["ArrowDown", 1], ["End", last], ["ArrowDown", 0], ["ArrowUp", last], ["ArrowUp", last - 1], ["Home", 0]]) {
      await page.keyboard.press(key);
      await page.waitForTimeout(20);
      assert.equal(await chosen(page), now, key);
      assert.ok(await input(page).evaluate((element) => element === document.activeElement), "the focus stays in the field");
    }
    await page.close();
  });
  it("comes to the later results, which are loaded then", async () => {
    const page = await open();
    await ask(page, "quokka", "Pages found: 30");
    assert.equal((await titles(page)).length, 8);
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowDown");
    await page.waitForFunction(() => document.querySelectorAll("[role=option]").length === 16);
    assert.equal(await chosen(page), 8);
    const visible = await page.locator("[aria-selected=true]").evaluate((element) => {
      const [own, list] = [element.getBoundingClientRect(), element.parentNode.getBoundingClientRect()];
      return own.top >= list.top && own.bottom <= list.bottom;
    });
    assert.ok(visible, "the chosen one is in sight");
    await page.close();
  });
  it("Enter leads to the page, and to the fragment of a section", async () => {
    const page = await open();
    await ask(page, "goes wrong");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/deep/down/servers/connect/**");
    assert.equal(new URL(page.url()).hash, "#if-something-goes-wrong");
    assert.ok(await page.locator("#if-something-goes-wrong").isVisible());
    assert.ok(!(await page.locator("dialog.finder").isVisible()));
    await page.close();
  });
  it("Enter may come before the results", async () => {
    const page = await open();
    await page.keyboard.press("/");
    await input(page).waitFor();
    await page.keyboard.type("key pair");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/servers/connect/**");
    await page.close();
  });
  it("a result on the same page closes the dialog", async () => {
    const page = await open("servers/connect/index.html");
    await ask(page, "key pair");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => location.hash === "#make-a-key-pair");
    await input(page).waitFor({ state: "hidden" });
    await page.close();
  });
});

describe("everywhere", () => {
  it("searches the Chinese pages from a Chinese page, by words inside a sentence", async () => {
    const page = await open("zh/create/");
    for (const [query, mark] of [["云主机", "云主机"], ["密钥对登录", "密钥对登录"], ["密", "密"], ["配置云主机", "云主机"]]) {
      await ask(page, query, /./);
      await page.locator(".found mark", { hasText: new RegExp(`^${mark}`) }).first().waitFor();
      assert.equal((await titles(page))[0], "创建云主机");
    }
    assert.ok(!page.heard.requests.some((address) => address.includes("/milepost-search/en/")), "only the page's own index is asked for");
    await page.close();
  });
  it("works from the page for missing addresses", async () => {
    const page = await open("no/such/page");
    await ask(page, "firewall");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/deep/down/servers/connect/**");
    await page.close();
  });
  it("works from a disk", async () => {
    const page = await open(pathToFileURL(`${set.servers.site.folder}/servers/stop/index.html`).href);
    await ask(page, "ssh-keygen");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/servers/connect/index.html");
    assert.deepEqual(page.heard.errors, []);
    await page.close();
  });
  it("says so where it cannot be loaded, and goes on when it can", async () => {
    const page = await open();
    await page.route("**/part-*.js*", (route) => route.abort());
    await ask(page, "server", /could not be loaded/);
    await page.unroute("**/part-*.js*");
    await ask(page, "servers");
    assert.ok((await titles(page)).length > 0);
    await page.close();
  });
  it("offers nothing without scripts", async () => {
    const page = await open("servers/stop/", { ...desktop, javaScriptEnabled: false });
    assert.equal(await page.getByRole("button", { name: "Search" }).count(), 0);
    assert.ok(!(await page.locator(".find, .finder, .finder *").evaluateAll((all) => all.some((element) => element.checkVisibility()))));
    await page.close();
  });
});

describe("axe-core finds nothing on the open dialog", () => {
  for (const [name, screen] of Object.entries({ "on a desk": desktop, "on a phone": phone })) {
    for (const [scheme, media] of Object.entries({
      light: { colorScheme: "light", forcedColors: "none" },
      dark: { colorScheme: "dark", forcedColors: "none" },
      forced: { colorScheme: "light", forcedColors: "active" },
    })) {
      it(`${name} in ${scheme} colours, empty, with results and without`, async () => {
        const page = await open("servers/stop/", screen);
        await page.emulateMedia(media);
        await page.keyboard.press("/");
        await input(page).waitFor();
        assert.deepEqual(await violations(page), []);
        await ask(page, "server");
        assert.deepEqual(await violations(page), []);
        await ask(page, "zzzz", /Nothing found/);
        assert.deepEqual(await violations(page), []);
        await page.close();
      });
    }
  }
});
