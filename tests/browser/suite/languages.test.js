// A site in several languages: the switcher, ticks that translations share, words, and a language that is written from the right.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { desktop, phone, sideways, violations } from "../support/browser.js";
import { focused } from "../support/focus.js";
import { fixture } from "../support/site.js";
import { stage } from "../support/stage.js";

const steps = (title, one, two) =>
  `# ${title}\n\n<!-- @checklist start -->\n\n- [ ] ${one} <!-- @step one time=70m -->\n- [ ] ${two} <!-- @step two -->\n`;
const files = {
  "README.md": "# Home\n\n[Start](guide/start.md)\n",
  "README.zh.md": "# 首页\n\n[开始](guide/start.zh.md)\n",
  "guide/start.md": steps("Start", "Open an account", "Log in"),
  "guide/start.zh.md": steps("开始", "开通账户", "登录"),
  "guide/README.zh.md": "# 教程\n",
  "guide/other.md": "# Other\n\n## Only in English\n\nText.\n\n## More\n",
};
const arabic = {
  "ar/README.md": "# البداية\n\n[ابدأ](guide/start.md)\n",
  "ar/guide/start.md": steps("ابدأ", "افتح حسابا", "سجل الدخول"),
};
const long = "A list of free learning resources in many languages";
const hebrew = {
  "README.md": "# Home\n\n[Other](courses-he.md) [own](own.md)\n",
  "courses-he.md": '# Courses\n\n<div dir="rtl">\n\n## קורסים\n\n- מבוא `a.b()`\n\n```js\nlet one = "1"; // a line that is long enough to reach past a phone\n```\n\n| א | ב |\n|---|---|\n| 1 | 2 |\n\n</div>\n',
  "own.md": "---\nlanguage: he\n---\n# קורסים\n\nמבוא\n",
};
const set = stage({
  one: { build: () => fixture(hebrew, [`title = "${long}"`]) },
  two: { build: () => fixture(files, ['site-id = "languages"', "[languages.zh]"]) },
  three: { build: () => fixture({ ...files, ...arabic }, ['site-id = "languages"', "[languages.zh]", "[languages.ar]", 'name = "العربية"']) },
});

/** A page of its own for a test, closed after it. */
const visit = (site, address, options, test) => async () => {
  const context = await set.browser.newContext({ ...options, reducedMotion: "reduce" });
  const page = await context.newPage();
  try {
    await page.goto(set.servers[site].url + address);
    await test(page, set.servers[site].url);
  } finally {
    await context.close();
  }
};
const at = (page, url) => decodeURI(page.url()).slice(url.length).replace("index.html", "");

describe("the switcher", () => {
  it("leads to the same page and back, with scripts off", visit("two", "guide/start/", { ...desktop, javaScriptEnabled: false }, async (page, url) => {
    await page.getByRole("link", { name: "中文", exact: true }).click();
    assert.equal(at(page, url), "zh/guide/start/");
    assert.equal(await page.locator("html").getAttribute("lang"), "zh");
    await page.getByRole("link", { name: "English", exact: true }).click();
    assert.equal(at(page, url), "guide/start/");
  }));

  it("is a menu of more than two, which the keyboard opens, walks and closes", visit("three", "guide/start/", desktop, async (page, url) => {
    const button = page.getByRole("button", { name: "Language: English" });
    await button.focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    const first = await focused(page);
    assert.match(first.name, /English/);
    assert.ok(first.marked && first.uncovered, JSON.stringify(first));
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".languages ul").isVisible(), false);
    await button.focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/ar/guide/start/**");
    assert.equal(at(page, url), "ar/guide/start/");
  }));

  it("leads to the page itself where it is not translated, which says so", visit("two", "guide/other/", desktop, async (page, url) => {
    await page.getByRole("link", { name: "中文", exact: true }).click();
    assert.equal(at(page, url), "zh/guide/other/");
    assert.equal(await page.getByRole("note").innerText(), "本页尚未翻译，以下为 English 版本。");
    assert.equal(await page.locator("article").getAttribute("lang"), "en");
    assert.deepEqual(await violations(page), []);
  }));
});

describe("checklists", () => {
  it("share their ticks between translations, and speak the page's language", visit("two", "guide/start/", desktop, async (page, url) => {
    await page.getByRole("checkbox", { name: "Open an account" }).first().check();
    await page.goto(`${url}zh/guide/start/`);
    assert.equal(await page.getByRole("checkbox", { name: "开通账户" }).first().isChecked(), true);
    assert.equal(await page.locator(".milepost-card [data-count]").innerText(), "已完成 1 / 2");
    await page.getByRole("checkbox", { name: "登录" }).first().check();
    await page.goto(`${url}zh/checklists/`);
    assert.equal(await page.locator("[data-hub] [data-count]").innerText(), "已完成 2 / 2");
    assert.deepEqual(await violations(page), []);
    await page.goto(`${url}checklists/`);
    assert.equal(await page.locator("[data-hub] [data-count]").innerText(), "2 of 2 done");
    assert.equal(await page.locator(".milepost-card").count(), 1);
  }));

  it("leave no word of English on a Chinese page", visit("two", "zh/checklists/", desktop, async (page) => {
    const text = await page.evaluate(() => {
      const said = [...document.querySelectorAll("[aria-label], [title]")].flatMap((element) => [element.ariaLabel ?? "", element.title]);
      return [document.body.innerText, ...said].join("\n").replaceAll(/English|Milepost|Markdown|Other/g, "");
    });
    assert.deepEqual(text.match(/[A-Za-z]{2,}/g), null);
  }));
});

describe("from the right", () => {
  for (const [screen, options] of Object.entries({ desktop, phone })) {
    it(`the page is mirrored on a ${screen}, and nothing reaches past the window`, visit("three", "ar/guide/start/", options, async (page) => {
      assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
      assert.deepEqual(await sideways(page), []);
      const place = async (selector) => page.locator(selector).first().boundingBox();
      const brand = await place(".brand");
      const switcher = await place(".bar .languages");
      assert.ok(brand.x > switcher.x, "the site's name is at the right of the bar");
      if (screen === "desktop") {
        const side = await place(".side");
        const main = await place("main");
        assert.ok(side.x > main.x + main.width - 1, "the sidebar is at the right of the text");
      }
      const row = await page.locator("main li.task").first().boundingBox();
      const box = await page.locator("main li.task input").first().boundingBox();
      assert.ok(box.x > row.x + row.width / 2, "a box stands before its text, at the right");
      assert.deepEqual(await violations(page), []);
    }));
    it(`a part of a page that says so is from the right on a ${screen}, and its code is not`, visit("one", "courses-he/", options, async (page) => {
      assert.equal(await page.locator("html").getAttribute("dir"), "ltr");
      assert.deepEqual(await sideways(page), []);
      const middle = async (selector) => {
        const { x, width } = await page.locator(selector).first().boundingBox();
        return x + width / 2;
      };
      assert.ok((await middle("main li code")) > (await middle("main article")), "an item begins at the right");
      assert.ok((await middle("main th:first-child")) > (await middle("main th:last-child")), "the first column is the right one");
      const directions = await page.locator("main pre, main li code").evaluateAll((all) => all.map((one) => getComputedStyle(one).direction));
      assert.deepEqual(directions, ["ltr", "ltr"]);
      assert.deepEqual(await violations(page), []);
    }));

    it(`a name from the left is cut at its end on a ${screen}, in a page from the right`, visit("one", "own/", options, async (page) => {
      assert.equal(await page.locator("html").getAttribute("dir"), "rtl");
      assert.deepEqual(await sideways(page), []);
      assert.equal(await page.locator(".brand .name").evaluate((name) => getComputedStyle(name).direction), "ltr");
      assert.deepEqual(await violations(page), []);
    }));
  }
});
