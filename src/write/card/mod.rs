//! Titles to the images that other sites show beside a link (Open Graph), 1200 by 630 pixels each.

#[cfg(feature = "cards")]
mod draw;

use super::theme::Theme;
use crate::{
    config::Cards as Wanted,
    error::Error,
    site::{Site, SourceId, language::LanguageId},
};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The cards of a site.
#[derive(Default)]
pub(super) struct Cards {
    /// By language, that of the site; none where its title has letters that the typeface lacks.
    sites: Vec<Option<Card>>,
    pages: BTreeMap<SourceId, Card>,
}

/// A card that is to be drawn.
pub(super) struct Card {
    /// The file of the output: its name changes with what is drawn.
    path: String,
    /// What it says, for those who do not see it.
    alt: String,
    #[cfg(feature = "cards")]
    drawing: String,
}

impl Cards {
    /// The cards that pages name: that of the site, and where it is configured one for each page.
    ///
    /// # Errors
    /// A mistake in the template of cards.
    pub(super) fn plan(site: &Site, theme: &Theme) -> Result<Self, Error> {
        let wanted = site.config.publish.cards;
        if site.config.base_url.is_none() || wanted == Wanted::Off {
            return Ok(Self::default());
        }
        let mut cards = Self::default();
        for (language, _) in site.languages.iter() {
            cards.sites.push(Card::of(site, theme, site.title(language), None)?);
        }
        if wanted == Wanted::Pages {
            let ids: Vec<SourceId> = site.ids().collect();
            let drawn = ids.par_iter().map(|id| {
                let page = site.page(*id);
                Ok(Card::of(site, theme, &page.title, Some(site.title(page.language)))?.map(|card| (*id, card)))
            });
            cards.pages = drawn.collect::<Result<Vec<_>, Error>>()?.into_iter().flatten().collect();
        }
        Ok(cards)
    }

    /// The file and the words of the card for a page, or for the site in a language.
    pub(super) fn of(&self, language: LanguageId, page: Option<SourceId>) -> Option<(&str, &str)> {
        let own = page.and_then(|page| self.pages.get(&page));
        let card = own.or_else(|| self.sites.get(language.0 as usize)?.as_ref())?;
        Some((&card.path, &card.alt))
    }

    /// The cards by file: pages of one title share one.
    pub(super) fn files(&self) -> BTreeMap<&str, &Card> {
        self.sites.iter().flatten().chain(self.pages.values()).map(|card| (card.path.as_str(), card)).collect()
    }
}

impl Card {
    /// Draws it.
    ///
    /// # Errors
    /// A drawing that is none.
    #[cfg(feature = "cards")]
    pub(super) fn png(&self) -> Result<Vec<u8>, Error> {
        draw::png(&self.drawing)
    }

    /// Without the feature there are none.
    #[cfg(not(feature = "cards"))]
    #[expect(clippy::unnecessary_wraps, clippy::unused_self, reason = "it stands in for what the feature does")]
    pub(super) fn png(&self) -> Result<Vec<u8>, Error> {
        Ok(Vec::new())
    }

    #[cfg(feature = "cards")]
    fn of(site: &Site, theme: &Theme, title: &str, section: Option<&str>) -> Result<Option<Self>, Error> {
        let section = section.filter(|section| *section != title);
        let Some(drawing) = draw::drawing(&site.config.theme, theme, title, section)? else { return Ok(None) };
        let hash = blake3::hash(format!("{}{drawing}", draw::VERSION).as_bytes()).to_hex();
        let alt = section.map_or_else(|| title.to_owned(), |section| format!("{title} · {section}"));
        Ok(Some(Self { path: format!("assets/milepost-card-{}.png", &hash[..12]), alt, drawing }))
    }

    #[cfg(not(feature = "cards"))]
    #[expect(clippy::unnecessary_wraps, reason = "it stands in for what the feature does")]
    fn of(_: &Site, _: &Theme, _: &str, _: Option<&str>) -> Result<Option<Self>, Error> {
        Ok(None)
    }
}
