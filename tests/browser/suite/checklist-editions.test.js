// A guide is edited and the site built again: the ticks of its readers stay with the steps.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { settle } from "../support/browser.js";
import { box, card, count, edition, editions, heading, kept, press, reader, row, ticked, until, way } from "../support/checklists.js";
import { stage } from "../support/stage.js";

const one = heading("one", "Do one thing");
const two = heading("two", "Do another thing");
const three = heading("three", "Do the last thing");
const choose = (body) => heading("route", "Choose a route", "", `Choose one: <!-- @choose way -->\n\n${body}`);
const routes = choose("- **By sea** <!-- @branch sea -->\n  - [ ] Board the ship <!-- @step board -->\n- **By air** <!-- @branch air -->\n  - [ ] Board the plane <!-- @step fly -->");

/** The editions by name: the site before the edit comes first. */
const sites = {
  first: edition([one, two, three]),
  reordered: edition([heading("three", "Finish with this"), heading("one", "Begin with that"), heading("two", "Go on with something else")]),
  inserted: edition([one, heading("between", "Do something between"), two, three]),
  renamed: edition([one, heading("second", "Do another thing", "aka=two"), three]),
  elsewhere: { ...edition([one, two, three], "guide.md", "<!-- @checklist journey -->"), "guide.md": edition([heading("one", "Do one thing", "aka=tour/one"), heading("two", "Do another thing", "aka=tour/two"), three], "guide.md", "<!-- @checklist journey -->")["guide.md"] },
  moved: edition([one, two, three], "deep/er/place.md"),
  removed: edition([one, three]),
  revised: edition([heading("one", "Do one thing", 'rev=2 why="the <form> has changed"'), two, three]),
  nested: edition([heading("one", "Do one thing", "", "- [ ] Half of it <!-- @step half -->\n- [ ] The other half <!-- @step rest -->"), two, three]),
  routes: edition([one, routes]),
  rerouted: edition([one, routes.replace("- **By air** <!-- @branch air -->", "- **By plane** <!-- @branch plane -->").replace("fly", "fly aka=fly-there")]),
  unstamped: edition(["## Do one thing", "## Do another thing", "- [ ] Open the door\n- [ ] Close the door"], "folder/guide.md", "<!-- @checklist -->"),
  stamped: edition(["## Do one thing", "## Do another thing", "- [ ] Open the door <!-- @step open-the-door -->\n- [ ] Close the door <!-- @step close-the-door -->"], "folder/guide.md", "<!-- @checklist doors -->"),
};
const numbers = Object.fromEntries(Object.keys(sites).map((name, number) => [name, number]));
let publish;
const set = stage({
  editions: {
    build: async () => {
      const published = await editions(...Object.values(sites));
      publish = (name) => published.publish(numbers[name]);
      return published.folder;
    },
  },
});

const story = (from, test) => reader(set, "editions", async (given) => {
  const { page, url } = given;
  await publish(from);
  const open = async (name, address = "guide/") => {
    await publish(name);
    await page.goto(url + address);
  };
  await page.goto(`${url}${from.endsWith("stamped") ? "folder/" : ""}guide/`);
  await test({ ...given, open });
});
const begin = (test) => story("first", async (given) => {
  for (const step of ["one", "two"]) await box(given.page, `tour/${step}`).check();
  await settle(given.page);
  assert.equal(await count(given.page, "tour"), "2 of 3 done");
  await test(given);
});
const steps = async (page) => new Set((await ticked(page)).map((name) => name.replace(/:\d+$/, "")));

describe("after an edit", () => {
  it("21: steps that were reordered and reworded keep their ticks", begin(async ({ page, open }) => {
    await open("reordered");
    assert.deepEqual(await steps(page), new Set(["tour/one", "tour/two"]));
    assert.ok(await row(page, "tour/one").getByRole("checkbox", { name: "Begin with that" }).isChecked());
    assert.equal(await count(page, "tour"), "2 of 3 done");
  }));
  it("22: a step that was inserted leaves the old ticks, and the total grows by one", begin(async ({ page, open }) => {
    await open("inserted");
    assert.deepEqual(await steps(page), new Set(["tour/one", "tour/two"]));
    assert.equal(await count(page, "tour"), "2 of 4 done");
  }));
  it("23: a step that was renamed with `aka` keeps its tick and its note, and the old key stays", begin(async ({ page, open }) => {
    await press(page, "tour/two", "Note");
    await row(page, "tour/two").getByLabel("Your note").fill("Mind the gap");
    await row(page, "tour/two").getByLabel("Your note").blur();
    await settle(page);
    await open("renamed");
    assert.deepEqual(await steps(page), new Set(["tour/one", "tour/second"]));
    assert.equal(await count(page, "tour"), "2 of 3 done");
    assert.equal(await row(page, "tour/second").getByLabel("Your note").inputValue(), "Mind the gap");
    const facts = await kept(page, "editions");
    assert.equal(facts["s:tour/two"].s, "done");
    assert.deepEqual(facts["s:tour/second"], facts["s:tour/two"]);
    await box(page, "tour/second").uncheck();
    await settle(page);
    await page.reload();
    assert.deepEqual(await steps(page), new Set(["tour/one"]), "the old key is copied once");
  }));
  it("23: so does one that came from another list", begin(async ({ page, open }) => {
    await open("elsewhere");
    assert.deepEqual(await steps(page), new Set(["journey/one", "journey/two"]));
  }));
  it("24: a page that was moved to another folder keeps its ticks", begin(async ({ page, open }) => {
    await open("moved", "deep/er/place/");
    assert.equal(await count(page, "tour"), "2 of 3 done");
  }));
  it("24: a list that had no ids keeps its ticks when it is stamped", story("unstamped", async ({ page, open }) => {
    await box(page, "folder/guide/open-the-door").check();
    await settle(page);
    assert.equal(await count(page, "folder/guide"), "1 of 2 done");
    await open("stamped", "folder/guide/");
    assert.equal(await count(page, "doors"), "1 of 2 done");
    assert.ok(await box(page, "doors/open-the-door").isChecked());
  }));
  it("25: a step that was removed is no ghost: all can be done, and the count is right", begin(async ({ page, open, url }) => {
    await open("removed");
    assert.equal(await count(page, "tour"), "1 of 2 done");
    await box(page, "tour/three").check();
    await settle(page);
    assert.equal(await count(page, "tour"), "2 of 2 done");
    assert.ok(await card(page, "tour").getByText("All done").isVisible());
    await page.goto(`${url}checklists/`);
    assert.equal(await count(page, "tour"), "2 of 2 done");
    assert.match(await page.locator("[data-hub] [data-count]").innerText(), /^2 of 2 done/);
  }));
  it("26: a step with a new `rev` says that it has changed and why, counts as open, and “Still done” restores it", begin(async ({ page, open }) => {
    await open("revised");
    assert.equal(await count(page, "tour"), "1 of 3 done");
    assert.ok(!(await box(page, "tour/one").isChecked()));
    const changed = row(page, "tour/one").locator(".milepost-changed");
    const today = new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long" });
    assert.equal((await changed.innerText()).replace(/\s+/g, " ").replace(/ ?Still done$/, ""), `Changed since you ticked on ${today}: the <form> has changed`);
    await changed.getByRole("button", { name: "Still done" }).click();
    await settle(page);
    assert.equal(await count(page, "tour"), "2 of 3 done");
    assert.ok(await box(page, "tour/one").isChecked());
    assert.equal(await changed.count(), 0);
    assert.equal((await kept(page, "editions"))["s:tour/one"].r, 2);
    assert.ok(await page.evaluate(() => document.activeElement !== document.body), "the focus is not lost with the button");
    await page.reload();
    assert.equal(await count(page, "tour"), "2 of 3 done");
  }));
  it("26: so does a tick of it, and an older tab's tick is not lost", begin(async ({ page, open, context, url }) => {
    const older = await context.newPage();
    await publish("first");
    await older.goto(`${url}guide/`);
    await open("revised");
    await box(page, "tour/one").check();
    await settle(page);
    assert.equal(await count(page, "tour"), "2 of 3 done");
    await until(() => count(older, "tour"), "2 of 3 done");
  }));
  it("a step that became a parent is done when its children are", begin(async ({ page, open }) => {
    await open("nested");
    assert.equal(await count(page, "tour"), "1 of 3 done");
    for (const step of ["half", "rest"]) await box(page, `tour/${step}`).check();
    await settle(page);
    assert.equal(await count(page, "tour"), "2 of 3 done");
  }));
  it("a way that is gone is not chosen any more, and what it was chosen for shows again", story("routes", async ({ page, open }) => {
    await way(page, "tour/way/air").check();
    await box(page, "tour/fly").check();
    await settle(page);
    assert.equal(await count(page, "tour"), "1 of 2 done");
    await open("rerouted");
    assert.equal(await page.locator("input[data-choice]:checked").count(), 0);
    assert.ok(await box(page, "tour/board").isVisible());
    assert.equal(await count(page, "tour"), "0 of 2 done");
    await way(page, "tour/way/plane").check();
    await settle(page);
    assert.equal(await count(page, "tour"), "1 of 2 done");
  }));
  it("the sidebar shows no mark of a list that has another shape now", begin(async ({ page, open, url }) => {
    const marks = () => page.locator(".side .milepost-badge").allInnerTexts().then((all) => all.filter(Boolean));
    await until(marks, ["2 of 3"]);
    await open("inserted", "");
    assert.deepEqual(await marks(), []);
    await page.goto(`${url}guide/`);
    await until(marks, ["2 of 4"]);
  }));
});
