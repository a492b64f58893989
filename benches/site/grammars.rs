//! A language and a number in, a block of ten lines of it out: seeded, distinct, and as code in guides looks.

use crate::random::Random;

/// The lines of a block.
const LINES: usize = 10;

/// Blocks of a language: how they begin, lines in any order between, how they end.
pub(crate) struct Grammar {
    /// What follows the fence.
    pub(crate) language: &'static str,
    head: &'static [&'static str],
    lines: &'static [&'static str],
    tail: &'static [&'static str],
}

impl Grammar {
    /// The block with this number.
    pub(crate) fn block(&self, number: usize, words: &[String]) -> String {
        let mut random = Random::of(self.language, number);
        let between = LINES - self.head.len() - self.tail.len();
        let middle: Vec<&str> = (0..between).map(|_| *random.pick(self.lines)).collect();
        let lines = self.head.iter().copied().chain(middle).chain(self.tail.iter().copied());
        lines.map(|line| filled(line, &mut random, words) + "\n").collect()
    }
}

/// A line with a word for each `{w}`, the same with a capital for `{W}`, and a number for `{n}`.
fn filled(line: &str, random: &mut Random, words: &[String]) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(['{']) {
        let (before, there) = rest.split_at(at);
        text.push_str(before);
        let (put, length) = match there.get(..3) {
            Some("{w}") => (random.pick(words).clone(), 3),
            Some("{W}") => {
                let word = random.pick(words);
                (word[..1].to_uppercase() + &word[1..], 3)
            }
            Some("{n}") => (random.below(10_000).to_string(), 3),
            _ => ("{".to_owned(), 1),
        };
        text.push_str(&put);
        rest = &there[length..];
    }
    text + rest
}

/// The languages that documentation has most.
pub(crate) const ALL: &[Grammar] = &[
    Grammar {
        language: "bash",
        head: &["#!/usr/bin/env bash", "set -euo pipefail"],
        lines: &[
            "{w}_dir=\"${1:-/var/lib/{w}}\"",
            "for file in ./{w}/*.log; do gzip -{n} \"$file\"; done",
            "if [[ -d \"{w}\" && $# -gt 1 ]]; then export {w}={n}; fi",
            "curl -fsSL \"https://{w}.example/{w}?limit={n}\" | tee {w}.json >/dev/null",
            "echo \"starting {w} of ${{w}}\" >&2  # {w}",
        ],
        tail: &["{w}ctl --{w}={n} --verbose | grep -v '{w}' || exit 1"],
    },
    Grammar {
        language: "json",
        head: &["{"],
        lines: &[
            "  \"{w}-{n}\": { \"{w}\": {n}, \"enabled\": true, \"name\": \"{w} {w}\" },",
            "  \"{w}-{n}\": [\"{w}\", {n}, null, false],",
            "  \"{w}-{n}\": \"{w}\\n\\u00e9 {w}\",",
            "  \"{w}-{n}\": -{n}.5e3,",
        ],
        tail: &["  \"version\": \"{n}.{n}\"", "}"],
    },
    Grammar {
        language: "yaml",
        head: &["# {w} for {w}", "{w}: &{w}"],
        lines: &[
            "  {w}-{n}: \"{w} {w}\"",
            "  {w}-{n}: [{w}, '{w}', {n}]",
            "  {w}-{n}: { {w}: {n}, enabled: true }",
            "  {w}-{n}: {n}  # {w}",
            "  {w}-{n}: !{w} {w}",
        ],
        tail: &["enabled: false", "steps:", "  - name: {w}"],
    },
    Grammar {
        language: "toml",
        head: &["# {w} of {w}", "[{w}]"],
        lines: &[
            "{w}-{n} = \"{w} {w}\"",
            "{w}-{n} = [{n}, {n}]",
            "{w}-{n} = { {w} = true, {w} = '{w}' }",
            "{w}-{n} = {n}.5  # {w}",
            "{w}-{n} = 2024-05-01T07:32:00Z",
        ],
        tail: &["[[{w}.{w}]]", "enabled = false"],
    },
    Grammar {
        language: "rust",
        head: &["/// Counts each {w} of a {w}.", "pub fn {w}(items: &[{W}]) -> Result<usize, {W}> {"],
        lines: &[
            "    let {w} = items.iter().filter(|item| item.{w}() > {n}).count();",
            "    if let Some({w}) = items.first() { println!(\"{w}: {}\", {w}); }",
            "    for {w} in 0..{n}usize { {w}::<{W}>({w})?; } // {w}",
            "    let {w}: BTreeMap<&'static str, u32> = [(\"{w}\", {n})].into();",
            "    match {w} { {W}::{W}(..) => return Err({w}), _ => {} }",
        ],
        tail: &["    Ok({n})", "}"],
    },
    Grammar {
        language: "python",
        head: &["@{w}.{w}(\"/{w}\", limit={n})", "def {w}({w}: list[str], limit: int = {n}) -> dict[str, int]:"],
        lines: &[
            "    {w} = [item.strip() for item in {w} if len(item) > {n}]",
            "    print(f\"{w} {{w}!r} of {len({w}):>{n}}\")  # {w}",
            "    assert {w} is not None and {w}.get(\"{w}\") == {n}",
            "    with open(\"{w}.txt\", encoding=\"utf-8\") as {w}: {w}.write('{w}\\n')",
            "    {w} = lambda {w}: {w} ** {n}",
        ],
        tail: &["    return {\"{w}\": {n}}"],
    },
    Grammar {
        language: "javascript",
        head: &["import { {w}, {w} } from './{w}.js'", "export async function {w}({w}, { limit = {n} } = {}) {"],
        lines: &[
            "  const {w} = await fetch(`/{w}/${{w}}?limit={n}`) // {w}",
            "  if (!{w}.ok || {w}?.{w} > {n}) throw new Error('{w} {w}')",
            "  for (const [{w}, value] of Object.entries({w})) console.log({w}, value)",
            "  const {w} = {w}.filter(item => /^{w}-\\d+$/i.test(item))",
            "  {w}.{w} = { {w}: {n}, '{w}': null }",
        ],
        tail: &["  return {w}", "}"],
    },
    Grammar {
        language: "typescript",
        head: &["interface {W} { readonly {w}: string; {w}?: number }", "export class {W}<T extends {W}> implements {W} {"],
        lines: &[
            "  private {w}: Map<string, T[]> = new Map()",
            "  constructor(private readonly {w}: {W}, public {w} = {n}) {}",
            "  async {w}({w}: Partial<T>): Promise<number | undefined> { return {n} }",
            "  get {w}(): string { return `{w} ${this.{w}} {n}` } // {w}",
            "  static readonly {w}: Record<'{w}' | '{w}', boolean> = { {w}: true, {w}: false }",
        ],
        tail: &["}", "type {W} = keyof {W} & string"],
    },
    Grammar {
        language: "go",
        head: &["package {w}", "func ({w} *{W}) {W}(ctx context.Context, {w} string) ([]byte, error) {"],
        lines: &[
            "\t{w}, err := {w}.{W}(ctx, \"{w}\", {n})",
            "\tif err != nil { return nil, fmt.Errorf(\"{w}: %w\", err) }",
            "\tfor {w} := range {w} { defer {w}.Close() } // {w}",
            "\tvar {w} map[string]int = map[string]int{\"{w}\": {n}}",
            "\tgo func() { {w} <- struct{}{} }()",
        ],
        tail: &["\treturn []byte(`{w}`), nil", "}"],
    },
    Grammar {
        language: "java",
        head: &["@{W}(\"{w}\")", "public final class {W} extends {W}<String> implements {W} {"],
        lines: &[
            "    private static final int {w} = {n};",
            "    public List<{W}> {w}(String {w}) throws IOException { return List.of(); } // {w}",
            "    @Override public String toString() { return \"{w} \" + this.{w} + '{w}'; }",
            "    protected Map<String, Integer> {w} = new HashMap<>({n});",
            "    void {w}() { for (var {w} : {w}) { if ({w} == null) continue; {w}.{w}({n}L); } }",
        ],
        tail: &["    /** Gives the {w} of {@link {W}}. */", "}"],
    },
    Grammar {
        language: "html",
        head: &["<!-- {w} -->", "<section id=\"{w}-{n}\" class=\"{w} {w}\">"],
        lines: &[
            "  <a href=\"/{w}/{w}?limit={n}&amp;{w}\" hidden>{w} {w}</a>",
            "  <img src=\"{w}.png\" alt=\"{w} {w}\" width={n}>",
            "  <p style=\"margin: {n}px\">{w} &mdash; <em>{w}</em></p>",
            "  <input type=\"number\" name='{w}' value=\"{n}\" required>",
            "  <script>const {w} = {n}</script>",
        ],
        tail: &["</section>"],
    },
    Grammar {
        language: "css",
        head: &["/* {w} of {w} */", "@media (min-width: {n}px) {"],
        lines: &[
            "  .{w} > #{w}:hover::before { content: \"{w}\"; color: #{n}; }",
            "  .{w} { margin: {n}px auto 1.5rem; font: 600 1rem/1.6 \"{W}\", sans-serif; }",
            "  a[href^=\"{w}\"] { --{w}: var(--{w}, {n}%); transition: opacity {n}ms ease-in; }",
            "  .{w}:not(.{w}) { width: calc(100% - {n}px); background: url(\"{w}.svg\"); }",
        ],
        tail: &["}"],
    },
    Grammar {
        language: "sql",
        head: &["-- {w} of {w}", "CREATE TABLE {w} (id BIGINT PRIMARY KEY, {w} VARCHAR({n}) NOT NULL);"],
        lines: &[
            "SELECT {w}.{w}, COUNT(*) AS {w} FROM {w} JOIN {w} USING (id) WHERE {w} > {n} GROUP BY 1;",
            "INSERT INTO {w} ({w}, {w}) VALUES ('{w}', {n}), ('{w}', NULL);",
            "UPDATE {w} SET {w} = {w} + {n} WHERE {w} LIKE '{w}%' AND {w} IN (1, {n});",
            "DELETE FROM {w} WHERE {w} BETWEEN {n} AND {n} OR {w} IS NULL;",
        ],
        tail: &["CREATE INDEX {w} ON {w} ({w} DESC);"],
    },
    Grammar {
        language: "dockerfile",
        head: &["# {w}", "FROM {w}:{n}-slim AS {w}"],
        lines: &[
            "RUN apt-get update && apt-get install -y {w}={n} && rm -rf /var/lib/{w}",
            "ENV {w}=\"{w}\" {w}={n}",
            "COPY --from={w} --chown={w}:{w} /{w}/{w} /opt/{w}",
            "ARG {w}={n}",
            "EXPOSE {n}",
        ],
        tail: &["WORKDIR /{w}", "ENTRYPOINT [\"/{w}\", \"--{w}\", \"${{w}}\"]"],
    },
    Grammar {
        language: "xml",
        head: &["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<{w} xmlns:x=\"https://{w}.example/{n}\">"],
        lines: &[
            "  <x:{w} id=\"{w}-{n}\" {w}='{w}'>{w} &amp; {w}</x:{w}>",
            "  <{w} {w}=\"{n}\"/>",
            "  <!-- {w} {w} -->",
            "  <{w}><![CDATA[{w} < {n}]]></{w}>",
        ],
        tail: &["</{w}>"],
    },
    Grammar {
        language: "c",
        head: &["#include <stdio.h>", "static int {w}(const char *{w}, size_t {w}) {"],
        lines: &[
            "    struct {w} *{w} = malloc(sizeof(*{w}) * {n}u);",
            "    if ({w} == NULL || {w}->{w} >= 0x{n}) return -{n};",
            "    for (int {w} = 0; {w} < {n}; {w}++) printf(\"{w}: %d\\n\", {w}); /* {w} */",
            "    memcpy(&{w}[{n}], {w}, sizeof {w});",
        ],
        tail: &["    return 0; // {w}", "}"],
    },
    Grammar {
        language: "cpp",
        head: &["#include <{w}>", "template <typename T> class {W} final : public {W}<T> {"],
        lines: &[
            "    explicit {W}(std::string_view {w}) noexcept : {w}_{{w}}, {w}_({n}) {}",
            "    auto {w}() const -> std::vector<T> { return {w}_; } // {w}",
            "    static constexpr std::size_t {w} = {n}'000;",
            "    void {w}() { for (const auto& [{w}, value] : {w}_) std::cout << \"{w}\" << value << '\\n'; }",
            "    std::unique_ptr<{W}> {w}_ = std::make_unique<{W}>({n}, nullptr);",
        ],
        tail: &["};"],
    },
    Grammar {
        language: "ini",
        head: &["; {w} of {w}", "[{w}]"],
        lines: &["{w}-{n} = {w} {w}", "{w}-{n}=\"{w}\"", "{w}-{n} = {n}", "# {w} {w}"],
        tail: &["[{w}.{w}]", "enabled = yes"],
    },
    Grammar {
        language: "diff",
        head: &["--- a/{w}/{w}.txt", "+++ b/{w}/{w}.txt", "@@ -{n},7 +{n},8 @@ {w}"],
        lines: &[" {w} {w} {n}", "-{w} = {n}", "+{w} = \"{w}\"", " {w}"],
        tail: &["+{w} {w}"],
    },
    Grammar {
        language: "console",
        head: &["$ {w}ctl --{w}={n} \"{w}\" | sort -u"],
        lines: &["{w}: {w} in {n} ms", "$ cd /{w}/{w} && ls -l > {w}.txt", "$ export {w}={n}", "error: no {w} in '{w}'"],
        tail: &["$ echo \"${w}\""],
    },
];
