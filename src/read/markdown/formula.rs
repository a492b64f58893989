//! Formulas: `LaTeX` in, `MathML` out, which browsers set without a script. The only user of math-core.

use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};
use std::{ops::Range, sync::LazyLock};

static CONVERTER: LazyLock<Option<LatexToMathML>> = LazyLock::new(|| LatexToMathML::new(MathCoreConfig::default()).ok());

/// The `MathML` of a formula, alone in its line or among words.
///
/// # Errors
/// What of the formula cannot be set, and why.
pub(super) fn mathml(latex: &str, is_block: bool) -> Result<String, (Range<usize>, String)> {
    let display = if is_block { MathDisplay::Block } else { MathDisplay::Inline };
    let Some(converter) = &*CONVERTER else { return Err((0..latex.len(), "formulas cannot be set".to_owned())) };
    converter.convert_with_local_counter(latex, display).map_err(|error| {
        let message = error.error_message();
        (error.0, lower_case_start(message.trim_end_matches('.')))
    })
}

/// The sentence as part of another: its first word small, unless it is a name.
fn lower_case_start(sentence: &str) -> String {
    let mut characters = sentence.chars();
    match characters.next() {
        Some(first) if characters.clone().next().is_some_and(char::is_lowercase) => first.to_lowercase().chain(characters).collect(),
        _ => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_documentation_needs_can_be_set() {
        for formula in [
            r"\frac{a}{b}",
            r"\sum_{i=1}^n i = \frac{n(n+1)}{2}",
            r"\begin{pmatrix}a&b\\c&d\end{pmatrix}",
            r"\begin{cases}1&x>0\\0&\text{else}\end{cases}",
            r"\begin{aligned}a&=b\\c&=d\end{aligned}",
            r"\mathbb{R}\to\mathcal{F}",
            r"\left(\frac{1}{2}\right)\cdot\sqrt[3]{x}",
            r"\operatorname{argmax}_x f",
            r"\int_0^\infty e^{-x}\,dx",
        ] {
            let html = mathml(formula, true);
            assert!(html.as_ref().is_ok_and(|html| html.starts_with("<math display=\"block\">")), "{formula}: {html:?}");
        }
        assert_eq!(mathml("x < y", false).as_deref(), Ok("<math><mi>x</mi><mo>&lt;</mo><mi>y</mi></math>"));
    }

    #[test]
    fn mistakes_have_their_place() {
        assert_eq!(mathml(r"a + \nosuch b", false).map_err(|(range, _)| range), Err(4..11));
        assert!(mathml(r"\frac{a", false).is_err());
    }
}
