//! Redirects of the configuration: addresses without a page and what each names in, where each leads and what is wrong out.

use super::{
    Destination, Fault, FileId, Site, SourceId, View,
    language::LanguageId,
    route::{self, Route},
    target,
};
use crate::{
    config::Config,
    diagnostic::{Diagnostic, Rule, Span},
};
use std::{collections::BTreeMap, sync::Arc};

/// A former address, and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The file at the former address.
    pub from: Route,
    /// Where it leads.
    pub to: Target,
    /// The query and fragment to append.
    pub suffix: Box<str>,
}

/// Where a redirect leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To a page as the readers of a language see it.
    Page(View),
    /// To a file.
    File(FileId),
    /// To the generated list of a folder in a language.
    List(LanguageId, String),
    /// To an address elsewhere.
    Address(String),
}

/// An address that the configuration redirects, before it is known where to.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub(super) from: Route,
    written: String,
    to: String,
    span: Span,
}

/// The addresses that the configuration redirects, by their order there; `holder` names what stands at one already.
pub(super) fn claims(config: &Config, holder: &mut dyn FnMut(&str) -> Option<String>) -> (Vec<Claim>, Vec<Diagnostic>) {
    let file: Arc<str> = config.file_name().into();
    let (mut claims, mut found) = (Vec::new(), Vec::new());
    for (from, to) in &config.redirects.addresses {
        let written = from.get_ref();
        let span = Span::new(from.span().start, from.span().end);
        let mut say = |rule: Rule, message: String, help: &str| {
            found.push(Diagnostic::new(&file, span, rule, message).target(written.as_str()).help(help));
        };
        if written.contains(['?', '#', '\\', '*']) || written.contains("://") || written.split('/').any(|part| part == "..") {
            let message = format!("`{written}` is no address on this site");
            say(Rule::RedirectTarget, message, "write it from the site's root, such as `/old/address/`, without query and fragment");
            continue;
        }
        let place = route::alias_file(written);
        if let Some(holder) = holder(&place) {
            let message = format!("`{written}` cannot be redirected: it is the address of `{holder}` already");
            say(Rule::DuplicateAddress, message, "remove the redirect, or what stands at its address");
            continue;
        }
        let to_span = Span::new(to.span().start, to.span().end);
        claims.push(Claim { from: Route::new(&place), written: written.clone(), to: to.get_ref().clone(), span: to_span });
    }
    (claims, found)
}

/// Where each of them leads. A redirect to another redirect leads where that one does.
pub(super) fn resolve(site: &Site, claims: &[Claim]) -> (Vec<Redirect>, Vec<Diagnostic>) {
    let file: Arc<str> = site.config.file_name().into();
    let by_file: BTreeMap<&str, &Claim> = claims.iter().map(|claim| (claim.from.file(), claim)).collect();
    let (mut redirects, mut found) = (Vec::new(), Vec::new());
    for claim in claims {
        let mut last = claim;
        let mut steps = 0;
        while let Some(next) = chained(&last.to, &by_file).filter(|_| steps <= claims.len()) {
            (last, steps) = (next, steps + 1);
        }
        let mut say = |message: String, help: &str| {
            found.push(Diagnostic::new(&file, claim.span, Rule::RedirectTarget, message).target(claim.to.as_str()).help(help));
        };
        if steps > claims.len() {
            say(format!("`{}` is redirected in a circle", claim.written), "let one of them lead to a page");
            continue;
        }
        match leads(site, &last.to) {
            Some((to, suffix)) => redirects.push(Redirect { from: claim.from.clone(), to, suffix: suffix.into() }),
            None => say(
                format!("`{}` is redirected to nothing: there is no `{}`", claim.written, last.to),
                "write a page's path from the content folder, an address of the site, or an address elsewhere in full",
            ),
        }
    }
    (redirects, found)
}

/// The redirect that stands where another leads.
fn chained<'a>(to: &str, claims: &BTreeMap<&str, &'a Claim>) -> Option<&'a Claim> {
    let parts = target::split(to);
    if target::scheme(to).is_some() || parts.path.is_empty() {
        return None;
    }
    claims.get(&*route::alias_file(parts.path)).copied()
}

/// What a target names: a path of the tree, or else an address of the site.
fn leads(site: &Site, to: &str) -> Option<(Target, String)> {
    let parts = target::split(to);
    let query = parts.query.map_or_else(String::new, |query| format!("?{query}"));
    let fragment = parts.fragment.map_or_else(String::new, |fragment| format!("#{fragment}"));
    let suffix = format!("{query}{fragment}");
    let path = target::decode(parts.path);
    match site.follow_target("", None, to.trim_start_matches('/')) {
        Ok(Destination::Page(id, suffix)) => Some((Target::Page(site.view(id)), suffix.into())),
        Ok(Destination::File(id, suffix)) => Some((Target::File(id), suffix.into())),
        Ok(Destination::Address | Destination::Repository(_)) if target::scheme(to).is_some() || to.starts_with("//") => {
            Some((Target::Address(to.to_owned()), String::new()))
        }
        Err(Fault::NoIndex { folder }) => site.list_language(&folder).map(|language| (Target::List(language, folder.into()), suffix)),
        Err(Fault::Fragment { .. } | Fault::FragmentCase { .. } | Fault::Draft) => None,
        _ => match site.published(path.trim_start_matches('/'))? {
            super::Place::Page(id) if parts.fragment.is_none_or(|fragment| site.page(id).has_id(&target::decode(fragment))) => {
                Some((Target::Page(site.view(id)), suffix))
            }
            super::Place::File(id) => Some((Target::File(id), suffix)),
            _ => None,
        },
    }
}

impl Site {
    /// Every redirect: those of aliases, then those of the configuration.
    #[must_use]
    pub fn all_redirects(&self) -> Vec<Redirect> {
        let aliases = self.redirects.iter().map(|(from, to)| Redirect {
            from: from.clone(),
            to: Target::Page(self.view_at(from, *to)),
            suffix: "".into(),
        });
        aliases.chain(self.table.iter().cloned()).collect()
    }

    /// What a page's former address shows: below the address of another language the page as the readers of that language find it.
    fn view_at(&self, former: &Route, id: SourceId) -> View {
        let mut others = self.languages.iter().skip(1);
        let language = others.find(|(_, language)| former.file().starts_with(&language.prefix)).map(|(language, _)| language);
        let view = language.map(|language| View { language, page: self.in_language(id, language) });
        view.filter(|view| self.is_shown_in(view.language, view.page)).unwrap_or_else(|| self.view(id))
    }

    /// The first language in which a folder has a generated list.
    pub(crate) fn list_language(&self, folder: &str) -> Option<LanguageId> {
        self.languages.iter().map(|(id, _)| id).find(|id| self.navigation(*id).has_list(folder))
    }

    /// The file of the output that a redirect leads to; none for an address elsewhere.
    #[must_use]
    pub fn redirect_file(&self, to: &Target) -> Option<Route> {
        match to {
            Target::Page(view) => Some(self.route_in(view.language, view.page).clone()),
            Target::File(id) => Some(Route::new(&self.file(*id).path)),
            Target::List(language, folder) => Some(self.list_route(*language, folder)),
            Target::Address(_) => None,
        }
    }
}
