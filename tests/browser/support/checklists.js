// The sites of the checklist tests, and what these ask of a page with checklists.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { desktop, listen } from "./browser.js";
import { fixture } from "./site.js";

// 1. Sites

const account = (list) => `---
title: Get your account ready (Linux)
description: Sign up, prove who you are and sort out payment before your first server.
weight: 10
---

# Get your account ready

Do these three things once. They hold for every server you create later.

${list}

## Open an account
<!-- @step register time=5m skip="I already have an account" -->

*Have one already? Mark this step as not needed and go on.*

Sign up on the [registration page](https://accounts.example.com/register).

## Prove who you are
<!-- @step identity time=10m after=register -->

Nothing can be bought before this. [Which proof do I need?](../papers.md)
Choose **one**: <!-- @choose identity-route -->

- **Just me** <!-- @branch personal -->
  - [ ] Pass the [personal check](../papers.md#personal) <!-- @step personal-check -->
- **A company** <!-- @branch enterprise -->
  - [ ] Pass the [company check](../papers.md#company) <!-- @step company-check -->

## Sort out payment
<!-- @step payment time=10m after=identity -->

Choose how you will be billed: <!-- @choose billing -->

- **Pay as you go** <!-- @branch payg -->
  - [ ] Bring cash balance plus coupons to **RMB 50 or more** <!-- @step balance-50 rev=1 -->
  - [ ] Estimate a day's cost with the [Price Calculator][1] <!-- @step estimate optional -->
- **Monthly package** <!-- @branch monthly -->
  - [ ] Have the **whole price** of the package ready: it is paid in advance <!-- @step prepay rev=1 -->

> [!NOTE]
> Ticking here is your own reminder. It sends nothing to the provider.

<details>
<summary>It does not work</summary>

Ask the help desk for a new link.

</details>

## Related pages

- [Which papers](../papers.md)
- [Price Calculator][1]

[1]: https://www.example.com/calculator
`;

const chinese = `---
title: 准备账户
language: zh
---

# 准备账户

这三件事只做一次。

<!-- @checklist account-prep shared -->

## 注册账户
<!-- @step register time=5m skip="我已经有账户" -->

注册。

## 完成实名认证
<!-- @step identity time=10m after=register -->

请选择一种： <!-- @choose identity-route -->

- **个人** <!-- @branch personal -->
  - [ ] 完成个人认证 <!-- @step personal-check -->
- **企业** <!-- @branch enterprise -->
  - [ ] 完成企业认证 <!-- @step company-check -->

## 准备付款
<!-- @step payment time=10m after=identity -->

请选择计费方式： <!-- @choose billing -->

- **按量计费** <!-- @branch payg -->
  - [ ] 余额不少于五十元 <!-- @step balance-50 rev=1 -->
  - [ ] 估算每日费用 <!-- @step estimate optional -->
- **包年包月** <!-- @branch monthly -->
  - [ ] 准备好全款 <!-- @step prepay rev=1 -->
`;

const create = `---
title: Create an instance
description: Order the first server and connect to it.
weight: 20
---

# Create an instance

**First:** [Get your account ready](account.md) <!-- @needs account-prep -->

<!-- @checklist create-instance -->

## Order the server
<!-- @step order time=20m after=account-prep/payment due=+7d owner="Platform team" -->

- [ ] Open the **console** <!-- @step console -->
- [ ] Choose a region <!-- @step region -->
- [ ] Choose an image and keep its \`name\` <!-- @step image -->

## Connect to the server
<!-- @step connect time=1h -->

<!-- @verify -->
\`\`\`bash
ssh root@203.0.113.10 uptime
\`\`\`

## Note the address
<!-- @step address time=5m rev=2 why="the address has a new form" aka=write-address -->

Any place will do.
`;

const team = `---
title: Set up the team
weight: 30
---

# Set up the team

Who does what.

<!-- @checklist team -->

## Pay the deposit
<!-- @step deposit time=30m for=buyer -->

Once.

## Write the runbook
<!-- @step runbook time=1h for=engineer,writer -->

Short.

## Meet once
<!-- @step meet time=15m -->

All together.

## Get in
<!-- @step access -->

Choose what opens the door: <!-- @choose door -->

- **A card** <!-- @branch card for=buyer -->
  - [ ] Fetch the card <!-- @step fetch-card -->
- **A key** <!-- @branch key for=engineer -->
  - [ ] Fetch the key <!-- @step fetch-key -->
`;

/** Texts that must stay texts wherever they show, by their step's id. */
export const oddTexts = {
  script: 'Paste <script>window.hit = 1</script> into "notes"',
  quotes: `Say "yes" & 'no', <b>loudly</b>`,
  equals: "=HYPERLINK(1) in a cell",
  plus: "+1 for trying",
  minus: "-1 for not trying",
  at: "@SUM(A1) is no marker",
};

const odd = `---
title: Odd "texts" & <signs>
weight: 40
---

# Odd texts

Nothing here is run.

<!-- @checklist odd-texts count=leaves -->

- [ ] Paste \`<script>window.hit = 1</script>\` into "notes" <!-- @step script skip="It's <b>left</b> & right" -->
- [ ] Say "yes" & 'no', \`<b>loudly</b>\` <!-- @step quotes -->
- [ ] =HYPERLINK(1) in a cell <!-- @step equals -->
- [ ] \\+1 for trying <!-- @step plus -->
- [ ] \\-1 for not trying <!-- @step minus -->
- [ ] @SUM(A1) is no marker <!-- @step at -->
`;

const both = `---
title: Everything embedded
weight: 50
---

# Everything embedded

Once: [Get your account ready](linux/account.md) <!-- @embed account-prep -->

And twice: [Get your account ready](linux/account.md) <!-- @embed account-prep -->
`;

const confirm = `---
title: Before you leave
weight: 60
---

# Before you leave

Read, then confirm.

<!-- @checklist leaving mode=do-confirm -->

## Lock the door
<!-- @step lock -->

Twice.

## Clear the desk
<!-- @step desk -->

- [ ] Put the papers away <!-- @step papers -->
  - [ ] The secret ones <!-- @step secret -->
  - [ ] The others <!-- @step others -->
- [ ] Switch off the screen <!-- @step screen optional -->
`;

/** Guides close to the ones this was made for: roles, choices, copies, a translation, odd texts. */
export function guides(settings = ['site-id = "guides"']) {
  return fixture(
    {
      "README.md": "# The first day\n\nBegin with [your account](linux/account.md), then [create an instance](linux/create.md).\n",
      "papers.md": "---\nweight: 90\n---\n\n# Which papers\n\n## Personal\n\nAn identity card.\n\n## Company\n\nA licence.\n",
      "linux/README.md": "---\nweight: 10\n---\n\n# Linux\n\nStart with [the account](account.md).\n",
      "linux/account.md": account("<!-- @checklist account-prep -->"),
      "linux/create.md": create,
      "windows/README.md": "---\nweight: 20\n---\n\n# Windows\n\nStart with [the account](account.md).\n",
      "windows/account.md": account("<!-- @checklist account-prep shared -->").replaceAll("Linux", "Windows"),
      "zh/account.md": chinese,
      "team.md": team,
      "odd.md": odd,
      "both.md": both,
      "confirm.md": confirm,
    },
    ['title = "The first day"', 'description = "A test."', ...settings],
  );
}

/** One list of a site that is built again and again; `page` is its path, `steps` the Markdown below the lead. */
export const edition = (steps, page = "guide.md", checklist = "<!-- @checklist tour -->", lead = "The lead.") => ({
  "README.md": `# Editions\n\nRead [the guide](${page}).\n`,
  [page]: `# A tour\n\n${lead}\n\n${checklist}\n\n${steps.join("\n\n")}\n`,
});

/** A heading that is a step. */
export const heading = (id, title, keys = "", body = "Text.") => `## ${title}\n<!-- @step ${`${id} ${keys}`.trim()} -->\n\n${body}`;

/**
 * Editions of one site, all served at one address. `sites` are the files of each. Returns { folder, publish }:
 * the folder to serve, and what puts the edition of that number there.
 */
export async function editions(...sites) {
  const built = [];
  for (const files of sites) built.push(await fixture(files, ['title = "Editions"', 'site-id = "editions"']));
  const folder = path.join(path.dirname(built[0]), "published");
  const publish = async (number) => {
    await rm(folder, { force: true });
    await symlink(built[number], folder, "junction");
  };
  await publish(0);
  return { folder, publish };
}

/** Two sites with equal lists, in the folders site/ and other/ of the one that is returned. */
export async function neighbours(...settings) {
  const files = edition([heading("one", "Do one thing"), heading("two", "Do another thing")]);
  const [first, second] = [await fixture(files, settings[0]), await fixture(files, settings[1])];
  const folder = path.dirname(first);
  await symlink(second, path.join(folder, "other"), "junction");
  return folder;
}

/** A guide with 500 steps: 50 headings with 9 items and themselves. */
export function large() {
  const part = (_, at) => `## Part ${at + 1} of the work\n<!-- @step part-${at + 1} time=5m -->\n\nWhat there is to say about it.\n\n${Array.from({ length: 9 }, (_, item) => `- [ ] Do thing ${item + 1} of part ${at + 1} <!-- @step thing-${at + 1}-${item + 1} -->`).join("\n")}`;
  const items = (_, at) => `- [ ] Item number ${at + 1} of five hundred <!-- @step item-${at + 1} -->`;
  return fixture(
    {
      "README.md": "# Large\n\nRead [the guide](guide.md) or [the list](list.md).\n",
      "guide.md": `# A large guide\n\nLong.\n\n<!-- @checklist large -->\n\n${Array.from({ length: 50 }, part).join("\n\n")}\n`,
      "list.md": `# A long list\n\nLong.\n\n<!-- @checklist long count=leaves -->\n\n${Array.from({ length: 500 }, items).join("\n")}\n`,
    },
    ['title = "Large"', 'site-id = "large"'],
  );
}

/** A guide with a checklist that reads from right to left. */
export function rightToLeft() {
  return fixture(
    {
      "README.md": "# البداية\n\nاقرأ [الدليل](dalil.md).\n",
      "dalil.md": `# الدليل\n\nثلاث خطوات.\n\n<!-- @checklist dalil -->\n\n## افتح حسابا\n<!-- @step hisab time=5m -->\n\nنص.\n\n## أثبت هويتك\n<!-- @step huwiya -->\n\n- [ ] اجمع الأوراق <!-- @step awraq -->\n  - [ ] بطاقة الهوية <!-- @step bitaqa -->\n  - [ ] رقم الهاتف <!-- @step hatif -->\n\n## ادفع\n<!-- @step dafa -->\n\nنص.\n`,
    },
    ['title = "دليل البداية"', 'language = "ar"', 'site-id = "dalil"'],
  );
}

// 2. What a reader does, and what a page shows

/**
 * A test with a reader of its own, whose browser keeps nothing of the others': `test` gets { page, context, url, heard }, where
 * `url` is the site's. It fails when the console of one of the reader's pages complains.
 */
export const reader = (set, site, test, options = {}) => async () => {
  const context = await set.browser.newContext({ ...desktop, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(10_000);
  const heard = [];
  context.on("page", (page) => heard.push(listen(page)));
  try {
    const page = await context.newPage();
    await test({ page, context, heard: heard[0], url: set.servers[site].url });
    assert.deepEqual(heard.flatMap(({ errors }) => errors), []);
  } finally {
    await context.close();
  }
};

const control = (...parts) => `[id="check:${parts.join(":")}"]`;
const split = (key) => [key.slice(0, key.lastIndexOf("/")), key.slice(key.lastIndexOf("/") + 1)];

/** The box of a step, `list/step`: in the text, or in another copy of the list. */
export const box = (page, step, copy = 1) => page.locator(control(...split(step), copy));

/** The radio of a way, `list/choice/branch`. */
export function way(page, branch, copy = 1) {
  const [choice, id] = split(branch);
  return page.locator(control(...split(choice), id, copy));
}

/** The row of a step where the page explains it, or in the first full copy. */
export const row = (page, step) => page.locator(`[id="${split(step).join(".")}"]`);

/** The card of a list. */
export const card = (page, list, number = 0) => page.locator(`.milepost-card[data-list="${list}"]`).nth(number);

/** The words beside the progress of a card. */
export const count = (page, list, number = 0) => card(page, list, number).locator(".milepost-progress [data-count]").innerText();

/** The words beside the progress of all lists together. */
export const total = (page) => page.locator("[data-hub] [data-count]").innerText();

/** The names of the boxes that are ticked, in the order of the page: `list/step:copy`. */
export const ticked = (page) =>
  page.evaluate(() => [...document.querySelectorAll("input[data-step]:checked")].map((input) => `${input.dataset.step}:${input.id.split(":").at(-1)}`));

/** Opens the folded steps of the cards on the page of all checklists. */
export const unfold = (page) => page.locator(".milepost-card details").evaluateAll((all) => all.forEach((each) => { each.open = true; }));

/** A button of a row, of the drawer behind its dots where it has one. */
export async function press(page, step, name) {
  const button = row(page, step).locator(":scope > .milepost-actions, :scope > p > .milepost-actions, :scope > .milepost-tail, :scope > p > .milepost-tail").getByRole("button", { name: new RegExp(`^${name}`) });
  if (!(await button.count())) await row(page, step).getByRole("button", { name: /^More/ }).first().click();
  await button.click();
}

/** What is kept of the site `site`, by the rest of the key, without the summaries that the sidebar shows. */
export const kept = (page, site) =>
  page.evaluate((prefix) => {
    const own = Object.keys(localStorage).filter((key) => key.startsWith(prefix) && !key.startsWith(`${prefix}v:`));
    return Object.fromEntries(own.sort().map((key) => [key.slice(prefix.length), JSON.parse(localStorage.getItem(key))]));
  }, `milepost1:${site}:`);

/** Waits until what `read` returns equals `expected`, and fails with the difference after a second or two. */
export async function until(read, expected, message) {
  for (const end = Date.now() + 2000; ; await new Promise((later) => setTimeout(later, 20))) {
    try {
      return assert.deepEqual(await read(), expected, message);
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

/** Clicks what starts a download, and returns { name, text } of it. */
export async function download(page, start) {
  const [file] = await Promise.all([page.waitForEvent("download"), start()]);
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
}

/** Loads a copy on the page of all checklists. */
export async function load(page, text, name = "copy.json") {
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.getByRole("button", { name: "Load a copy" }).click()]);
  await chooser.setFiles({ name, mimeType: "application/json", buffer: Buffer.from(text) });
}

/** Records what elements with the role `status` say, each time they say it, from the beginning of each page; read with `spoken`. */
export const listenToStatus = (page) =>
  page.addInitScript(() => {
    window.spoken = [];
    new MutationObserver((records) => {
      for (const { target, addedNodes } of records) {
        for (const node of [target, ...addedNodes]) {
          const status = (node.closest ? node : node.parentElement)?.closest("[role=status]");
          if (!status?.textContent) continue;
          window.spoken.push(status.textContent);
          break;
        }
      }
    }).observe(document, { childList: true, subtree: true, characterData: true });
  });
export const spoken = (page) => page.evaluate(() => window.spoken);

/** The words of a page's sheets of paper; null where poppler's pdftotext is not installed. */
export async function sheets(page, folder) {
  const file = path.join(folder, "..", `sheets-${Date.now()}.pdf`);
  await writeFile(file, await page.pdf({ format: "A4" }));
  try {
    const { stdout } = await promisify(execFile)("pdftotext", ["-layout", file, "-"], { maxBuffer: 1 << 24 });
    return stdout.replace(/\s+/g, " ");
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
}

/** The colours of a part of the window, as rows of [red, green, blue]. */
export async function pixels(page, clip) {
  const image = (await page.screenshot({ clip, animations: "disabled" })).toString("base64");
  return page.evaluate(async (data) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))], { type: "image/png" }));
    const context = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height }).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const { data: values } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    return Array.from({ length: bitmap.height }, (_, y) => Array.from({ length: bitmap.width }, (_, x) => [...values.slice((y * bitmap.width + x) * 4, (y * bitmap.width + x) * 4 + 3)]));
  }, image);
}

/** The contrast of two colours, as WCAG 2 reckons it. */
export function contrast(one, other) {
  const light = (colour) => {
    const [red, green, blue] = colour.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [less, more] = [light(one), light(other)].sort((a, b) => a - b);
  return (more + 0.05) / (less + 0.05);
}
