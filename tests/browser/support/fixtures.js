// The small sites of the tests: every kind of page and of Markdown, and everything too long, too wide or too much.
import * as zlib from "node:zlib";
import { fixture } from "./site.js";

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** A PNG of one shade. */
export function png(width, height) {
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
    const out = Buffer.alloc(8 + body.length);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), 4 + body.length);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.writeUInt8(8, 8); // bits a channel; the colour type 0 is grey
  const rows = Buffer.alloc((width + 1) * height, 0x9a);
  for (let row = 0; row < height; row += 1) rows[row * (width + 1)] = 0;
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("IDAT", zlib.deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

export const shellCode = "export REGION=cn-north-1\nmkdir -p \"$HOME/data\" && cd \"$HOME/data\" # a comment\ncurl --fail https://example.com/install.sh | sh\n";

const guide = `---
title: Everything in one guide
description: Each construct that a guide may hold.
weight: 10
aliases: [old/guide]
updated: 2024-05-06
---

# Everything in one guide

A paragraph with **strong**, *emphasis*, ~~struck~~, \`inline code\`, <kbd>Ctrl</kbd>+<kbd>C</kbd>, a [link](second.md), an
[outside link](https://example.com/) and a footnote[^one].

## Tasks

- [ ] Open the **console** and read [the second guide](second.md)
- [x] Already done
- [ ] Run \`ssh root@203.0.113.10\`

## Code

\`\`\`bash
${shellCode}\`\`\`

\`\`\`python
def reach(host: str, port: int = 22) -> bool:
    """True when the port answers."""
    return any(attempt(host, port) for _ in range(3))  # three times
\`\`\`

\`\`\`json
{ "name": "server", "cores": 2, "public": true, "tags": ["first", null] }
\`\`\`

\`\`\`diff
- old line
+ new line
\`\`\`

\`\`\`
plain text without a language
\`\`\`

## Table

| Size | Cores | Price |
| :--- | :---: | ---: |
| small | 1 | 0.10 |
| large | 16 | 1.60 |

### A smaller heading

> A quotation of someone
> over two lines.

> [!NOTE]
> Something to know.

> [!TIP]
> Something that [helps](second.md#part-one).

> [!IMPORTANT]
> Something that \`must\` be known.

> [!WARNING]
> Something that may go wrong.

> [!CAUTION]
> Something that will go wrong.

## Images

![A wide grey field](wide.png)

Text between two images.

![A small grey field](small.png)

![A drawing](drawing.svg)

## Help

<details>
<summary>It does not work</summary>

Switch it off and on again.

</details>

1. First
2. Second
   - with a list
   - inside

---

The last paragraph.

[^one]: The text of the footnote.
`;

const second = (title, size) => `---
title: ${title}
weight: 20
---

# ${title}

${Array.from({ length: size }, (_, part) => `## Part ${["one", "two", "three", "four", "five", "six", "seven", "eight"][part]}\n\n${"Words that fill a line and then another, so that the page is long enough to scroll. ".repeat(14)}\n`).join("\n")}
`;

const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="200" viewBox="0 0 600 200"><rect width="600" height="200" fill="#ccd"/></svg>`;

/** One page of each kind. */
export function kinds(settings = [], ...options) {
  return fixture(
    {
      "README.md": "---\ntitle: The first page\ndescription: Where it begins.\n---\n\n# The first page\n\nStart with [the guide](start/guide.md), or with [one of the list](list/one.md).\n",
      "start/README.md": "# Start\n\nBegin with [everything](guide.md).\n",
      "start/guide.md": guide,
      "start/second.md": second("The second guide", 8),
      "start/third.md": second("The third guide", 2),
      "start/wide.png": png(1600, 500),
      "start/small.png": png(300, 200),
      "start/drawing.svg": drawing,
      "list/one.md": "---\ndescription: The first of the folder, with a line that describes it.\n---\n\n# One\n\nText.\n",
      "list/two.md": "# Two, with a title that is long enough to need two lines on a small screen and then some more\n\nText.\n",
      "list/deep/three.md": "# Three\n\nText.\n",
    },
    ['title = "Kinds of pages"', 'description = "A test."', 'repository-url = "https://example.com/repository"', ...settings],
    ...options,
  );
}

/** Links and images that lead nowhere, in Markdown and in HTML. */
export function broken() {
  return fixture(
    {
      "README.md": `# Broken\n\nA [missing page](nowhere.md), a [missing heading](other.md#nothing), an [empty link](), and text.\n\n![A picture that is not there](no.png)\n\n- ![](../${"folder-of-images/".repeat(4)}no.png)\n\n<a href="gone.md">HTML link</a> <img src="gone.png" alt="HTML image">\n\n- [ ] A task with a [broken link](nowhere.md)\n\n## A heading with a [broken link](nowhere.md)\n\n| A | B |\n| - | - |\n| [broken](x.md) | fine |\n`,
      "other.md": "# Other\n\nBack [home](README.md).\n",
    },
    ['title = "Broken links"'],
    "--keep-going",
  );
}

/** Chinese. */
export function chinese() {
  return fixture(
    {
      "README.md": "# 从账户到云主机\n\n欢迎使用。请先阅读[创建实例](入门/创建实例.md)。\n",
      "入门/创建实例.md": "# 创建 Linux 云主机实例\n\n本文介绍如何创建实例，并通过 `ssh` 登录。请务必妥善保管密钥，不要把它交给任何人，也不要把它上传到公共的代码仓库之中。\n\n## 第一步：选择配置\n\n- [ ] 选择地域\n- [ ] 选择镜像\n\n## 第二步：付款\n\n| 规格 | 价格 |\n| --- | ---: |\n| 标准型 | 0.10 |\n\n> [!WARNING]\n> 欠费后实例会停止。\n\n下一步：[连接实例](连接实例.md#登录)。\n",
      "入门/连接实例.md": "# 连接实例\n\n## 登录\n\n```bash\nssh root@203.0.113.10\n```\n\n## 退出\n\n输入 `exit`。\n",
    },
    ['title = "新手入门"', 'language = "zh"'],
  );
}

/** Arabic, from right to left. */
export function arabic() {
  return fixture(
    {
      "README.md": "# البداية\n\nمرحبا بكم. ابدأ من [الدليل الأول](dalil/awwal.md).\n",
      "dalil/README.md": "# الدليل\n\nاقرأ [الدليل الأول](awwal.md).\n",
      "dalil/awwal.md": "# الدليل الأول\n\nهذا نص قصير مع `ssh root@203.0.113.10` داخل السطر.\n\n## المهام\n\n- [ ] افتح وحدة التحكم\n- [x] انتهى\n\n## الأوامر\n\n```bash\nssh root@203.0.113.10\n```\n\n| الحجم | السعر |\n| --- | --- |\n| صغير | 1 |\n\n> [!NOTE]\n> ملاحظة.\n",
      "dalil/thani.md": "# الدليل الثاني\n\nنص.\n\n## أ\n\nنص.\n\n## ب\n\nنص.\n",
    },
    ['title = "دليل البداية"', 'language = "ar"'],
  );
}

/** Everything that is too long or too wide for a phone. */
export function wide() {
  const word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
  const cells = Array.from({ length: 14 }, (_, at) => `column${at}`);
  const row = `| ${cells.join(" | ")} |`;
  return fixture(
    {
      "README.md": `# A home page\n\nSee [the guide](folder/guide.md).\n`,
      [`folder/guide.md`]: `---\ntitle: ${word} and a title that goes on and on until it needs a third line even on a desk\n---\n\n# ${word} and a title that goes on and on until it needs a third line even on a desk\n\nhttps://example.com/${"a-very-long-path/".repeat(12)} and \`${"a_long_name.".repeat(14)}\` and ${word}${word}.\n\n## ${word} in a heading with \`${"code::".repeat(16)}\`\n\n${row}\n| ${cells.map(() => "---").join(" | ")} |\n${row}\n| \`${"unbroken".repeat(20)}\` ${row.slice(3)}\n\n\`\`\`bash\necho ${"one-long-line ".repeat(40)}\n\`\`\`\n\n![Wide](wide.png)\n\n- [ ] ${word}${word} with \`${"code_".repeat(30)}\`\n  - [ ] inside\n    - [ ] deeper\n      - [ ] deeper still ${word}\n\n> [!WARNING]\n> ${word}${word}\n> \n> \`\`\`\n> ${"long ".repeat(60)}\n> \`\`\`\n\n<details><summary>${word}${word}</summary>\n\n${row}\n| ${cells.map(() => "---").join(" | ")} |\n${row}\n\n</details>\n\n## Last\n\n1. One\n   1. Two\n      1. Three\n\n         ${row}\n         | ${cells.map(() => "---").join(" | ")} |\n         ${row}\n\n<pre>\n${"raw html ".repeat(40)}\n</pre>\n\n<table><tr>${"<td>raw-html-cell</td>".repeat(20)}</tr></table>\n\n<img src="wide.png" alt="Wide" width="3000" height="600">\n\n<iframe title="Nothing" width="1800" height="80"></iframe>\n\n<p align="center"><b>${word}${word}</b></p>\n\n<kbd>${"Ctrl+".repeat(4)}C</kbd> and a footnote[^1].\n\n[^1]: https://example.com/${"b".repeat(150)}\n`,
      "folder/wide.png": png(3000, 600),
      [`folder/${"deep-folder-name/".repeat(5)}page.md`]: `# ${word}\n\nText.\n\n## ${word}\n\nText.\n\n## Two\n\nText.\n`,
    },
    [`title = "A site with a very long name that does not fit into the bar of a phone at all"`, 'repository-url = "https://example.com/repository"'],
  );
}

/** A folder of many pages. */
export function many(folders, pagesEach, words = 60) {
  const files = { "README.md": "# Home\n\nStart in [the first folder](folder-1/page-001.md).\n" };
  for (let folder = 1; folder <= folders; folder += 1) {
    const count = typeof pagesEach === "function" ? pagesEach(folder) : pagesEach;
    for (let page = 1; page <= count; page += 1) {
      const number = String(page).padStart(3, "0");
      files[`folder-${folder}/page-${number}.md`] = `# Page ${number} of folder ${folder}\n\n${"word ".repeat(words)}\n\n## One\n\nText.\n\n## Two\n\nText.\n`;
    }
  }
  return fixture(files, ['title = "Many pages"']);
}

/** A page that shows the checklist of another guide twice: whole, and a region of it. */
export function including() {
  return fixture(
    {
      "README.md": "# Day one\n\n<!-- @checklist day -->\n\n- [ ] Get your badge <!-- @step badge -->\n\n<!-- @include laptop.md#all -->\n\n## Once more\n\n<!-- @include laptop.md#set-up -->\n\n[The laptop](laptop.md)\n",
      "laptop.md": `# Laptop

<!-- #region all -->

<!-- @checklist laptop title="Your laptop" -->

- [ ] Unpack it <!-- @step unpack -->

<!-- #region set-up -->

## Set it up
<!-- @step set-up -->

<!-- @choose system -->
- Windows <!-- @branch windows -->
  - [ ] Call the desk <!-- @step call -->
- macOS <!-- @branch macos -->

<!-- #endregion -->

<!-- #endregion -->
`,
    },
    ['site-id = "including"'],
  );
}
