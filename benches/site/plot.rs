//! Figures in, a drawing of cost against pages out: both axes logarithmic, each line named where it ends.

use crate::{
    contestants::Role,
    figures::{Figures, thousands},
};
use std::fmt::Write as _;

/// The lines, each with its colours on a light and on a dark ground.
const LINES: [(Role, &str, &str); 10] = [
    (Role::Floor, "#5f6673", "#a3abb8"),
    (Role::Plain, "#0b5fff", "#7fb0ff"),
    (Role::Full, "#0b5fff", "#7fb0ff"),
    (Role::Hugo, "#b0125b", "#ff8fc0"),
    (Role::Zola, "#8a4b00", "#f0b060"),
    (Role::Mdbook, "#00695c", "#5fd0bd"),
    (Role::Mkdocs, "#6a3fb5", "#c3a6ff"),
    (Role::Zensical, "#a33000", "#ff9d76"),
    (Role::Vitepress, "#2e6b1f", "#8fd67c"),
    (Role::Starlight, "#7a5c00", "#dcc04a"),
];

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 540.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 170.0;
const TOP: f64 = 48.0;
const BOTTOM: f64 = 56.0;
/// The distance between two labels, one below the other.
const LINE: f64 = 17.0;
/// The width of a letter, or a little more.
const LETTER: f64 = 7.4;

struct Line {
    role: Role,
    /// Pages and CPU seconds.
    points: Vec<(f64, f64)>,
}

/// Draws the CPU seconds of first builds; none without two sizes, which are what a line needs.
pub(crate) fn draw(sizes: &[Figures]) -> Option<String> {
    let lines: Vec<Line> = LINES
        .iter()
        .map(|(role, _, _)| {
            let points = sizes.iter().filter_map(|size| Some((size.pages as f64, size.median(*role, |run| run.cpu)?)));
            Line { role: *role, points: points.collect() }
        })
        .filter(|line| !line.points.is_empty())
        .collect();
    if sizes.len() < 2 || lines.is_empty() {
        return None;
    }
    let axes = Axes::of(&lines);
    let mut body = axes.grid();
    for line in &lines {
        let path: Vec<String> = line.points.iter().map(|point| format!("{:.1},{:.1}", axes.x(point.0), axes.y(point.1))).collect();
        let class = class(line.role);
        let _ = writeln!(body, "<polyline class=\"{class}\" points=\"{}\"/>", path.join(" "));
        for (pages, seconds) in &line.points {
            let _ = writeln!(body, "<circle class=\"{class}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"3.5\"/>", axes.x(*pages), axes.y(*seconds));
        }
    }
    for Label { line, x, y } in labels(&lines, &axes) {
        let _ = writeln!(body, "<text class=\"{}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>", class(line.role), line.role.name());
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"title about\">\n\
         <title id=\"title\">CPU time of a first build against the number of pages</title>\n<desc id=\"about\">{}</desc>\n<style>\n{}</style>\n\
         <rect class=\"ground\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"6\"/>\n{body}</svg>\n",
        said(&lines),
        style()
    ))
}

fn class(role: Role) -> &'static str {
    match role {
        Role::Floor => "floor",
        Role::Plain => "plain own",
        Role::Full => "full own",
        Role::Hugo => "hugo",
        Role::Zola => "zola",
        Role::Mdbook => "mdbook",
        Role::Mkdocs => "mkdocs",
        Role::Zensical => "zensical",
        Role::Vitepress => "vitepress",
        _ => "starlight",
    }
}

/// Both grounds are drawn: so the picture can be read wherever it stands, also where a page is dark and its reader's system is light.
fn style() -> String {
    let mut style = String::from(
        ".ground { fill: #fff; }\n\
         text { font: 13px system-ui, sans-serif; fill: #2b2f36; stroke: #fff; stroke-width: 4px; stroke-linejoin: round; paint-order: stroke; }\n\
         .heading { font-size: 15px; font-weight: 600; }\n\
         .grid { stroke: #d9dce1; }\n\
         polyline { fill: none; stroke-width: 2px; stroke-linejoin: round; }\n\
         polyline.own { stroke-width: 3.5px; }\n\
         polyline.floor { stroke-dasharray: 5 4; }\n\
         polyline.plain { stroke-dasharray: 9 4; }\n\
         text.own { font-weight: 600; }\n",
    );
    let colours = |style: &mut String, of: &dyn Fn(&(Role, &'static str, &'static str)) -> &'static str| {
        for line in &LINES {
            let name = class(line.0).split(' ').next().unwrap_or_default();
            let _ = writeln!(style, "polyline.{name} {{ stroke: {0}; }} circle.{name}, text.{name} {{ fill: {0}; }}", of(line));
        }
    };
    colours(&mut style, &|line| line.1);
    style.push_str("@media (prefers-color-scheme: dark) {\n.ground { fill: #16181d; }\ntext { fill: #d8dce3; stroke: #16181d; }\n.grid { stroke: #3a3f49; }\n");
    colours(&mut style, &|line| line.2);
    style + "}\n"
}

/// What the picture shows, for who does not see it.
fn said(lines: &[Line]) -> String {
    let mut text = String::from("Both axes are logarithmic.");
    for line in lines {
        let points: Vec<String> =
            line.points.iter().map(|(pages, seconds)| format!("{} pages {seconds:.2} s", thousands(*pages))).collect();
        let _ = write!(text, " {}: {}.", line.role.name(), points.join(", "));
    }
    text
}

/// Where a line is named.
struct Label<'a> {
    line: &'a Line,
    /// The left end of the text, and the line that it stands on.
    x: f64,
    y: f64,
}

impl Label<'_> {
    fn width(&self) -> f64 {
        LETTER * self.line.role.name().len() as f64
    }

    /// Whether a point is in the text, or so near that they would touch.
    fn covers(&self, (x, y): (f64, f64)) -> bool {
        (self.x - 3.0..self.x + self.width() + 3.0).contains(&x) && (self.y - 14.0..self.y + 6.0).contains(&y)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.x < other.x + other.width() && other.x < self.x + self.width() && (self.y - other.y).abs() < LINE
    }
}

/// Names each line where it ends: on the right if nothing is in the way there, else as near as can be.
fn labels<'a>(lines: &'a [Line], axes: &Axes) -> Vec<Label<'a>> {
    let mut labels: Vec<Label<'_>> = Vec::new();
    for line in lines {
        let Some((pages, seconds)) = line.points.last() else { continue };
        let (x, y) = (axes.x(*pages), axes.y(*seconds));
        let width = LETTER * line.role.name().len() as f64;
        let beside = (0..=4).flat_map(|step| [-1.0, 1.0].map(|way| (x + 9.0, y + 4.5 + way * f64::from(step) * 6.0)));
        let places = beside.chain([(x - width / 2.0, y - 10.0), (x - width - 6.0, y - 6.0), (x - width / 2.0, y + 20.0)]);
        let cost = |label: &Label<'_>| {
            let crossed = lines.iter().filter(|other| axes.way(other).any(|point| label.covers(point))).count();
            let outside = usize::from(label.x + label.width() > WIDTH);
            crossed + 10 * (labels.iter().filter(|other| label.overlaps(other)).count() + outside)
        };
        let best = places.map(|(x, y)| Label { line, x, y }).map(|label| (cost(&label), label)).min_by_key(|(cost, _)| *cost);
        labels.extend(best.map(|(_, label)| label));
    }
    labels
}

/// The decades of both axes.
struct Axes {
    pages: (i32, i32),
    seconds: (i32, i32),
}

impl Axes {
    fn of(lines: &[Line]) -> Self {
        let decades = |of: fn(&(f64, f64)) -> f64| {
            let values = || lines.iter().flat_map(|line| &line.points).map(of).map(f64::log10);
            let least = values().fold(f64::INFINITY, f64::min);
            let most = values().fold(f64::NEG_INFINITY, f64::max);
            (least.floor() as i32, (most - 0.1).ceil() as i32)
        };
        Self { pages: decades(|point| point.0), seconds: decades(|point| point.1) }
    }

    fn x(&self, pages: f64) -> f64 {
        LEFT + (pages.log10() - f64::from(self.pages.0)) / f64::from((self.pages.1 - self.pages.0).max(1)) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, seconds: f64) -> f64 {
        let span = f64::from((self.seconds.1 - self.seconds.0).max(1));
        HEIGHT - BOTTOM - (seconds.log10() - f64::from(self.seconds.0)) / span * (HEIGHT - TOP - BOTTOM)
    }

    /// Points along a line, so near to each other that no letter fits between.
    fn way(&self, line: &Line) -> impl Iterator<Item = (f64, f64)> {
        let ends: Vec<(f64, f64)> = line.points.iter().map(|(pages, seconds)| (self.x(*pages), self.y(*seconds))).collect();
        let pairs: Vec<[(f64, f64); 2]> = ends.windows(2).map(|pair| [pair[0], pair[1]]).collect();
        let between = |[from, to]: [(f64, f64); 2]| {
            (0..=50).map(move |step| {
                let part = f64::from(step) / 50.0;
                (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part)
            })
        };
        ends.into_iter().chain(pairs.into_iter().flat_map(between))
    }

    fn grid(&self) -> String {
        let mut grid = String::new();
        let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
        for decade in self.pages.0..=self.pages.1 {
            let (pages, x) = (10f64.powi(decade), self.x(10f64.powi(decade)));
            let _ = writeln!(grid, "<path class=\"grid\" d=\"M{x:.1} {TOP}V{bottom}\"/>");
            let _ = writeln!(grid, "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>", bottom + 20.0, thousands(pages));
        }
        for decade in self.seconds.0..=self.seconds.1 {
            let y = self.y(10f64.powi(decade));
            let seconds = if decade < 0 {
                format!("{:.*}", decade.unsigned_abs() as usize, 10f64.powi(decade))
            } else {
                thousands(10f64.powi(decade))
            };
            let _ = writeln!(grid, "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{right}\"/>");
            let _ = writeln!(grid, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{seconds} s</text>", LEFT - 8.0, y + 4.5);
        }
        let _ = writeln!(grid, "<text class=\"heading\" x=\"{LEFT}\" y=\"28\">CPU time of a first build</text>");
        let _ = writeln!(
            grid,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">pages of 8 KB</text>",
            f64::midpoint(LEFT, right),
            HEIGHT - 14.0
        );
        grid
    }
}
