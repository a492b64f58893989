// The theme's colours: whatever the hue, text can be read on what it stands on (WCAG 2.2, 1.4.3), in light and dark.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fixture } from "../support/site.js";
import { stage } from "../support/stage.js";


const set = stage({
  site: {
    build: () => fixture(
      { "README.md": "# Welcome\n\n[Imprint](imprint.md)\n\n```mermaid\nflowchart LR\n  A[Ask] --> B[Done]\n```\n", "imprint.md": "# Imprint\n", "logo.svg": svg("#000"), "dark.svg": svg("#fff") },
      ["[theme]", 'logo = "logo.svg"', 'logo-dark = "dark.svg"', 'color = "#e1251b"', 'footer-links = [{ title = "Imprint", to = "imprint.md" }]'],
    ),
  },
});

function svg(colour) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 40"><rect width="80" height="40" fill="${colour}"/></svg>`;
}

/** The least contrast of each pair of custom properties over all hues, measured on what the browser paints. */
function contrasts(pairs) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const luminance = (colour) => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const probe = document.createElement("span");
  document.body.append(probe);
  const painted = (property) => {
    probe.style.color = `var(${property})`;
    return luminance(getComputedStyle(probe).color);
  };
  const found = {};
  for (let hue = 0; hue < 360; hue += 5) {
    document.documentElement.style.setProperty("--hue", hue);
    for (const [ink, ground] of pairs) {
      const [dark, light] = [painted(ink), painted(ground)].sort((a, b) => a - b);
      const contrast = (light + 0.05) / (dark + 0.05);
      const name = `${ink} on ${ground}`;
      if (!(found[name]?.contrast < contrast)) found[name] = { contrast, hue };
    }
  }
  return found;
}

describe("colours", () => {
  for (const scheme of ["light", "dark"]) {
    test(`every hue can be read in ${scheme}`, async () => {
      const page = await set.browser.newPage({ colorScheme: scheme });
      await page.goto(set.servers.site.url);
      const pairs = [["--accent", "--bg"], ["--accent", "--accent-soft"], ["--accent", "--raised"], ["--bg", "--accent"], ["--muted", "--bg"], ["--text", "--raised"]];
      const found = await page.evaluate(contrasts, pairs);
      assert.equal(Object.keys(found).length, pairs.length);
      for (const [name, { contrast, hue }] of Object.entries(found)) assert.ok(contrast >= 4.5, `${name} at hue ${hue}: ${contrast.toFixed(2)}`);
      await page.close();
    });

    test(`the logo for ${scheme} pages is shown, alone`, async () => {
      const page = await set.browser.newPage({ colorScheme: scheme });
      await page.goto(set.servers.site.url);
      const shown = await page.locator(".brand img:visible").evaluateAll((images) => images.map((image) => image.getAttribute("src")));
      assert.deepEqual(shown, [scheme === "light" ? "logo.svg" : "dark.svg"]);
      await page.close();
    });
  }

  for (const [how, options, theme] of [["the system", { colorScheme: "dark" }, null], ["the reader", { colorScheme: "light" }, "dark"]]) {
    test(`a diagram is dark where ${how} says so: its words are light, its ground is not white`, async () => {
      const page = await set.browser.newPage(options);
      await page.goto(set.servers.site.url);
      if (theme) await page.evaluate((theme) => { document.documentElement.dataset.theme = theme; }, theme);
      const shot = (await page.locator(".diagram > div").screenshot()).toString("base64");
      const tones = await page.evaluate(async (shot) => {
        const image = new Image();
        image.src = `data:image/png;base64,${shot}`;
        await image.decode();
        const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
        context.drawImage(image, 0, 0);
        const bytes = context.getImageData(4, 4, image.width - 8, image.height - 8).data;
        const greys = [];
        for (let at = 0; at < bytes.length; at += 4) greys.push((bytes[at] + bytes[at + 1] + bytes[at + 2]) / 3);
        greys.sort((a, b) => a - b);
        return { middle: greys[greys.length >> 1], lightest: greys.at(-1) };
      }, shot);
      assert.ok(tones.middle < 60, `the ground is ${tones.middle}`);
      assert.ok(tones.lightest > 150, `the lightest is ${tones.lightest}`);
      await page.close();
    });
  }

  test("the configured colour gives the hue, and the footer leads on", async () => {
    const page = await set.browser.newPage();
    await page.goto(set.servers.site.url);
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--hue").trim()), "29");
    await page.locator(".foot").getByRole("link", { name: "Imprint" }).click();
    assert.equal(await page.title(), "Imprint · Welcome");
    await page.close();
  });
});
