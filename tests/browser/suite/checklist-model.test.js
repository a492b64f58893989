// Lists of every shape, used at random: what the pages show is held against a model that is written from the manual's words.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { count, reader, total } from "../support/checklists.js";
import { fixture } from "../support/site.js";
import { stage } from "../support/stage.js";

const pages = 40;
const turns = 8;
const roles = ["buyer", "engineer"];

/** Numbers from 0 up to 1 that are the same in each run (mulberry32). */
function dice(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

// 1. Lists, and their Markdown

function grow(list, roll) {
  const happens = (chance) => roll() < chance;
  const number = (most) => 1 + Math.floor(roll() * most);
  let last = 0;
  const id = (kind) => `${kind}-${(last += 1)}`;
  const audience = () => (happens(0.15) ? [roles[Math.floor(roll() * 2)]] : []);
  const step = (depth, plain = false) => {
    const made = { id: id("step"), optional: !plain && happens(0.2), for: plain ? [] : audience(), skip: happens(0.2), rev: happens(0.15) ? 2 : 1, children: [], parts: [] };
    if (plain || !happens(0.6 / (depth + 0.5))) return made;
    for (let part = number(2); part > 0; part -= 1) {
      if (happens(0.3)) {
        const choice = { choice: id("choice"), branches: Array.from({ length: 1 + number(2) }, () => ({ id: id("way"), for: audience(), children: happens(0.15) ? [] : Array.from({ length: number(2) }, () => step(depth + 1)) })) };
        made.children.push(choice);
      } else made.children.push(...Array.from({ length: number(3) }, () => step(depth + 1)));
    }
    return made;
  };
  const units = Array.from({ length: number(4) }, () => step(0));
  // The manual says nothing of a list in which nothing is required of everyone.
  units.splice(Math.floor(roll() * (units.length + 1)), 0, step(0, true));
  return { id: list, leaves: happens(0.3), asItems: happens(0.3), children: units };
}

const marker = (step) => `<!-- @step ${step.id}${step.optional ? " optional" : ""}${step.for.length ? ` for=${step.for}` : ""}${step.skip ? ' skip="it is there"' : ""}${step.rev > 1 ? ` rev=${step.rev}` : ""} -->`;
const indent = (text) => text.replace(/^(?=.)/gm, "  ");

function below(children) {
  const out = [];
  children.forEach((child, position) => {
    if (child.branches) {
      const ways = child.branches.map((branch) => `- Way ${branch.id} <!-- @branch ${branch.id}${branch.for.length ? ` for=${branch.for}` : ""} -->${branch.children.length ? `\n${indent(below(branch.children))}` : ""}`);
      out.push(`\nOne of these: <!-- @choose ${child.choice} -->\n\n${ways.join("\n")}\n`);
    } else {
      // Two lists in a row would be one.
      if (position && children[position - 1].branches) out.push("\nAnd these:\n");
      out.push(item(child));
    }
  });
  return out.join("\n");
}
const item = (step) => `- [ ] Do ${step.id} ${marker(step)}${step.children.length ? `\n${indent(below(step.children))}` : ""}`;
const unit = (step) => `## Do ${step.id}\n${marker(step)}\n\n${below(step.children)}`;
const page = (list) => `# List ${list.id}\n\nThe lead.\n\n<!-- @checklist ${list.id}${list.leaves ? " count=leaves" : ""} -->\n\n${list.children.map(list.asItems ? item : unit).join(list.asItems ? "\n" : "\n\n")}\n`;

// 2. The model

class Model {
  constructor(list, facts, role) {
    Object.assign(this, { list, facts, role });
  }
  excludes(node) {
    return Boolean(this.role) && node.for.length > 0 && !node.for.includes(this.role);
  }
  /** The steps that matter: those of the chosen ways, and a stand-in for a choice that is not made, or that asks for nothing. */
  steps(children) {
    return children.flatMap((child) => {
      if (!child.branches) return this.state(child) === "out" ? [] : [child];
      const open = child.branches.filter((branch) => !this.excludes(branch));
      if (!open.length) return [];
      const way = open.find(({ id }) => id === this.facts.choices[child.choice]) ?? open.find((branch) => this.role && branch.for.includes(this.role));
      if (!way) return [{ fixed: "open", children: [] }];
      const inside = this.steps(way.children);
      return inside.length ? inside : [{ fixed: "done", children: [] }];
    });
  }
  required(children) {
    const all = this.steps(children);
    const required = all.filter(({ optional }) => !optional);
    return required.length ? required : all;
  }
  wanted(children) {
    return this.required(children).filter((step) => this.state(step) !== "skip");
  }
  state(step) {
    if (step.fixed) return step.fixed;
    if (this.excludes(step)) return "out";
    const fact = this.facts.steps[step.id];
    if (step.children.length && !this.steps(step.children).length) return "out";
    if (fact?.s === "skip") return "skip";
    if (!step.children.length) return fact?.s === "done" && fact.r >= step.rev ? "done" : "open";
    const wanted = this.wanted(step.children);
    if (!wanted.length) return "skip";
    return wanted.every((child) => this.state(child) === "done") ? "done" : "open";
  }
  /** The states of the leaves that a step asks for. */
  leaves(step) {
    if (step.children.length) return this.wanted(step.children).flatMap((child) => this.leaves(child));
    return [this.state(step)];
  }
  /** How many leaves were left out. */
  leftOut(step) {
    const inside = this.steps(step.children).map((child) => this.leftOut(child)).reduce((sum, each) => sum + each, 0);
    if (step.fixed || this.facts.steps[step.id]?.s !== "skip") return inside;
    return step.children.length ? inside + this.leaves(step).length : 1;
  }
  /** How many leaves there are that one may do, and has not done. */
  spare(children) {
    const required = this.required(children);
    return this.steps(children).map((step) => {
      if (step.fixed || this.facts.steps[step.id]?.s === "skip") return 0;
      const more = this.spare(step.children);
      return required.includes(step) || this.state(step) === "skip" ? more : more + this.leaves(step).filter((state) => state === "open").length;
    }).reduce((sum, each) => sum + each, 0);
  }
  numbers() {
    const { children, leaves } = this.list;
    const states = leaves ? this.wanted(children).flatMap((step) => this.leaves(step)) : this.wanted(children).map((step) => this.state(step));
    const left = leaves ? this.steps(children).map((step) => this.leftOut(step)) : this.steps(children).map((step) => Number(this.state(step) === "skip"));
    return { done: states.filter((state) => state === "done").length, total: states.length, skipped: left.reduce((sum, each) => sum + each, 0), spare: this.spare(children) };
  }
  words() {
    return words(this.numbers());
  }
  /** What each step shows: its id and “Done”, “Not needed”, “1 of 3” or nothing; steps that the role leaves out are not there. */
  signs() {
    const signs = {};
    const visit = (children) => children.forEach((child) => {
      if (child.branches) return child.branches.filter((branch) => !this.excludes(branch)).forEach((branch) => visit(branch.children));
      const state = this.state(child);
      if (state === "out") return undefined;
      const leaves = child.children.length ? this.leaves({ children: child.children }) : [];
      const open = child.children.length ? `${leaves.filter((leaf) => leaf === "done").length} of ${leaves.length}` : "";
      signs[child.id] = { done: "Done", skip: "Not needed", open }[state];
      return visit(child.children);
    });
    visit(this.list.children);
    return signs;
  }
}

function words({ done, total: all, skipped, spare }) {
  if (!all) return "Nothing left to do";
  return `${done} of ${all} done${skipped ? `, ${skipped} not needed` : ""}${done === all && spare ? `, ${spare} optional left` : ""}`;
}

// 3. In the browser: one random thing that a reader can do, then all that shows

const act = ([kindDie, whichDie, roleDie]) => new Promise((finish) => {
  const visible = (selector) => [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility());
  const pick = (all) => all[Math.floor(whichDie * all.length)];
  const boxes = visible("article input[data-step]");
  const radios = visible("article input[data-choice]");
  const rows = visible("article [data-row][id]");
  let done = null;
  if (kindDie < 0.5 || (kindDie < 0.7 && !radios.length)) {
    const box = pick(boxes);
    if (box) {
      box.click();
      done = { step: box.dataset.step.split("/").pop(), s: box.checked ? "done" : "open" };
    }
  } else if (kindDie < 0.7) {
    const radio = pick(radios);
    radio.click();
    done = { choice: radio.dataset.choice.split("/").pop(), way: radio.value };
  } else if (kindDie < 0.9 || !document.querySelector(".milepost-role select")) {
    const row = pick(rows);
    const own = (selector) => [...row.querySelectorAll(selector)].find((element) => element.closest("[data-row]") === row);
    if (!own("[aria-pressed]")) own(".milepost-more").click();
    const button = own("[aria-pressed]");
    const before = button.getAttribute("aria-pressed") === "true";
    button.click();
    // A parent that counts as not needed because all of its children are can still be marked itself: what is kept tells.
    done = { skip: row.dataset.row.split("/").pop(), before };
  } else {
    const select = document.querySelector(".milepost-role select");
    select.value = select.options[Math.floor(roleDie * select.options.length)].value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
    done = { role: select.value };
  }
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const signs = {};
    for (const row of document.querySelectorAll("article [data-row][id]")) {
      if (row.hidden || row.closest("[data-branch][hidden]") || row.parentElement.closest("[data-row][hidden]")) continue;
      const word = [...row.querySelectorAll(".milepost-state")].find((element) => element.closest("[data-row]") === row);
      signs[row.dataset.row.split("/").pop()] = word?.textContent ?? "";
    }
    const bar = document.querySelector(".milepost-card progress");
    const torn = [...document.querySelectorAll("input[data-step]")].filter((box) => box.closest("[data-row]").classList.contains("is-done") !== box.checked).map(({ id }) => id);
    finish({ done, signs, torn, words: document.querySelector(".milepost-card [data-count]").textContent, value: bar.value, max: bar.max });
  }));
});

describe("lists of every shape", () => {
  const lists = Array.from({ length: pages }, (_, at) => grow(`list-${at}`, dice(1000 + at)));
  const set = stage({
    site: {
      build: () => fixture(Object.fromEntries([["README.md", "# Lists\n\nText.\n"], ...lists.map((list) => [`${list.id}.md`, page(list)])]), ['title = "Lists"', 'site-id = "lists"']),
    },
  });
  const facts = lists.map(() => ({ steps: {}, choices: {} }));
  let role = "";
  const seed = {};
  before(() => {
    // What a returning reader brings: ticks of former revisions, of ways that are not chosen, and of steps that are gone.
    const roll = dice(7);
    const visit = (place, children) => children.forEach((child) => {
      const list = lists[place].id;
      if (child.branches) {
        child.branches.forEach((branch) => visit(place, branch.children));
        return;
      }
      if (!child.children.length && roll() < 0.25) {
        facts[place].steps[child.id] = { s: "done", r: roll() < 0.5 ? 1 : child.rev };
        seed[`milepost1:lists:s:${list}/${child.id}`] = JSON.stringify({ ...facts[place].steps[child.id], t: 1 });
      }
      visit(place, child.children);
    });
    lists.forEach((list, place) => {
      visit(place, list.children);
      seed[`milepost1:lists:s:${list.id}/gone`] = '{"s":"done","t":1,"r":1}';
      seed[`milepost1:lists:c:${list.id}/gone`] = '{"b":"x","t":1}';
    });
  });

  it("show what the model says after each thing that a reader does, on their pages and together", reader(set, "site", async ({ page: tab, url }) => {
    await tab.goto(url);
    await tab.evaluate((values) => Object.entries(values).forEach(([key, value]) => localStorage.setItem(key, value)), seed);
    const roll = dice(42);
    for (const [place, list] of lists.entries()) {
      await tab.goto(`${url}${list.id}/`);
      const known = facts[place];
      const model = () => new Model(list, known, role);
      assert.equal(await count(tab, list.id), model().words(), `${list.id} at the beginning, for “${role}”`);
      const story = [];
      for (let turn = 0; turn < turns; turn += 1) {
        const { done, signs, torn, words: shown, value, max } = await tab.evaluate(act, [roll(), roll(), roll()]);
        if (done?.step) known.steps[done.step] = { s: done.s, r: find(list.children, done.step).rev };
        else if (done?.choice) known.choices[done.choice] = done.way;
        else if (done?.skip) known.steps[done.skip] = { s: known.steps[done.skip]?.s === "skip" ? "open" : "skip", r: 1 };
        else if (done) role = done.role;
        story.push(JSON.stringify(done));
        const told = `${list.id}${list.leaves ? ", by leaves" : ""}, for “${role}”, after ${story.join(" ")}\n${page(list)}`;
        assert.equal(shown, model().words(), told);
        assert.deepEqual(signs, model().signs(), told);
        assert.deepEqual(torn, [], told);
        assert.ok(value <= max, told);
        const [, part, all] = shown.match(/^(\d+) of (\d+) done/) ?? [0, 0, 0];
        assert.ok(Number(part) <= Number(all), told);
      }
    }
    await tab.goto(`${url}checklists/`);
    const sum = { done: 0, total: 0, skipped: 0, spare: 0 };
    for (const [place, list] of lists.entries()) {
      const model = new Model(list, facts[place], role);
      assert.equal(await count(tab, list.id), model.words(), `${list.id} on the page of all`);
      for (const [name, number] of Object.entries(model.numbers())) sum[name] += number;
    }
    assert.equal(await total(tab), words(sum));
  }));
});

function find(children, id) {
  for (const child of children) {
    if (child.id === id) return child;
    const inside = child.branches ? child.branches.map((branch) => find(branch.children, id)).find(Boolean) : find(child.children, id);
    if (inside) return inside;
  }
  return undefined;
}
