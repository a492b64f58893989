//! Text that is shown as something else: formulas and diagrams; what cannot be shown so is told, and stays code.

use super::{diagram, fence::Fence, formula, writer::Writer};
use crate::diagnostic::{Diagnostic, Rule, Span};
use pulldown_cmark::Options;
use std::{fmt::Write as _, ops::Range};

impl Writer<'_> {
    /// Writes a formula of a text; its range is that of the source with the dollar signs.
    pub(super) fn formula(&mut self, latex: &str, range: &Range<usize>, is_block: bool) {
        match formula::mathml(latex, is_block) {
            Ok(html) => self.push_formula(&html, is_block),
            Err((part, message)) => {
                let start = self.source[range.clone()].find(latex).map(|at| range.start + at);
                self.no_formula(start, latex, &part, range, &message);
                self.wrapped(if is_block { "<code class=\"math math-display\">" } else { "<code class=\"math\">" }, latex, "</code>");
            }
        }
    }

    /// Writes a code block as what its language draws; false when it is code after all.
    pub(super) fn set_code(&mut self, fence: &Fence, text: &str, range: &Range<usize>) -> bool {
        match &*fence.language {
            "math" if self.options.extensions.contains(Options::ENABLE_MATH) => self.set_formula(text, range),
            "mermaid" if self.options.diagrams => self.set_diagram(fence, text, range),
            _ => false,
        }
    }

    fn push_formula(&mut self, html: &str, is_block: bool) {
        if is_block {
            self.html.push_str("<span class=\"formula\" tabindex=\"0\">");
            self.html.push_str(html);
            self.html.push_str("</span>");
        } else {
            self.html.push_str(html);
        }
    }

    fn set_formula(&mut self, latex: &str, range: &Range<usize>) -> bool {
        match formula::mathml(latex.trim_end(), true) {
            Ok(html) => {
                self.html.push_str("<p>");
                self.push_formula(&html, true);
                self.html.push_str("</p>");
                true
            }
            Err((part, message)) => {
                let start = self.source[range.clone()].find(latex.trim_end()).map(|at| range.start + at);
                self.no_formula(start, latex, &part, range, &message);
                false
            }
        }
    }

    /// Tells of a formula that cannot be set, at the part of it that is wrong where that can be found in the source.
    fn no_formula(&mut self, start: Option<usize>, latex: &str, part: &Range<usize>, range: &Range<usize>, message: &str) {
        let place = match start {
            Some(start) if part.end <= latex.len() => {
                // What is missing at the end is shown at the last sign.
                let end = if part.is_empty() { (part.end + 1).min(latex.trim_end().len()) } else { part.end };
                let first = boundary(latex, part.start.min(end.saturating_sub(1)));
                start + first..start + boundary(latex, end).max(first)
            }
            _ => range.start..range.end,
        };
        let span = Span::new(self.base + place.start, self.base + place.end);
        let finding = Diagnostic::new(self.file, span, Rule::Math, format!("the formula cannot be set: {message}"));
        self.diagnostics.push(finding.help("correct it, or write it with other commands; until then it is shown as code"));
    }

    fn set_diagram(&mut self, fence: &Fence, source: &str, range: &Range<usize>) -> bool {
        self.diagrams += 1;
        let prefix = format!("diagram:{}{}:", self.prefix, self.diagrams);
        match diagram::svg(source, &prefix) {
            Ok(svg) => {
                self.html.push_str("<figure class=\"diagram\"><div tabindex=\"0\">");
                self.html.push_str(&svg);
                self.html.push_str("</div>");
                if !fence.title.is_empty() {
                    self.wrapped("<figcaption>", &fence.title, "</figcaption>");
                }
                self.html.push_str("</figure>");
                true
            }
            Err((line, message)) => {
                self.no_diagram(line, range, &message);
                false
            }
        }
    }

    /// Tells of a diagram that cannot be drawn, at its line where it is known, else at the fence.
    fn no_diagram(&mut self, line: Option<usize>, range: &Range<usize>, message: &str) {
        let text = &self.source[range.clone()];
        let mut start = range.start;
        let mut place = start..start + text.lines().next().unwrap_or_default().trim_end().len();
        for (number, found) in text.split_inclusive('\n').enumerate() {
            if Some(number) == line {
                let indent = found.len() - found.trim_start().len();
                place = start + indent..start + found.trim_end().len().max(indent);
            }
            start += found.len();
        }
        let mut finding =
            Diagnostic::new(self.file, Span::new(self.base + place.start, self.base + place.end), Rule::Diagram, String::new());
        let _ = write!(finding.message, "the diagram cannot be drawn: {message}");
        self.diagnostics.push(finding.help("simplify it, or put a picture of it here; until then it is shown as code"));
    }
}

/// The beginning of the character that an offset lies in.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
